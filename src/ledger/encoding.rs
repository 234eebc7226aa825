//! The canonical bytes of an entry: one object, keys ascending, no white space (I2).
//!
//! A strict subset of RFC 8785 (JCS): Python's `json.dumps(x, sort_keys=True,
//! separators=(",", ":"), ensure_ascii=False)` gives the same bytes.

use super::entry::{Actor, Doc, Entry, Line, Side, Sign};
use super::event::Event;
use super::json::{Tree, Value, write, write_integer, write_text};

/// Writes an entry.
pub fn encode(entry: &Entry) -> Vec<u8> {
    let mut out = Object::open(Vec::with_capacity(640));
    if let Some(act) = entry.act {
        out.key("act");
        let mut object = out.object();
        object.integer("no", act.no);
        object.integer("of", act.of);
        object.close();
    }
    out.key("by");
    actor(out.object(), &entry.by);
    out.text("date", &entry.date.to_string());
    out.list("docs", &entry.docs, doc);
    out.text("estate", entry.estate.as_str());
    out.key("event");
    event(out.object(), &entry.event);
    out.list("lines", &entry.lines, line);
    out.text("log", &entry.log);
    out.text_opt("memo", entry.memo.as_deref());
    if let Some(occurred) = entry.occurred {
        out.text("occurred", &occurred.to_string());
    }
    if let Some(origin) = &entry.origin {
        out.key("origin");
        let mut object = out.object();
        object.text("file", &origin.file.to_string());
        object.text("row", &origin.row);
        object.close();
    }
    out.text("prev", &entry.prev.to_string());
    out.text("ref", entry.r#ref.as_str());
    if !entry.sealed.is_empty() {
        let digests = entry.sealed.iter().map(Value::text).collect();
        out.key("sealed");
        write(&mut out.bytes, &Value::List(digests));
    }
    out.integer("seq", entry.seq);
    out.list("signs", &entry.signs, sign);
    out.text("time", &entry.time.to_string());
    out.integer("v", 1);
    out.end()
}

fn actor(mut out: Nested<'_>, by: &Actor) {
    out.text("org", &by.org);
    out.text("role", &by.role);
    out.text("user", &by.user);
    out.close();
}

fn doc(out: &mut Nested<'_>, doc: &Doc) {
    out.text("kind", doc.kind.word());
    out.text("sha256", &doc.sha256.to_string());
    out.integer("size", doc.size);
    out.text("type", &doc.media_type);
}

fn event(mut out: Nested<'_>, event: &Event) {
    let before = event.keys().iter().take_while(|(key, _)| key.as_ref() < "kind").count();
    let (before, after) = event.keys().split_at(before);
    for (key, value) in before {
        out.value(key, value);
    }
    out.text("kind", event.kind().name);
    for (key, value) in after {
        out.value(key, value);
    }
    out.close();
}

fn line(out: &mut Nested<'_>, line: &Line) {
    let amount = line.amount.to_string();
    out.text("account", line.account.as_str());
    out.text_opt("contract", line.contract.as_deref());
    match line.side {
        Side::Credit => out.text("credit", &amount),
        Side::Debit => out.text("debit", &amount),
    }
    out.text_opt("holder", line.holder.as_deref());
    out.text_opt("item", line.item.as_deref());
    out.text_opt("part", line.part.as_deref());
    if let Some(period) = line.period {
        out.text("period", &period.to_string());
    }
}

fn sign(out: &mut Nested<'_>, sign: &Sign) {
    out.text("act", sign.act.word());
    out.text("at", &sign.at.to_string());
    out.text("org", &sign.by.org);
    out.text("role", &sign.by.role);
    out.text("user", &sign.by.user);
}

/// An object being written; the caller adds keys in ascending order, which decoding checks.
struct Object {
    bytes: Vec<u8>,
}

/// An object inside another.
struct Nested<'a> {
    bytes: &'a mut Vec<u8>,
}

trait Keys {
    fn bytes(&mut self) -> &mut Vec<u8>;

    fn key(&mut self, key: &str) {
        let bytes = self.bytes();
        if bytes.last() != Some(&b'{') {
            bytes.push(b',');
        }
        write_text(bytes, key);
        bytes.push(b':');
    }

    fn text(&mut self, key: &str, text: &str) {
        self.key(key);
        write_text(self.bytes(), text);
    }

    fn text_opt(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(key, text);
        }
    }

    fn integer(&mut self, key: &str, number: u64) {
        self.key(key);
        write_integer(self.bytes(), number);
    }

    fn value(&mut self, key: &str, value: &Tree<'_>) {
        self.key(key);
        write(self.bytes(), value);
    }

    fn object(&mut self) -> Nested<'_> {
        let bytes = self.bytes();
        bytes.push(b'{');
        Nested { bytes }
    }

    fn list<T>(&mut self, key: &str, items: &[T], item: impl Fn(&mut Nested<'_>, &T)) {
        if items.is_empty() {
            return;
        }
        self.key(key);
        self.bytes().push(b'[');
        for (no, each) in items.iter().enumerate() {
            if no > 0 {
                self.bytes().push(b',');
            }
            let mut object = self.object();
            item(&mut object, each);
            object.close();
        }
        self.bytes().push(b']');
    }
}

impl Keys for Object {
    fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

impl Keys for Nested<'_> {
    fn bytes(&mut self) -> &mut Vec<u8> {
        self.bytes
    }
}

impl Object {
    fn open(mut bytes: Vec<u8>) -> Self {
        bytes.push(b'{');
        Self { bytes }
    }

    fn end(mut self) -> Vec<u8> {
        self.bytes.push(b'}');
        self.bytes
    }
}

impl Nested<'_> {
    fn close(self) {
        self.bytes.push(b'}');
    }
}
