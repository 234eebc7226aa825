//! What a refusal says, in both languages, and what to do about it.

use super::Violation;
use super::violation::Violation as V;
use crate::ledger::entry::Side;

/// A refusal in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViolationText {
    /// What is wrong, in Chinese.
    pub zh: String,
    /// What is wrong, in English.
    pub en: String,
    /// What to do, in Chinese.
    pub do_zh: &'static str,
    /// What to do, in English.
    pub do_en: &'static str,
}

pub(super) fn say(
    zh: String,
    en: String,
    do_zh: &'static str,
    do_en: &'static str,
) -> ViolationText {
    ViolationText { zh, en, do_zh, do_en }
}

impl Violation {
    /// The sentence and the way out.
    pub fn text(&self) -> ViolationText {
        self.text_of_chain()
            .or_else(|| self.text_of_lines())
            .or_else(|| self.text_of_amounts())
            .or_else(|| self.text_of_dates())
            .or_else(|| self.text_of_proof())
            .or_else(|| self.text_of_clauses())
            .or_else(|| self.text_of_crossings())
            .or_else(|| self.text_of_statements())
            .or_else(|| self.text_of_matches())
            .unwrap_or_else(|| self.text_of_references())
    }

    /// I1, I2.
    fn text_of_chain(&self) -> Option<ViolationText> {
        const RELOAD: (&str, &str) = ("重新读取账本后再试。", "Read the book again and retry.");
        let (zh, en, (do_zh, do_en)) = match self {
            V::Newer(book) => (
                format!("规则版本 {book} 本程序不认识"),
                format!("rules of book {book} are not known to this program"),
                ("请使用新版程序。", "Use a newer program."),
            ),
            V::Seq { expected, found } => (
                format!("序号应为 {expected}，实为 {found}"),
                format!("the number should be {expected}, it is {found}"),
                RELOAD,
            ),
            V::Prev { expected, found } => (
                format!("上一笔的哈希应为 {expected}，实为 {found}"),
                format!("the previous hash should be {expected}, it is {found}"),
                RELOAD,
            ),
            V::TimeBack { last, found } => (
                format!("记账时间 {found} 早于上一笔的 {last}"),
                format!("posted at {found}, before the previous entry's {last}"),
                ("核对服务器时钟。", "Check the server's clock."),
            ),
            V::OtherEstate => (
                "这一笔属于另一个小区".to_owned(),
                "the entry belongs to another estate".to_owned(),
                RELOAD,
            ),
            V::OtherLog => (
                "这一笔是为另一个日志写的".to_owned(),
                "the entry was written for another log".to_owned(),
                RELOAD,
            ),
            V::NotOpened => (
                "账本的第一笔必须是建账".to_owned(),
                "the first entry of a book must open it".to_owned(),
                ("先建账。", "Open the book first."),
            ),
            V::OpenedTwice => (
                "账本已经建立".to_owned(),
                "the book is already open".to_owned(),
                ("不必再建。", "There is no need to open it again."),
            ),
            V::BatchBroken { no, of } => (
                format!("一批共 {of} 笔，第 {no} 笔缺失或次序不对"),
                format!("part {no} of a batch of {of} is missing or out of order"),
                ("整批重新提交。", "Post the whole batch again."),
            ),
            _ => return None,
        };
        Some(say(zh, en, do_zh, do_en))
    }

