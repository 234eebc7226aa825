//! The people of a demonstration: one officer of each kind, with passwords that are shown to
//! everybody. Nothing else calls this.

use super::{NewGrant, NewOfficer, People, PeopleError, Place, Role};
use crate::ledger::id::EstateCode;

/// A sign-in that everybody may know.
#[derive(Clone, Copy, Debug)]
pub struct SignIn {
    /// What is typed to sign in.
    pub sign_in: &'static str,
    /// The password.
    pub password: &'static str,
    /// The role.
    pub role: Role,
    name: &'static str,
    organisation: &'static str,
}

/// A row of the table.
const fn of(
    role: Role,
    (sign_in, password): (&'static str, &'static str),
    (name, organisation): (&'static str, &'static str),
) -> SignIn {
    SignIn { sign_in, password, role, name, organisation }
}

const COMPANY: &str = "示例物业服务有限公司";

/// Every sign-in.
pub const SIGN_INS: &[SignIn] = &[
    of(Role::Clerk, ("clerk", "demo-ledger-1"), ("演示录入员", COMPANY)),
    of(Role::Reviewer, ("reviewer", "demo-ledger-2"), ("演示复核员", COMPANY)),
    of(Role::Committee, ("committee", "demo-ledger-3"), ("演示业委会委员", "示例业主委员会")),
    of(Role::Community, ("community", "demo-ledger-4"), ("演示社区工作人员", "示例社区居民委员会")),
    of(Role::Bureau, ("bureau", "demo-ledger-5"), ("演示住建局工作人员", "示例住房和城乡建设局")),
    of(Role::Administrator, ("admin", "demo-ledger-6"), ("演示管理员", "示例平台运营单位")),
];

/// Who granted it all.
const BY: &str = "u_demo";

/// Makes organisations and officers, with grants for estates; does nothing where there are any.
pub async fn make(people: &People, estates: &[EstateCode]) -> Result<(), PeopleError> {
    if !people.organisations().await?.is_empty() {
        return Ok(());
    }
    let mut known: Vec<(&str, String)> = Vec::new();
    for one in SIGN_INS {
        let found = known.iter().find(|(name, _)| *name == one.organisation).cloned();
        let organisation = match found {
            Some((_, id)) => id,
            None => people.add_organisation(one.organisation, BY).await?,
        };
        known.push((one.organisation, organisation.clone()));
        let new = NewOfficer { organisation: &organisation, sign_in: one.sign_in, name: one.name };
        let (id, _) = people.add_officer(&new, BY).await?;
        let officer = people.member(&id).await?.officer;
        people.set_password(&officer, one.password, BY).await?;
        let places: Vec<Place> = match one.role {
            Role::Bureau | Role::Administrator => vec![Place::Instance],
            _ => estates.iter().copied().map(Place::Estate).collect(),
        };
        for place in places {
            let grant = NewGrant { role: one.role, place, from: None, until: None };
            people.grant(&id, grant, BY).await?;
        }
    }
    Ok(())
}
