//! The table itself, in the order of the docs.

use super::later;
use super::{Guard, Kind, LineRule, Sides};
use crate::ledger::chart::{AccountType, Role};
use crate::ledger::schema::{
    Column, EVIDENCE, ORGANISATION, PARTY, Sort, column, optional, required,
};

pub(super) const fn sides(debit: &'static [Role], credit: &'static [Role]) -> LineRule {
    LineRule::Sides(Sides { debit, credit })
}

pub(super) type Allowed = (&'static [Role], &'static [Role]);

pub(super) const fn crossing(r: Allowed, f: Allowed) -> LineRule {
    let (r, f) = (Sides { debit: r.0, credit: r.1 }, Sides { debit: f.0, credit: f.1 });
    LineRule::Crossing { r, f }
}

/// Accounts of the two funds that hold money a bank knows of.
const COST: &[Role] = &[Role::Cost, Role::FeeCost, Role::ClauseCost];

/// A row of `open.banks`: account, bank, masked number.
const BANK_ROW: &[Column] =
    &[column("account", Sort::Account), column("bank", Sort::Text), column("number", Sort::Name)];

/// A row of `rules.params`: key, comparison, value, in force from, verified, citation.
const PARAM_ROW: &[Column] = &[
    column("key", Sort::Name),
    column("compare", Sort::Word(&["=", ">", ">="])),
    column("value", Sort::Name),
    column("from", Sort::Date),
    column("verified", Sort::Word(&["verified", "unverified"])),
    column("cite", Sort::Text),
];

/// A row of a chart: code, type, role, name.
const CHART_ROW: &[Column] = &[
    column("code", Sort::Account),
    column("type", Sort::Word(AccountType::WORDS)),
    column("role", Sort::Word(Role::WORDS)),
    column("name", Sort::Name),
];

/// Why a contract may be: an owners' decision, a clause of the service contract, or nothing.
const AUTHORITY: Sort = Sort::Either(&[
    ("decision", &[required("decision", Sort::Name)]),
    ("clause", &[required("clause", Sort::Text)]),
    ("none", &[required("none", Sort::Text)]),
]);

/// One priced part of a contract; its due follows `docs/accounting.md`, "What is due".
const SCHEDULE: Sort = Sort::List(&Sort::Object(&[
    required("account", Sort::Account),
    optional("amount", Sort::Money),
    optional("free", Sort::Rows(&[column("from", Sort::Date), column("to", Sort::Date)])),
    optional("from", Sort::Date),
    required("mode", Sort::Word(&["fixed", "metered", "per_use", "share", "unknown"])),
    optional("per", Sort::Word(&["day", "month", "quarter", "half_year", "year"])),
    optional("pieces", Sort::Integer),
    optional("steps", Sort::Rows(&[column("from", Sort::Date), column("bp", Sort::Integer)])),
    optional("to", Sort::Date),
    optional("what", Sort::Text),
]));

/// How far the paper of a contract has come.
const PAPER: Sort = Sort::Word(&["signed", "sealing", "renewing", "framework", "none", "unknown"]);

/// When a month's due is owing.
const BILLING: Sort = Sort::Word(&["advance", "arrears", "spread"]);

