//! The cells of generated rows: names, rates, terms, receipts, each in many spellings; and the
//! ways to soil one.

use mingzhang::ledger::period::{Month, Period};

use super::writer::{Col, Dice, Ink, Known, Plan};

const THINGS: &[(&str, &str)] = &[
    ("仓库", "R.4505.02"),
    ("商铺", "R.4505.01"),
    ("门面", "R.4505.01"),
    ("会所", "R.4505.03"),
    ("架空房", "R.4505.02"),
    ("机房", "R.4504.01"),
    ("弱电井", "R.4504.02"),
    ("通信基站", "R.4504.03"),
    ("快递柜", "R.4503.02"),
    ("电动汽车充电桩", "R.4503.04"),
    ("自助售货机", "R.4503.03"),
    ("临时场地", "R.4503.01"),
    ("道闸广告", "R.4501.05"),
    ("候梯厅广告", "R.4501.03"),
    ("电梯门广告", "R.4501.02"),
    ("电梯轿厢框架广告", "R.4501.01"),
    ("外墙广告", "R.4501.06"),
    ("广场灯箱广告", "R.4501.07"),
    ("泳池", "R.4506.01"),
];
const WHERE: &[&str] =
    &["", "六栋负一层", "3号楼一层", "东门", "地库", "停车场入口", "A座大堂", "裙楼二层"];
/// Some of these begin or end like a public word.
const PERSONS: &[&str] = &[
    "王小东",
    "李明",
    "欧阳海",
    "高兴",
    "石磊",
    "张和平",
    "王大门",
    "陈东",
    "马场",
    "承租人甲",
    "周小区",
];
const COMPANIES: &[&str] = &["甲广告公司", "某某物流有限公司", "明月便利店", "农业银行"];

/// Yuan with as many decimals as needed.
pub fn plain(fen: i64) -> String {
    match (fen / 100, fen % 100) {
        (yuan, 0) => yuan.to_string(),
        (yuan, rest) if rest % 10 == 0 => format!("{yuan}.{}", rest / 10),
        (yuan, rest) => format!("{yuan}.{rest:02}"),
    }
}

fn grouped(fen: i64) -> String {
    let digits = (fen / 100).to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    format!("{out}.{:02}", fen % 100)
}

pub fn row(
    dice: &mut Dice,
    plan: &Plan,
    month: Month,
    number: usize,
    typed: bool,
) -> (Known, Vec<Ink>) {
    let mut cells = vec![Ink::Blank; plan.columns.len()];
    let mut known = Known {
        account: "",
        person: None,
        year_fen: None,
        from: None,
        to: None,
        received_fen: None,
        attribution: None,
        dirt: None,
    };
    plan.set(&mut cells, Col::Number, Ink::Number(number.to_string()));
    name(dice, plan, &mut known, &mut cells);
    let month_fen = rate(dice, plan, &mut known, &mut cells);
    term(dice, plan, &mut known, &mut cells);
    if dice.one_in(2) {
        receipt(dice, plan, month, month_fen, &mut known, &mut cells);
    }
    if dice.one_in(10) {
        soil(dice, plan, month, typed, &mut known, &mut cells);
    }
    (known, cells)
}

fn name(dice: &mut Dice, plan: &Plan, known: &mut Known, cells: &mut [Ink]) {
    let (thing, account) = dice.pick(THINGS);
    let place = dice.pick(WHERE);
    let person = dice.pick(PERSONS);
    let company = dice.pick(COMPANIES);
    let (open, close) = dice.pick(&[("（", "）"), ("(", ")"), ("【", "】")]);
    known.account = account;
    let (named, party) = match dice.below(6) {
        0 => (format!("{place}{thing}"), None),
        1 => (format!("{thing}{open}{person}{close}"), Some(person)),
        2 => (format!("{person}{open}{place}{thing}{close}"), Some(person)),
        3 => (format!("{company}{open}{thing}{close}"), None),
        4 => (format!("{person} {place}{thing}"), Some(person)),
        _ => (format!("{thing}{open}{company}{close}"), None),
    };
    known.person = party;
    if plan.has(Col::Party) {
        plan.set(cells, Col::Party, Ink::Text(person.to_owned()));
        plan.set(cells, Col::Name, Ink::Text(format!("{place}{thing}")));
        known.person = Some(person);
    } else {
        plan.set(cells, Col::Name, Ink::Text(named));
    }
}