    /// I3, I4: accounts.
    fn text_of_lines(&self) -> Option<ViolationText> {
        const CHOOSE: (&str, &str) =
            ("改用科目表中的末级科目。", "Use an account of the chart that takes postings.");
        let (zh, en, (do_zh, do_en)) = match self {
            V::Unbalanced { fund, debit, credit } => (
                format!("{fund} 账借方 {debit}、贷方 {credit}，不相等"),
                format!("fund {fund}: debit {debit} and credit {credit} differ"),
                ("核对每一行的金额和方向。", "Check amount and side of each line."),
            ),
            V::NoRules => (
                "本账本还没有采用规则和科目表".to_owned(),
                "the book has no rules and chart of accounts yet".to_owned(),
                ("先记一笔“规则”。", "Record the rules first."),
            ),
            V::AccountUnknown { account, .. } => (
                format!("科目表里没有科目 {account}"),
                format!("the chart has no account {account}"),
                CHOOSE,
            ),
            V::AccountOtherFund { account, fund } => (
                format!("{account} 不属于 {fund} 账"),
                format!("{account} is not an account of fund {fund}"),
                CHOOSE,
            ),
            V::ScheduleAccount { account, item } => (
                format!("计费第 {} 项的科目 {account} 不是收入或代收科目", item + 1),
                format!("schedule item {}: {account} is no account of income", item + 1),
                CHOOSE,
            ),
            V::ChartBroken { account } => (
                format!("科目表中 {account} 重复、放错资金账，或删去了在用科目"),
                format!(
                    "the chart names {account} twice, in the other fund's list, or drops it while in use"
                ),
                ("核对科目表。", "Check the chart."),
            ),
            V::AccountHeading { account, .. } => (
                format!("{account} 是上级科目，不能直接记账"),
                format!("{account} is a heading and takes no postings"),
                CHOOSE,
            ),
            V::AccountClosed { account, .. } => (
                format!("银行账户 {account} 未开立或已销户"),
                format!("the bank account {account} is not open"),
                ("先登记该账户，或改用在用账户。", "Register the account, or use an open one."),
            ),
            V::AccountSide { account, side, kind, .. } => {
                let (zh_side, en_side) = match side {
                    Side::Debit => ("借方", "debit"),
                    Side::Credit => ("贷方", "credit"),
                };
                (
                    format!("“{kind}”不能在{zh_side}使用科目 {account}"),
                    format!("{kind} doesn't {en_side} the account {account}"),
                    (
                        "改用该业务允许的科目，或改选业务种类。",
                        "Use an account of this kind, or another kind.",
                    ),
                )
            }
            _ => return None,
        };
        Some(say(zh, en, do_zh, do_en))
    }

    /// I3 to I6: amounts, sides, balances.
    fn text_of_amounts(&self) -> Option<ViolationText> {
        let (zh, en, (do_zh, do_en)) = match self {
            V::AmountZero { line } => (
                format!("第 {} 行金额为零", line + 1),
                format!("line {}: the amount is zero", line + 1),
                ("删去这一行。", "Leave the line out."),
            ),
            V::AmountRange { line } => (
                format!("第 {} 行金额或余额超出范围", line + 1),
                format!("line {}: the amount or balance is out of range", line + 1),
                ("核对金额。", "Check the amount."),
            ),
            V::LinesMissing { kind } => (
                format!("“{kind}”借贷两方各至少要有一行"),
                format!("{kind} needs at least one line on each side"),
                ("补上缺少的一方。", "Add the missing side."),
            ),
            V::LinesForbidden { kind } => (
                format!("“{kind}”不涉及资金，不能带分录"),
                format!("{kind} moves no money and has no lines"),
                ("去掉分录。", "Leave the lines out."),
            ),
            V::Overdrawn { account, item, balance, change } => {
                let item = item.as_ref().map(|item| format!("［{item}］")).unwrap_or_default();
                (
                    format!("{account}{item} 余额 {balance}，变动 {change} 后会落到反方"),
                    format!(
                        "{account}{item}: balance {balance}, after {change} it would be on its wrong side"
                    ),
                    (
                        "核对金额和账户；钱确实已经动了，请先记下使它到账的那一笔。",
                        "Check amount and account; record first what brought the money in.",
                    ),
                )
            }
            V::CrossesFunds { kind } => (
                format!("“{kind}”只能在一个资金账内记录"),
                format!("{kind} stays within one fund"),
                ("两个资金账分开记录。", "Record each fund by itself."),
            ),
            V::PartUnknown { account, .. } => (
                format!("{account} 需要注明属于哪一部分业主"),
                format!("{account} needs the part of the estate it concerns"),
                ("填写楼幢或单元。", "Name the building or entrance."),
            ),
            V::NotABank { account } => (
                format!("{account} 不是银行存款的明细账户"),
                format!("{account} is not a sub-account of a bank"),
                ("使用 R.1001.NN 或 F.1001.NN。", "Use R.1001.NN or F.1001.NN."),
            ),
            V::BankNotEmpty { account, balance } => (
                format!("{account} 还有余额 {balance}，不能销户"),
                format!("{account} still holds {balance} and can't be closed"),
                ("先把余额划转出去。", "Transfer the balance first."),
            ),
            _ => return None,
        };
        Some(say(zh, en, do_zh, do_en))
    }

