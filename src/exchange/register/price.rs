//! What a row is priced at: rates, pieces, and the check in brackets.

use rust_decimal::Decimal;

use super::due::{MonthlyDue, fixed_part};
use super::entry::Context;
use super::model::{Class, Field};
use super::reading::Row;
use super::said::{flag, trouble};
use crate::exchange::grammar::name::Name;
use crate::exchange::grammar::number;
use crate::exchange::grammar::rate::{self, Aside, NotARate, Per, Piece, Rate, Rates, Unit, What};
use crate::exchange::grammar::text::{Scan, mended, normal};
use crate::exchange::table::Cell;

/// From this bare number on, a heading's 万元 is more likely a slip than a rent.
const WAN_BARE_MAX: u32 = 1_000;

const PERIODS: &[&str] = &["day", "month", "quarter", "half_year", "year"];

/// Reads the rate's cell and the quantity, and multiplies.
pub fn read(context: &Context<'_>, row: &mut Row, name: &Name) {
    let quantity = quantity(context, row, name);
    row.read.quantity = quantity;
    if let Some(rates) = rates(context, row) {
        row.read.asides.clone_from(&rates.asides);
        // What the remark already said (energy by meter) stands behind.
        let said = std::mem::take(&mut row.read.rates);
        row.read.rates.clone_from(&rates.all);
        check(context, row, &rates, name);
        row.read.rates.extend(said);
    }
    multiply(context, row, name);
    let month = context.month;
    let monthly = |what| {
        let of_kind = row.read.rates.iter().filter(move |rate| rate.what == what);
        let dues: Vec<MonthlyDue> =
            of_kind.filter_map(|rate| MonthlyDue::of(rate, month)).collect();
        (!dues.is_empty()).then(|| dues.into_iter().sum())
    };
    let (rent, fee) = (monthly(What::Rent), monthly(What::ManagementFee));
    // Energy, deposits and fees are passed on: nothing of them is due to the owners.
    row.read.due_month = rent.filter(|_| row.class == Class::Lease);
    row.read.fee_month = fee;
    let quantity = row.read.quantity;
    // A room or a place is one thing; adverts and lockers are counted.
    if quantity.is_none() && name.single {
        row.read.quantity = Some(Decimal::ONE);
    }
}

/// The rates of the cell; nothing where there are none or they are asked for.
fn rates(context: &Context<'_>, row: &mut Row) -> Option<Rates> {
    let mut unit =
        context.layout.of(Field::Due).next().map(|column| column.unit).unwrap_or_default();
    unit.per = context.answered(|answer| answer.per).or(unit.per);
    if let Some(said) = context.answered(|answer| answer.rate.clone()) {
        let read = rate::read(&said, Unit { scale: Decimal::ONE, ..unit });
        row.fix(
            Field::Due,
            &context.cell(Field::Due).map(Cell::text).unwrap_or_default(),
            said,
            "answer",
        );
        return read.map_err(|_| not_understood(row, "")).ok();
    }
    let cell = context.cell(Field::Due)?.value().clone();
    let raw = cell.text();
    let read = match &cell {
        Cell::Number(amount) => bare(*amount, unit),
        Cell::Text(text) => {
            context.text(Field::Due)?;
            rate::read(text, unit)
        }
        Cell::Empty | Cell::Date(_) | Cell::Broken(_) | Cell::Formula(_) => {
            Err(NotARate::NotUnderstood)
        }
    };
    match read {
        Ok(rates) => {
            mends(context, row, &raw, &rates, unit);
            Some(rates)
        }
        Err(NotARate::NoPeriod) => {
            let words = ("金额是多长时间的？", "For which period is the amount?");
            row.ask(Field::Due, "per", words, PERIODS);
            None
        }
        Err(NotARate::Decimals) => {
            row.refuse(trouble(
                Field::Due,
                &raw,
                "decimals",
                ("金额只能有两位小数", "An amount of money has two decimals"),
                ("请核对合同，用 rate 写明", "Look into the contract and answer with rate"),
            ));
            None
        }
        Err(NotARate::Zero | NotARate::NotUnderstood) => {
            not_understood(row, &raw);
            None
        }
    }
}

