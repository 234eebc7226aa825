//! The words of reports: reasons, flags, questions and errors, in Chinese and in English.

use super::model::{Field, Flag, Question, Trouble};

/// A flag's code and words.
pub type Words = (&'static str, &'static str, &'static str);

/// Flags; the code is stable.
pub mod flag {
    use super::Words;

    /// 无合同
    pub const NO_CONTRACT: Words = ("no_contract", "无合同", "No contract");
    /// Nothing said about paper.
    pub const NO_PAPER: Words = ("no_paper", "没有写合同", "Nothing is said about a contract");
    /// 协商续签
    pub const RENEWING: Words =
        ("renewing", "协商续签：现在没有生效的合同", "Being renewed: no contract in force");
    /// 正在盖章
    pub const NOT_SIGNED: Words = ("not_signed", "合同还没有签完", "Not signed yet");
    /// 统一签订
    pub const FRAMEWORK: Words =
        ("framework", "统一签订：框架合同没有附上", "Framework contract not attached");
    /// Over before the sheet's month.
    pub const EXPIRED: Words = ("expired", "合同已到期", "The contract has expired");
    /// No end.
    pub const OPEN_ENDED: Words = ("open_ended", "没有到期日", "No end is agreed");
    /// A rate and no receipt.
    pub const NOTHING_RECEIVED: Words = ("nothing_received", "本表没有收到", "Nothing received");
    /// The remark says it is deducted, and nothing came.
    pub const DEDUCTED_NOT_RECEIVED: Words = (
        "deducted_not_received",
        "备注说每月随物业费扣款，却没有实收",
        "Said to be deducted every month, yet nothing received",
    );
    /// Held by the manager.
    pub const HELD_BY_OPERATOR: Words = (
        "held_by_operator",
        "随物业费代收，钱还在物业：记 R.1221.01",
        "Collected with the service fee and still held by the manager: R.1221.01",
    );
    /// Only for months before the sheet's.
    pub const EARLIER_PERIODS: Words =
        ("earlier_periods", "收的是以前月份的款", "For earlier months");
    /// Only the payer is named.
    pub const SITE_NOT_NAMED: Words = ("site_not_named", "没有写位置", "The site isn't named");
    /// Number of payers, no names.
    pub const PAYERS_NOT_NAMED: Words =
        ("payers_not_named", "付款人没有写名字", "The payers aren't named");
    /// Received without a rate.
    pub const NO_RATE: Words =
        ("no_rate", "没有应收标准，不知道该收多少", "No rate: what is due is unknown");
    /// By use.
    pub const BY_USE: Words = ("by_use", "按使用计费，没有固定应收", "By use: no fixed due");
    /// By meter.
    pub const BY_METER: Words = ("by_meter", "按表计费，没有固定应收", "By meter: no fixed due");
    /// Number of pieces unknown.
    pub const NO_QUANTITY: Words = ("no_quantity", "没有写数量", "The number isn't said");
    /// No term.
    pub const NO_TERM: Words = ("no_term", "没有写期限", "The term isn't said");
    /// Electricity in the rent.
    pub const ELECTRICITY: Words =
        ("electricity_included", "租金含电费", "Electricity is included");
    /// Electricity by meter beside the rent.
    pub const ENERGY_BESIDE: Words =
        ("energy_beside", "另按表收电费", "Energy by meter beside the rent");
    /// The manager's fee in the same cell.
    pub const FEE_BESIDE: Words = (
        "fee_beside",
        "同一格里有管理费，不是公共收益",
        "A management fee beside it isn't the owners'",
    );
    /// A day's rate.
    pub const DAY_RATE: Words =
        ("day_rate", "按天计费：每月按当月天数", "By the day: each month by its days");
    /// Received isn't a whole number of months.
    pub const MONTHS_DIFFER: Words =
        ("months_differ", "实收和所属月份的应收不等", "Received isn't the due of its months");
    /// Same party and term, another amount.
    pub const SAME_PARTY: Words = (
        "same_party_and_term",
        "同一承租方、同一期限，金额不同：不当作重复",
        "Same party and term, another amount: no duplicate",
    );
    /// Everything the same.
    pub const SAME_ROW: Words = (
        "same_as_another",
        "和另一行完全一样：确认不是重复",
        "The same as another row: make sure it is no duplicate",
    );
    /// A person or an organisation?
    pub const PARTY_UNKNOWN: Words = (
        "party_unknown",
        "看不出是单位还是个人，按个人保密",
        "Person or organisation can't be told: kept private",
    );
    /// A rise is agreed.
    pub const STEP: Words = ("step", "约定了租金变动", "A change of the rent is agreed");
    /// The sum in the remark agrees.
    pub const SUM_AGREES: Words =
        ("sum_agrees", "备注里的合计与应收相符", "The remark's sum agrees");
    /// A sum that can't be checked.
    pub const SUM_UNCHECKED: Words =
        ("sum_unchecked", "备注里的合计没法核对", "The remark's sum can't be checked");
    /// A total of another column or a year to date.
    pub const NOT_COMPARED: Words =
        ("not_compared", "这个合计没有核对", "This total isn't compared");
    /// A hidden row.
    pub const HIDDEN: Words =
        ("hidden_row", "这一行在表里是隐藏的", "The row is hidden in the sheet");
    /// Tax said in the rate.
    pub const TAX: Words = ("tax_said", "租金注明了含税与否", "The rate says something of tax");
    /// Billing said in the rate.
    pub const BILLING: Words =
        ("billing_said", "租金注明了付款方式", "The rate says when it is paid");
    /// `--month` and title differ.
    pub const MONTH_DIFFERS: Words =
        ("month_differs", "指定的月份和表头写的不一样", "The month given isn't the title's");
    /// Columns nobody reads.
    pub const COLUMNS_UNREAD: Words =
        ("columns_unread", "有没用到的列", "Columns that aren't read");
    /// A quantity in the name and another in the column.
    pub const QUANTITY_DIFFERS: Words = (
        "quantity_differs",
        "名称里的数量和数量列不同",
        "The name counts otherwise than the column",
    );
}

/// A flag.
pub fn flagged((code, zh, en): Words) -> Flag {
    Flag { code, zh: zh.to_owned(), en: en.to_owned() }
}

/// A flag with figures behind its words.
pub fn flagged_with((code, zh, en): Words, figures: &str) -> Flag {
    Flag { code, zh: format!("{zh}：{figures}"), en: format!("{en}: {figures}") }
}

/// The words of a fix's reason.
pub fn why(code: &str) -> (&'static str, &'static str) {
    match code {
        "blank" => ("去掉空格", "blanks removed"),
        "full_width" => ("全角改半角", "full width to half width"),
        "number_2018_1" => {
            ("数字 2018.1 丢了零，按本表月份", "the number lost a zero; the sheet's month")
        }
        "title" => ("没有写所属月份，按本表月份", "no month said; the sheet's month"),
        "year" => ("没有写年份，按本表年份", "no year said; the sheet's year"),
        "day" => ("表格软件把月份变成了日期", "the program made a date of a month"),
        "check_not_rate" => {
            ("括号里是核对用的单价，不是第二个租金", "the bracket is a check, not a second rate")
        }
        "two_rates" => ("一格里有两个价：分开", "two rates in one cell, parted"),
        "not_a_term" => ("不是期限，是合同状态", "no term but the state of the contract"),
        "decimals" => ("补足两位小数", "two decimals"),
        "wan" => ("万元换算成元", "ten thousands of yuan to yuan"),
        "unit" => ("单位取自表头", "the unit is the heading's"),
        "whole_months" => ("只写到月，取月初月末", "a month's first and last day"),
        "answer" => ("按答复", "by answer"),
        _ => ("", ""),
    }
}

/// A question that must be answered.
pub fn question(field: Field, key: &'static str, zh: &str, en: &str, choices: &[&str]) -> Question {
    let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
    Question { field, key, zh: zh.to_owned(), en: en.to_owned(), choices, required: true }
}

/// An error with what to do about it.
pub fn trouble(
    field: Field,
    found: &str,
    rule: &'static str,
    (zh, en): (&str, &str),
    (do_zh, do_en): (&str, &str),
) -> Trouble {
    Trouble {
        field,
        found: found.to_owned(),
        rule,
        zh: zh.to_owned(),
        en: en.to_owned(),
        do_zh: do_zh.to_owned(),
        do_en: do_en.to_owned(),
    }
}
