//! Registers with known answers, written as clumsily as people write them: any order of columns,
//! any name for a heading, any spelling of a rate, a term or a month; as `.xlsx` or as text in
//! UTF-8 or GBK. The same seed writes the same file.

use mingzhang::ledger::period::{Month, Period};
use rust_xlsxwriter::{Formula, Workbook};

use super::cells::{plain, row};

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
    pub grid: Vec<Vec<Ink>>,
}

/// Writes register number `seed`.
pub fn write(seed: u64) -> Written {
    let mut dice = Dice(seed.wrapping_mul(0x1234_5678_9ABC_DEF1));
    let month = Month::new(
        2016 + i32::try_from(dice.below(8)).unwrap(),
        1 + u32::try_from(dice.below(12)).unwrap(),
    )
    .unwrap();
    let typed = dice.one_in(8);
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
pub enum Col {
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
pub struct Plan {
    pub columns: Vec<(Col, &'static str)>,
    /// Bare numbers under a heading that says the unit: months of the period and 万.
    pub bare: Option<(i64, bool)>,
    pub title_row: bool,
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
            (
                Col::Received,
                dice.pick(&["实收金额", "实收", "本月实收", "收款金额", "实收金额（元）"]),
            ),
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

    pub fn has(&self, col: Col) -> bool {
        self.columns.iter().any(|(column, _)| *column == col)
    }

    pub fn set(&self, cells: &mut [Ink], col: Col, ink: Ink) {
        if let Some(at) = self.columns.iter().position(|(column, _)| *column == col) {
            cells[at] = ink;
        }
    }
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
    let (name, bytes) = if typed {
        ("r.xlsx".to_owned(), workbook(&grid))
    } else {
        ("r.csv".to_owned(), text(dice, &grid))
    };
    Written { name, bytes, month, lines: numbered, grid }
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
        .terminator(if dice.one_in(2) {
            csv::Terminator::CRLF
        } else {
            csv::Terminator::Any(b'\n')
        })
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
