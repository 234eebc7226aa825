//! What each role may do: the one table that pages, programs and tests read.

use super::roles::{Place, Role};
use crate::ledger::id::EstateCode;

/// Something that an officer may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Keep one's own sign-in: password, second factor, sessions. Everybody who signs in, also
    /// before a second factor that must be there is.
    OwnAccount,
    /// Keep one's own keys for programs. Everybody who is signed in as they must.
    OwnKeys,
    /// See the desk of an estate.
    SeeDesk,
    /// Read drafts: whoever prepares, posts or co-signs them.
    ReadDrafts,
    /// Prepare drafts and import files.
    Draft,
    /// Review drafts and post them.
    Post,
    /// Hand in bank statements and match their lines.
    Reconcile,
    /// Co-sign or confirm for the owners.
    Cosign,
    /// Record contributions, interest and bonds of the maintenance fund.
    KeepFund,
    /// Review budgets and settlements of drawdowns.
    ReviewCost,
    /// Approve, file or return drawdowns.
    DecideDrawdown,
    /// Keep organisations, officers and grants.
    ManageOfficers,
}

/// What a permission is held for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// For oneself.
    Own,
    /// For an estate, by a grant for it or for the instance.
    Estate,
    /// For the instance, by a grant for it.
    Instance,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 12] = [
        Self::OwnAccount,
        Self::OwnKeys,
        Self::SeeDesk,
        Self::ReadDrafts,
        Self::Draft,
        Self::Post,
        Self::Reconcile,
        Self::Cosign,
        Self::KeepFund,
        Self::ReviewCost,
        Self::DecideDrawdown,
        Self::ManageOfficers,
    ];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::OwnAccount => "own_account",
            Self::OwnKeys => "own_keys",
            Self::SeeDesk => "see_desk",
            Self::ReadDrafts => "read_drafts",
            Self::Draft => "draft",
            Self::Post => "post",
            Self::Reconcile => "reconcile",
            Self::Cosign => "cosign",
            Self::KeepFund => "keep_fund",
            Self::ReviewCost => "review_cost",
            Self::DecideDrawdown => "decide_drawdown",
            Self::ManageOfficers => "manage_officers",
        }
    }

    /// What it is held for.
    pub const fn level(self) -> Level {
        match self {
            Self::OwnAccount | Self::OwnKeys => Level::Own,
            Self::ManageOfficers => Level::Instance,
            _ => Level::Estate,
        }
    }

    /// Roles that hold it.
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::OwnAccount | Self::OwnKeys | Self::SeeDesk => &Role::ALL,
            Self::ReadDrafts => &[Role::Clerk, Role::Reviewer, Role::Committee, Role::Community],
            Self::Draft => &[Role::Clerk, Role::Reviewer],
            Self::Post => &[Role::Reviewer],
            Self::Reconcile => &[Role::Cashier, Role::Reviewer, Role::Bank],
            Self::Cosign => &[Role::Committee, Role::Community],
            Self::KeepFund => &[Role::Custodian],
            Self::ReviewCost => &[Role::CostReviewer],
            Self::DecideDrawdown => &[Role::Bureau],
            Self::ManageOfficers => &[Role::Administrator],
        }
    }
}

/// What an officer holds at this moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights(Vec<(Role, Place)>);

impl Rights {
    /// Of grants in force.
    pub fn of(mut held: Vec<(Role, Place)>) -> Self {
        held.sort_by_key(|(role, place)| (place.estate(), *role));
        held.dedup();
        Self(held)
    }

    /// True where the officer may do it for an estate, or for the instance where none is named.
    pub fn may(&self, permission: Permission, estate: Option<EstateCode>) -> bool {
        let held = |(role, place): &(Role, Place)| {
            permission.roles().contains(role)
                && match permission.level() {
                    Level::Own => true,
                    Level::Estate => place.covers(estate),
                    Level::Instance => *place == Place::Instance,
                }
        };
        permission.level() == Level::Own || self.0.iter().any(held)
    }

    /// Roles held for an estate, those for the instance with them.
    pub fn roles_for(&self, estate: Option<EstateCode>) -> impl Iterator<Item = Role> {
        self.0.iter().filter(move |(_, place)| place.covers(estate)).map(|(role, _)| *role)
    }

    /// Each role with its place.
    pub fn held(&self) -> &[(Role, Place)] {
        &self.0
    }

    /// Estates that are named in a grant.
    pub fn estates(&self) -> Vec<EstateCode> {
        let mut codes: Vec<_> = self.0.iter().filter_map(|(_, place)| place.estate()).collect();
        codes.dedup();
        codes
    }

    /// True where a role decides, so that a second factor can be asked for.
    pub fn decide(&self) -> bool {
        self.0.iter().any(|(role, _)| role.decides())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estate(nth: u32) -> EstateCode {
        format!("620722-{nth:04}").parse().unwrap()
    }

    #[test]
    fn a_grant_for_one_estate_says_nothing_of_another() {
        let rights = Rights::of(vec![(Role::Clerk, Place::Estate(estate(1)))]);
        for permission in Permission::ALL {
            let expected = matches!(
                permission,
                Permission::OwnAccount
                    | Permission::OwnKeys
                    | Permission::SeeDesk
                    | Permission::ReadDrafts
                    | Permission::Draft
            );
            assert_eq!(rights.may(permission, Some(estate(1))), expected, "{permission:?}");
            let own = permission.level() == Level::Own;
            assert_eq!(rights.may(permission, Some(estate(2))), own, "{permission:?}");
            assert_eq!(rights.may(permission, None), own, "{permission:?}");
        }
    }

    #[test]
    fn a_grant_for_the_instance_holds_for_every_estate() {
        let rights = Rights::of(vec![(Role::Bureau, Place::Instance)]);
        assert!(rights.may(Permission::DecideDrawdown, Some(estate(7))));
        assert!(!rights.may(Permission::ManageOfficers, None));
        assert!(!rights.may(Permission::Post, Some(estate(7))));
        let wrong = Rights::of(vec![(Role::Administrator, Place::Estate(estate(1)))]);
        assert!(!wrong.may(Permission::ManageOfficers, Some(estate(1))));
    }

    #[test]
    fn nobody_drafts_for_owners_and_nobody_of_the_company_cosigns() {
        for role in Permission::Cosign.roles() {
            assert!(!Permission::Draft.roles().contains(role));
            assert!(!Permission::Post.roles().contains(role));
        }
        for permission in [Permission::Draft, Permission::Post, Permission::Cosign] {
            let reads = |role| Permission::ReadDrafts.roles().contains(role);
            assert!(permission.roles().iter().all(reads), "{permission:?} without reading");
        }
    }
}
