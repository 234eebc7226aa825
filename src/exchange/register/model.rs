//! The words of a reading: statuses, classes, fields, and what is said about them.

use chrono::NaiveDate;

/// How far a row may be posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// As it stands.
    Read,
    /// After mending, which the row tells.
    Fixed,
    /// A person must choose first.
    Ask,
    /// It says something that can't be.
    Refused,
    /// Nothing to post: a heading, a total, a zero, or left out by an answer.
    Skipped,
}

impl Status {
    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Fixed => "fixed",
            Self::Ask => "ask",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
        }
    }
}

/// What sort of row it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Something let.
    Lease,
    /// Things sold, with their number.
    Sale,
    /// Money that is neither: late fees, service fees, energy, deposits.
    Other,
    /// The columns' names.
    Heading,
    /// The sum of some rows.
    Subtotal,
    /// The sum of all rows.
    Total,
    /// Words without figures: a title, a section, signatures.
    Title,
}

impl Class {
    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lease => "lease",
            Self::Sale => "sale",
            Self::Other => "other",
            Self::Heading => "heading",
            Self::Subtotal => "subtotal",
            Self::Total => "total",
            Self::Title => "title",
        }
    }

    /// True for rows that may be posted.
    pub const fn is_entry(self) -> bool {
        matches!(self, Self::Lease | Self::Sale | Self::Other)
    }
}

/// A column's meaning; also names what a fix, question or error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// 大类: the section a row stands in.
    Group,
    /// 序号
    Number,
    /// 租赁名称, 位置, 项目
    Name,
    /// 承租人
    Party,
    /// 用途
    Kind,
    /// 合同期限
    Term,
    /// 合同开始
    Starts,
    /// 合同结束
    Ends,
    /// 合同情况
    Paper,
    /// 应收金额, 计费, 租金
    Due,
    /// 实收金额
    Received,
    /// 所属月份
    Attribution,
    /// 数量
    Quantity,
    /// 面积
    Area,
    /// 备注
    Note,
    /// No column: the income's account.
    Account,
    /// No column: where the money lies.
    Money,
    /// No column: the row as a whole.
    Row,
}

impl Field {
    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Number => "number",
            Self::Name => "name",
            Self::Party => "party",
            Self::Kind => "kind",
            Self::Term => "term",
            Self::Starts => "starts",
            Self::Ends => "ends",
            Self::Paper => "paper",
            Self::Due => "due",
            Self::Received => "received",
            Self::Attribution => "attribution",
            Self::Quantity => "quantity",
            Self::Area => "area",
            Self::Note => "note",
            Self::Account => "account",
            Self::Money => "money",
            Self::Row => "row",
        }
    }
}

/// Something mended: what stood there, what was read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it is about.
    pub field: Field,
    /// As it stood.
    pub from: String,
    /// As it was read.
    pub to: String,
    /// The reason's code; [`super::said::why`] has its words.
    pub why: &'static str,
}

/// Something only a person can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What it is about.
    pub field: Field,
    /// The key of the answer.
    pub key: &'static str,
    /// The question in Chinese.
    pub zh: String,
    /// The question in English.
    pub en: String,
    /// What may be answered; empty for a free value.
    pub choices: Vec<String>,
    /// False where the row can be posted without an answer.
    pub required: bool,
}

/// Something an owner or clerk should know; it stops nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// A stable code.
    pub code: &'static str,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// Something that can't be, or doesn't add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What it is about.
    pub field: Field,
    /// What stands there.
    pub found: String,
    /// The rule's code.
    pub rule: &'static str,
    /// What is wrong, in Chinese.
    pub zh: String,
    /// What is wrong, in English.
    pub en: String,
    /// What to do, in Chinese.
    pub do_zh: String,
    /// What to do, in English.
    pub do_en: String,
}

/// Where an attribution came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The row's own cell.
    Cell,
    /// The sheet's month.
    Title,
    /// An answer.
    Answer,
}

impl Source {
    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cell => "cell",
            Self::Title => "title",
            Self::Answer => "answer",
        }
    }
}

/// From a day on, so many hundredths of a percent of the first rate.
pub type Step = (NaiveDate, u64);