/// Every kind, in the order of the docs.
pub const KINDS: &[Kind] = &[
    // --- Book and people ---------------------------------------------------------------
    Kind {
        name: "open",
        zh: "建账",
        en: "Book opened",
        keys: &[
            required("address", Sort::Text),
            required("area", Sort::Area),
            optional("banks", Sort::Rows(BANK_ROW)),
            required("book", Sort::Integer),
            optional("committee", Sort::Object(ORGANISATION)),
            optional("community", Sort::Object(ORGANISATION)),
            required("households", Sort::Integer),
            required("manager", Sort::Object(ORGANISATION)),
            required("name", Sort::Text),
            required("since", Sort::Date),
        ],
        lines: LineRule::None,
        guards: &[],
    },
    Kind {
        name: "rules",
        zh: "规则",
        en: "Rules in force",
        keys: &[
            required("basis", Sort::Word(&["cash"])),
            optional("book", Sort::Integer),
            required("chart_f", Sort::Rows(CHART_ROW)),
            required("chart_r", Sort::Rows(CHART_ROW)),
            required(
                "charts",
                Sort::Object(&[required("f", Sort::Name), required("r", Sort::Name)]),
            ),
            required("from", Sort::Date),
            required("pack", Sort::Name),
            required("params", Sort::Rows(PARAM_ROW)),
            required("version", Sort::Name),
        ],
        lines: LineRule::None,
        guards: &[],
    },
    Kind {
        name: "account",
        zh: "银行账户",
        en: "Bank account",
        keys: &[
            required("account", Sort::Account),
            required("act", Sort::Word(&["open", "rename", "close"])),
            optional("bank", Sort::Text),
            optional("holder", Sort::Object(ORGANISATION)),
            optional("number", Sort::Name),
        ],
        lines: LineRule::None,
        guards: &[],
    },
    Kind {
        name: "appoint",
        zh: "任职",
        en: "Appointment",
        keys: &[
            required("from", Sort::Date),
            required("org", Sort::Object(ORGANISATION)),
            required(
                "role",
                Sort::Word(&["manager", "committee", "community", "bank", "custodian"]),
            ),
            optional("to", Sort::Date),
        ],
        lines: LineRule::None,
        guards: &[],
    },
    Kind {
        name: "opening",
        zh: "期初",
        en: "Opening balance",
        keys: &[
            optional("evidence", EVIDENCE),
            required("fund", Sort::Fund),
            optional("unproven", Sort::Word(&["yes"])),
        ],
        lines: sides(
            &[
                Role::Bank,
                Role::Clearing,
                Role::OperatorHeld,
                Role::PredecessorDue,
                Role::Unproven,
                Role::Recoverable,
                Role::Bond,
            ],
            &[
                Role::Unidentified,
                Role::Deposit,
                Role::PassThrough,
                Role::DistributionPayable,
                Role::RefundPayable,
                Role::NetAll,
                Role::NetPart,
                Role::OpeningUnproven,
                Role::UnitCapital,
                Role::Undistributed,
            ],
        ),
        guards: &[],
    },
    Kind {
        name: "asset",
        zh: "共用资源",
        en: "Common asset",
        keys: &[
            optional("account", Sort::Account),
            optional("basis", Sort::Text),
            required("count", Sort::Integer),
            required("from", Sort::Date),
            required("id", Sort::Id("as_")),
            required("name", Sort::Text),
            required("ownership", Sort::Word(&["common", "part", "unclear"])),
            required("place", Sort::Text),
        ],
        lines: LineRule::None,
        guards: &[],
    },
    Kind {
        name: "contract",
        zh: "合同",
        en: "Contract",
        keys: &[
            optional(
                "assets",
                Sort::Rows(&[column("asset", Sort::Id("as_")), column("count", Sort::Integer)]),
            ),
            required("authority", AUTHORITY),
            optional("billing", BILLING),
            optional("counted_from", Sort::Month),
            optional("from", Sort::Date),
            required("no", Sort::Name),
            required("paper", PAPER),
            optional("party", PARTY),
            optional("schedule", SCHEDULE),
            optional("signed", Sort::Date),
            required("site", Sort::Text),
            optional("to", Sort::Date),
        ],
        lines: LineRule::None,
        guards: &[],
    },
    Kind {
        name: "contract.amend",
        zh: "合同变更",
        en: "Contract amended",
        keys: &[
            optional("authority", AUTHORITY),
            optional("billing", BILLING),
            optional("counted_from", Sort::Month),
            optional("from", Sort::Date),
            required("no", Sort::Name),
            optional("paper", PAPER),
            optional("party", PARTY),
            required("reason", Sort::Text),
            optional("schedule", SCHEDULE),
            optional("signed", Sort::Date),
            optional("site", Sort::Text),
            optional("to", Sort::Date),
        ],
        lines: LineRule::None,
        guards: &[],
    },
    Kind {
        name: "contract.end",
        zh: "合同终止",
        en: "Contract ended",
        keys: &[
            required("no", Sort::Name),
            required("on", Sort::Date),
            required("reason", Sort::Text),
        ],
        lines: LineRule::None,
        guards: &[],
    },
    Kind {
        name: "decision",
        zh: "决定",
        en: "Decision",
        keys: &[
            required(
                "body",
                Sort::Word(&["assembly", "committee", "community", "clause", "court"]),
            ),
            required("from", Sort::Date),
            optional("limit", Sort::Money),
            required("matter", Sort::Text),
            required("no", Sort::Name),
            optional("to", Sort::Date),
        ],
        lines: LineRule::None,
        guards: &[],
    },
    Kind {
        name: "income",
        zh: "收入",
        en: "Income",
        keys: &[
            optional("clause", Sort::Name),
            optional("contract", Sort::Name),
            optional("evidence", EVIDENCE),
            optional("party", PARTY),
            optional("payee_ref", Sort::Name),
        ],
        lines: sides(
            &[Role::Bank, Role::Clearing, Role::OperatorHeld, Role::FeeCost, Role::ClauseCost],
            &[Role::Income, Role::PassThrough],
        ),
        guards: &[Guard::FeeCapped, Guard::Clause],
    },
    Kind {
        name: "settle",
        zh: "结算缴存",
        en: "Settlement",
        keys: &[required("channel", Sort::Name), optional("evidence", EVIDENCE)],
        lines: sides(
            &[Role::Bank, Role::FeeCost],
            &[Role::Clearing, Role::OperatorHeld, Role::PredecessorDue, Role::Recoverable],
        ),
        guards: &[Guard::FeeCapped],
    },
    Kind {
        name: "cost",
        zh: "合理成本",
        en: "Cost",
        keys: &[
            optional("clause", Sort::Name),
            optional("evidence", EVIDENCE),
            required("payee", PARTY),
        ],
        lines: sides(COST, &[Role::Bank]),
        guards: &[Guard::Evidence, Guard::Clause, Guard::TwoPersons],
    },
    Kind {
        name: "unproven.out",
        zh: "待举证支出",
        en: "Payment awaiting evidence",
        keys: &[required("payee", PARTY)],
        lines: sides(&[Role::Unproven], &[Role::Bank]),
        guards: &[Guard::TwoPersons],
    },
    Kind {
        name: "unproven.accept",
        zh: "补齐凭证",
        en: "Evidence accepted",
        keys: &[
            required("evidence", EVIDENCE),
            required("of", Sort::Hash),
            required("payee", PARTY),
            required("seq", Sort::Integer),
        ],
        lines: sides(COST, &[Role::Unproven]),
        guards: &[Guard::Evidence, Guard::TwoPersons],
    },
    Kind {
        name: "unproven.return",
        zh: "退回未举证款",
        en: "Unproven payment returned",
        keys: &[
            required("of", Sort::Hash),
            required("party", PARTY),
            required("seq", Sort::Integer),
        ],
        lines: sides(&[Role::Bank], &[Role::Unproven]),
        guards: &[],
    },
    Kind {
        name: "spend",
        zh: "使用",
        en: "Spending by decision",
        keys: &[required("decision", Sort::Name), required("payee", PARTY)],
        lines: sides(&[Role::Use], &[Role::Bank, Role::PassThrough]),
        guards: &[Guard::Decision, Guard::TwoPersons, Guard::CoSigned],
    },
    Kind {
        name: "transfer",
        zh: "账户划转",
        en: "Transfer between accounts",
        keys: &[],
        lines: sides(&[Role::Bank, Role::Clearing], &[Role::Bank, Role::Clearing]),
        guards: &[Guard::TwoPersons],
    },
    Kind {
        name: "interest",
        zh: "结息",
        en: "Interest",
        keys: &[optional("from", Sort::Date), optional("to", Sort::Date)],
        lines: sides(&[Role::Bank], &[Role::InterestIncome]),
        guards: &[],
    },
    // --- Others' money, both funds, closing: `later.rs` -----------------------------------
    later::INCOME_REFUND,
    later::DEPOSIT_IN,
    later::DEPOSIT_OUT,
    later::DEPOSIT_FORFEIT,
    later::DEPOSIT_OFFSET,
    later::HELD_IN,
    later::HELD_OUT,
    later::HELD_IDENTIFY,
    later::HELD_TO_FUND,
    later::HELD_TO_REVENUE,
    later::DISTRIBUTE_DECLARE,
    later::DISTRIBUTE_PAY,
    later::DISTRIBUTE_RETURN,
    later::TOP_UP,
    later::TOP_UP_RETURN,
    later::CLAIM,
    later::WRITE_OFF,
    later::OPENING_CONFIRM,
    later::CLAUSE,
    later::CLOSE,
    // --- Control -----------------------------------------------------------------------
    Kind {
        name: "correct",
        zh: "更正",
        en: "Correction",
        keys: &[
            optional("decision", Sort::Name),
            optional("evidence", EVIDENCE),
            required("of", Sort::Hash),
            required("reason", Sort::Text),
            required("seq", Sort::Integer),
        ],
        lines: LineRule::Correction,
        guards: &[],
    },
    Kind {
        name: "attach",
        zh: "补附单据",
        en: "Paper attached",
        keys: &[required("of", Sort::Hash), required("seq", Sort::Integer)],
        lines: LineRule::None,
        guards: &[],
    },
    Kind {
        name: "attribute",
        zh: "归属调整",
        en: "Receipt attributed",
        keys: &[
            optional("contract", Sort::Name),
            required("line", Sort::Integer),
            required("of", Sort::Hash),
            optional("period", Sort::Period),
            required("reason", Sort::Text),
            required("seq", Sort::Integer),
        ],
        lines: LineRule::None,
        guards: &[],
    },
    Kind {
        name: "import",
        zh: "导入",
        en: "Import",
        keys: &[
            required("count", Sort::Integer),
            required("file", Sort::Hash),
            optional("month", Sort::Month),
            optional("refused", Sort::Rows(IMPORT_ROW)),
            optional("skipped", Sort::Rows(IMPORT_ROW)),
            required("source_kind", Sort::Word(&["register", "contracts", "journal", "statement"])),
            optional(
                "totals",
                Sort::Rows(&[column("total", Sort::Name), column("amount", Sort::Money)]),
            ),
        ],
        lines: LineRule::None,
        guards: &[],
    },
];

/// A row of a file that was not posted: its number and why.
const IMPORT_ROW: &[Column] = &[column("row", Sort::Integer), column("why", Sort::Text)];
