//! Kinds of the shared revenue beyond receipts and costs: refunds, deposits, money held for
//! others, distribution, topping up the maintenance fund, claims, clauses, closing.

use super::table::{crossing, sides};
use super::{Guard, Kind, LineRule};
use crate::ledger::chart::Role;
use crate::ledger::schema::{EVIDENCE, PARTY, Sort, column, optional, required};

pub const INCOME_REFUND: Kind = Kind {
    name: "income_refund",
    zh: "退还收入",
    en: "Income refunded",
    keys: &[
        optional("contract", Sort::Name),
        required("payee", PARTY),
        required("reason", Sort::Text),
    ],
    lines: sides(&[Role::Income], &[Role::Bank, Role::Clearing]),
    guards: &[Guard::TwoPersons],
};

pub const DEPOSIT_IN: Kind = Kind {
    name: "deposit.in",
    zh: "收押金",
    en: "Deposit received",
    keys: &[optional("contract", Sort::Name), required("party", PARTY)],
    lines: sides(&[Role::Bank, Role::Clearing, Role::OperatorHeld], &[Role::Deposit]),
    guards: &[],
};

pub const DEPOSIT_OUT: Kind = Kind {
    name: "deposit.out",
    zh: "退押金",
    en: "Deposit returned",
    keys: &[optional("contract", Sort::Name), required("payee", PARTY)],
    lines: sides(&[Role::Deposit], &[Role::Bank]),
    guards: &[Guard::TwoPersons],
};

pub const DEPOSIT_FORFEIT: Kind = Kind {
    name: "deposit.forfeit",
    zh: "押金抵赔偿",
    en: "Deposit forfeited",
    keys: &[
        optional("contract", Sort::Name),
        optional("evidence", EVIDENCE),
        required("reason", Sort::Text),
    ],
    lines: sides(&[Role::Deposit], &[Role::Income]),
    guards: &[Guard::Shown, Guard::TwoPersons],
};

pub const DEPOSIT_OFFSET: Kind = Kind {
    name: "deposit.offset",
    zh: "押金抵欠款",
    en: "Deposit set off",
    keys: &[optional("contract", Sort::Name), required("reason", Sort::Text)],
    lines: sides(&[Role::Deposit], &[Role::Income, Role::PassThrough]),
    guards: &[Guard::TwoPersons],
};

pub const HELD_IN: Kind = Kind {
    name: "held.in",
    zh: "收代收及误入款",
    en: "Held for others",
    keys: &[optional("party", PARTY), required("purpose", Sort::Text)],
    lines: sides(&[Role::Bank, Role::Clearing], &[Role::PassThrough, Role::Unidentified]),
    guards: &[],
};

pub const HELD_OUT: Kind = Kind {
    name: "held.out",
    zh: "付代收及误入款",
    en: "Held money paid out",
    keys: &[required("payee", PARTY)],
    lines: sides(&[Role::PassThrough, Role::Unidentified], &[Role::Bank]),
    guards: &[Guard::TwoPersons],
};

pub const HELD_IDENTIFY: Kind = Kind {
    name: "held.identify",
    zh: "查明收款",
    en: "Receipt identified",
    keys: &[
        optional("contract", Sort::Name),
        optional("party", PARTY),
        required("reason", Sort::Text),
    ],
    lines: sides(&[Role::Unidentified], &[Role::Income, Role::PassThrough, Role::Deposit]),
    guards: &[],
};

pub const HELD_TO_FUND: Kind = Kind {
    name: "held.to_fund",
    zh: "转交维修资金",
    en: "Passed on to the fund",
    keys: &[optional("party", PARTY), required("purpose", Sort::Text)],
    lines: crossing(
        (&[Role::PassThrough], &[Role::Bank]),
        (&[Role::Bank], &[Role::Contribution, Role::Scrap]),
    ),
    guards: &[Guard::TwoPersons],
};

pub const HELD_TO_REVENUE: Kind = Kind {
    name: "held.to_revenue",
    zh: "转回公共收益",
    en: "Passed on to the revenue",
    keys: &[optional("party", PARTY), required("purpose", Sort::Text)],
    lines: crossing(
        (&[Role::Bank], &[Role::Income, Role::PassThrough]),
        (&[Role::PassThrough], &[Role::Bank]),
    ),
    guards: &[Guard::TwoPersons],
};

pub const DISTRIBUTE_DECLARE: Kind = Kind {
    name: "distribute.declare",
    zh: "决定分配",
    en: "Distribution declared",
    keys: &[required("decision", Sort::Name)],
    lines: sides(&[Role::Use], &[Role::DistributionPayable]),
    guards: &[Guard::Decision, Guard::TwoPersons, Guard::CoSigned],
};

