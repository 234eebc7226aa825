//! Sheets of cells, whatever file they came from.
//!
//! A cell knows its kind and nothing about what it means. Row numbers are the sheet's own, from
//! 1, so that a message can be found again in the file.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use thiserror::Error;

/// The largest file that is opened.
pub const FILE_BYTES_MAX: usize = 10 << 20;
/// The last row that may hold anything.
pub const ROWS_MAX: u32 = 5_000;
/// The last column that may hold anything.
pub const COLUMNS_MAX: u32 = 256;
/// The longest text of a cell, in characters.
pub const CELL_CHARS_MAX: usize = 2_000;
/// The most sheets of a workbook.
pub const SHEETS_MAX: usize = 64;
/// The most joined cells of a sheet.
pub const MERGES_MAX: usize = 2_000;

/// The most cells of a file, blank ones before a filled one counted.
pub const CELLS_MAX: usize = 250_000;
/// The most bytes that the texts of a file's cells hold; a shared text counts in each cell.
pub const TEXT_BYTES_MAX: usize = 16 << 20;

/// Why a file can't be read as a table.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FileError {
    /// No bytes.
    #[error("the file is empty")]
    Empty,
    /// More than [`FILE_BYTES_MAX`].
    #[error("the file has {bytes} bytes; at most {FILE_BYTES_MAX} are read")]
    TooLarge {
        /// The file's size.
        bytes: usize,
    },
    /// A workbook of Excel 95 or older.
    #[error("a workbook of Excel 95 or older: save it as .xlsx")]
    OldWorkbook,
    /// A workbook with a password.
    #[error("the workbook is protected by a password: save it without one")]
    Protected,
    /// The container of `.xls` or its records don't fit together.
    #[error("the .xls workbook is damaged or not one of Excel's")]
    BrokenOle,
    /// More than [`CELLS_MAX`].
    #[error("the file has more than {CELLS_MAX} cells")]
    TooManyCells,
    /// More than [`TEXT_BYTES_MAX`].
    #[error("the texts of the cells are longer than {TEXT_BYTES_MAX} bytes together")]
    TooMuchText,
    /// Begins like a zip archive and isn't one.
    #[error("the workbook is damaged: its archive can't be read")]
    BrokenArchive,
    /// An archive without a workbook in it.
    #[error("the archive holds no .xlsx workbook")]
    NotAWorkbook,
    /// More parts than any register has.
    #[error("the archive has {entries} parts; at most {max} are read")]
    TooManyParts {
        /// Parts in the archive.
        entries: usize,
        /// The limit.
        max: usize,
    },
    /// A part, or all together, grow beyond the limit when unpacked.
    #[error("unpacked, the workbook is larger than {max} bytes")]
    Unpacked {
        /// The limit.
        max: u64,
    },
    /// A part shrinks more than real sheets do.
    #[error("part {part} is packed more than {max} to 1, as only a bomb is")]
    Ratio {
        /// The part's name.
        part: String,
        /// The limit.
        max: u64,
    },
    /// A cell lies outside the limits.
    #[error("cell {cell} lies beyond row {ROWS_MAX} or column {COLUMNS_MAX}")]
    OutOfRange {
        /// The reference as written.
        cell: String,
    },
    /// A count in the workbook's XML that no real sheet has, or a document type.
    #[error("the workbook's XML says {what}, which no spreadsheet program writes")]
    HostileXml {
        /// The attribute or declaration.
        what: &'static str,
    },
    /// The spreadsheet reader gave up.
    #[error("the workbook can't be read: {cause}")]
    Unreadable {
        /// What it said.
        cause: String,
    },
    /// Neither UTF-8 nor GB18030.
    #[error("the text is neither UTF-8 nor GB18030")]
    Encoding,
    /// A control character that no text table has.
    #[error("the file is no text: byte {byte:#04x} in it")]
    Binary {
        /// The byte.
        byte: u8,
    },
    /// A cell longer than [`CELL_CHARS_MAX`], most often a quote that is never closed.
    #[error("row {row} has a cell of more than {CELL_CHARS_MAX} characters")]
    CellTooLong {
        /// The row.
        row: u32,
    },
    /// More than [`MERGES_MAX`].
    #[error("the sheet has {merges} joined cells; at most {MERGES_MAX} are read")]
    TooManyMerges {
        /// Joined cells in the sheet.
        merges: usize,
    },
    /// More than [`SHEETS_MAX`].
    #[error("the workbook has {sheets} sheets; at most {SHEETS_MAX} are read")]
    TooManySheets {
        /// Sheets in the workbook.
        sheets: usize,
    },
}

