//! A month's figures, for whoever plays it: `tests/data/a_month.json`. The API plays it in
//! `api/a_month.rs`; what is recorded by other ways must come to the same.

use mingzhang::ledger::money::Money;
use serde_json::Value;

/// The month.
pub fn month() -> Value {
    serde_json::from_str(include_str!("../data/a_month.json")).unwrap()
}

/// A text at a place such as `/repair/amount`.
pub fn at(pointer: &str) -> String {
    let found = month();
    let found = found.pointer(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"));
    found.as_str().unwrap_or_else(|| panic!("no text at {pointer}")).to_owned()
}

/// The bank's statement of the month, as a bank gives it away.
pub fn statement() -> String {
    let month = month();
    let of = &month["statement"];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut csv = format!(
        "起止日期：{}至{},,期初余额：,{}\n交易日期,流水号,借/贷,交易金额,余额,对方户名,摘要\n",
        text(&of["from"]),
        text(&of["to"]),
        text(&of["opening"])
    );
    let mut balance: Money = text(&of["opening"]).parse().unwrap();
    for line in of["lines"].as_array().unwrap() {
        let [day, serial, amount, what] = [0, 1, 2, 3].map(|at| text(&line[at]));
        let (way, size) = match amount.strip_prefix('-') {
            Some(size) => ("借", size.to_owned()),
            None => ("贷", amount.clone()),
        };
        let moved: Money = size.parse().unwrap();
        balance = if way == "借" { balance - moved } else { balance + moved };
        csv.push_str(&[&day, &serial, way, &size, &balance.to_string(), "", &what].join(","));
        csv.push('\n');
    }
    assert_eq!(balance.to_string(), text(&of["closing"]), "the statement agrees with itself");
    csv
}
