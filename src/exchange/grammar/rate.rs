//! Rates: an amount, for a period, for a piece.
//!
//! `5000元/月` · `2200元/块/年` · `每月1500元` · `1.2万元/年` · `1元/3小时` ·
//! `4000元/年（800元/个）` (the bracket is a check) · `租1300元/月/间+管理费200元/月/间` (two
//! rates). What isn't understood to its last character is no rate.

use rust_decimal::Decimal;

use super::text::{Scan, compact, yuan};

/// What a rate is for a period of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// 天, 日
    Day,
    /// 月
    Month,
    /// 季, 季度
    Quarter,
    /// 半年
    HalfYear,
    /// 年
    Year,
    /// 次, or one sale
    Once,
    /// 度: a kilowatt-hour
    Kwh,
    /// So many hours: `元/小时`, `元/3小时`
    Hours(u32),
}

impl Per {
    /// Months in the period; none for a day and for what goes by use.
    pub const fn months(self) -> Option<u32> {
        match self {
            Self::Month => Some(1),
            Self::Quarter => Some(3),
            Self::HalfYear => Some(6),
            Self::Year => Some(12),
            Self::Day | Self::Once | Self::Kwh | Self::Hours(_) => None,
        }
    }

    /// True where what is due follows from the calendar alone.
    pub const fn by_calendar(self) -> bool {
        matches!(self, Self::Day) || self.months().is_some()
    }

    /// The word in reports and answers: `month`, `3h`.
    pub fn word(self) -> String {
        match self {
            Self::Day => "day".into(),
            Self::Month => "month".into(),
            Self::Quarter => "quarter".into(),
            Self::HalfYear => "half_year".into(),
            Self::Year => "year".into(),
            Self::Once => "once".into(),
            Self::Kwh => "kwh".into(),
            Self::Hours(hours) => format!("{hours}h"),
        }
    }

    /// Reads a word of an answer: the periods of the calendar.
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::Day, Self::Month, Self::Quarter, Self::HalfYear, Self::Year];
        all.into_iter().find(|per| per.word() == word)
    }
}

/// What a rate is for a piece of, in its usual word: 个, 块, 间, ㎡.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece(&'static str);

impl Piece {
    /// A card, key or the like that is sold.
    pub const SHEET: Self = Self("张");
    /// A square metre, whose count may be broken.
    pub const SQUARE_METRE: Self = Self("㎡");

    /// The word.
    pub const fn word(self) -> &'static str {
        self.0
    }
}

/// What a rate pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The owners' rent.
    Rent,
    /// The manager's own fee beside it, which isn't the owners'.
    ManagementFee,
    /// Electricity or water passed on.
    Energy,
    /// A sale: one price for a piece.
    Sale,
}

impl What {
    /// The word in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rent => "rent",
            Self::ManagementFee => "management_fee",
            Self::Energy => "energy",
            Self::Sale => "sale",
        }
    }
}

/// One rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// What it pays.
    pub what: What,
    /// Yuan for one piece and period; unit prices may have more than two decimals.
    pub amount: Decimal,
    /// The period; none where only a heading or a person can say it.
    pub per: Option<Per>,
    /// The piece it is for, when it says one.
    pub piece: Option<Piece>,
    /// How many pieces it is multiplied by: 1 unless it says a piece.
    pub pieces: Decimal,
}

impl Rate {
    /// The rate in a report: `5000.00/month`, `2200.00/块/year`.
    pub fn text(&self) -> String {
        let piece = self.piece.map(|piece| format!("/{}", piece.word())).unwrap_or_default();
        let per = self.per.map(|per| format!("/{}", per.word())).unwrap_or_default();
        format!("{}{piece}{per}", yuan(self.amount))
    }
}

/// What stands beside the amount without changing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside {
    /// 含电, 含水电
    ElectricityIncluded,
    /// 含税, 不含税
    Tax,
    /// 季付, 押一付三: when it is paid
    Billing,
    /// 按表计费
    ByMeter,
}

