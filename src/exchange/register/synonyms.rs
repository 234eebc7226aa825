//! What headings are called.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::model::Field;

/// The field that a heading's words name.
pub fn field_of(heading: &str) -> Option<Field> {
    static FIELDS: LazyLock<HashMap<&str, Field>> = LazyLock::new(|| {
        let names = |(field, names): &(Field, &'static str)| {
            let field = *field;
            names.split_whitespace().map(move |name| (name, field))
        };
        SYNONYMS.iter().flat_map(names).collect()
    });
    FIELDS.get(heading).copied()
}

/// Each field's names, by blanks. Of two columns of one meaning neither is chosen: that is an
/// error, except for words that can be joined.
const SYNONYMS: &[(Field, &str)] = &[
    (Field::Group, "类别 收入类别 收入大类 大类 分类"),
    (Field::Number, "序号 编号 序 No NO No."),
    (
        Field::Name,
        "租赁名称 租赁项目 收入项目 项目名称 项目 位置 租赁位置 场地位置 点位 点位名称 地点 租赁物 租赁物业 \
         租赁标的 资产名称 场地名称 物业名称 经营项目名称",
    ),
    (Field::Party, "承租人 承租方 承租单位 租户 租户名称 商户 商户名称 客户名称 乙方 付款人"),
    (Field::Kind, "用途 经营内容 经营项目 类型 业态"),
    (
        Field::Term,
        "合同日期 合同期限 合同期 租期 租赁期限 租赁期 合同起止 合同起止日期 起止日期 起止时间 合同时间 期限",
    ),
    (
        Field::Starts,
        "合同开始 合同开始日期 开始日期 开始时间 起始日期 起租日期 起租日 合同起始 合同起始日期 开始 起始 起",
    ),
    (
        Field::Ends,
        "合同结束 合同结束日期 结束日期 结束时间 到期日期 到期日 合同到期 合同到期日 截止日期 终止日期 合同终止 结束 \
         终止 止",
    ),
    (Field::Paper, "合同情况 合同状态 有无合同 是否签订合同 合同签订情况"),
    (
        Field::Due,
        "应收金额 应收 应收租金 本月应收 计费 计费标准 租金 租金标准 收费标准 价格 单价 租金单价 标准 月租金 月租 \
         年租金 年租 季租金 日租金",
    ),
    (
        Field::Received,
        "实收金额 实收 本月实收 实际收款 实收租金 已收金额 收款金额 到账金额 本期实收",
    ),
    (
        Field::Attribution,
        "所属月份 归属期 所属期 归属月份 所属期间 归属期间 款项所属期 费用所属期 收款所属期 费用月份",
    ),
    (Field::Quantity, "数量 个数 块数 间数 套数 台数 件数"),
    (Field::Area, "面积 租赁面积 建筑面积"),
    (Field::Note, "备注 说明 附注 其他说明 备注说明"),
];
