//! The tail of the example estate, `docs/spec/vectors/estate.jsonl`, from entry 35 on, as what was
//! recorded: a posting day, signs, event and lines a row. `MINGZHANG_WRITE_VECTORS=1` writes it
//! anew behind the entries that stand; what was released of it is never changed, only added to.

use mingzhang::ledger::account::Fund;
use mingzhang::ledger::book::Book;
use mingzhang::ledger::chain::entry_hash;
use mingzhang::ledger::draft::{Draft, Place};
use mingzhang::ledger::encoding::encode;
use mingzhang::ledger::entry::{Act, Actor, Line, PostedEntry, Side, Sign, SignAct};
use mingzhang::ledger::event::Event;
use mingzhang::ledger::json;
use mingzhang::ledger::period::parse_date;
use mingzhang::ledger::time::Timestamp;
use mingzhang::proof::export::Header;

use super::{DOCS, apply, example, posted, unescaped};

/// The first entry that this file holds.
const FIRST: usize = 35;

/// Day, signs (`p` prepared, `c` co-signed, `h` confirmed by who takes over and who watches, `d`
/// with the papers of entry 4, `1/3` a part of a batch), event, lines. `M4` are the mirrored lines
/// of entry 4, `=` the lines that close the year, `occurred` is the day it took place.
const FURTHER: &str = r#"
2026-04-02 d {"kind":"correct","of":"{hash:4}","reason":"押金分户","seq":4} M4; D R.1001.01 142300.00; C R.2241 5000.00 item=旧租户甲; C R.2241 3000.00 item=旧租户乙; C R.3201 128300.00; C R.3202 6000.00 part=3幢
2026-04-02 - {"contract":"C-01","kind":"deposit.in","party":{"org":"某传媒有限公司"}} D R.1001.02 5000.00; C R.2241 5000.00
2026-04-02 p {"kind":"deposit.out","payee":{"org":"旧租户甲"}} D R.2241 3000.00 item=旧租户甲; C R.1001.02 3000.00
2026-04-02 p {"evidence":[{"amount":"1000.00","issuer":"某维修店","kind":"settlement","no":"2026-04-1"}],"kind":"deposit.forfeit","reason":"损坏门禁"} D R.2241 1000.00 item=旧租户甲; C R.4507.01 1000.00
2026-04-02 p {"contract":"C-02","kind":"deposit.offset","reason":"抵三月欠租"} D R.2241 1200.00 item=旧租户乙; C R.4503.02 1200.00 period=2026-03
2026-04-03 p {"kind":"income_refund","payee":{"org":"某灯箱商户"},"reason":"多收退还"} D R.4501.07 200.00; C R.1001.02 200.00
2026-04-09 - {"kind":"held.in","purpose":"代收及来源不明"} D R.1001.02 10700.00; C R.2242 6400.00 item=旧电梯残值; C R.2242 2400.00 item=欠交维修资金; C R.2242 1400.00 item=代收水费; C R.2201 500.00 item=4月9日来款
2026-04-10 p {"kind":"held.out","payee":{"org":"民乐县供水公司"}} D R.2242 1400.00 item=代收水费; C R.1001.02 1400.00
2026-04-10 - {"contract":"C-01","kind":"held.identify","reason":"付款人来电"} D R.2201 500.00 item=4月9日来款; C R.4501.01 500.00 period=2026-04
2026-04-10 p {"kind":"held.to_fund","purpose":"残值与补交归维修资金"} D R.2242 6400.00 item=旧电梯残值; D R.2242 2400.00 item=欠交维修资金; C R.1001.02 8800.00; D F.1001.01 8800.00; C F.4301.01 6400.00; C F.4001.01 2400.00
2026-04-10 - {"kind":"held.in","purpose":"停车费误入专户"} D F.1001.01 900.00; C F.2101 900.00 item=误入停车费
2026-04-11 p {"kind":"held.to_revenue","purpose":"停车费转回"} D R.1001.02 900.00; C R.4502.01 900.00; D F.2101 900.00 item=误入停车费; C F.1001.01 900.00
2026-04-11 d {"body":"assembly","from":"2026-04-01","kind":"decision","limit":"60000.00","matter":"补充维修资金、分配、核销","no":"2026-02"}
2026-04-11 pc {"decision":"2026-02","kind":"top_up"} D R.5502 33000.00; C R.1001.02 33000.00; D F.1001.01 33000.00; C F.4201.01 33000.00
2026-04-12 pc {"kind":"top_up.return","of":"{hash:48}","reason":"多转退回","seq":48} D R.1001.02 3000.00; C R.5502 3000.00; D F.4201.01 3000.00; C F.1001.01 3000.00
2026-04-12 pc {"decision":"2026-02","kind":"distribute.declare"} D R.5508 20000.00; C R.2243 20000.00
2026-04-13 p {"kind":"distribute.pay","payee":{"org":"各户业主"}} D R.2243 19000.00; C R.1001.02 19000.00
2026-04-13 - {"kind":"distribute.return","reason":"账号有误退回"} D R.1001.02 250.00; C R.2243 250.00
2026-04-13 - {"channel":"原物业","kind":"settle"} D R.1001.02 18000.00; C R.1221.02 18000.00
2026-04-13 pc {"evidence":[{"amount":"38000.00","issuer":"某会计师事务所","kind":"settlement","no":"审2026-7"}],"kind":"opening.confirm","reason":"移交与审计"} D R.3209 38000.00; C R.3201 18000.00; C R.1221.02 20000.00
2026-04-13 pc {"decision":"2026-02","kind":"write_off","reason":"原物业已注销"} D R.3209 6120.00; C R.1221.02 6120.00
2026-04-14 - {"base":[["R.4501"],["R.4502"]],"cite":"物业服务合同第八条","from":"2026-04-01","kind":"clause","mode":"agreed","no":"8","rate_bp":2000}
2026-04-14 p {"clause":"8","kind":"cost","payee":{"org":"样例物业服务有限公司"}} D R.5501.06 240.00; C R.1001.02 240.00
2026-04-14 p {"evidence":[{"amount":"60.00","issuer":"国网民乐供电公司","kind":"invoice","no":"26620700000012345679"}],"kind":"claim","party":{"org":"国网民乐供电公司"},"reason":"二月电费多付"} D R.1221.04 60.00; C R.5501.02 60.00
2026-04-15 p {"fund":"R","kind":"close","period_kind":"month","to":"2026-03-31"}
2026-06-25 - {"kind":"income"} D R.1001.02 6000.00; C R.4501.06 6000.00 part=3幢
2026-06-28 pc {"decision":"2026-02","kind":"spend","payee":{"org":"某防水公司"}} D R.5503 2400.00 part=3幢; C R.1001.02 2400.00
2027-01-10 p {"fund":"R","kind":"close","period_kind":"year","to":"2026-12-31"} =
2027-01-10 p {"fund":"F","kind":"close","period_kind":"year","to":"2026-12-31"} =
2027-03-15 pc {"kind":"correct","of":"{hash:22}","reason":"其中2000只涉及3幢","seq":22} C R.3201 10000.00; D R.1001.01 10000.00; D R.3201 8000.00; D R.3202 2000.00 part=3幢; C R.1001.01 10000.00
2027-03-16 1/3 {"account":"F.1001.01","bank_in":"12.50","bank_out":"0.00","book_in":"0.00","book_out":"3000.00","closing":"1553912.50","count":7,"file":"a1a0f552418846501674e6ed7cd749fd141747bca355db4f51b669603620f78d","from":"2026-01-01","kind":"statement","opening":"1506000.00","to":"2026-04-30"}
2027-03-16 2/3 {"account":"F.1001.01","kind":"statement.lines","rows":[["F-0001","2026-03-21","in","6100.00"],["F-0002","2026-04-10","in","8800.00"],["F-0003","2026-04-10","in","900.00"],["F-0004","2026-04-11","out","900.00"],["F-0005","2026-04-12","in","20000.00"],["F-0006","2026-04-12","in","13000.00"],["F-0007","2026-04-21","in","12.50"]]}
2027-03-16 3/3 {"account":"F.1001.01","bank":[[1,"F-0001","2026-03-21","in","6100.00"],[2,"F-0002","2026-04-10","in","8800.00"],[3,"F-0003","2026-04-10","in","900.00"],[4,"F-0004","2026-04-11","out","900.00"],[5,"F-0005","2026-04-12","in","20000.00"],[5,"F-0006","2026-04-12","in","13000.00"]],"book":[[1,27,"2026-03-21","in","6100.00"],[2,44,"2026-04-10","in","8800.00"],[3,45,"2026-04-10","in","900.00"],[4,46,"2026-04-11","out","900.00"],[5,48,"2026-04-11","in","33000.00"]],"kind":"statement.match"}
2027-03-16 1/3 {"account":"F.1001.01","bank_in":"12.50","bank_out":"0.00","book_in":"0.00","book_out":"0.00","closing":"1550912.50","count":1,"file":"849643f3126e502ae3a526d576f2e73c430278b11a95b138a4573ce7688b0a6e","from":"2026-05-01","kind":"statement","opening":"1553912.50","to":"2026-05-31"}
2027-03-16 2/3 {"account":"F.1001.01","kind":"statement.lines","rows":[["F-0008","2026-05-06","out","3000.00"]]}
2027-03-16 3/3 {"account":"F.1001.01","bank":[[1,"F-0008","2026-05-06","out","3000.00"]],"book":[[1,49,"2026-04-12","out","3000.00"]],"kind":"statement.match"}
2027-03-16 - {"account":"F.1001.01","bank_in":"12.50","bank_out":"0.00","book_in":"0.00","book_out":"0.00","closing":"1550912.50","count":0,"file":"1cf36aaecac5960e4ece96f348a0ee490618e732faf85b6eac2343f6bfb1887b","from":"2026-06-01","kind":"statement","opening":"1550912.50","to":"2026-06-30"}
2027-03-17 - {"kind":"interest"} D F.1001.01 12.50; C F.4101.01 12.50; occurred 2026-04-21
2027-03-17 - {"account":"F.1001.01","bank":[[1,"F-0007","2026-04-21","in","12.50"]],"book":[[1,72,"2026-04-21","in","12.50"]],"kind":"statement.match"}
2027-03-17 - {"kind":"correct","of":"{hash:72}","reason":"已售公有住房的利息","seq":72} C F.1001.01 12.50; D F.4101.01 12.50; D F.1001.01 12.50; C F.4101.02 12.50; occurred 2026-04-21
2027-03-17 - {"account":"F.1001.01","bank_in":"0.00","bank_out":"0.00","book_in":"0.00","book_out":"0.00","closing":"1550912.50","count":0,"file":"c093163883280d88bd68ab5f87791469991e04a77b7024787a3696c92c675a0f","from":"2026-07-01","kind":"statement","opening":"1550912.50","to":"2026-07-31"}
2027-03-18 - {"day":"2027-03-17","kind":"bank_fact","reason":"法院扣划，非本小区债务","serial":"R-0317"} D R.1221.04 300.00; C R.1001.02 300.00; occurred 2027-03-17
2027-03-19 - {"file":"f1f12b50fb0cdbd6259c3b054e11912dea89053ad5e048acd3892848f9131336","from":"2027-03-19","kind":"publication","period":"2026","to":"2027-04-02"}
2027-03-20 - {"kind":"finding","no":"Q-01","of":"{hash:22}","seq":22,"text":"排水泵的维修为何只涉及3幢？"}
2027-03-21 - {"finding":"Q-01","kind":"reply","text":"3幢单独的泵2000元，发票见附件"}
2027-03-31 ph {"balances":[["R.1001.02","103297.82"],["R.2241","7800.00"],["F.1001.01","1550912.50"]],"from":{"org":"样例物业服务有限公司"},"kind":"handover","on":"2027-03-31","to":{"org":"新物业服务有限公司"}}
2027-04-01 - {"account":"R.1001.02","bank_in":"0.00","bank_out":"0.00","book_in":"0.00","book_out":"0.00","closing":"103597.82","count":0,"file":"5f90c0610bc85b616985da097fc603b8b1c230768d905576ac6dcc1fba09591d","from":"2026-07-01","kind":"statement","opening":"103597.82","to":"2026-12-31"}
2027-04-02 - {"account":"F.1001.01","groups":[[1]],"kind":"statement.unmatch","of":"{hash:67}","reason":"流水号抄错","seq":67}
2027-04-02 1/3 {"account":"F.1001.01","bank_in":"0.00","bank_out":"0.00","book_in":"0.00","book_out":"3000.00","closing":"1553912.50","count":7,"file":"a1a0f552418846501674e6ed7cd749fd141747bca355db4f51b669603620f78e","from":"2026-01-01","kind":"statement.replace","of":"{hash:65}","opening":"1506000.00","reason":"首份对账单抄错流水号","seq":65,"to":"2026-04-30"}
2027-04-02 2/3 {"account":"F.1001.01","dropped":[["F-0001"]],"kind":"statement.lines","rows":[["F-0101","2026-03-21","in","6100.00"]]}
2027-04-02 3/3 {"account":"F.1001.01","bank":[[1,"F-0101","2026-03-21","in","6100.00"]],"book":[[1,27,"2026-03-21","in","6100.00"]],"kind":"statement.match"}
2027-04-03 1/2 {"account":"F.1001.01","bank_in":"10.00","bank_out":"0.00","book_in":"0.00","book_out":"0.00","closing":"1550922.50","count":1,"file":"3f0a377ba0a4a460ecb616f6507ce0d8cfa3e704025d4fda3ed0c5ca05468728","from":"2026-08-01","kind":"statement","opening":"1550912.50","to":"2026-08-31"}
2027-04-03 2/2 {"account":"F.1001.01","kind":"statement.lines","rows":[["F-0009","2026-08-20","in","10.00"]]}
2027-04-03 - {"kind":"interest"} D F.1001.01 10.00; C F.4101.01 10.00
2027-04-03 - {"account":"F.1001.01","bank":[[1,"F-0009","2026-08-20","in","10.00"]],"book":[[1,88,"2027-04-03","in","10.00"]],"kind":"statement.match"}
2027-04-04 - {"account":"F.1001.01","bank_in":"10.00","bank_out":"0.00","book_in":"0.00","book_out":"0.00","closing":"1550922.50","count":0,"file":"2c624232cdd221771294dfbb310aca000a0df6ac8b66b696d90ef06fdefb64a3","from":"2026-09-01","kind":"statement","opening":"1550922.50","to":"2026-09-30"}
2027-04-05 - {"digests":["610faede688fca589e2e8a7436af71d8e882a056456deca40acf85c1e5df0dd1"],"kind":"erasure","of":"{hash:10}","reason":"当事人申请删除","seq":10}
2027-04-06 - {"kind":"clause.end","no":"8","on":"2027-04-30","reason":"服务合同到期"}
2027-04-07 - rules
2027-04-08 - {"exempt":18,"kind":"income","visits":212} D R.1002 500.00; C R.4502.01 500.00 period=2027-04
"#;

