//! Roles: what an officer is for an estate, or for the whole instance.

use std::fmt;
use std::str::FromStr;

use super::fault::Fault;
use crate::ledger::id::EstateCode;

/// A role. Its word is that of `by.role` in entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// 录入员: records, of the property company.
    Clerk,
    /// 复核员: posts what a clerk prepared.
    Reviewer,
    /// 出纳: bank statements and matching.
    Cashier,
    /// 业主委员会: co-signs.
    Committee,
    /// 社区/居委会: stands in where there is no committee.
    Community,
    /// 住建部门: watches, decides on drawdowns.
    Bureau,
    /// 专户管理银行: delivers statements, pays on instruction.
    Bank,
    /// 代管机构: keeps the maintenance fund.
    Custodian,
    /// 造价咨询: reviews budgets and settlements.
    CostReviewer,
    /// 审计: reads everything.
    Auditor,
    /// 管理员: keeps officers and what they may do.
    Administrator,
}

/// Where a role can be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// For one estate only.
    Estate,
    /// For the instance only.
    Instance,
    /// For either.
    Either,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 11] = [
        Self::Clerk,
        Self::Reviewer,
        Self::Cashier,
        Self::Committee,
        Self::Community,
        Self::Bureau,
        Self::Bank,
        Self::Custodian,
        Self::CostReviewer,
        Self::Auditor,
        Self::Administrator,
    ];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Reviewer => "reviewer",
            Self::Cashier => "cashier",
            Self::Committee => "committee",
            Self::Community => "community",
            Self::Bureau => "bureau",
            Self::Bank => "bank",
            Self::Custodian => "custodian",
            Self::CostReviewer => "cost_reviewer",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// Where it can be granted: who works for one estate is never one for all of them.
    pub const fn reach(self) -> Reach {
        match self {
            Self::Clerk | Self::Reviewer | Self::Cashier | Self::Committee | Self::Community => {
                Reach::Estate
            }
            Self::Bureau | Self::Bank | Self::Custodian | Self::CostReviewer | Self::Auditor => {
                Reach::Either
            }
            Self::Administrator => Reach::Instance,
        }
    }

    /// True for those who decide: they sign in with a second factor where the instance says so.
    pub const fn decides(self) -> bool {
        matches!(self, Self::Reviewer | Self::Committee | Self::Bureau | Self::Administrator)
    }

    /// Refuses a role that can't be granted there.
    pub fn check_reach(self, place: Place) -> Result<(), Fault> {
        match (self.reach(), place) {
            (Reach::Estate, Place::Instance) => Err(Fault::EstateWanted),
            (Reach::Instance, Place::Estate(_)) => Err(Fault::InstanceWanted),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Role {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        Self::ALL.into_iter().find(|role| role.word() == text).ok_or(Fault::Role)
    }
}

/// Where something is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// For every estate, and for what belongs to none.
    Instance,
    /// For one estate.
    Estate(EstateCode),
}

impl Place {
    /// The estate, where it is one.
    pub const fn estate(self) -> Option<EstateCode> {
        match self {
            Self::Instance => None,
            Self::Estate(code) => Some(code),
        }
    }

    /// True where what is granted here holds for an estate; none stands for the instance.
    pub fn covers(self, estate: Option<EstateCode>) -> bool {
        match self {
            Self::Instance => true,
            Self::Estate(code) => estate == Some(code),
        }
    }
}
