//! Registers with known answers, written as clumsily as people write them: any order of columns,
//! any name for a heading, any spelling of a rate, a term or a month; as `.xlsx` or as text in
//! UTF-8 or GBK. The same seed writes the same file.

use mingzhang::ledger::period::{Month, Period};
use rust_xlsxwriter::{Formula, Workbook};

/// A small deterministic generator (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// A cell as it is written.
#[derive(Clone, Debug, PartialEq)]
pub enum Ink {
    Blank,
    Text(String),
    /// Written as a number cell where the file has such.
    Number(String),
    /// A formula that left this value.
    Formula(String),
}

/// What a careful person reads in a row.
#[derive(Clone, Debug)]
pub struct Known {
    pub account: &'static str,
    pub person: Option<&'static str>,
    /// Twelve times the monthly due, in fen; none without a rate.
    pub year_fen: Option<i64>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub received_fen: Option<i64>,
    pub attribution: Option<Period>,
    /// What makes the row unreadable; such a row must be asked or refused.
    pub dirt: Option<&'static str>,
}

/// A line of the sheet.
pub enum Line {
    Row(Known),
    /// A sum and whether it is printed right.
    Sum(bool),
    Nothing,
}

/// A register in memory and as a file.
pub struct Written {
    pub name: String,
    pub bytes: Vec<u8>,
    pub month: Month,
    /// By the sheet's row number.
    pub lines: Vec<(u32, Line)>,
    pub seen: String,
}

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
const WHERE: &[&str] = &["", "六栋负一层", "3号楼一层", "东门", "地库", "停车场入口", "A座大堂", "裙楼二层"];
/// Some of these begin or end like a public word.
const PERSONS: &[&str] =
    &["王小东", "李明", "欧阳海", "高兴", "石磊", "张和平", "王大门", "陈东", "马场", "承租人甲", "周小区"];
const COMPANIES: &[&str] = &["甲广告公司", "某某物流有限公司", "明月便利店", "农业银行"];

/// Writes register number `seed`.
pub fn write(seed: u64) -> Written {
    let mut dice = Dice(seed.wrapping_mul(0x1234_5678_9ABC_DEF1));
    let month = Month::new(2016 + i32::try_from(dice.below(8)).unwrap(), 1 + u32::try_from(dice.below(12)).unwrap()).unwrap();
    let typed = dice.one_in(3);
    let plan = Plan::new(&mut dice);
    let mut lines: Vec<(Line, Vec<Ink>)> = Vec::new();
    let (mut sum, mut all) = (0, 0);
    for number in 1..=dice.below(14) + 3 {
        let (known, cells) = row(&mut dice, &plan, month, number, typed);
        // A sum over a row that can't be read can't be checked: those rows write none.
        let fen = known.received_fen.unwrap_or(0);
        (sum, all) = (sum + fen, all + fen);
        lines.push((Line::Row(known), cells));
        if dice.one_in(9) {
            lines.push((Line::Nothing, Vec::new()));
        }
        if dice.one_in(8) {
            lines.push(sum_line(&mut dice, &plan, "小计", sum));
            sum = 0;
        }
    }
    if dice.one_in(2) {
        lines.push(sum_line(&mut dice, &plan, "总计", all));
    }
    assemble(&mut dice, &plan, month, typed, lines)
}