impl FileError {
    /// The same in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Empty => "文件是空的".into(),
            Self::TooLarge { bytes } => {
                format!("文件有 {bytes} 字节，最多读 {FILE_BYTES_MAX} 字节")
            }
            Self::OldWorkbook => "这是 Excel 95 或更早的工作簿：请另存为 .xlsx".into(),
            Self::Protected => "工作簿加了密码：请另存为不加密码的".into(),
            Self::BrokenOle => ".xls 工作簿已损坏，或不是 Excel 的".into(),
            Self::TooManyCells => format!("文件的单元格超过 {CELLS_MAX} 个"),
            Self::TooMuchText => format!("单元格里的文字一共超过 {TEXT_BYTES_MAX} 字节"),
            Self::BrokenArchive => "工作簿已损坏，压缩包打不开".into(),
            Self::NotAWorkbook => "压缩包里没有 .xlsx 工作簿".into(),
            Self::TooManyParts { entries, max } => {
                format!("压缩包有 {entries} 个部件，最多读 {max} 个")
            }
            Self::Unpacked { max } => format!("解压后超过 {max} 字节"),
            Self::Ratio { part, max } => {
                format!("部件 {part} 的压缩比超过 {max}，只有压缩炸弹才会这样")
            }
            Self::OutOfRange { cell } => {
                format!("单元格 {cell} 超出第 {ROWS_MAX} 行或第 {COLUMNS_MAX} 列")
            }
            Self::HostileXml { what } => format!("工作簿的 XML 里有 {what}，表格软件不会这样写"),
            Self::Unreadable { cause } => format!("工作簿读不出来：{cause}"),
            Self::Encoding => "文字既不是 UTF-8 也不是 GB18030".into(),
            Self::Binary { byte } => format!("这不是文本文件：里面有字节 {byte:#04x}"),
            Self::CellTooLong { row } => {
                format!("第 {row} 行有超过 {CELL_CHARS_MAX} 字的单元格")
            }
            Self::TooManyMerges { merges } => {
                format!("一张表有 {merges} 处合并单元格，最多读 {MERGES_MAX} 处")
            }
            Self::TooManySheets { sheets } => {
                format!("工作簿有 {sheets} 张表，最多读 {SHEETS_MAX} 张")
            }
        }
    }
}

/// What stands in a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cell {
    /// Nothing, or only blanks.
    #[default]
    Empty,
    /// Text as typed.
    Text(String),
    /// A number, exact in decimal.
    Number(Decimal),
    /// A day.
    Date(NaiveDate),
    /// A formula with the value that the program left behind, which nobody has recomputed.
    Formula(Box<Cell>),
    /// An error value such as `#REF!`, or a number that is none.
    Broken(String),
}

impl Cell {
    /// True for no content.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// The value behind a formula, or the cell itself.
    pub fn value(&self) -> &Self {
        match self {
            Self::Formula(value) => value.value(),
            other => other,
        }
    }

    /// The cell as a person would copy it: part of a row's identity, and what messages quote.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Broken(text) => text.clone(),
            Self::Number(number) => number.normalize().to_string(),
            Self::Date(day) => day.to_string(),
            Self::Formula(value) => value.text(),
        }
    }
}