fn bare(amount: Decimal, unit: Unit) -> Result<Rates, NotARate> {
    let rate = rate::bare(amount, unit)?;
    Ok(Rates {
        all: vec![rate],
        check: None,
        asides: Vec::new(),
        in_wan: false,
        decimals: 2,
        bare: true,
    })
}

fn not_understood(row: &mut Row, raw: &str) {
    let raw = normal(raw);
    let zh = format!("应收没读懂：{raw}。请写明，如 5000元/月");
    let en = format!("The rate isn't understood: {raw}. Say it, like 5000元/月");
    row.ask(Field::Due, "rate", (&zh, &en), &[]);
}

fn mends(context: &Context<'_>, row: &mut Row, raw: &str, rates: &Rates, unit: Unit) {
    let to: Vec<String> = rates.all.iter().map(Rate::text).collect();
    let to = to.join(" + ");
    let scaled = rates.bare && unit.scale != Decimal::ONE;
    let given = context.answered(|answer| answer.per).is_some();
    let reasons = [
        mended(raw),
        rates.check.map(|_| "check_not_rate"),
        (rates.all.len() > 1).then_some("two_rates"),
        (rates.decimals == 1 && !rates.in_wan).then_some("decimals"),
        (rates.in_wan || scaled).then_some("wan"),
        given.then_some("answer"),
    ];
    for why in reasons.into_iter().flatten() {
        row.fix(Field::Due, raw, to.clone(), why);
    }
    let amount = rates.all.first().map(|rate| rate.amount);
    if scaled && amount.is_some_and(|a| a >= Decimal::from(WAN_BARE_MAX) * unit.scale) {
        row.confirm(
            context,
            Field::Due,
            &format!("表头是万元，这里是 {raw}：真的是 {to} 吗？"),
            &format!("The heading says ten thousands, here stands {raw}: really {to}?"),
        );
    }
    for aside in &rates.asides {
        row.flag(match aside {
            Aside::ElectricityIncluded => flag::ELECTRICITY,
            Aside::Tax => flag::TAX,
            Aside::Billing => flag::BILLING,
            Aside::ByMeter => flag::BY_METER,
        });
    }
    if rates.all.iter().any(|rate| rate.what == What::ManagementFee) {
        row.flag(flag::FEE_BESIDE);
    }
    if rates.all.iter().any(|rate| rate.per == Some(Per::Day)) {
        row.flag(flag::DAY_RATE);
    }
}

/// The column's number, else what the name counts.
fn quantity(context: &Context<'_>, row: &mut Row, name: &Name) -> Option<Decimal> {
    let counted = name.pieces;
    if let Some(said) = context.answered(|answer| answer.quantity) {
        return Some(said);
    }
    let Some(raw) = context.text(Field::Quantity) else { return counted };
    let normal = normal(&raw);
    let mut scan = Scan::new(&normal);
    let number = scan.number();
    scan.eat_any(&["个", "块", "套", "间", "台", "处", "张", "部", "位", "项"]);
    let column = number.filter(|_| scan.is_done()).map(|number| number.value);
    let Some(column) = column.filter(|n| !n.is_zero()) else {
        let zh = format!("数量没读懂：{normal}");
        let en = format!("The quantity isn't understood: {normal}");
        row.ask(Field::Quantity, "quantity", (&zh, &en), &[]);
        return None;
    };
    if counted.is_some_and(|counted| counted != column) {
        row.flag(flag::QUANTITY_DIFFERS);
    }
    Some(column)
}

/// The bracket's price must lead to the same amount.
fn check(context: &Context<'_>, row: &mut Row, rates: &Rates, name: &Name) {
    let (Some(check), Some(base)) = (rates.check, rates.all.first()) else { return };
    let agrees = match (check.piece, base.piece) {
        (Some(_), None) if check.per.is_none() || check.per == base.per => {
            let count = base.amount.checked_div(check.amount);
            let count = count.filter(|n| n.fract().is_zero() && *n >= Decimal::ONE);
            let said = row.read.quantity.or(name.pieces);
            match (count, said) {
                (Some(count), None) => {
                    row.read.quantity = Some(count.normalize());
                    true
                }
                (Some(count), Some(said)) => count == said,
                (None, _) => false,
            }
        }
        (None, None) => same_year(base, &check),
        (None, Some(_)) => {
            let all = row.read.quantity.and_then(|n| base.amount.checked_mul(n));
            let base = all.map(|amount| Rate { amount, ..*base });
            base.is_some_and(|base| same_year(&base, &check))
        }
        _ => false,
    };
    if !agrees {
        row.confirm(
            context,
            Field::Due,
            &format!("括号里的 {} 和 {} 对不上", check.text(), base.text()),
            &format!("{} in the bracket doesn't lead to {}", check.text(), base.text()),
        );
    }
}

