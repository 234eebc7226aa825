//! Rates: an amount, for a period, for a piece.
//!
//! `5000元/月` · `2200元/块/年` · `每月1500元` · `1.2万元/年` · `1元/3小时` ·
//! `4000元/年（800元/个）` (the bracket is a check) · `租1300元/月/间+管理费200元/月/间` (two
//! rates). What isn't understood to its last character is no rate.

use rust_decimal::Decimal;

pub use super::rates::{bare, read, unit};
use super::text::yuan;

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

    pub(super) const fn of(word: &'static str) -> Self {
        Self(word)
    }

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
        assert_eq!(
            said("租1300元/月/间+管理费200元/月/间"),
            ["1300.00/间/month", "200.00/间/month"]
        );
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