    /// I8 and the dates of terms.
    fn text_of_dates(&self) -> Option<ViolationText> {
        let (zh, en, (do_zh, do_en)) = match self {
            V::DateClosed { fund, date, closed_to } => (
                format!("{fund} 账已结至 {closed_to}，不能再记 {date}"),
                format!("fund {fund} is closed up to {closed_to}; {date} can't be posted to"),
                (
                    "用未结账的日期记账，实际发生日填在“发生日”。",
                    "Use an open date and give the day it happened as occurred.",
                ),
            ),
            V::RulesBackdated { from, today } => (
                format!("新规则自 {from} 起执行，早于今天 {today}，会改判已经记的账"),
                format!(
                    "the rules are from {from}, before today {today}: they would judge what stands"
                ),
                ("自今天或以后的日期起执行。", "Let them begin today or later."),
            ),
            V::DateAhead { date, today } => (
                format!("记账日期 {date} 晚于今天 {today}"),
                format!("the date {date} is after the posting day {today}"),
                ("到那一天再记。", "Post it on that day."),
            ),
            V::DateNotToday { date, today } => (
                format!("不涉及资金的事项用当天日期 {today}，不是 {date}"),
                format!("an entry without lines bears the posting day {today}, not {date}"),
                ("把实际日期填在“发生日”。", "Give the day it took place as occurred."),
            ),
            V::OccurredLate { occurred, date } => (
                format!("发生日 {occurred} 应早于记账日期 {date}"),
                format!("occurred {occurred} should be before the date {date}"),
                ("相同时不填。", "Leave it out when equal."),
            ),
            V::TermReversed { from, to } => (
                format!("起 {from} 晚于止 {to}"),
                format!("it ends {to} before it begins {from}"),
                ("核对起止日期。", "Check both days."),
            ),
            _ => return None,
        };
        Some(say(zh, en, do_zh, do_en))
    }

    /// I9 and I12.
    fn text_of_proof(&self) -> Option<ViolationText> {
        let (zh, en, (do_zh, do_en)) = match self {
            V::EvidenceShort { needed, shown } => (
                format!("成本 {needed}，凭证只有 {shown}"),
                format!("cost {needed}, but evidence for {shown} only"),
                (
                    "补上凭证；没有凭证的部分记为待举证支出。",
                    "Add evidence; record the rest as awaiting evidence.",
                ),
            ),
            V::OpeningUnproven => (
                "期初没有凭证，也没有标明待核".to_owned(),
                "the opening shows no evidence and isn't marked unproven".to_owned(),
                (
                    "附上凭证，或把这部分记为待核期初。",
                    "Attach evidence, or record it as unproven.",
                ),
            ),
            V::DecisionUnknown { no } => (
                format!("没有决定 {no}"),
                format!("there is no decision {no}"),
                ("先登记决定。", "Record the decision first."),
            ),
            V::DecisionNotInForce { no, date } => (
                format!("决定 {no} 在 {date} 不生效"),
                format!("the decision {no} is not in force on {date}"),
                ("引用当日有效的决定。", "Cite a decision in force on that day."),
            ),
            V::LimitExceeded { no, limit, used, wanted } => (
                format!("决定 {no} 限额 {limit}，已用 {used}，本笔 {wanted}，超出限额"),
                format!(
                    "decision {no}: limit {limit}, used {used}, this one {wanted}: over the limit"
                ),
                ("减少金额，或另作决定。", "Spend less, or take a new decision."),
            ),
            V::ClaimUnknown { seq } => (
                format!("第 {seq} 笔不是待举证支出"),
                format!("entry {seq} is no payment awaiting evidence"),
                ("核对所指的笔号。", "Check the number."),
            ),
            V::ClaimExceeded { seq, open, wanted } => (
                format!("第 {seq} 笔尚待举证 {open}，本笔 {wanted}"),
                format!("entry {seq} has {open} open, this one is {wanted}"),
                ("不超过尚待举证的金额。", "Stay within what is open."),
            ),
            V::OnePerson => (
                "支出需要两个人：一人制单或审核，另一人记账".to_owned(),
                "money out needs two persons: one prepares or reviews, another posts".to_owned(),
                ("请另一人制单或审核。", "Have another person prepare or review it."),
            ),
            V::NotCosigned { from, amount } => (
                format!("使用 {amount}（{from} 起）需要另一单位会签"),
                format!("a use of {amount} (from {from}) needs another organisation's signature"),
                ("请业委会或社区会签。", "Have the committee or community co-sign."),
            ),
            V::PostedAndCosigned => (
                "记账、制单和会签不能是同一人或同一单位".to_owned(),
                "who posts or prepares doesn't co-sign".to_owned(),
                ("请另一单位会签。", "Have another organisation co-sign."),
            ),
            _ => return None,
        };
        Some(say(zh, en, do_zh, do_en))
    }

