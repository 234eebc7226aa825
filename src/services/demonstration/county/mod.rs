//! The estates of the invented county 民乐县, each to show one thing. Names of companies,
//! committees and tenants are invented; the registers are real, their names replaced.

use super::DemonstrationError;
use super::story::Story;
use crate::ledger::account::Fund;

mod community;
mod corrected;
mod handed_over;
mod large;
mod missing;
mod registers;
mod spotless;
mod unfounded;
mod worked_year;
mod young;

/// A story begins.
type Told = Result<Story, DemonstrationError>;

const YUNSHAN: &str = "云杉里物业服务有限公司";
const XUELING: &str = "雪岭居物业服务有限公司";
const QINGKE: &str = "青稞苑物业服务有限公司";
/// An account of the shared revenue.
const R: (Fund, &str, &str) = (Fund::R, "农业银行", "****2207");
/// An account of the maintenance fund.
const F: (Fund, &str, &str) = (Fund::F, "建设银行", "****6318");

/// Every story, in the order of the estates' codes.
pub fn stories() -> Result<Vec<Story>, DemonstrationError> {
    let told: [fn() -> Told; 15] = [
        spotless::told,
        large::told,
        missing::adverts_unpaid,
        missing::silent,
        community::told,
        missing::held_by_the_company,
        corrected::booked_twice,
        corrected::without_evidence,
        unfounded::told,
        handed_over::told,
        young::three_entries,
        young::only_opened,
        registers::october,
        registers::december,
        worked_year::told,
    ];
    told.iter().map(|tell| tell()).collect()
}
