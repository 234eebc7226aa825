//! Charts as SVG, drawn on the server: this file turns amounts into lengths, templates draw
//! them. The table beside a chart says the same in figures.

use super::text::Lang;
use crate::ledger::money::Money;
use crate::ledger::statements::Flow;

/// Width of a chart in its own units.
pub const WIDTH: i64 = 360;
/// Left edge of the bars: room for the scale's figures.
const LEFT: i64 = 40;
/// The top of the highest bar.
const TOP: i64 = 14;
/// The line on which bars stand.
const BASE: i64 = 150;
/// Width of one bar.
const BAR: i64 = 9;

/// A bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Left edge.
    pub x: i64,
    /// Top edge.
    pub y: i64,
    /// Width.
    pub width: i64,
    /// Height.
    pub height: i64,
}

/// A month of the chart.
#[derive(Clone, Debug)]
pub struct Slot {
    /// The middle.
    pub x: i64,
    /// The month's number.
    pub month: u32,
    /// The year, at its first month.
    pub year: Option<i32>,
    /// Money in.
    pub inflow: Bar,
    /// Money out.
    pub outflow: Bar,
}

/// A line of the scale.
#[derive(Clone, Debug)]
pub struct Tick {
    /// Where.
    pub y: i64,
    /// What it says.
    pub label: String,
}

/// Twelve months of money in and out.
#[derive(Clone, Debug)]
pub struct MonthsChart {
    /// The months, in order.
    pub slots: Vec<Slot>,
    /// The scale.
    pub ticks: Vec<Tick>,
}

impl MonthsChart {
    /// Draws the flows.
    pub fn of(flows: &[Flow], lang: Lang) -> Self {
        let largest = flows.iter().map(|flow| flow.inflow.max(flow.outflow)).max();
        let top = scale_top(largest.unwrap_or_default());
        let count = i64::try_from(flows.len().max(1)).unwrap_or(1);
        let step = (WIDTH - LEFT) / count;
        let bar = |x, amount| {
            let height = length(amount, top, BASE - TOP);
            Bar { x, y: BASE - height, width: BAR, height }
        };
        let slots = (0..).zip(flows).map(|(at, flow)| {
            let x = LEFT + step * at + step / 2;
            Slot {
                x,
                month: flow.month.month(),
                year: (at == 0 || flow.month.month() == 1).then(|| flow.month.year()),
                inflow: bar(x - BAR - 1, flow.inflow),
                outflow: bar(x + 1, flow.outflow),
            }
        });
        let ticks = (0..=2).map(|part| {
            let amount = Money::from_fen(top.fen() / 2 * part);
            Tick { y: BASE - length(amount, top, BASE - TOP), label: round_label(amount, lang) }
        });
        Self { slots: slots.collect(), ticks: ticks.collect() }
    }
}

/// The length of an amount where `full` is `length_max` long; red figures have none.
pub fn length(amount: Money, full: Money, length_max: i64) -> i64 {
    if !amount.is_positive() || !full.is_positive() {
        return 0;
    }
    let length = i128::from(amount.fen()) * i128::from(length_max) / i128::from(full.fen());
    i64::try_from(length).unwrap_or(length_max).clamp(1, length_max)
}

/// The next 2, 4, 6, 10 … × a power of ten yuan: half of it is a round figure too.
fn scale_top(largest: Money) -> Money {
    let mut power = 1_000_i64;
    loop {
        for times in [2, 4, 6, 10] {
            let top = power.saturating_mul(times);
            if top >= largest.fen() || top == i64::MAX {
                return Money::from_fen(top);
            }
        }
        power = power.saturating_mul(10);
    }
}

/// `0`, `5000`, `3 万`; `0`, `5000`, `30k`.
fn round_label(amount: Money, lang: Lang) -> String {
    let yuan = amount.fen() / 100;
    let (unit, name) = match lang {
        Lang::Zh => (10_000, "万"),
        Lang::En => (1_000, "k"),
    };
    if yuan < 10_000 || yuan % (unit / 10) != 0 {
        return yuan.to_string();
    }
    match (yuan / unit, yuan % unit * 10 / unit) {
        (whole, 0) => format!("{whole}{name}"),
        (whole, tenth) => format!("{whole}.{tenth}{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_at_a_round_figure_above_the_largest_bar() {
        for (largest, top) in [
            ("0.00", "20.00"),
            ("20.01", "40.00"),
            ("23350.00", "40000.00"),
            ("60600.00", "100000.00"),
        ] {
            assert_eq!(scale_top(largest.parse().unwrap()).to_string(), top);
        }
        let top = Money::from_fen(4_000_000);
        assert_eq!(length(top, top, 136), 136);
        assert_eq!(length(Money::from_fen(1), top, 136), 1, "some money is seen");
        assert_eq!(length(Money::from_fen(-5), top, 136), 0);
        assert_eq!(round_label(Money::from_fen(1_500_000), Lang::Zh), "1.5万");
        assert_eq!(round_label(Money::from_fen(1_500_000), Lang::En), "15k");
    }
}
