//! The parser of rates: a label, an amount, periods and pieces, brackets; joined by `+`.

use rust_decimal::Decimal;

use super::rate::{Aside, NotARate, Per, Piece, Rate, Rates, Unit, What};
use super::text::{Scan, compact};

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
    ("车位", Piece::of("位")),
    ("个", Piece::of("个")),
    ("块", Piece::of("块")),
    ("套", Piece::of("套")),
    ("间", Piece::of("间")),
    ("台", Piece::of("台")),
    ("部", Piece::of("台")),
    ("车", Piece::of("车")),
    ("辆", Piece::of("车")),
    ("位", Piece::of("位")),
    ("处", Piece::of("处")),
    ("张", Piece::SHEET),
    ("面", Piece::of("块")),
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
