//! I12: separation of duties over `by` and `signs`.

use super::{Book, Violation};
use crate::ledger::entry::{Entry, SignAct};
use crate::ledger::money::Money;
use crate::ledger::rules::Rules;

impl Book {
    /// Money out needs two persons: one prepared or reviewed, another posted.
    pub(super) fn check_two_persons(entry: &Entry) -> Result<(), Violation> {
        let other = |user: &str| user != entry.by.user;
        let prepared = entry.signs.iter().any(|sign| {
            matches!(sign.act, SignAct::Prepare | SignAct::Review) && other(&sign.by.user)
        });
        if prepared { Ok(()) } else { Err(Violation::OnePerson) }
    }

    /// A use is co-signed by another organisation, from the amount the rules name.
    pub(super) fn check_cosigned(
        rules: &Rules,
        entry: &Entry,
        amount: Money,
    ) -> Result<(), Violation> {
        let from = rules.money("cosign_spend_from", entry.date).unwrap_or_default();
        let cosigned = entry
            .signs
            .iter()
            .any(|sign| sign.act == SignAct::Cosign && sign.by.org != entry.by.org);
        if amount.is_positive() && amount >= from && !cosigned {
            return Err(Violation::NotCosigned { from, amount });
        }
        Ok(())
    }

    /// Who posts doesn't co-sign, nor does anyone who prepared.
    pub(super) fn check_apart(entry: &Entry) -> Result<(), Violation> {
        for sign in entry.signs.iter().filter(|sign| sign.act == SignAct::Cosign) {
            let prepared = entry.signs.iter().any(|other| {
                matches!(other.act, SignAct::Prepare | SignAct::Review)
                    && other.by.user == sign.by.user
            });
            if prepared || sign.by.user == entry.by.user || sign.by.org == entry.by.org {
                return Err(Violation::PostedAndCosigned);
            }
        }
        Ok(())
    }
}
