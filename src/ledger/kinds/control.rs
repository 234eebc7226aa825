//! Kinds that move no money of their own: bank statements and what they match, what a bank did
//! by itself, notices, questions and answers, the handing-over between companies.

use super::table::sides;
use super::{Guard, Kind, LineRule};
use crate::ledger::chart::Role;
use crate::ledger::schema::{Column, ORGANISATION, Sort, column, optional, required};

const GROUP: Column = column("group", Sort::Integer);
const DAY: Column = column("day", Sort::Date);
const WAY: Column = column("way", Sort::Word(&["in", "out"]));
const AMOUNT: Column = column("amount", Sort::Money);

/// A period of a bank's or a platform's account, heading a batch with its lines and matches.
pub const STATEMENT: Kind = Kind {
    name: "statement",
    zh: "对账单",
    en: "Statement",
    keys: &[
        required("account", Sort::Account),
        required("bank_in", Sort::Money),
        required("bank_out", Sort::Money),
        required("book_in", Sort::Money),
        required("book_out", Sort::Money),
        required("closing", Sort::Money),
        required("count", Sort::Integer),
        required("file", Sort::Hash),
        required("from", Sort::Date),
        required("opening", Sort::Money),
        required("to", Sort::Date),
    ],
    lines: LineRule::None,
    guards: &[],
};

/// A statement takes the place of one of the same days; what it keeps of its lines stays.
pub const STATEMENT_REPLACE: Kind = Kind {
    name: "statement.replace",
    zh: "替换对账单",
    en: "Statement replaced",
    keys: &[
        required("account", Sort::Account),
        required("bank_in", Sort::Money),
        required("bank_out", Sort::Money),
        required("book_in", Sort::Money),
        required("book_out", Sort::Money),
        required("closing", Sort::Money),
        required("count", Sort::Integer),
        required("file", Sort::Hash),
        required("from", Sort::Date),
        required("of", Sort::Hash),
        required("opening", Sort::Money),
        required("reason", Sort::Text),
        required("seq", Sort::Integer),
        required("to", Sort::Date),
    ],
    lines: LineRule::None,
    guards: &[],
};

/// Lines of the statement before it in the batch: serial, day, in or out, amount; and serials
/// that a replacement no longer has.
pub const STATEMENT_LINES: Kind = Kind {
    name: "statement.lines",
    zh: "对账单明细",
    en: "Lines of a statement",
    keys: &[
        required("account", Sort::Account),
        optional("dropped", Sort::Rows(&[column("serial", Sort::Name)])),
        optional("rows", Sort::Rows(&[column("serial", Sort::Name), DAY, WAY, AMOUNT])),
    ],
    lines: LineRule::None,
    guards: &[],
};

/// Bank lines and entries that are the same money, by group; n to m.
pub const STATEMENT_MATCH: Kind = Kind {
    name: "statement.match",
    zh: "对账勾对",
    en: "Statement matched",
    keys: &[
        required("account", Sort::Account),
        required("bank", Sort::Rows(&[GROUP, column("serial", Sort::Name), DAY, WAY, AMOUNT])),
        required("book", Sort::Rows(&[GROUP, column("seq", Sort::Integer), DAY, WAY, AMOUNT])),
    ],
    lines: LineRule::None,
    guards: &[],
};

/// Groups of a match that aren't the same money after all.
pub const STATEMENT_UNMATCH: Kind = Kind {
    name: "statement.unmatch",
    zh: "取消勾对",
    en: "Match undone",
    keys: &[
        required("account", Sort::Account),
        required("groups", Sort::Rows(&[GROUP])),
        required("of", Sort::Hash),
        required("reason", Sort::Text),
        required("seq", Sort::Integer),
    ],
    lines: LineRule::None,
    guards: &[],
};

/// What a bank did by itself: its own correction, a court's deduction.
pub const BANK_FACT: Kind = Kind {
    name: "bank_fact",
    zh: "银行自行处理",
    en: "Done by the bank",
    keys: &[
        required("day", Sort::Date),
        required("reason", Sort::Text),
        required("serial", Sort::Name),
    ],
    lines: sides(
        &[Role::Bank, Role::Recoverable, Role::Unidentified],
        &[Role::Bank, Role::Recoverable, Role::Unidentified],
    ),
    guards: &[Guard::BankFact],
};

/// A notice that was put up, with the digest of what it showed.
pub const PUBLICATION: Kind = Kind {
    name: "publication",
    zh: "公示",
    en: "Publication",
    keys: &[
        required("file", Sort::Hash),
        required("from", Sort::Date),
        required("period", Sort::Period),
        optional("to", Sort::Date),
    ],
    lines: LineRule::None,
    guards: &[],
};

/// A question that a person raises; derived findings have ids of their own.
pub const FINDING: Kind = Kind {
    name: "finding",
    zh: "质询",
    en: "Question raised",
    keys: &[
        required("no", Sort::Name),
        optional("of", Sort::Hash),
        optional("seq", Sort::Integer),
        required("text", Sort::Text),
    ],
    lines: LineRule::None,
    guards: &[],
};

/// An answer to a finding, derived or raised.
pub const REPLY: Kind = Kind {
    name: "reply",
    zh: "答复",
    en: "Reply",
    keys: &[required("finding", Sort::Text), required("text", Sort::Text)],
    lines: LineRule::None,
    guards: &[],
};

/// Private values of an entry are deleted beside the log; its digests stay.
pub const ERASURE: Kind = Kind {
    name: "erasure",
    zh: "删除个人信息",
    en: "Private values erased",
    keys: &[
        required("digests", Sort::List(&Sort::Hash)),
        required("of", Sort::Hash),
        required("reason", Sort::Text),
        required("seq", Sort::Integer),
    ],
    lines: LineRule::None,
    guards: &[],
};

/// One company hands the accounts over to another; the balances are the book's.
pub const HANDOVER: Kind = Kind {
    name: "handover",
    zh: "交接",
    en: "Handover",
    keys: &[
        required(
            "balances",
            Sort::Rows(&[column("account", Sort::Account), column("amount", Sort::Money)]),
        ),
        required("from", Sort::Object(ORGANISATION)),
        required("on", Sort::Date),
        required("to", Sort::Object(ORGANISATION)),
    ],
    lines: LineRule::None,
    guards: &[],
};
