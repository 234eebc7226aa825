//! Signatures that a program hands in with a draft: each is of an officer of this instance who
//! could have given it. That they did, the key's owner answers for; the entry says who posted.

use std::collections::HashSet;

use super::{People, PeopleError, Permission, Role};
use crate::ledger::entry::{Sign, SignAct};
use crate::ledger::id::EstateCode;

/// What one must hold to sign so.
const fn permission(act: SignAct) -> Permission {
    match act {
        SignAct::Prepare => Permission::Draft,
        SignAct::Review => Permission::Post,
        SignAct::Cosign => Permission::Cosign,
        SignAct::Confirm => Permission::SeeDesk,
        SignAct::Approve => Permission::DecideDrawdown,
    }
}

impl People {
    /// Which of some signatures for an estate nobody here could have given: the first of them.
    pub async fn check_signs<'a>(
        &self,
        estate: EstateCode,
        signs: impl Iterator<Item = &'a Sign>,
    ) -> Result<Option<usize>, PeopleError> {
        let mut sound = HashSet::new();
        for (no, sign) in signs.enumerate() {
            let who = (sign.act.word(), &sign.by.org, &sign.by.role, &sign.by.user);
            if !sound.contains(&who) {
                if !self.could_sign(estate, sign).await? {
                    return Ok(Some(no));
                }
                sound.insert(who);
            }
        }
        Ok(None)
    }

    async fn could_sign(&self, estate: EstateCode, sign: &Sign) -> Result<bool, PeopleError> {
        let officer = self.store().primary().officer(&sign.by.user).await?;
        if officer.is_none_or(|officer| officer.organisation_id != sign.by.org) {
            return Ok(false);
        }
        let Ok(role) = sign.by.role.parse::<Role>() else { return Ok(false) };
        let rights = self.rights_of(&sign.by.user).await?;
        let holds = rights.roles_for(Some(estate)).any(|held| held == role);
        Ok(holds && permission(sign.act).roles().contains(&role))
    }
}
