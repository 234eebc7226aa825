//! What refusals of clauses, crossings, parts and closings say.

use super::Violation;
use super::violation::Violation as V;
use super::violation_text::{ViolationText, say};

impl Violation {
    /// I9: fees by clause, papers, rules.
    pub(super) fn text_of_clauses(&self) -> Option<ViolationText> {
        const RECORD: (&str, &str) = ("先登记条款，再引用它。", "Record the clause, then cite it.");
        let (zh, en, (do_zh, do_en)) = match self {
            V::NothingShown => (
                "没有凭证也没有附件".to_owned(),
                "neither evidence nor papers are shown".to_owned(),
                ("附上能证明的材料。", "Attach what shows it."),
            ),
            V::RuleUnknown { key } => (
                format!("规则里没有“{key}”这一条，也没有引用决定"),
                format!("no rule \"{key}\" is in force, and no decision is cited"),
                (
                    "引用决定，或引用要求补充的规则。",
                    "Cite a decision, or the rule that commands it.",
                ),
            ),
            V::ClauseMissing => (
                "约定管理费没有引用条款".to_owned(),
                "a fee by clause cites no clause".to_owned(),
                RECORD,
            ),
            V::ClauseUnknown { no } => {
                (format!("没有条款 {no}"), format!("there is no clause {no}"), RECORD)
            }
            V::ClauseExists { no } => (
                format!("条款 {no} 已经登记"),
                format!("the clause {no} is recorded already"),
                ("换一个编号。", "Choose another number."),
            ),
            V::ClauseUnpriced { no } => (
                format!("条款 {no} 的费率与基数不成对：按比例的两者都要，据实的都不要"),
                format!("clause {no}: a rate needs a base, and itemised fees have neither"),
                ("补上费率和基数科目，或改为据实。", "Give rate and base, or make it itemised."),
            ),
            V::ClauseNotInForce { no, date } => (
                format!("条款 {no} 在 {date} 不生效"),
                format!("the clause {no} is not in force on {date}"),
                ("引用当日有效的条款。", "Cite a clause in force on that day."),
            ),
            V::CeilingExceeded { no, ceiling, charged, wanted } => (
                format!("条款 {no} 至今最多可收 {ceiling}，已收 {charged}，本笔 {wanted}"),
                format!("clause {no}: at most {ceiling} so far, charged {charged}, this {wanted}"),
                ("不超过条款的费率。", "Stay within the clause's rate."),
            ),
            _ => return None,
        };
        Some(say(zh, en, do_zh, do_en))
    }

    /// I3b, I5, I6, I8.
    pub(super) fn text_of_crossings(&self) -> Option<ViolationText> {
        let (zh, en, (do_zh, do_en)) = match self {
            V::ItemMissing { account, .. } => (
                format!("{account} 要写明是谁的、为什么代收（项目或合同）"),
                format!("{account} needs the item or contract that it is kept by"),
                ("写上项目或合同。", "Name the item or the contract."),
            ),
            V::PartOverspent { part, has, wanted } => (
                format!("{part} 的业主只有 {has}，本笔要用 {wanted}"),
                format!("the owners of {part} have {has}, this one takes {wanted}"),
                ("只用该部分业主自己的结余。", "Spend only what that part's owners have."),
            ),
            V::CrossingUnequal { r, f } => (
                format!("公共收益账 {r}、维修资金账 {f}，两边金额不等"),
                format!("{r} in the shared revenue and {f} in the maintenance fund differ"),
                ("两账同笔等额。", "Both funds move by the same amount."),
            ),
            V::TopUpUnknown { seq } => (
                format!("第 {seq} 笔不是补充维修资金"),
                format!("entry {seq} tops up no fund"),
                ("核对所指的笔号。", "Check the number."),
            ),
            V::TopUpExceeded { seq, left, wanted } => (
                format!("第 {seq} 笔补充的资金还剩 {left}，本笔要退 {wanted}"),
                format!("entry {seq} has {left} left of its top-up, this returns {wanted}"),
                ("不超过尚未退回的金额。", "Return at most what is left."),
            ),
            V::CloseDay { to, closed_to, today } => (
                format!(
                    "结账日 {to} 应为月末（年结为 12 月 31 日），晚于 {closed_to}，早于 {today}"
                ),
                format!(
                    "{to} should be the last day of a month (of a year for a year), after \
                     {closed_to} and before {today}"
                ),
                ("按次序结账，不结未到的期间。", "Close in order, and nothing that isn't over."),
            ),
            V::ClosingDiffers { line, lines } => (
                format!("年终结转第 {} 行与账本算出的不同（应有 {lines} 行）", line + 1),
                format!("line {} differs from what closes the year ({lines} lines)", line + 1),
                ("用账本算出的分录。", "Use the lines that the book computes."),
            ),
            _ => return None,
        };
        Some(say(zh, en, do_zh, do_en))
    }
}