/// A cell's rates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rates {
    /// One or more, the rent first.
    pub all: Vec<Rate>,
    /// A second price in brackets, which must agree with the first.
    pub check: Option<Rate>,
    /// What else it says.
    pub asides: Vec<Aside>,
    /// An amount was written with 万.
    pub in_wan: bool,
    /// The first amount as it was written had one decimal or none of its two.
    pub decimals: usize,
    /// The first amount had no unit of its own, so the heading's was taken.
    pub bare: bool,
}

/// What a heading says of the bare numbers below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// 1, or 10,000 for 万元.
    pub scale: Decimal,
    /// 月租金, 元/年
    pub per: Option<Per>,
    /// 元/个
    pub piece: Option<Piece>,
}

impl Default for Unit {
    fn default() -> Self {
        Self { scale: Decimal::ONE, per: None, piece: None }
    }
}

/// Why a text is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotARate {
    /// An amount without a period.
    NoPeriod,
    /// More than two decimals in an amount that is money.
    Decimals,
    /// Zero.
    Zero,
    /// Something else.
    NotUnderstood,
}

const PERIODS: &[(&str, Per)] = &[
    ("半年", Per::HalfYear),
    ("季度", Per::Quarter),
    ("个月", Per::Month),
    ("月份", Per::Month),
    ("年度", Per::Year),
    ("小时", Per::Hours(1)),
    ("千瓦时", Per::Kwh),
    ("kwh", Per::Kwh),
    ("kWh", Per::Kwh),
    ("KWH", Per::Kwh),
    ("季", Per::Quarter),
    ("月", Per::Month),
    ("年", Per::Year),
    ("天", Per::Day),
    ("日", Per::Day),
    ("次", Per::Once),
    ("度", Per::Kwh),
];

const PIECES: &[(&str, Piece)] = &[
    ("平方米", Piece::SQUARE_METRE),
    ("平方", Piece::SQUARE_METRE),
    ("平米", Piece::SQUARE_METRE),
    ("㎡", Piece::SQUARE_METRE),
    ("m²", Piece::SQUARE_METRE),
    ("m2", Piece::SQUARE_METRE),
    ("车位", Piece("位")),
    ("个", Piece("个")),
    ("块", Piece("块")),
    ("套", Piece("套")),
    ("间", Piece("间")),
    ("台", Piece("台")),
    ("部", Piece("台")),
    ("车", Piece("车")),
    ("辆", Piece("车")),
    ("位", Piece("位")),
    ("处", Piece("处")),
    ("张", Piece::SHEET),
    ("面", Piece("块")),
];

const LABELS: &[(&str, (What, Option<Per>))] = &[
    ("物业管理费", (What::ManagementFee, None)),
    ("管理费", (What::ManagementFee, None)),
    ("物业费", (What::ManagementFee, None)),
    ("服务费", (What::ManagementFee, None)),
    ("电费", (What::Energy, None)),
    ("水费", (What::Energy, None)),
    ("月租金", (What::Rent, Some(Per::Month))),
    ("月租", (What::Rent, Some(Per::Month))),
    ("季租金", (What::Rent, Some(Per::Quarter))),
    ("年租金", (What::Rent, Some(Per::Year))),
    ("年租", (What::Rent, Some(Per::Year))),
    ("场地费", (What::Rent, None)),
    ("租赁费", (What::Rent, None)),
    ("租金", (What::Rent, None)),
    ("单价", (What::Rent, None)),
    ("租", (What::Rent, None)),
];

const ASIDES: &[(&str, Aside)] = &[
    ("含水电费", Aside::ElectricityIncluded),
    ("含水电", Aside::ElectricityIncluded),
    ("含电费", Aside::ElectricityIncluded),
    ("含电", Aside::ElectricityIncluded),
    ("不含税", Aside::Tax),
    ("含税", Aside::Tax),
    ("押一付三", Aside::Billing),
    ("押一付一", Aside::Billing),
    ("按半年付", Aside::Billing),
    ("按季付", Aside::Billing),
    ("按年付", Aside::Billing),
    ("按月付", Aside::Billing),
    ("半年付", Aside::Billing),
    ("季付", Aside::Billing),
    ("年付", Aside::Billing),
    ("月付", Aside::Billing),
];

