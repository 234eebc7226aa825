//! Shapes that sheets come in: joined cells, dates, two heading rows, pages, units above the
//! table, sums in the wrong place.

use mingzhang::exchange::grammar::name;
use mingzhang::exchange::register::{
    Class, Field, Options, Register, RegisterError, Row, SheetTotal, Status,
};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use super::{line, whys};

fn text(rows: &str) -> Register {
    Register::read("r.csv", rows.as_bytes(), &Options::default()).unwrap()
}

fn book(write: impl Fn(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    write(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

fn sheet(write: impl Fn(&mut Worksheet)) -> Register {
    Register::read("r.xlsx", &book(write), &Options::default()).unwrap()
}

fn put(sheet: &mut Worksheet, row: u32, texts: &[&str]) {
    for (column, text) in (0..).zip(texts) {
        if !text.is_empty() {
            sheet.write_string(row, column, *text).unwrap();
        }
    }
}

fn due(row: &Row) -> String {
    row.read.due_month.map(|due| due.rounded().to_string()).unwrap_or_default()
}

#[test]
fn two_heading_rows_are_read_as_one() {
    let rows = "2018年10月租赁\n序号,租赁名称,合同期限,,租金,\n,,开始,结束,应收,实收\n\
                1,仓库,2018-01-01,2018-12-31,100元/月,100\n";
    let register = text(rows);
    let row = register.row(4).unwrap();
    assert_eq!(
        line(row),
        "1 | 仓库 | – | R.4505.02 | 100.00/month | 1 | 100.00 | 2018-01-01…2018-12-31 | signed | \
         100.00 | 2018-10 | fixed"
    );
    assert_eq!(register.row(3).map(|row| row.class), Some(Class::Heading));
}

#[test]
fn printed_pages_repeat_headings_and_numbers_start_again() {
    let rows = "2018年10月\n序号,名称,应收金额,实收金额\n1,仓库,100元/月,100\n,小计,,100\n\
                序号,名称,应收金额,实收金额\n1,商铺,200元/月,200\n\n,小计,,200\n,总计,,300\n\
                制表人：张三,,审核：李四,\n";
    let register = text(rows);
    let classes: Vec<_> = register.rows.iter().map(|row| (row.row, row.class)).collect();
    assert_eq!(
        classes,
        [
            (1, Class::Title),
            (2, Class::Heading),
            (3, Class::Lease),
            (4, Class::Subtotal),
            (5, Class::Heading),
            (6, Class::Lease),
            (8, Class::Subtotal),
            (9, Class::Total),
            (10, Class::Title),
        ]
    );
    assert!(register.totals.sheet.iter().all(SheetTotal::agrees));
    assert_eq!(register.open_rows().count(), 0);
}

#[test]
fn sums_that_disagree_are_loud() {
    let register = text("2018年10月\n名称,应收金额,实收金额\n仓库,100元/月,100\n合计,,110\n");
    let row = register.row(4).unwrap();
    assert_eq!(row.status, Status::Ask);
    assert_eq!(row.errors[0].rule, "total");
    // A sum above its rows is held against them too.
    let above = text("2018年10月\n名称,应收金额,实收金额\n总计,,100\n仓库,100元/月,100\n");
    assert!(above.totals.sheet[0].agrees());
}

#[test]
fn ten_thousands_and_yuan_may_stand_side_by_side() {
    let rows = "2018年10月,,\n单位：万元,,\n名称,年租金,实收金额\n仓库,1.2,0.1\n商铺,24000元/年,\n\
                门面,12000,\n";
    let register = text(rows);
    assert_eq!(due(register.row(4).unwrap()), "1000.00");
    assert_eq!(register.row(4).and_then(|row| row.read.received).unwrap().to_string(), "1000.00");
    assert!(whys(register.row(4).unwrap()).contains(&"wan"));
    assert_eq!(due(register.row(5).unwrap()), "2000.00");
    // Twelve thousand times ten thousand is no rent, or is it? Asked.
    assert_eq!(register.row(6).unwrap().status, Status::Ask);
}

#[test]
fn a_bare_number_without_a_period_is_asked() {
    let register = text("2018年10月\n名称,应收金额,实收金额\n仓库,100,100\n");
    let row = register.row(3).unwrap();
    assert_eq!((row.status, row.questions[0].key), (Status::Ask, "per"));
    let answers = "[row.\"3\"]\nper = \"month\"".parse().unwrap();
    let options = Options { answers, ..Options::default() };
    let rows = "2018年10月\n名称,应收金额,实收金额\n仓库,100,100\n";
    let answered = Register::read("r.csv", rows.as_bytes(), &options).unwrap();
    assert_eq!(answered.row(3).map(|row| row.status), Some(Status::Fixed));
}

#[test]
fn cells_joined_over_rows_never_count_twice() {
    let register = sheet(|sheet| {
        put(sheet, 0, &["2018年10月"]);
        put(sheet, 1, &["序号", "名称", "合同日期", "应收金额", "实收金额"]);
        put(sheet, 2, &["1", "仓库（张三）", "", "", ""]);
        put(sheet, 3, &["2", "商铺（李四）", "", "", ""]);
        let plain = Format::new();
        sheet.merge_range(2, 2, 3, 2, "2018.1.1-2018.12.31", &plain).unwrap();
        sheet.merge_range(2, 3, 3, 3, "500元/月", &plain).unwrap();
    });
    let rows = [register.row(3).unwrap(), register.row(4).unwrap()];
    // The term holds for both; whether the rent is for each or for both, only a person knows.
    assert!(rows.iter().all(|row| row.read.term_to.is_some()));
    assert!(rows.iter().all(|row| row.status == Status::Ask), "{rows:?}");
    assert_eq!(register.totals.due_month.rounded().to_string(), "500.00");
}

#[test]
fn days_and_formulas_of_a_workbook() {
    let register = sheet(|sheet| {
        put(sheet, 0, &["2018年10月"]);
        put(sheet, 1, &["名称", "开始日期", "结束日期", "月租金", "实收金额", "所属月份"]);
        let day = Format::new().set_num_format("yyyy-mm-dd");
        for row in [2, 3] {
            put(sheet, row, &["仓库"]);
            for (column, text) in [(1, "2018-01-01"), (2, "2018-12-31")] {
                let date = ExcelDateTime::parse_from_str(text).unwrap();
                sheet.write_datetime_with_format(row, column, &date, &day).unwrap();
            }
            sheet.write_number(row, 3, 300.1 + 0.2).unwrap();
        }
        sheet.write_number(2, 4, 300.3).unwrap();
        let october = ExcelDateTime::parse_from_str("2018-10-01").unwrap();
        sheet.write_datetime_with_format(2, 5, &october, &day).unwrap();
        sheet.write_formula(3, 4, Formula::new("=300.3").set_result("300.3")).unwrap();
        sheet.set_row_hidden(3).unwrap();
    });
    let row = register.row(3).unwrap();
    assert_eq!(
        line(row),
        "– | 仓库 | – | R.4505.02 | 300.30/month | 1 | 300.30 | 2018-01-01…2018-12-31 | signed | \
         300.30 | 2018-10 | fixed"
    );
    let formula = register.row(4).unwrap();
    assert_eq!(formula.status, Status::Ask);
    assert_eq!((formula.questions[0].field, formula.questions[0].key), (Field::Received, "accept"));
    assert!(formula.hidden && formula.has_flag("hidden_row"));
}

#[test]
fn the_right_sheet_is_chosen_or_asked_for() {
    let mut book = Workbook::new();
    for name in ["十月", "说明", "十一月"] {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        if name != "说明" {
            put(sheet, 0, &["名称", "应收金额"]);
            put(sheet, 1, &["仓库", "100元/月"]);
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let read = |sheet: Option<&str>| {
        let options = Options { sheet: sheet.map(str::to_owned), ..Options::default() };
        Register::read("r.xlsx", &bytes, &options)
    };
    let have = vec!["十月".to_owned(), "十一月".to_owned()];
    assert_eq!(read(None).unwrap_err(), RegisterError::WhichSheet { have });
    assert_eq!(read(Some("十一月")).unwrap().sheet, "十一月");
    assert!(matches!(read(Some("九月")), Err(RegisterError::NoSheet { .. })));
    assert_eq!(read(Some("说明")).unwrap_err(), RegisterError::NoHeadings);
    let twice = Register::read("r", "名称,应收,实收,实收金额\n".as_bytes(), &Options::default());
    assert_eq!(twice.unwrap_err(), RegisterError::HeadingTwice { field: Field::Received });
}

#[test]
fn names_are_parted_and_their_heads_decide() {
    for (text, site, party, account) in [
        ("停车场入口仓库", "停车场入口仓库", None, Some("R.4505.02")),
        ("仓库外墙广告位", "仓库外墙广告位", None, Some("R.4501.06")),
        ("快递柜广告", "快递柜广告", None, Some("R.4501.99")),
        ("张三六栋仓库", "六栋仓库", Some("张三"), Some("R.4505.02")),
        ("商铺（王东 13800000000）", "商铺", Some("王东 13800000000"), Some("R.4505.01")),
        ("商铺3-1-502李四", "商铺", Some("3-1-502李四"), Some("R.4505.01")),
        ("仓库502室", "仓库", Some("502室"), Some("R.4505.02")),
        ("商铺（水果店）", "商铺（水果店）", None, Some("R.4505.01")),
        ("某某传媒有限公司", "", Some("某某传媒有限公司"), Some("R.4501.99")),
        ("仓库和商铺", "仓库和商铺", None, None),
        ("电梯广告", "电梯广告", None, None),
        ("停车费", "停车费", None, None),
        ("充电桩", "充电桩", None, None),
        ("场地管理费", "场地管理费", None, None),
        ("赵钱孙", "", Some("赵钱孙"), None),
    ] {
        let read = name::read(text);
        let code = read.account.ok().map(|account| account.to_string());
        let found = (read.site.as_str(), read.counterparty.as_deref(), code.as_deref());
        assert_eq!(found, (site, party, account), "{text}");
    }
}

#[test]
fn a_lease_that_ended_is_asked() {
    let rows = "2018年10月\n名称,应收金额,实收金额,备注\n仓库,100元/月,,9月已退租\n\
                商铺（已退租）,100元/月,,\n";
    let register = text(rows);
    assert!(register.rows[2..].iter().all(|row| row.status == Status::Ask));
}