/// The same rent a year, whatever the periods.
fn same_year(one: &Rate, other: &Rate) -> bool {
    let year = |rate: &Rate| {
        let months = rate.per?.months()?;
        rate.amount.checked_mul(Decimal::from(12 / months))
    };
    let (one, other) = (year(one), year(&Rate { per: other.per.or(one.per), ..*other }));
    one.is_some() && one == other
}

/// Only a rate that says a piece is multiplied: by square metres, or by the number of pieces.
fn multiply(context: &Context<'_>, row: &mut Row, name: &Name) {
    let mut rates = std::mem::take(&mut row.read.rates);
    let mut missing = None;
    for rate in rates.iter_mut().filter(|rate| rate.per.is_some_and(Per::by_calendar)) {
        let Some(piece) = rate.piece else { continue };
        let area = piece == Piece::SQUARE_METRE;
        let pieces = if area { square_metres(context, row, name) } else { row.read.quantity };
        match pieces.filter(|pieces| !pieces.is_zero()) {
            Some(pieces) => rate.pieces = pieces,
            None => missing = Some(piece),
        }
        let counted = name.pieces.is_some_and(|n| Some(n) != row.read.quantity);
        if counted && !area && context.answered(|answer| answer.quantity).is_none() {
            row.confirm(
                context,
                Field::Quantity,
                "名称里的数量和数量列不同，租金按数量列算",
                "The name counts otherwise than the column, by which the rent is multiplied",
            );
        }
    }
    if let Some(piece) = missing {
        let zh = format!("租金按{}算，但没有写数量", piece.word());
        let en = format!("The rate is for each {}, and no number is said", piece.word());
        row.ask(Field::Quantity, "quantity", (&zh, &en), &[]);
        rates.clear();
    }
    let unpostable = rates
        .iter()
        .any(|rate| rate.per.is_some_and(Per::by_calendar) && fixed_part(rate).is_none());
    if unpostable {
        row.refuse(trouble(
            Field::Due,
            &rates.iter().map(Rate::text).collect::<Vec<_>>().join(" + "),
            "fen",
            ("单价乘数量不是整分，或太大", "Price times quantity is no whole fen, or too large"),
            ("请用 rate 写明总的租金", "Answer with rate: the rent for all of it"),
        ));
        rates.clear();
    }
    row.read.rates = rates;
}

fn square_metres(context: &Context<'_>, row: &Row, name: &Name) -> Option<Decimal> {
    let column = context.text(Field::Area).and_then(|text| {
        let text = normal(&text);
        let mut scan = Scan::new(&text);
        let number = scan.number()?.value;
        scan.eat_any(&["平方米", "平米", "㎡", "m²", "m2"]);
        scan.is_done().then_some(number)
    });
    let named = || {
        let (area, each) = name.area?;
        if each { area.checked_mul(row.read.quantity?) } else { Some(area) }
    };
    context.answered(|answer| answer.quantity).or(column).or_else(named).filter(|n| !n.is_zero())
}

/// Things sold: the price of one is the amount by the number, where that is whole fen.
pub fn sale(row: &mut Row, name: &Name) {
    row.class = Class::Sale;
    row.read.quantity = name.pieces;
    let (Some(pieces), Some(received)) = (name.pieces, row.read.received) else { return };
    let all = Decimal::new(received.fen(), 2);
    let price = all.checked_div(pieces).filter(|price| number::money(*price).is_ok());
    if let Some(amount) = price.filter(|_| received.is_positive()) {
        let (per, piece) = (Some(Per::Once), Some(Piece::SHEET));
        row.read.rates = vec![Rate { what: What::Sale, amount, per, piece, pieces }];
    }
}