/// Reads a cell's text.
pub fn read(text: &str, unit: Unit) -> Result<Rates, NotARate> {
    let text = compact(text);
    let mut scan = Scan::new(&text);
    let mut rates = Rates {
        all: Vec::new(),
        check: None,
        asides: Vec::new(),
        in_wan: false,
        decimals: 0,
        bare: false,
    };
    loop {
        let rate = item(&mut scan, unit, &mut rates).ok_or(NotARate::NotUnderstood)?;
        let first_of_kind = rates.all.iter().all(|other| other.what != rate.what);
        if !first_of_kind || (!rates.all.is_empty() && rate.what == What::Rent) {
            return Err(NotARate::NotUnderstood);
        }
        rates.all.push(rate);
        while scan.eat("(") {
            let inside = scan.bracketed().ok_or(NotARate::NotUnderstood)?;
            bracket(inside, &mut rates).ok_or(NotARate::NotUnderstood)?;
        }
        if scan.is_done() {
            return rates.all.iter().try_for_each(check_amount).map(|()| rates);
        }
        if !scan.eat_any(&["+", ",", ";", "、", "另"]) {
            return Err(NotARate::NotUnderstood);
        }
    }
}

/// Reads what a heading says of its numbers: `元/月`, `万元`, `元/个`, `单位:元`.
pub fn unit(text: &str) -> Option<Unit> {
    let text = compact(text);
    let mut scan = Scan::new(&text);
    scan.eat("单位");
    scan.eat(":");
    let wan = scan.eat("万");
    if !scan.eat_any(&["元", "圆"]) {
        return None;
    }
    let scale = if wan { Decimal::from(10_000) } else { Decimal::ONE };
    let mut rate = Rate {
        what: What::Rent,
        amount: Decimal::ZERO,
        per: None,
        piece: None,
        pieces: Decimal::ONE,
    };
    while scan.eat_any(&["/每", "/", "每", "·"]) {
        one_of(&mut scan, &mut rate)?;
    }
    scan.is_done().then_some(Unit { scale, per: rate.per, piece: rate.piece })
}

/// A bare number under a heading that says the rest.
pub fn bare(amount: Decimal, unit: Unit) -> Result<Rate, NotARate> {
    let amount = amount.checked_mul(unit.scale).ok_or(NotARate::NotUnderstood)?;
    let per = unit.per;
    let rate = Rate { what: What::Rent, amount, per, piece: unit.piece, pieces: Decimal::ONE };
    check_amount(&rate).map(|()| rate)
}

fn check_amount(rate: &Rate) -> Result<(), NotARate> {
    let money = rate.per.is_none_or(Per::by_calendar) && rate.piece != Some(Piece::SQUARE_METRE);
    match (rate.amount, rate.per) {
        (amount, _) if amount.is_zero() => Err(NotARate::Zero),
        (amount, _) if amount.is_sign_negative() => Err(NotARate::NotUnderstood),
        (amount, _) if money && amount.normalize().scale() > 2 => Err(NotARate::Decimals),
        (_, None) => Err(NotARate::NoPeriod),
        _ => Ok(()),
    }
}

fn item(scan: &mut Scan<'_>, unit: Unit, rates: &mut Rates) -> Option<Rate> {
    let mut rate = Rate {
        what: What::Rent,
        amount: Decimal::ZERO,
        per: None,
        piece: None,
        pieces: Decimal::ONE,
    };
    if let Some((what, per)) = scan.eat_of(LABELS) {
        (rate.what, rate.per) = (what, per);
    }
    if scan.eat_any(&["按表计费", "按表"]) {
        rates.asides.push(Aside::ByMeter);
        rate.what = What::Energy;
    }
    scan.eat(":");
    while scan.eat("每") {
        one_of(scan, &mut rate)?;
    }
    scan.eat_any(&["¥", "RMB", "人民币"]);
    let number = scan.number()?;
    let wan = scan.eat("万");
    let said = scan.eat_any(&["元", "圆"]) || wan;
    let scale = match (wan, said) {
        (true, _) => Decimal::from(10_000),
        (false, true) => Decimal::ONE,
        (false, false) => unit.scale,
    };
    rates.in_wan |= wan;
    if rates.all.is_empty() {
        (rates.decimals, rates.bare) = (number.decimals, !said);
    }
    rate.amount = number.value.checked_mul(scale)?;
    while scan.eat_any(&["/每", "/", "每", "·"]) {
        one_of(scan, &mut rate)?;
    }
    rate.per = rate.per.or(unit.per);
    if rate.piece.is_none() && !said {
        rate.piece = unit.piece;
    }
    if rate.per == Some(Per::Kwh) {
        rate.what = What::Energy;
    }
    Some(rate)
}