/// Writes the rate; the result is what is due a month, in fen, where that is whole.
fn rate(dice: &mut Dice, plan: &Plan, known: &mut Known, cells: &mut [Ink]) -> i64 {
    let yuan = 12 * i64::try_from(dice.below(900) + 1).unwrap();
    let fen = yuan * 100 + if dice.one_in(5) { 12 * dice.pick(&[5, 25, 50]) } else { 0 };
    if let Some((months, wan)) = plan.bare {
        let text = if wan { in_wan(fen) } else { plain(fen) };
        let ink = if dice.one_in(2) { Ink::Number(text) } else { Ink::Text(text) };
        plan.set(cells, Col::Rate, ink);
        known.year_fen = Some(fen * 12 / months);
        return fen / months;
    }
    let (per, months) =
        dice.pick(&[("月", 1), ("年", 12), ("季", 3), ("季度", 3), ("半年", 6), ("个月", 1)]);
    let amount = match dice.below(4) {
        0 => format!("{}元", grouped(fen)),
        1 => format!("{}万元", in_wan(fen)),
        2 => format!("￥{}元", plain(fen)),
        _ => format!("{}元", plain(fen)),
    };
    let pieces = i64::try_from(dice.below(20) + 1).unwrap();
    let piece = dice.pick(&["个", "块", "套", "间", "台"]);
    let (text, times) = match dice.below(7) {
        0 => (format!("每{per}{amount}"), 1),
        1 => (format!("{amount}/{piece}/{per}"), pieces),
        2 => (format!("{amount}/{per}/{piece}"), pieces),
        3 => (
            format!("{amount}/{per}（{}元/{piece}）", plain(fen / pieces)),
            i64::from(fen % pieces == 0),
        ),
        4 => (format!("租{amount}/{per}+管理费200元/月"), 1),
        _ => (format!("{amount}/{per}"), 1),
    };
    // A check that doesn't divide would be no check.
    let (text, times) = if times == 0 { (format!("{amount}/{per}"), 1) } else { (text, times) };
    let text = match dice.below(6) {
        0 => format!("{text} "),
        1 => text.replace('/', "／").replace('元', "元 "),
        2 => text.chars().map(wide).collect(),
        _ => text,
    };
    plan.set(cells, Col::Rate, Ink::Text(text));
    let says_pieces = times > 1 || dice.one_in(3);
    let counted = if cells_say_check(cells) { pieces } else { times.max(1) };
    if says_pieces || times == pieces {
        plan.set(cells, Col::Quantity, Ink::Number(counted.to_string()));
    }
    known.year_fen = Some(fen * times * 12 / months);
    fen * times / months
}

fn cells_say_check(cells: &[Ink]) -> bool {
    cells
        .iter()
        .any(|ink| matches!(ink, Ink::Text(text) if text.contains('（') && text.contains('元')))
}

fn wide(c: char) -> char {
    match c {
        '0'..='9' => char::from_u32(u32::from(c) + 0xFEE0).unwrap(),
        other => other,
    }
}