    /// I7 and what events cite.
    fn text_of_references(&self) -> ViolationText {
        let (zh, en, (do_zh, do_en)) = match self {
            V::NotThatEntry { seq } => (
                format!("所指的第 {seq} 笔与其哈希不符"),
                format!("entry {seq} is not the one its hash names"),
                ("从该笔的页面重新发起。", "Start again from that entry's page."),
            ),
            V::NotCorrectable { kind } => (
                format!("“{kind}”不用更正；用它自己的变更事项"),
                format!("{kind} is not corrected; it has its own events"),
                (
                    "合同用合同变更，更正请指向原笔。",
                    "Amend a contract; point a correction at the original.",
                ),
            ),
            V::OverrideIdle { kind, key } => (
                format!("“{kind}”没有 {key}，更正时也不能带"),
                format!("{kind} has no {key}, so its correction shows none"),
                ("去掉这一项。", "Leave it out."),
            ),
            V::MirrorDiffers { line, live } => (
                format!("更正须先原样冲回现行的 {live} 行，第 {} 行不符", line + 1),
                format!(
                    "a correction first mirrors the {live} live lines; line {} differs",
                    line + 1
                ),
                ("从该笔的页面重新发起更正。", "Start the correction again from the entry's page."),
            ),
            V::NoSuchReceipt { seq, line } => (
                format!("第 {seq} 笔的第 {line} 行不是收款"),
                format!("line {line} of entry {seq} is no receipt"),
                ("选择一行收入。", "Choose a line of income."),
            ),
            V::ContractUnknown { no } => (
                format!("没有合同 {no}"),
                format!("there is no contract {no}"),
                ("先登记合同。", "Record the contract first."),
            ),
            V::ContractExists { no } => (
                format!("合同号 {no} 已被使用"),
                format!("the contract number {no} is taken"),
                ("换一个号，或用合同变更。", "Take another number, or amend it."),
            ),
            V::ScheduleUnpriced { item } => (
                format!("计费第 {} 项没有价格，或价格不成立", item + 1),
                format!("schedule item {} has no price, or one that can't be", item + 1),
                (
                    "填写金额、周期和数量；按用量的选“计量”。",
                    "Give amount, period and pieces, or another mode.",
                ),
            ),
            V::DecisionExists { no } => (
                format!("决定号 {no} 已被使用"),
                format!("the decision number {no} is taken"),
                ("换一个号。", "Take another number."),
            ),
            V::AssetUnknown { id } => (
                format!("没有共用资源 {id}"),
                format!("there is no asset {id}"),
                ("先登记资源。", "Record the asset first."),
            ),
            V::BankAccount { account, exists: true } => (
                format!("账户 {account} 已经登记"),
                format!("the account {account} is registered already"),
                ("换一个编号。", "Take another number."),
            ),
            V::BankAccount { account, exists: false } => (
                format!("账户 {account} 还没有登记"),
                format!("the account {account} is not registered"),
                ("先登记该账户。", "Register it first."),
            ),
            V::OpeningLate { fund } => (
                format!("{fund} 账已有业务，不能再记期初"),
                format!("fund {fund} has other entries already; an opening comes first"),
                ("用更正或交接记录。", "Use a correction or a handover."),
            ),
            V::NothingAttached => (
                "没有附任何单据".to_owned(),
                "no paper is attached".to_owned(),
                ("至少附一份。", "Attach at least one."),
            ),
            _ => (
                "没有任何变化".to_owned(),
                "nothing would change".to_owned(),
                ("不必记录。", "There is nothing to record."),
            ),
        };
        say(zh, en, do_zh, do_en)
    }
}
