//! What is proposed, what isn't, and how much work that takes.

use super::*;
use crate::ledger::period::parse_date;

fn item(day: &str, amount: &str) -> OpenItem {
    let amount = match amount.strip_prefix('-') {
        Some(plain) => -plain.parse::<Money>().unwrap(),
        None => amount.parse().unwrap(),
    };
    OpenItem { day: parse_date(&format!("2025-{day}")).unwrap(), amount }
}

fn bank(serial: &str, day: &str, amount: &str, words: &str) -> OfBank {
    OfBank { serial: serial.into(), item: item(day, amount), words: words.into() }
}

fn book(seq: u64, day: &str, amount: &str, words: &[&str], contract: Option<&str>) -> OfBook {
    OfBook {
        seq,
        item: item(day, amount),
        words: words.iter().map(|text| (*text).to_owned()).collect(),
        contract: contract.map(str::to_owned),
    }
}

/// Serials, numbers, days, chosen.
fn told(bank: &[OfBank], book: &[OfBook]) -> Vec<String> {
    let told = |of: &Proposal| {
        let serials: Vec<&str> = of.bank.iter().map(|i| bank[*i].serial.as_str()).collect();
        let seqs: Vec<String> = of.book.iter().map(|j| book[*j].seq.to_string()).collect();
        let mark = match (of.is_chosen, of.is_ambiguous) {
            (true, _) => " chosen",
            (_, true) => " or",
            _ => "",
        };
        format!("{}={} {}d{mark}", serials.join("+"), seqs.join("+"), of.days)
    };
    proposals(bank, book).iter().map(told).collect()
}

#[test]
fn a_pair_a_day_apart_is_chosen_and_a_far_one_only_offered() {
    let banks = [bank("A", "03-28", "300.00", "李四"), bank("B", "03-10", "-120.35", "")];
    let books = [book(4, "03-29", "300.00", &[], None), book(5, "03-30", "-120.35", &[], None)];
    assert_eq!(told(&banks, &books), ["A=4 1d chosen", "B=5 20d"]);
    let far = [book(4, "05-29", "300.00", &[], None), book(5, "03-10", "120.35", &[], None)];
    assert!(told(&banks, &far).is_empty(), "two months, and the other way, are not the same money");
}

#[test]
fn equal_amounts_of_a_day_are_alternatives_and_nothing_is_chosen() {
    let banks = [bank("A", "03-03", "500.00", ""), bank("B", "03-03", "500.00", "")];
    let books = [book(1, "03-03", "500.00", &[], None), book(2, "03-03", "500.00", &[], None)];
    let found = proposals(&banks, &books);
    assert!(found.iter().all(|of| of.is_ambiguous && !of.is_chosen && of.set == 0));
    let pairs = found.iter().filter(|of| of.shape == Shape::Pair).count();
    assert_eq!((pairs, found.len()), (4, 5), "each with each, and the day as a whole");
    // Words put one before the other, and still choose nothing.
    let banks = [bank("A", "03-03", "500.00", "某传媒 电梯广告"), banks[1].clone()];
    let books = [books[0].clone(), book(2, "03-03", "500.00", &["某传媒"], None)];
    assert_eq!(told(&banks, &books)[0], "A=2 0d or");
}

#[test]
fn one_bank_line_is_what_three_contracts_were_booked_for() {
    let banks = [bank("A", "04-02", "2700.00", "某传媒有限公司 一季度")];
    let books = [
        book(1, "04-01", "500.00", &["某传媒"], Some("C-01")),
        book(2, "04-01", "900.00", &["某传媒"], Some("C-02")),
        book(3, "04-01", "1300.00", &["某传媒"], Some("C-03")),
        book(4, "04-01", "1000.00", &["别人"], None),
    ];
    let found = proposals(&banks, &books);
    assert_eq!((found[0].shape, &found[0].book[..]), (Shape::OneOfBank, &[0, 1, 2][..]));
    assert_eq!((found[0].common.as_deref(), found[0].is_chosen), (Some("某传媒"), true));
    let [one] = &found[..] else { panic!("{found:?}") };
    assert_eq!(one.amount.to_string(), "2700.00");
}

#[test]
fn a_run_of_bank_lines_is_one_entry_and_sums_that_differ_are_nothing() {
    let banks: Vec<OfBank> = (1..=30)
        .map(|day| {
            bank(&format!("S{day:02}"), &format!("06-{day:02}"), &format!("{day}.10"), "平台结算")
        })
        .collect();
    let sum: Money = banks.iter().map(|line| line.item.amount).sum();
    let books = [book(9, "06-30", &sum.to_string(), &["停车平台"], None)];
    let found = proposals(&banks, &books);
    assert_eq!((found[0].shape, found[0].bank.len()), (Shape::OneOfBook, 30));
    let short = [book(9, "06-30", &(sum - Money::from_fen(1)).to_string(), &[], None)];
    assert!(proposals(&banks, &short).is_empty());
}

#[test]
fn several_of_a_day_come_to_several() {
    let banks = [bank("A", "03-03", "100.00", ""), bank("B", "03-03", "250.00", "")];
    let books = [book(1, "03-03", "120.00", &[], None), book(2, "03-03", "230.00", &[], None)];
    assert_eq!(told(&banks, &books), ["A+B=1+2 0d"]);
}

#[test]
fn what_is_proposed_is_bounded_where_everything_could_be_everything() {
    // 300 lines of the same amount on either side, wholes that many of them come to.
    let mut banks: Vec<OfBank> =
        (0..300).map(|n| bank(&format!("S{n}"), "06-15", "10.00", "同一个付款人")).collect();
    banks.extend((0..300).map(|n| bank(&format!("W{n}"), "06-15", "40.00", "")));
    let books: Vec<OfBook> =
        (0..300).map(|n| book(n, "06-15", "10.00", &["同一个付款人"], Some("C-01"))).collect();
    let found = proposals(&banks, &books);
    assert_eq!(found.len(), SHOWN_MAX);
    assert!(found.iter().all(|of| !of.is_chosen));
    let of_line = found.iter().filter(|of| of.shape == Shape::Pair && of.bank == [0]).count();
    assert!(of_line <= PER_LINE, "{of_line} for one line");
}
