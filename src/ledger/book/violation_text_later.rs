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
                format!("条款 {no} 的费率与基数不成对：按比例的两者都要，据实的没有费率"),
                format!("clause {no}: a rate needs a base, and itemised fees have no rate"),
                ("补上费率和基数科目，或改为据实。", "Give rate and base, or make it itemised."),
            ),
            V::ClauseOverlaps { no, other } => (
                format!("条款 {no} 与 {other} 在同一期间管同样的科目：已按比例，就不再收第二份"),
                format!("clause {no} and {other} are for the same accounts at the same time"),
                (
                    "先终止原条款，或改期间、科目；据实的写明它管的科目。",
                    "End the other first, or change days or accounts; itemised fees name theirs.",
                ),
            ),
            V::RuleExceeded { key, ceiling, used, wanted } => (
                format!("按规则 {key} 至今最多补充 {ceiling}，已补充 {used}，本笔 {wanted}"),
                format!("by the rule {key} at most {ceiling} so far, used {used}, this {wanted}"),
                ("超过的部分要有业主决定。", "What goes beyond needs a decision."),
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

    /// Statements of banks.
    pub(super) fn text_of_statements(&self) -> Option<ViolationText> {
        const CHECK: (&str, &str) =
            ("核对对账单后重新导入。", "Check the statement, import again.");
        let (zh, en, (do_zh, do_en)) = match self {
            V::StatementGap { account, last, from } => (
                format!("{account} 的上一份对账单到 {last}，这份从 {from} 开始，不相接"),
                format!("{account}: the last statement ends {last}, this one begins {from}"),
                ("补上中间的对账单。", "Import what lies between first."),
            ),
            V::StatementOpening { account, closing, opening } => (
                format!("{account} 上期末 {closing}，本期初 {opening}，不相等"),
                format!("{account}: closed with {closing}, opens with {opening}"),
                CHECK,
            ),
            V::StatementPeriod { account, from, to } => (
                format!("{account} 被替换的对账单是 {from} 至 {to}，替换的期间不同"),
                format!("{account}: the statement replaced is of {from} to {to}, this is not"),
                ("按原来的期间替换。", "Replace it for the same days."),
            ),
            V::StatementClosing { account, closing, opening } => (
                format!("{account} 替换后期末 {closing}，下一份期初 {opening}，不相等"),
                format!("{account}: would close with {closing}, the next opens with {opening}"),
                CHECK,
            ),
            V::NoStatement { account } => (
                format!("{account} 的明细前面没有它的对账单"),
                format!("no statement of {account} stands before these lines in the batch"),
                CHECK,
            ),
            V::StatementBatch { account } => (
                format!("{account} 的对账单单独成批，只带它的明细和勾对"),
                format!("a statement of {account} heads a batch of its lines and matches only"),
                CHECK,
            ),
            V::StatementDay { serial, day } => (
                format!("流水 {serial} 的日期 {day} 不在对账单期间"),
                format!("line {serial}: {day} is outside the statement's days"),
                CHECK,
            ),
            V::SerialTwice { serial } => (
                format!("流水号 {serial} 重复"),
                format!("the serial {serial} is there already"),
                CHECK,
            ),
            V::StatementLines { announced, came } => (
                format!("对账单应有 {announced} 行，实有 {came} 行"),
                format!("the statement says {announced} lines, {came} came"),
                CHECK,
            ),
            V::StatementSum { closing, running } => (
                format!("逐行累计为 {running}，对账单期末为 {closing}"),
                format!("opening and lines give {running}, the statement closes with {closing}"),
                CHECK,
            ),
            _ => return None,
        };
        Some(say(zh, en, do_zh, do_en))
    }

    /// Matches, reconciliation, handovers.
    pub(super) fn text_of_matches(&self) -> Option<ViolationText> {
        const CHECK: (&str, &str) = ("核对后重新勾对。", "Check, and match again.");
        let (zh, en, (do_zh, do_en)) = match self {
            V::MatchedLine { account, matched, now } => (
                format!("{account} 的这一笔已与银行流水对上（{matched}），更正后变为 {now}"),
                format!("{account}: matched to the bank with {matched}, it would become {now}"),
                (
                    "银行收付的事实不能改；真的退款另记一笔。",
                    "What the bank did stands; money that goes back is an event of its own.",
                ),
            ),
            V::SerialUnknown { serial } => (
                format!("没有未勾对的流水 {serial}"),
                format!("no open bank line has the serial {serial}"),
                CHECK,
            ),
            V::ItemNotOpen { seq } => (
                format!("第 {seq} 笔在这个账户上没有未勾对的金额"),
                format!("entry {seq} has nothing open on this account"),
                CHECK,
            ),
            V::MatchDiffers { name, day, amount } => (
                format!("{name} 未勾对的是 {day} 的 {amount}，勾对写的不同"),
                format!("{name}: open are {amount} of {day}, the match says otherwise"),
                CHECK,
            ),
            V::GroupUnknown { seq, group } => (
                format!("第 {seq} 笔勾对没有第 {group} 组，或已经取消"),
                format!("the match {seq} has no group {group}, or it was taken apart"),
                ("核对要取消的组。", "Check which group is meant."),
            ),
            V::MatchUnequal { group, bank, book } => (
                format!("第 {group} 组：银行 {bank}，账面 {book}，不相等"),
                format!("group {group}: bank {bank} and book {book} differ"),
                CHECK,
            ),
            V::BoxesDiffer { account, found, said } => (
                format!(
                    "{account} 未达账项：账上为 收 {}/付 {}、银行 收 {}/付 {}，对账单写 收 {}/付 {}、收 {}/付 {}",
                    found.book_in,
                    found.book_out,
                    found.bank_in,
                    found.bank_out,
                    said.book_in,
                    said.book_out,
                    said.bank_in,
                    said.bank_out,
                ),
                format!(
                    "{account}: open are book {}/{}, bank {}/{}; said are {}/{}, {}/{}",
                    found.book_in,
                    found.book_out,
                    found.bank_in,
                    found.bank_out,
                    said.book_in,
                    said.book_out,
                    said.bank_in,
                    said.bank_out,
                ),
                CHECK,
            ),
            V::NotReconciled { account, bank, book } => (
                format!("{account} 调节后银行 {bank}、账面 {book}，不相等"),
                format!("{account}: adjusted bank {bank} and adjusted book {book} differ"),
                ("查找差额：漏记、重记或金额不符。", "Look for what is missing, doubled or wrong."),
            ),
            V::HandoverSigns { signed } => (
                format!("交接要移交、接收和监交三方签署，现有 {signed} 方"),
                format!("a handover is signed by three organisations, {signed} did"),
                ("补齐三方签署。", "Have all three sign."),
            ),
            V::HandoverBalance { account, said, stands } => (
                format!("交接表 {account} 为 {said}，账上为 {stands}"),
                format!("{account}: handed over as {said}, the book has {stands}"),
                ("按账上余额交接。", "Hand over what the book has."),
            ),
            V::NothingSealed { seq } => (
                format!("第 {seq} 笔没有这个指纹，或它的内容已经删除"),
                format!("entry {seq} has no such digest, or its value was erased before"),
                ("核对那一笔的指纹。", "Check the digests of that entry."),
            ),
            V::QuestionExists { no } => (
                format!("质询 {no} 已经登记"),
                format!("the question {no} is recorded already"),
                ("换一个编号。", "Choose another number."),
            ),
            _ => return None,
        };
        Some(say(zh, en, do_zh, do_en))
    }
}