fn line(text: &str) -> Line {
    let words: Vec<&str> = text.split(' ').collect();
    let side = if words[0] == "D" { Side::Debit } else { Side::Credit };
    let mut line = Line::new(words[1].parse().unwrap(), side, words[2].parse().unwrap());
    for word in &words[3..] {
        match word.split_once('=').unwrap() {
            ("item", item) => line.item = Some(item.into()),
            ("part", part) => line.part = Some(part.into()),
            ("period", period) => line.period = Some(period.parse().unwrap()),
            other => panic!("{other:?}"),
        }
    }
    line
}

fn actor(org: &str, role: &str, user: &str) -> Actor {
    Actor { org: org.into(), role: role.into(), user: user.into() }
}

/// The event of a `rules` entry, from another day.
fn rules_from(entry: &[u8], day: &str) -> String {
    let text = std::str::from_utf8(entry).unwrap();
    let event = text.split_once("\"event\":").unwrap().1.split_once(",\"log\":").unwrap().0;
    let from = event.find("\"from\":\"").unwrap() + "\"from\":\"".len();
    [&event[..from], day, &event[from + day.len()..]].concat()
}

/// What somebody wanted to record, and when it was posted.
fn draft(row: &str, seq: usize, entries: &[Vec<u8>], book: &Book) -> (Draft, Timestamp) {
    let mut words = row.splitn(3, ' ');
    let [day, signs, rest] = [(); 3].map(|()| words.next().unwrap());
    let end = rest.rfind('}').map_or(rest.len(), |at| at + 1);
    let text = match rest {
        // The rules of entry 1 again, from that day on.
        "rules" => rules_from(&entries[1], day),
        text => text[..end].to_owned(),
    };
    let keys = unescaped(&text, entries);
    let json::Tree::Map(keys) = json::read(&keys).unwrap() else { panic!("{row}") };
    let event = Event::from_keys(keys).unwrap();
    let estate = book.estate();
    let day = parse_date(day).unwrap();
    let time = Timestamp::noon_of(day);
    let mut draft = Draft::new(estate, event, format!("example:{seq:04}").parse().unwrap());
    draft.date = Some(day);
    let opening = PostedEntry::read(&entries[4]).unwrap().entry;
    for text in rest[end..].split("; ").map(str::trim).filter(|text| !text.is_empty()) {
        match text {
            "M4" => draft.lines.extend(opening.lines.iter().map(Line::mirror)),
            "=" => {
                let fields = draft.event.fields();
                let (fund, to) = (fields.fund("fund").unwrap_or(Fund::R), fields.date("to"));
                draft.lines = book.closing_lines(book.rules().unwrap(), fund, to.unwrap());
                draft.date = to;
            }
            text => match text.strip_prefix("occurred ") {
                Some(day) => draft.occurred = parse_date(day).ok(),
                None => draft.lines.push(line(text)),
            },
        }
    }
    for sign in signs.chars() {
        let confirm = SignAct::Confirm;
        let (act, by) = match sign {
            'h' => {
                let watches = actor("o_2b5f8j1n4r7v", "committee", "u_9z6w3s0p7m4j");
                draft.signs.push(Sign { act: confirm, at: time, by: watches });
                (confirm, actor("o_3m6q9s2v5y8b", "manager", "u_2f5h8k1n4q7s"))
            }
            'p' => (SignAct::Prepare, actor("o_7k2m9q4w1x8z", "clerk", "u_1c5e8h2k6n9r")),
            'c' => (SignAct::Cosign, actor("o_2b5f8j1n4r7v", "committee", "u_9z6w3s0p7m4j")),
            'd' => {
                draft.docs.clone_from(&opening.docs);
                continue;
            }
            _ => continue,
        };
        draft.signs.push(Sign { act, at: time, by });
    }
    (draft, time)
}

