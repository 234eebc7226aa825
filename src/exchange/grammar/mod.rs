//! How a cell is read: small parsers over one normalised text, each for one thing a register
//! says. None knows a whole string; what a parser doesn't understand to the last character it
//! hands back as not understood.
//!
//! - [`text`]: widths, blanks, and the scanner that the others share
//! - [`rate`]: `5000元/月`, `2200元/块/年`, `4000元/年（800元/个）`, `1元/3小时`
//! - [`term`]: `2018.01.01-2018.12.31`, `2018年9月1日至…`, and the words that stand in its place
//! - [`attribution`]: `2018.6-7`, `2018年第三季度`, the number 2018.1
//! - [`note`]: `自2020-04-01起上浮8%`, `三年合计25200`
//! - [`words`], [`name`]: which account a name speaks of, what of it is public, who pays

pub mod attribution;
pub mod name;
pub mod note;
pub mod number;
pub mod rate;
mod rates;
mod segment;
pub mod term;
pub mod text;
pub mod words;