/// A period or a piece; each may be said once, or twice the same.
fn one_of(scan: &mut Scan<'_>, rate: &mut Rate) -> Option<()> {
    let mut ahead = *scan;
    let count = ahead.count();
    if let Some(per) = ahead.eat_of(PERIODS) {
        let per = times(per, count.unwrap_or(1))?;
        *scan = ahead;
        return match rate.per.replace(per) {
            Some(before) if before != per => None,
            _ => Some(()),
        };
    }
    let piece = scan.eat_of(PIECES)?;
    match rate.piece.replace(piece) {
        Some(before) if before != piece => None,
        _ => Some(()),
    }
}

/// `3小时`, `3个月`: only periods that a schedule knows.
fn times(per: Per, count: u32) -> Option<Per> {
    match (per, count) {
        (Per::Hours(_), 1..=24) => Some(Per::Hours(count)),
        (Per::Month, 3) => Some(Per::Quarter),
        (Per::Month, 6) | (Per::Quarter, 2) => Some(Per::HalfYear),
        (Per::Month, 12) | (Per::Quarter, 4) | (Per::HalfYear, 2) => Some(Per::Year),
        (_, 1) => Some(per),
        _ => None,
    }
}

fn bracket(inside: &str, rates: &mut Rates) -> Option<()> {
    let mut scan = Scan::new(inside);
    if let Some(aside) = scan.eat_of(ASIDES) {
        rates.asides.push(aside);
        return scan.is_done().then_some(());
    }
    let mut aside = rates.clone();
    let check = item(&mut scan, Unit::default(), &mut aside)?;
    let speaks = check.what == What::Rent && (check.piece.is_some() || check.per.is_some());
    if !speaks || !scan.is_done() || rates.check.is_some() {
        return None;
    }
    rates.check = Some(check);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        read(text, Unit::default())
            .map(|rates| rates.all.iter().map(Rate::text).collect())
            .unwrap_or_default()
    }

    #[test]
    fn amounts_periods_and_pieces() {
        for (text, wanted) in [
            ("5000元/月 ", "5000.00/month"),
            ("2200元/块/年", "2200.00/块/year"),
            ("每月1500元", "1500.00/month"),
            ("1.2万元/年", "12000.00/year"),
            ("6000元/3个月", "6000.00/quarter"),
            ("1元/3小时", "1.00/3h"),
            ("按表计费1.0357元/度", "1.0357/kwh"),
            ("6000元/套/年(含电)", "6000.00/套/year"),
            ("月租金￥1,500.00元/月", "1500.00/month"),
            ("１５００元／季度", "1500.00/quarter"),
            ("12.5元/㎡/月", "12.50/㎡/month"),
        ] {
            assert_eq!(said(text), [wanted], "{text}");
        }
        assert_eq!(said("租1300元/月/间+管理费200元/月/间"), ["1300.00/间/month", "200.00/间/month"]);
        let check = read("4000元/年（800元/个）", Unit::default()).unwrap().check;
        assert_eq!(check.map(|check| check.text()).as_deref(), Some("800.00/个"));
    }

    #[test]
    fn unsure_is_no_rate() {
        let not = |text| read(text, Unit::default()).unwrap_err();
        assert_eq!(not("5000元"), NotARate::NoPeriod);
        assert_eq!(not("12.3456元/月"), NotARate::Decimals);
        assert_eq!(not("0元/月"), NotARate::Zero);
        for text in [
            "面议",
            "5000元/2年",
            "5000-6000元/月",
            "5000元/月起",
            "第一年5000元/年,第二年6000元/年",
            "-500元/月",
            "5000元/月/年",
            "5 000元/月",
            "800元/个×5/年",
            "4000元/年(约)",
        ] {
            assert_eq!(not(text), NotARate::NotUnderstood, "{text}");
        }
    }
}