pub const DISTRIBUTE_PAY: Kind = Kind {
    name: "distribute.pay",
    zh: "发放分配款",
    en: "Distribution paid",
    keys: &[required("payee", PARTY)],
    lines: sides(&[Role::DistributionPayable], &[Role::Bank]),
    guards: &[Guard::TwoPersons],
};

pub const DISTRIBUTE_RETURN: Kind = Kind {
    name: "distribute.return",
    zh: "分配款退回",
    en: "Distribution came back",
    keys: &[required("reason", Sort::Text)],
    lines: sides(&[Role::Bank], &[Role::DistributionPayable]),
    guards: &[],
};

pub const TOP_UP: Kind = Kind {
    name: "top_up",
    zh: "补充维修资金",
    en: "Fund topped up",
    keys: &[optional("decision", Sort::Name), optional("rule", Sort::Name)],
    lines: crossing((&[Role::UseTopUp], &[Role::Bank]), (&[Role::Bank], &[Role::ToppedUp])),
    guards: &[Guard::DecisionOrRule, Guard::TwoPersons, Guard::CoSigned],
};

pub const TOP_UP_RETURN: Kind = Kind {
    name: "top_up.return",
    zh: "退回多补充的资金",
    en: "Top-up returned",
    keys: &[
        required("of", Sort::Hash),
        required("reason", Sort::Text),
        required("seq", Sort::Integer),
    ],
    lines: crossing((&[Role::Bank], &[Role::UseTopUp]), (&[Role::ToppedUp], &[Role::Bank])),
    guards: &[Guard::TwoPersons, Guard::CoSigned],
};

pub const CLAIM: Kind = Kind {
    name: "claim",
    zh: "应收回款",
    en: "Claim recognised",
    keys: &[
        optional("clause", Sort::Name),
        optional("evidence", EVIDENCE),
        required("party", PARTY),
        required("reason", Sort::Text),
    ],
    lines: sides(
        &[Role::Recoverable],
        &[Role::NetAll, Role::NetPart, Role::Cost, Role::FeeCost, Role::ClauseCost],
    ),
    guards: &[Guard::Shown, Guard::TwoPersons],
};

pub const WRITE_OFF: Kind = Kind {
    name: "write_off",
    zh: "核销",
    en: "Written off",
    keys: &[
        required("decision", Sort::Name),
        optional("of", Sort::Hash),
        required("reason", Sort::Text),
        optional("seq", Sort::Integer),
    ],
    lines: sides(
        &[Role::WriteOff, Role::OpeningUnproven],
        &[Role::Unproven, Role::PredecessorDue, Role::Recoverable],
    ),
    guards: &[Guard::Decision, Guard::TwoPersons, Guard::CoSigned],
};

pub const OPENING_CONFIRM: Kind = Kind {
    name: "opening.confirm",
    zh: "期初转正",
    en: "Opening confirmed",
    keys: &[optional("evidence", EVIDENCE), required("reason", Sort::Text)],
    lines: sides(&[Role::OpeningUnproven], &[Role::NetAll, Role::NetPart, Role::PredecessorDue]),
    guards: &[Guard::Shown, Guard::TwoPersons, Guard::CoSigned],
};

/// A management fee on the shared revenue: one mode a clause.
pub const CLAUSE: Kind = Kind {
    name: "clause",
    zh: "管理费条款",
    en: "Clause on fees",
    keys: &[
        optional("base", Sort::Rows(&[column("account", Sort::Account)])),
        required("cite", Sort::Text),
        required("from", Sort::Date),
        required("mode", Sort::Word(&["itemised", "agreed", "statutory"])),
        required("no", Sort::Name),
        optional("rate_bp", Sort::Integer),
        optional("to", Sort::Date),
    ],
    lines: LineRule::None,
    guards: &[],
};

/// A clause ends before its time, or at last.
pub const CLAUSE_END: Kind = Kind {
    name: "clause.end",
    zh: "条款终止",
    en: "Clause ended",
    keys: &[required("no", Sort::Name), required("on", Sort::Date), required("reason", Sort::Text)],
    lines: LineRule::None,
    guards: &[],
};

/// Closes a fund's months (no lines), or its year (the lines that the fold computes).
pub const CLOSE: Kind = Kind {
    name: "close",
    zh: "结账",
    en: "Period closed",
    keys: &[
        required("fund", Sort::Fund),
        required("period_kind", Sort::Word(&["month", "year"])),
        required("to", Sort::Date),
    ],
    lines: LineRule::Closing,
    guards: &[Guard::TwoPersons],
};
