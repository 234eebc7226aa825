//! Who acts in a story: the property company that records, and who signs beside it.

use super::DemonstrationError;
use crate::ledger::entry::{Actor, Sign, SignAct};
use crate::ledger::time::Timestamp;
use crate::services::clock::{EntropyError, SeededEntropy};
use crate::services::sealing::fresh_id;

const HOUR_MS: i64 = 3_600_000;

/// The people of an estate, by organisation.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The property company.
    pub company: &'static str,
    /// The owners' committee.
    pub committee: Option<&'static str>,
    /// The community, which acts where there is no committee.
    pub community: &'static str,
}

impl Cast {
    /// Who posts: the company's reviewer.
    pub fn reviewer(&self) -> Result<Actor, DemonstrationError> {
        actor(self.company, "reviewer")
    }

    /// The company's clerk drew it up, the same morning.
    pub fn prepared(&self, noon: Timestamp) -> Result<Sign, DemonstrationError> {
        Ok(signed(SignAct::Prepare, actor(self.company, "clerk")?, noon, -2))
    }

    /// The committee signed too, or the community for want of one.
    pub fn cosigned(&self, noon: Timestamp) -> Result<Sign, DemonstrationError> {
        Ok(signed(SignAct::Cosign, self.watcher()?, noon, 3))
    }

    /// Three organisations sign a handover: who leaves, who comes, who watches.
    pub fn handed_over(
        &self,
        to: &'static str,
        noon: Timestamp,
    ) -> Result<Vec<Sign>, DemonstrationError> {
        Ok(vec![
            self.prepared(noon)?,
            signed(SignAct::Confirm, actor(to, "manager")?, noon, 2),
            signed(SignAct::Confirm, self.watcher()?, noon, 3),
        ])
    }

    fn watcher(&self) -> Result<Actor, DemonstrationError> {
        match self.committee {
            Some(committee) => actor(committee, "committee"),
            None => actor(self.community, "community"),
        }
    }
}

/// Somebody of an organisation; its id, and the person's, follow from the names alone.
fn actor(organisation: &str, role: &str) -> Result<Actor, DemonstrationError> {
    Ok(Actor {
        org: id_of("o_", organisation)?,
        role: role.to_owned(),
        user: id_of("u_", &format!("{organisation} {role}"))?,
    })
}

/// The same id for the same name.
pub fn id_of(prefix: &str, name: &str) -> Result<String, EntropyError> {
    fresh_id(prefix, &SeededEntropy::from_name(name))
}

fn signed(act: SignAct, by: Actor, noon: Timestamp, hours: i64) -> Sign {
    Sign { act, at: Timestamp::from_millis(noon.millis() + hours * HOUR_MS), by }
}