/// What a file has used of its limits; a few bytes of a file may stand for many cells.
#[derive(Clone, Copy, Debug, Default)]
pub struct Budget {
    cells: usize,
    text_bytes: usize,
}

impl Budget {
    /// Counts so many cells, and the text of one.
    pub fn spend(&mut self, cells: usize, cell: &Cell) -> Result<(), FileError> {
        let (Cell::Text(text) | Cell::Broken(text)) = cell.value() else {
            return self.count(cells, 0);
        };
        self.count(cells, text.len())
    }

    fn count(&mut self, cells: usize, bytes: usize) -> Result<(), FileError> {
        self.cells += cells;
        self.text_bytes += bytes;
        if self.cells > CELLS_MAX {
            Err(FileError::TooManyCells)
        } else if self.text_bytes > TEXT_BYTES_MAX {
            Err(FileError::TooMuchText)
        } else {
            Ok(())
        }
    }

    /// Puts a cell at a place counted from 0, into rows counted from 1, within all limits.
    pub fn put(
        &mut self,
        rows: &mut BTreeMap<u32, Vec<Cell>>,
        (row, column): (u32, u32),
        cell: Cell,
    ) -> Result<(), FileError> {
        if row >= ROWS_MAX || column >= COLUMNS_MAX {
            let cell = format!("R{}C{}", u64::from(row) + 1, u64::from(column) + 1);
            return Err(FileError::OutOfRange { cell });
        }
        if let Cell::Text(text) = cell.value()
            && text.chars().count() > CELL_CHARS_MAX
        {
            return Err(FileError::CellTooLong { row: row + 1 });
        }
        let (cells, at) = (rows.entry(row + 1).or_default(), column as usize);
        self.spend((at + 1).saturating_sub(cells.len()).max(1), &cell)?;
        if cells.len() <= at {
            cells.resize(at + 1, Cell::Empty);
        }
        cells[at] = cell;
        Ok(())
    }
}

/// A row that holds something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetRow {
    /// The sheet's own number, from 1.
    pub number: u32,
    /// Hidden by whoever made the sheet; its amounts still count.
    pub hidden: bool,
    /// From column A on, as far as anything stands.
    pub cells: Vec<Cell>,
}

/// Cells joined into one; rows from 1, columns from 0, all included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// First row.
    pub top: u32,
    /// Last row.
    pub bottom: u32,
    /// First column.
    pub left: usize,
    /// Last column.
    pub right: usize,
}

/// One sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Its name; a text file's is the file's own.
    pub name: String,
    /// Hidden sheets are read only when asked for by name.
    pub hidden: bool,
    /// False for text files, where a number has lost how it was typed.
    pub typed: bool,
    /// Rows with content, in order.
    pub rows: Vec<SheetRow>,
    /// Joined cells.
    pub merges: Vec<Merge>,
}

impl Sheet {
    /// The cell that is seen at a place: its own, or that of the joined cells it lies in when
    /// those run down one column.
    pub fn seen<'a>(&'a self, row: &'a SheetRow, column: usize) -> &'a Cell {
        const NOTHING: &Cell = &Cell::Empty;
        let own = row.cells.get(column).unwrap_or(NOTHING);
        if !own.is_empty() {
            return own;
        }
        self.joined(row.number, column)
            .filter(|merge| merge.top < row.number)
            .and_then(|merge| self.rows.binary_search_by_key(&merge.top, |row| row.number).ok())
            .and_then(|at| self.rows.get(at))
            .and_then(|above| above.cells.get(column))
            .unwrap_or(NOTHING)
    }

    /// The joined cells that run down one column and hold this place.
    pub fn joined(&self, row: u32, column: usize) -> Option<&Merge> {
        self.merges.iter().find(|merge| {
            let down = merge.left == merge.right && merge.top < merge.bottom;
            down && merge.left == column && (merge.top..=merge.bottom).contains(&row)
        })
    }
}
