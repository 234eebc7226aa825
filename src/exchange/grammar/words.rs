//! The words of names: which account a word speaks of, and which words are public.
//!
//! A name's head is its last word (停车场入口仓库 is a store room, 仓库广告 an advert), so this
//! table knows words, not names. Adverts are told apart by medium first, then by place. What the
//! table can't decide is a doubt with its choices, never a likely account.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a word of a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// Income of this account.
    Account(&'static str),
    /// The same, and a single room or machine unless something else is said.
    One(&'static str),
    /// An advert: the medium or the place decides.
    Advert,
    /// Things sold, not let.
    Goods,
    /// Can't be told without a person.
    Doubt(Doubt),
}

/// Why a person must choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Temporary, monthly or in the garage.
    Parking,
    /// Cars or bicycles.
    Charging,
    /// Inside, on the doors or in the lobby.
    LiftAdvert,
    /// Late fee: on rent it is the owners', on the service fee it is not.
    LateFee,
    /// The manager's own fee.
    ServiceFee,
    /// Energy passed on: a recovery, not rent.
    Energy,
    /// To be given back.
    Deposit,
    /// For damage or for expropriation.
    Compensation,
    /// Goods of the common parts, or of the manager.
    Goods,
    /// Several incomes in one row.
    Several,
    /// Nothing is said.
    Unsaid,
}

impl Doubt {
    /// What may be answered: accounts, or `outside` for money that isn't the owners'.
    pub const fn choices(self) -> &'static [&'static str] {
        match self {
            Self::Parking => &["R.4502.01", "R.4502.02", "R.4502.03", "R.4502.99"],
            Self::Charging => &["R.4503.04", "R.4503.05"],
            Self::LiftAdvert => &["R.4501.01", "R.4501.02", "R.4501.03", "R.4501.99"],
            Self::LateFee => &["R.4510", "outside"],
            Self::ServiceFee => &["R.2242", "outside"],
            Self::Energy => &["R.2242", "R.4599", "outside"],
            Self::Deposit => &["R.2241", "outside"],
            Self::Compensation => &["R.4507.01", "R.4507.02"],
            Self::Goods => &["R.4599", "outside"],
            Self::Several | Self::Unsaid => {
                &["R.4501.99", "R.4503.99", "R.4504.99", "R.4505.99", "R.4599", "outside"]
            }
        }
    }

    /// The question, in Chinese and in English.
    pub const fn question(self) -> (&'static str, &'static str) {
        match self {
            Self::Parking => ("临停、月租还是车库的停车收入？", "Which kind of parking is it?"),
            Self::Charging => ("汽车充电还是电动自行车充电？", "Charging of cars or of e-bikes?"),
            Self::LiftAdvert => {
                ("轿厢里、电梯门上还是候梯厅？", "In the lift, on its doors or in the lobby?")
            }
            Self::LateFee => (
                "什么款项的滞纳金？物业费的滞纳金不是公共收益",
                "A late fee on what? On the service fee it is not the owners'",
            ),
            Self::ServiceFee => (
                "物业费的钱在共有资金账户里吗？在就是代收待退，不在就不入账",
                "Does this service-fee money lie in the common account?",
            ),
            Self::Energy => (
                "能耗代收不是租金：记在哪里？",
                "Energy passed on is no rent: where does it belong?",
            ),
            Self::Deposit => {
                ("押金要退，不是收入：确认记押金", "A deposit is given back: is it one?")
            }
            Self::Compensation => ("损坏赔偿还是征收补偿？", "For damage or for expropriation?"),
            Self::Goods => (
                "卖东西的钱：属于业主共有还是物业自营？",
                "A sale: the owners' or the manager's own?",
            ),
            Self::Several => {
                ("一行里有几种收入：请选一种或拆开", "Several incomes in one row: choose or split")
            }
            Self::Unsaid => ("看不出是什么收入", "It isn't said what income this is"),
        }
    }
}