fn in_wan(fen: i64) -> String {
    let text = format!("{}.{:06}", fen / 1_000_000, fen % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn term(dice: &mut Dice, plan: &Plan, known: &mut Known, cells: &mut [Ink]) {
    let year = 2014 + dice.below(5);
    let (m, d) = (1 + dice.below(12), 1 + dice.below(28));
    let until = year + 1 + dice.below(4);
    let (um, ud) = (1 + dice.below(12), 1 + dice.below(28));
    known.from = Some(format!("{year:04}-{m:02}-{d:02}"));
    known.to = Some(format!("{until:04}-{um:02}-{ud:02}"));
    let style = dice.below(5);
    let day = |y: usize, m: usize, d: usize| match style {
        0 => format!("{y}.{m}.{d}"),
        1 => format!("{y}-{m:02}-{d:02}"),
        2 => format!("{y}/{m}/{d}"),
        3 => format!("{y}年{m}月{d}日"),
        _ => format!("{y}.{m:02}.{d:02}"),
    };
    let (from, to) = (day(year, m, d), day(until, um, ud));
    if plan.has(Col::Term) {
        let mark = dice.pick(&["-", "~", "—", "至", "－", " - ", "～", "到"]);
        let word = dice.pick(&["无合同", "协商续签", "统一签订", ""]);
        if dice.one_in(4) {
            (known.from, known.to) = (None, None);
            let ink = if word.is_empty() { Ink::Blank } else { Ink::Text(word.to_owned()) };
            plan.set(cells, Col::Term, ink);
        } else if dice.one_in(6) {
            known.to = None;
            plan.set(cells, Col::Term, Ink::Text(format!("{from}起")));
        } else {
            plan.set(cells, Col::Term, Ink::Text(format!("{from}{mark}{to}")));
        }
    } else {
        plan.set(cells, Col::Starts, Ink::Text(from));
        plan.set(cells, Col::Ends, Ink::Text(to));
    }
}

fn receipt(
    dice: &mut Dice,
    plan: &Plan,
    month: Month,
    month_fen: i64,
    known: &mut Known,
    cells: &mut [Ink],
) {
    let count = i32::try_from(dice.below(4)).unwrap();
    let from = month.plus(-count - i32::try_from(dice.below(3)).unwrap());
    let to = from.plus(count);
    let fen = month_fen * i64::from(count + 1);
    known.received_fen = Some(fen);
    let text = match dice.below(5) {
        0 => Ink::Text(grouped(fen)),
        1 => Ink::Text(format!("{}元", plain(fen))),
        2 => Ink::Text(format!(" ￥{}", plain(fen))),
        _ => Ink::Number(plain(fen)),
    };
    plan.set(cells, Col::Received, text);
    known.attribution = Period::new(from, to);
    let (fy, fm, ty, tm) = (from.year(), from.month(), to.year(), to.month());
    let quarter = fm % 3 == 1 && count == 2;
    let text = match dice.below(5) {
        _ if dice.one_in(12) && plan.title_row => {
            known.attribution = Some(Period::month(month));
            Ink::Blank
        }
        0 if quarter => {
            Ink::Text(format!("{fy}年第{}季度", ["一", "二", "三", "四"][fm as usize / 3]))
        }
        _ if from == to && dice.one_in(2) => Ink::Number(format!("{fy}.{fm:02}")),
        _ if from == to => Ink::Text(format!("{fy}年{fm}月")),
        _ if fy == ty && dice.one_in(2) => Ink::Text(format!("{fy}.{fm}-{tm}")),
        1 if fy == ty => Ink::Text(format!("{fy}年{fm}-{tm}月")),
        _ => Ink::Text(format!("{fy}.{fm:02}-{ty}.{tm:02}")),
    };
    // A number 2018.10 is written 2018.1: certain only in its own month.
    let lost = matches!(&text, Ink::Number(_)) && matches!(fm, 1 | 10) && from == to;
    let text = match (lost, text) {
        (true, Ink::Number(_)) if from != month && fm == 10 => Ink::Text(format!("{fy}.{fm}")),
        (true, Ink::Number(_)) if from != month => Ink::Text(format!("{fy}.{fm:02}")),
        (_, text) => text,
    };
    plan.set(cells, Col::Months, text);
}

/// Makes a row unreadable in one way.
fn soil(
    dice: &mut Dice,
    plan: &Plan,
    month: Month,
    typed: bool,
    known: &mut Known,
    cells: &mut [Ink],
) {
    let text = |text: &str| Ink::Text(text.to_owned());
    let number = |text: &str| Ink::Number(text.to_owned());
    let ends = if plan.has(Col::Term) { Col::Term } else { Col::Ends };
    let end = |day: &str| {
        if plan.has(Col::Term) { format!("2018.1.1-{day}") } else { day.to_owned() }
    };
    let far = month.year() + 3;
    let (dirt, col, ink) = match dice.below(16) {
        0 => ("negative", Col::Received, number("-500")),
        1 => ("four decimals", Col::Received, number("123.4567")),
        2 => ("arithmetic", Col::Received, text("5000+200")),
        3 => ("no such day", ends, text(&end("2023年11月31日"))),
        4 => ("words for a day", ends, text(&end("年底"))),
        5 if plan.bare.is_none() => ("no period", Col::Rate, text("5000元")),
        6 => ("no rate", Col::Rate, text("面议")),
        7 => ("a range", Col::Rate, text("5000-6000元/月")),
        8 if plan.bare.is_none() => ("a bare number", Col::Rate, number("5000")),
        9 => ("no check", Col::Rate, text("4000元/年（700元/个）")),
        10 => ("two years", Col::Rate, text("8000元/2年")),
        11 => ("broken thousands", Col::Rate, text("12,34元/月")),
        12 if typed => ("a formula", Col::Received, Ink::Formula("5000".into())),
        13 => ("rise unread", Col::Note, text("次年起每年递增5%")),
        14 => ("no income", Col::Name, text("其他")),
        15 => ("lost zero", Col::Months, number(&format!("{far}.1"))),
        _ => ("day or months", Col::Months, text(&format!("{far}-6-7"))),
    };
    if dirt == "no income" && plan.has(Col::Party) && dice.one_in(2) {
        plan.set(cells, Col::Party, Ink::Blank);
    }
    let months = col == Col::Months;
    if months && known.received_fen.is_none() {
        return;
    }
    if col == Col::Received {
        known.received_fen = None;
        if dirt == "a formula" {
            known.received_fen = Some(500_000);
        }
    }
    known.dirt = Some(dirt);
    plan.set(cells, col, ink);
}