#[test]
fn the_tail_of_the_example_is_what_these_drafts_become() {
    let (_, stands) = example();
    let mut entries = stands[..FIRST].to_vec();
    let mut book = Book::default();
    for entry in posted(&entries) {
        apply(&mut book, &entry, &posted(&entries)).unwrap();
    }
    let by = actor("o_7k2m9q4w1x8z", "reviewer", "u_4d7g0j3m6q9t");
    for row in FURTHER.lines().filter(|row| !row.is_empty()) {
        let seq = entries.len();
        let (draft, time) = draft(row, seq, &entries, &book);
        let part = row.split(' ').nth(1).and_then(|signs| signs.split_once('/'));
        let part = part.map(|(no, of)| (no.parse().unwrap(), of.parse().unwrap()));
        let place = Place {
            act: part.map(|(no, of)| Act { no, of }),
            by: &by,
            log: &book.profile().log.clone(),
            prev: book.head().hash,
            seq: u64::try_from(seq).unwrap(),
            time,
        };
        entries.push(encode(&draft.at(&place)));
        let known = posted(&entries);
        apply(&mut book, &known[seq], &known).unwrap_or_else(|e| panic!("{row}: {e}"));
    }
    if std::env::var_os("MINGZHANG_WRITE_VECTORS").is_some() {
        let header = Header {
            entries: book.head().entries,
            estate: book.estate(),
            head: entry_hash(entries.last().unwrap()),
            log: book.profile().log.clone(),
        };
        let lines = std::iter::once(header.encode()).chain(entries.iter().cloned());
        let file: Vec<u8> = lines.flat_map(|line| [line, b"\n".to_vec()].concat()).collect();
        std::fs::write(format!("{DOCS}/spec/vectors/estate.jsonl"), file).unwrap();
    }
    let (_, stands) = example();
    assert!(entries == stands, "entry {:?}", entries.iter().zip(&stands).position(|(a, b)| a != b));
}