/// Words that name an income. Longer words win over words inside them.
pub const HEADS: &[(&str, Head)] = &[
    ("广告", Head::Advert),
    ("液晶屏", Head::Advert),
    ("液晶", Head::Advert),
    ("显示屏", Head::Advert),
    ("电子屏", Head::Advert),
    ("灯箱", Head::Advert),
    ("道闸", Head::Advert),
    ("通知栏", Head::Advert),
    ("宣传栏", Head::Advert),
    ("框架", Head::Advert),
    ("展板", Head::Advert),
    ("海报", Head::Advert),
    ("临时停车", Head::Account("R.4502.01")),
    ("临停", Head::Account("R.4502.01")),
    ("月租车位", Head::Account("R.4502.02")),
    ("地面车位", Head::Account("R.4502.02")),
    ("地面停车", Head::Account("R.4502.02")),
    ("地下车库", Head::Account("R.4502.03")),
    ("共有车库", Head::Account("R.4502.03")),
    ("地库车位", Head::Account("R.4502.03")),
    ("停车场", Head::Doubt(Doubt::Parking)),
    ("停车", Head::Doubt(Doubt::Parking)),
    ("车位", Head::Doubt(Doubt::Parking)),
    ("车库", Head::Doubt(Doubt::Parking)),
    ("临时场地", Head::Account("R.4503.01")),
    ("场地", Head::Account("R.4503.01")),
    ("摊位", Head::Account("R.4503.01")),
    ("展位", Head::Account("R.4503.01")),
    ("智能快递柜", Head::One("R.4503.02")),
    ("快递柜", Head::Account("R.4503.02")),
    ("自助售货机", Head::Account("R.4503.03")),
    ("售货机", Head::Account("R.4503.03")),
    ("电动汽车充电桩", Head::Account("R.4503.04")),
    ("汽车充电桩", Head::Account("R.4503.04")),
    ("电动汽车充电", Head::Account("R.4503.04")),
    ("汽车充电", Head::Account("R.4503.04")),
    ("电动自行车充电桩", Head::Account("R.4503.05")),
    ("电动自行车充电", Head::Account("R.4503.05")),
    ("电瓶车充电", Head::Account("R.4503.05")),
    ("充电桩", Head::Doubt(Doubt::Charging)),
    ("充电", Head::Doubt(Doubt::Charging)),
    ("饮水机", Head::Account("R.4503.06")),
    ("售水机", Head::Account("R.4503.06")),
    ("洗衣机", Head::Account("R.4503.06")),
    ("洗车场", Head::One("R.4503.99")),
    ("洗车", Head::One("R.4503.99")),
    ("旧衣回收箱", Head::Account("R.4503.99")),
    ("通信机房", Head::One("R.4504.01")),
    ("机房", Head::One("R.4504.01")),
    ("弱电井", Head::One("R.4504.02")),
    ("宽带端口", Head::Account("R.4504.02")),
    ("通信基站", Head::One("R.4504.03")),
    ("基站", Head::One("R.4504.03")),
    ("通信设备", Head::Account("R.4504.99")),
    ("商铺", Head::One("R.4505.01")),
    ("店铺", Head::One("R.4505.01")),
    ("门面", Head::One("R.4505.01")),
    ("铺面", Head::One("R.4505.01")),
    ("房屋租赁", Head::One("R.4505.01")),
    ("经营用房", Head::One("R.4505.01")),
    ("房屋", Head::One("R.4505.01")),
    ("仓库", Head::One("R.4505.02")),
    ("库房", Head::One("R.4505.02")),
    ("储藏室", Head::One("R.4505.02")),
    ("储物间", Head::One("R.4505.02")),
    ("杂物间", Head::One("R.4505.02")),
    ("架空房", Head::One("R.4505.02")),
    ("架空层", Head::One("R.4505.02")),
    ("会所", Head::One("R.4505.03")),
    ("游泳池", Head::One("R.4506.01")),
    ("泳池", Head::One("R.4506.01")),
    ("篮球场", Head::One("R.4506.02")),
    ("羽毛球场", Head::One("R.4506.02")),
    ("网球场", Head::One("R.4506.02")),
    ("球场", Head::One("R.4506.02")),
    ("损坏赔偿", Head::Account("R.4507.01")),
    ("征收补偿", Head::Account("R.4507.02")),
    ("赔偿", Head::Doubt(Doubt::Compensation)),
    ("补偿", Head::Doubt(Doubt::Compensation)),
    ("废品", Head::Account("R.4508")),
    ("利息", Head::Account("R.4509")),
    ("门禁卡", Head::Goods),
    ("电梯卡", Head::Goods),
    ("梯控卡", Head::Goods),
    ("车卡", Head::Goods),
    ("钥匙", Head::Goods),
    ("遥控器", Head::Goods),
    ("滞纳金", Head::Doubt(Doubt::LateFee)),
    ("违约金", Head::Doubt(Doubt::LateFee)),
    ("物业管理费", Head::Doubt(Doubt::ServiceFee)),
    ("管理费", Head::Doubt(Doubt::ServiceFee)),
    ("物业费", Head::Doubt(Doubt::ServiceFee)),
    ("用电", Head::Doubt(Doubt::Energy)),
    ("水电费", Head::Doubt(Doubt::Energy)),
    ("电费", Head::Doubt(Doubt::Energy)),
    ("水费", Head::Doubt(Doubt::Energy)),
    ("押金", Head::Doubt(Doubt::Deposit)),
    ("保证金", Head::Doubt(Doubt::Deposit)),
];