fn sum_line(dice: &mut Dice, plan: &Plan, word: &str, fen: i64) -> (Line, Vec<Ink>) {
    let right = !dice.one_in(6);
    let printed = if right { fen } else { fen + 100 + i64::try_from(dice.below(900)).unwrap() };
    let mut cells = vec![Ink::Blank; plan.columns.len()];
    let decorated = dice.pick(&["", "本页", "租赁收入"]);
    plan.set(&mut cells, Col::Name, Ink::Text(format!("{decorated}{word}")));
    plan.set(&mut cells, Col::Received, Ink::Number(plain(printed)));
    (Line::Sum(right), cells)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Col {
    Number,
    Name,
    Party,
    Quantity,
    Term,
    Starts,
    Ends,
    Rate,
    Received,
    Months,
    Note,
}

/// How one register is written.
struct Plan {
    columns: Vec<(Col, &'static str)>,
    /// Bare numbers under a heading that says the unit: months of the period and 万.
    bare: Option<(i64, bool)>,
    title_row: bool,
}

impl Plan {
    fn new(dice: &mut Dice) -> Self {
        let (rate, bare) = match dice.below(6) {
            0 => ("月租金（元）", Some((1, false))),
            1 => ("租金（万元/年）", Some((12, true))),
            2 => ("年租金", Some((12, false))),
            _ => (dice.pick(&["应收金额", "计费", "租金标准", "收费标准", "应  收"]), None),
        };
        let mut columns = vec![
            (Col::Number, dice.pick(&["序号", "编号", " 序 号 "])),
            (Col::Name, dice.pick(&["租赁名称", "位置", "项目", "名称", "场地名称"])),
            (Col::Rate, rate),
            (Col::Received, dice.pick(&["实收金额", "实收", "本月实收", "收款金额", "实收金额（元）"])),
            (Col::Months, dice.pick(&["所属月份", "归属期", "所属期", "款项所属期"])),
            (Col::Note, dice.pick(&["备注", "备  注", "说明"])),
            (Col::Quantity, dice.pick(&["数量", "个数"])),
        ];
        if dice.one_in(2) {
            columns.push((Col::Term, dice.pick(&["合同日期", "合同期限", "租期", "合同起止"])));
        } else {
            columns.push((Col::Starts, dice.pick(&["合同开始", "起租日期", "开始日期"])));
            columns.push((Col::Ends, dice.pick(&["合同结束", "到期日期", "结束日期"])));
        }
        if dice.one_in(3) {
            columns.push((Col::Party, dice.pick(&["承租人", "租户", "承租方"])));
        }
        for at in (1..columns.len()).rev() {
            columns.swap(at, dice.below(at + 1));
        }
        Self { columns, bare, title_row: !dice.one_in(8) }
    }

    fn has(&self, col: Col) -> bool {
        self.columns.iter().any(|(column, _)| *column == col)
    }

    fn set(&self, cells: &mut [Ink], col: Col, ink: Ink) {
        if let Some(at) = self.columns.iter().position(|(column, _)| *column == col) {
            cells[at] = ink;
        }
    }
}

/// Yuan with as many decimals as needed.
fn plain(fen: i64) -> String {
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
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    format!("{out}.{:02}", fen % 100)
}

fn row(dice: &mut Dice, plan: &Plan, month: Month, number: usize, typed: bool) -> (Known, Vec<Ink>) {
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
fn rate(dice: &mut Dice, plan: &Plan, known: &mut Known, cells: &mut [Ink]) -> Option<i64> {
    let yuan = 12 * i64::try_from(dice.below(900) + 1).unwrap();
    let fen = yuan * 100 + if dice.one_in(5) { 12 * dice.pick(&[5, 25, 50]) } else { 0 };
    if let Some((months, wan)) = plan.bare {
        let text = if wan { in_wan(fen) } else { plain(fen) };
        let ink = if dice.one_in(2) { Ink::Number(text) } else { Ink::Text(text) };
        plan.set(cells, Col::Rate, ink);
        known.year_fen = Some(fen * 12 / months);
        return Some(fen / months);
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
        3 => (format!("{amount}/{per}（{}元/{piece}）", plain(fen / pieces)), if fen % pieces == 0 { 1 } else { 0 }),
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
    Some(fen * times / months)
}

fn cells_say_check(cells: &[Ink]) -> bool {
    cells.iter().any(|ink| matches!(ink, Ink::Text(text) if text.contains('（') && text.contains('元')))
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
    month_fen: Option<i64>,
    known: &mut Known,
    cells: &mut [Ink],
) {
    let count = i32::try_from(dice.below(4)).unwrap();
    let from = month.plus(-count - i32::try_from(dice.below(3)).unwrap());
    let to = from.plus(count);
    let fen = month_fen.unwrap_or(100_00) * i64::from(count + 1);
    known.received_fen = Some(fen);
    let text = match dice.below(5) {
        0 => Ink::Text(grouped(fen)),
        1 => Ink::Text(format!("{}元", plain(fen))),
        2 => Ink::Text(format!(" ¥{}", plain(fen))),
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
        0 if quarter => Ink::Text(format!("{fy}年第{}季度", ["一", "二", "三", "四"][fm as usize / 3])),
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

fn assemble(
    dice: &mut Dice,
    plan: &Plan,
    month: Month,
    typed: bool,
    lines: Vec<(Line, Vec<Ink>)>,
) -> Written {
    let mut grid: Vec<Vec<Ink>> = Vec::new();
    let width = plan.columns.len();
    if plan.title_row {
        let title = format!("{}年{}月份租赁收入汇总", month.year(), month.month());
        let mut row = vec![Ink::Blank; width];
        row[0] = Ink::Text(title);
        grid.push(row);
        if dice.one_in(3) {
            grid.push(Vec::new());
        }
    }
    grid.push(plan.columns.iter().map(|(_, head)| Ink::Text((*head).to_owned())).collect());
    let mut numbered = Vec::new();
    for (line, cells) in lines {
        grid.push(cells);
        numbered.push((u32::try_from(grid.len()).unwrap(), line));
    }
    let seen = grid.iter().map(|row| format!("{row:?}\n")).collect();
    let (name, bytes) = if typed {
        ("r.xlsx".to_owned(), workbook(&grid))
    } else {
        ("r.csv".to_owned(), text(dice, &grid))
    };
    Written { name, bytes, month, lines: numbered, seen }
}

fn workbook(grid: &[Vec<Ink>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in grid.iter().enumerate() {
        for (column, ink) in cells.iter().enumerate() {
            let (row, column) = (u32::try_from(row).unwrap(), u16::try_from(column).unwrap());
            match ink {
                Ink::Blank => continue,
                Ink::Text(text) => sheet.write_string(row, column, text).unwrap(),
                Ink::Number(text) => {
                    sheet.write_number(row, column, text.parse::<f64>().unwrap()).unwrap()
                }
                Ink::Formula(value) => sheet
                    .write_formula(row, column, Formula::new("=2500*2").set_result(value))
                    .unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}

fn text(dice: &mut Dice, grid: &[Vec<Ink>]) -> Vec<u8> {
    let mut out = csv::WriterBuilder::new()
        .flexible(true)
        .delimiter(dice.pick(b",,;\t"))
        .terminator(if dice.one_in(2) { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
        .from_writer(Vec::new());
    for cells in grid {
        let texts = cells.iter().map(|ink| match ink {
            Ink::Blank => String::new(),
            Ink::Text(text) | Ink::Formula(text) => text.clone(),
            // A number cell loses its last zero on the way into a text table too.
            Ink::Number(text) => text.parse::<f64>().unwrap().to_string(),
        });
        let texts: Vec<String> = texts.collect();
        if texts.is_empty() {
            out.write_record([""]).unwrap();
        } else {
            out.write_record(&texts).unwrap();
        }
    }
    let utf8 = String::from_utf8(out.into_inner().unwrap()).unwrap();
    match dice.below(3) {
        0 => utf8.into_bytes(),
        1 => [b"\xEF\xBB\xBF".as_slice(), utf8.as_bytes()].concat(),
        _ => encoding_rs::GBK.encode(&utf8).0.into_owned(),
    }
}