/// Adverts: the first of these words in the name decides, media before places.
const ADVERTS: &[(&str, Result<&str, Doubt>)] = &[
    ("液晶", Ok("R.4501.04")),
    ("显示屏", Ok("R.4501.04")),
    ("电子屏", Ok("R.4501.04")),
    ("道闸", Ok("R.4501.05")),
    ("灯箱", Ok("R.4501.07")),
    ("候梯厅", Ok("R.4501.03")),
    ("电梯厅", Ok("R.4501.03")),
    ("电梯口", Ok("R.4501.03")),
    ("电梯间", Ok("R.4501.03")),
    ("电梯门口", Ok("R.4501.03")),
    ("电梯门", Ok("R.4501.02")),
    ("轿厢", Ok("R.4501.01")),
    ("电梯内", Ok("R.4501.01")),
    ("框架", Ok("R.4501.01")),
    ("电梯", Err(Doubt::LiftAdvert)),
    ("外墙", Ok("R.4501.06")),
    ("屋顶", Ok("R.4501.06")),
    ("楼顶", Ok("R.4501.06")),
    ("广场", Ok("R.4501.07")),
];

/// Which advert a name speaks of.
pub fn advert(name: &str) -> Result<&'static str, Doubt> {
    let found = ADVERTS.iter().find(|(word, _)| name.contains(word));
    found.map_or(Ok("R.4501.99"), |(_, account)| *account)
}

/// Public words about a place; none can be a person's name.
const PLACES: &str = "小区 大门 东门 西门 南门 北门 正门 侧门 后门 门口 门岗 岗亭 入口 出口 出入口 停车场 地库 地下室 地下 \
    地面 裙楼 主楼 塔楼 楼梯 楼顶 楼道 屋顶 大堂 大厅 电梯 电梯门 电梯口 电梯间 轿厢 候梯厅 电梯厅 走廊 \
    通道 围墙 玻璃墙 外墙 绿化带 花园 中庭 广场 物业 消防 自行车棚 车棚 负一楼 架空 电动 临时 公共 共用 \
    设备 宣传 内侧 外侧 移动 联通 电信 有线 铁塔 广电 通信 网络 端口 点位 各 全部";

/// What is done there: public, and no account of its own.
const BUSINESSES: &str = "琴行 超市 便利店 药店 理发店 美发店 美容院 幼儿园 培训班 培训中心 餐厅 餐饮 饭店 水果店 生鲜店 蔬菜店 \
    菜店 快餐店 茶馆 茶室 棋牌室 健身房 瑜伽馆 舞蹈室 画室 书店 洗衣店 干洗店 诊所 宠物店 五金店 建材店 \
    早餐店 小吃店 奶茶店 花店 文具店 托管班 养生馆 足浴店 汽修店 快递驿站 驿站 维修店 裁缝店 办公室 食堂 \
    托儿所 卫生站 活动室";

/// Says where or how large, only between public words; alone it says nothing.
const FILLERS: &str = "租金 租赁费 租赁 出租 使用费 费用 收入 费 款 旁边 旁 内 外 里 前 后 左 右 上 下 侧 边 处 东 西 \
    南 北 大 小 和 及 与 至 的 、 - ~ 共 约 每 桩 位 牌 口 栏 屏 柜";

/// Telecom operators: known organisations that stand before what they rent.
pub const OPERATORS: &[&str] = &["移动", "联通", "电信", "铁塔", "广电"];

/// An organisation's name ends with one of these: behind them a person may be named.
const ORGANISATION_END: &str = "公司 集团 银行 合作社 委员会 事务所 工作室 经营部 分行 厂 店 中心 超市 学校 幼儿园 医院 诊所 协会 商行 药房 餐厅 移动 电信 联通 铁塔 广电 邮政 驿站 馆 \
    支行 门诊部";

/// The longest word of [`HEADS`] that a text begins with.
pub fn head_at(text: &str) -> Option<(&'static str, Head)> {
    static BY_FIRST: LazyLock<HashMap<char, Vec<(&'static str, Head)>>> =
        LazyLock::new(|| by_first(HEADS.iter().copied(), |(word, _)| word));
    longest(&BY_FIRST, text, |(word, _)| word)
}

/// The longest word about a place or a business that a text begins with.
pub fn place_at(text: &str) -> Option<&'static str> {
    static BY_FIRST: LazyLock<HashMap<char, Vec<&'static str>>> = LazyLock::new(|| {
        let all = PLACES.split_whitespace().chain(BUSINESSES.split_whitespace());
        by_first(all, |word| word)
    });
    longest(&BY_FIRST, text, |word| word)
}

/// The first small word (旁, 和, 租金) that a text begins with.
pub fn filler_at(text: &str) -> Option<&'static str> {
    static WORDS: LazyLock<Vec<&'static str>> =
        LazyLock::new(|| FILLERS.split_whitespace().collect());
    WORDS.iter().copied().find(|word| text.starts_with(word))
}

/// A single letter that says where or how large: （大）, （东）.
pub fn stands_alone(text: &str) -> bool {
    text.chars().count() == 1 && FILLERS.split_whitespace().any(|word| word == text)
}

fn by_first<T>(
    all: impl Iterator<Item = T>,
    word: impl Fn(&T) -> &'static str,
) -> HashMap<char, Vec<T>> {
    let mut index: HashMap<char, Vec<T>> = HashMap::new();
    for one in all {
        if let Some(first) = word(&one).chars().next() {
            index.entry(first).or_default().push(one);
        }
    }
    index
}

fn longest<T: Copy>(
    index: &HashMap<char, Vec<T>>,
    text: &str,
    word: impl Fn(&T) -> &'static str,
) -> Option<T> {
    let here = index.get(&text.chars().next()?)?.iter();
    here.filter(|one| text.starts_with(word(one))).max_by_key(|one| word(one).len()).copied()
}

/// What marks one of several alike, after the thing: 快递柜乙.
pub fn is_label(c: char) -> bool {
    "甲乙丙丁戊己庚辛壬癸子丑寅卯".contains(c) || c.is_ascii_uppercase()
}

/// True for a text that can only be an organisation's name: all of it, up to a letter that tells
/// two of a name apart. Brackets, separators or anything behind the ending may hold a person.
pub fn is_organisation(text: &str) -> bool {
    let bare = text.trim_end_matches(is_label);
    let whole = bare.chars().all(char::is_alphanumeric);
    whole && ORGANISATION_END.split_whitespace().any(|word| bare.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_behind_a_company_is_no_organisation() {
        for organisation in ["广告公司甲", "移动", "中国移动", "某某物业服务有限公司", "农业银行"]
        {
            assert!(is_organisation(organisation), "{organisation}");
        }
        for person in [
            "甲公司王丽",
            "王丽（甲公司）",
            "甲公司/王丽",
            "移动王强",
            "某某委员会主任王某",
            "甲公司 王丽",
        ] {
            assert!(!is_organisation(person), "{person}");
        }
    }
}
