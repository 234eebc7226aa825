#!/usr/bin/env python3
"""Verifies the export of an estate's books, `estate-ledger/1`, without the program that wrote it.

    python3 verify.py FILE.jsonl [--pin HASH] [--json]

Written from docs/spec alone; Python 3.9 or later, nothing to install, no network. Everything is
recomputed from the bytes of the file. Exit: 0 sound, 1 faults, 2 could not judge (unreadable, or
written by a newer program), 3 the pinned hash is not in this chain.
"""
import argparse
import datetime
import hashlib
import json
import re
import sys

LIMITS = {"docs": 20, "lines": 64, "sealed": 64, "bytes": 32768, "depth": 6, "rows": 150}
INTEGER_MAX, LINE_MAX_FEN = 2**53 - 1, 99_999_999_999_999
NOT_CHECKED = """not checked here (mingzhang verify does): that no account stands on its wrong side (I5); corrections
and attributions beyond naming and mirror (I7); evidence, decisions, claims (I9); separation of
duties (I12); that cited contracts, assets and accounts exist; what contracts have due; findings."""

# --- Notation of docs/spec/entry.md 2.1 and the tables of entry.md 2.2 and kinds.md ----------
SHAPES = {
    "org": "{code?:name, org:text}",
    "party": "{code?:name, org:text}/{party:@pt_}",
    "authority": "{decision:name}/{clause:text}/{none:text}",
    "evidence": "[{amount:money, doc?:hash, issued?:date, issuer:text, "
                "kind:<invoice tax_receipt receipt payroll settlement>, no:name}]",
    "schedule": "[{account:account, amount?:money, free?:[[from:date, to:date]], from?:date, "
                "mode:<fixed metered per_use share unknown>, per?:<day month quarter half_year year>, "
                "pieces?:integer, steps?:[[from:date, bp:integer]], to?:date, what?:text}]",
    "chart": "[[code:account, type:<asset liability net_assets income expense>, role:<none bank "
             "clearing operator_held predecessor_due unproven recoverable bond unidentified deposit "
             "pass_through distribution_payable refund_payable net_all net_part opening_unproven "
             "unit_capital undistributed income interest_income bond_income contribution topped_up "
             "scrap cost fee_cost clause_cost use_top_up use write_off works refund charge>, name:name]]",
    "paper": "<signed sealing renewing framework none unknown>",
    "billing": "<advance arrears spread>",
    "skips": "[[row:integer, why:text]]",
}
HEADER = "entries:integer, estate:estate, format:name, head:hash, log:name"
ENTRY = (
    "act?:{no:integer, of:integer}, by:{org:@o_, role:name, user:@u_}, date:date, "
    "docs?:[{kind:<invoice receipt bank_slip contract minutes photo report other>, sha256:hash, "
    "size:integer, type:name}], estate:estate, event:event, lines?:[{account:account, "
    "contract?:name, credit?:money, debit?:money, holder?:name, item?:name, part?:name, "
    "period?:period}], log:name, memo?:text, occurred?:date, origin?:{file:hash, row:text}, "
    "prev:hash, ref:ref, sealed?:[hash], seq:integer, signs?:[{act:<prepare review cosign confirm "
    "approve>, at:time, org:@o_, role:name, user:@u_}], time:time, v:integer")
# kind; keys beside `kind`; roles on the debit side; on the credit side
KINDS_TABLE = """
@KINDS@
"""


class Fault(Exception):
    """Something broken: rule, field (RFC 6901), what should be there, what is there."""


class Newer(Exception):
    """Written by a program that knows more than this one."""


# --- Bytes to values: entry.md 1 --------------------------------------------------------------
PLANES = "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(1, 17))
FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff"
    "\ufff9-\uffff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff" + PLANES + "]")
BLANKS = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
STRING = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
KEY = re.compile(r"[a-z][a-z0-9_]*")


def bad(field, expected, found="another spelling"):
    return Fault("I2", field, expected, found)


class Reader:
    """The strict subset of JSON in which a value has one spelling."""

    def __init__(self, text):
        self.text, self.at = text, 0

    def peek(self):
        return self.text[self.at:self.at + 1]

    def take(self, mark, field):
        if self.peek() != mark:
            raise bad(field, f"{mark} at character {self.at}", repr(self.peek()))
        self.at += 1

    def string(self, field):
        match = STRING.match(self.text, self.at)
        if not match:
            raise bad(field, 'a text in which only \\" and \\\\ are escapes')
        self.at = match.end()
        text = re.sub(r"\\(.)", r"\1", match[1], flags=re.DOTALL)
        wrong = FORBIDDEN.search(text)
        if wrong:
            raise bad(field, "a text without forbidden characters", f"U+{ord(wrong[0]):04X}")
        if not text or text[0] in BLANKS or text[-1] in BLANKS:
            raise bad(field, "a text that isn't empty and has no blank at its ends", repr(text))
        return text

    def value(self, field, depth=1):
        mark = self.peek()
        if mark == '"':
            return self.string(field)
        if mark in ("{", "[") and depth > LIMITS["depth"]:
            raise bad(field, f"at most {LIMITS['depth']} levels", "more")
        if mark == "{":
            return self.object(field, depth)
        if mark == "[":
            return self.list(field, depth)
        match = NUMBER.match(self.text, self.at)
        if not match or self.text[match.end():match.end() + 1] in tuple("0123456789.eE+-"):
            found = repr(self.text[self.at:self.at + 12])
            raise bad(field, "a text, a list, an object or a whole number", found)
        if int(match[0]) > INTEGER_MAX:
            raise bad(field, f"a number up to {INTEGER_MAX}", match[0])
        self.at = match.end()
        return int(match[0])

    def object(self, field, depth):
        self.take("{", field)
        keys, last = {}, ""
        while not keys or self.peek() == ",":
            if keys:
                self.take(",", field)
            if self.peek() != '"':
                raise bad(field, "a key", repr(self.peek()))
            key = self.string(field)
            if not KEY.fullmatch(key) or key <= last:
                raise bad(f"{field}/{key}", "keys of a-z 0-9 _ in ascending order, each once")
            self.take(":", field)
            keys[key], last = self.value(f"{field}/{key}", depth + 1), key
        self.take("}", field)
        return keys

    def list(self, field, depth):
        self.take("[", field)
        values = []
        while not values or self.peek() == ",":
            if values:
                self.take(",", field)
            if len(values) == LIMITS["rows"]:
                raise bad(field, f"at most {LIMITS['rows']} rows", "more")
            values.append(self.value(f"{field}/{len(values)}", depth + 1))
        self.take("]", field)
        return values


def read(line):
    if len(line) > LIMITS["bytes"]:
        raise bad("", f"at most {LIMITS['bytes']} bytes", str(len(line)))
    try:
        reader = Reader(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise bad("", "UTF-8", f"byte {error.start}") from None
    keys = reader.object("", 1)
    if reader.peek():
        raise bad("", "nothing after the object", repr(reader.peek()))
    return keys


# --- Values to sorts: entry.md 2.1 ------------------------------------------------------------
def is_date(text, years=range(1980, 2200)):
    match = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    try:
        return bool(match) and datetime.date(*map(int, match.groups())).year in years
    except ValueError:
        return False


def is_month(text):
    return is_date(text + "-01", range(2000, 2200))


def is_period(text):
    first, dots, last = text.partition("..")
    if dots:
        return is_month(first) and is_month(last) and first <= last
    quarter = re.fullmatch(r"([0-9]{4})-Q[1-4]", text)
    return is_month(quarter[1] + "-01" if quarter else text + "-01" if len(text) == 4 else text)


def is_time(text):
    clock = r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z"
    return is_date(text[:10]) and bool(re.fullmatch(clock, text[10:]))


def grammar(pattern):
    return lambda text: bool(re.fullmatch(pattern, text))


SORTS = {
    "text": lambda text: len(text) <= 200,
    "name": lambda text: len(text) <= 40,
    "money": grammar(r"(0|[1-9][0-9]{0,14})\.[0-9]{2}"),
    "area": grammar(r"(0|[1-9][0-9]{0,14})\.[0-9]{2}"),
    "hash": grammar(r"[0-9a-f]{64}"),
    "fund": grammar(r"[RF]"),
    "account": grammar(r"[RF]\.[0-9]{4}(\.[0-9]{2}){0,2}"),
    "estate": grammar(r"[0-9]{6}-[0-9]{4}"),
    "ref": grammar(r"[A-Za-z0-9._:-]{8,64}"),
    "date": is_date, "month": is_month, "period": is_period, "time": is_time,
}


def notation(text):
    """Reads the notation of entry.md 2.1 into nested tuples."""
    tokens = re.findall(r"\[\[|\]\]|[][{}<>/]|[^][{}<>/,\s]+", text)[::-1]

    def keys(end):
        found = {}
        while tokens and tokens[-1] != end:
            name, _, word = tokens.pop().partition(":")
            found[name.rstrip("?")] = (not name.endswith("?"), sort(word))
        if end:
            tokens.pop()
        return found

    def sort(word=""):
        word = word or tokens.pop()
        if word == "<":
            words = []
            while tokens[-1] != ">":
                words.append(tokens.pop())
            tokens.pop()
            return ("words", words)
        if word == "[[":
            return ("rows", list(keys("]]").values()))
        if word == "[":
            inner = sort()
            tokens.pop()
            return ("list", inner)
        if word != "{":
            return notation("x:" + SHAPES[word])["x"][1] if word in SHAPES else ("leaf", word)
        choices = [keys("}")]
        while tokens and tokens[-1] == "/":
            tokens.pop(), tokens.pop()
            choices.append(keys("}"))
        return ("either", choices) if len(choices) > 1 else ("object", choices[0])

    return keys("")


def check_keys(value, keys, field):
    for key in value:
        if key not in keys:
            raise bad(f"{field}/{key}", "a key that the format lists here", "another")
        check(value[key], keys[key][1], f"{field}/{key}")
    for key, (required, _) in keys.items():
        if required and key not in value:
            raise bad(f"{field}/{key}", "this key", "none")


def check(value, sort, field):
    form, of = sort
    wanted = {"list": list, "rows": list, "object": dict, "either": dict}.get(form, str)
    if sort == ("leaf", "integer"):
        wanted = int
    if sort == ("leaf", "event"):
        return
    if not isinstance(value, wanted):
        raise bad(field, f"a value of another sort ({wanted.__name__})", type(value).__name__)
    if form == "list":
        for no, item in enumerate(value):
            check(item, of, f"{field}/{no}")
    elif form == "rows":
        for no, row in enumerate(value):
            if not isinstance(row, list) or len(row) != len(of):
                raise bad(f"{field}/{no}", f"a row of {len(of)} cells")
            for at, cell in enumerate(row):
                check(cell, of[at][1], f"{field}/{no}/{at}")
    elif form == "object":
        check_keys(value, of, field)
    elif form == "either":
        chosen = [keys for keys in of if [k for k in keys if keys[k][0]][0] in value]
        if not chosen:
            raise bad(field, "one of the objects that the format lists", "none of them")
        check_keys(value, chosen[0], field)
    elif form == "words" and value not in of:
        raise bad(field, "one of: " + " ".join(of), repr(value))
    elif of[0] == "@" and not re.fullmatch(re.escape(of[1:]) + r"[0-9a-z_]{1,37}", value):
        raise bad(field, f"an id like {of[1:]}7k2m9q4w1x8z", repr(value))
    elif of in SORTS and not SORTS[of](value):
        raise bad(field, f"a {of}", repr(value))


KINDS = {}
for row in KINDS_TABLE.strip().splitlines():
    name, listed, debit, credit = (cell.strip() for cell in row.split("|"))
    KINDS[name] = (notation(listed), debit.split(), credit.split())
ENTRY_KEYS, HEADER_KEYS = notation(ENTRY), notation(HEADER)


def decode(line):
    """An entry from its bytes; Newer where this program can't judge, Fault where it is none."""
    entry = read(line)
    event = entry.get("event")
    if isinstance(entry.get("v"), int) and entry["v"] != 1:
        raise Newer(f"version {entry['v']} of the format")
    if not isinstance(event, dict) or not isinstance(event.get("kind"), str):
        raise bad("/event/kind", "the name of a kind", "none")
    if event["kind"] not in KINDS:
        raise Newer(f"the kind {event['kind']!r}")
    if isinstance(event.get("book"), int) and event["book"] != 1:
        raise Newer(f"book {event['book']}")
    check_keys(entry, ENTRY_KEYS, "")
    rest = {key: value for key, value in event.items() if key != "kind"}
    check_keys(rest, KINDS[event["kind"]][0], "/event")
    for key in ("docs", "lines", "sealed"):
        if len(entry.get(key, [])) > LIMITS[key]:
            raise bad(f"/{key}", f"at most {LIMITS[key]}", str(len(entry[key])))
    for no, line in enumerate(entry.get("lines", [])):
        if ("debit" in line) == ("credit" in line):
            raise bad(f"/lines/{no}", "either debit or credit", "both or none")
    sealed = entry.get("sealed", [])
    if any(a >= b for a, b in zip(sealed, sealed[1:])):
        raise bad("/sealed", "digests in ascending order")
    act = entry.get("act", {"no": 1, "of": 2})
    if not (1 <= act["no"] <= act["of"] and 2 <= act["of"] <= 256):
        raise bad("/act", "a part of 2 to 256", f"{act['no']} of {act['of']}")
    return entry


# --- What makes an entry legal: entry.md 3 ----------------------------------------------------
def fen(line):
    """Debit less credit."""
    amount = line.get("debit") or line.get("credit")
    return int(amount.replace(".", "")) * (1 if "debit" in line else -1)


def yuan(amount):
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def mirror(line):
    swap = {"debit": "credit", "credit": "debit"}
    return {swap.get(key, key): value for key, value in line.items()}


def posting_day(time):
    utc = datetime.datetime.fromisoformat(time[:-1])
    return (utc + datetime.timedelta(hours=8)).date().isoformat()


class Books:
    """What the entries so far say, as far as this verifier judges it."""

    def __init__(self):
        self.seq, self.prev, self.time, self.batch = 0, "0" * 64, "", None
        self.estate = self.log = self.since = None
        self.chart, self.banks, self.balances, self.refs, self.seen = {}, {}, {}, set(), {}

    def take(self, entry, digest):
        """Yields what is broken, then lets the entry take effect."""
        event, lines = entry["event"], entry.get("lines", [])
        yield from self.chain(entry, event)
        yield from self.dates(entry, lines)
        kind, right = event["kind"], lines
        if kind in ("correct", "attach", "attribute"):
            kind, right = yield from self.named(event, lines)
        yield from self.lines(kind, lines, right, event["kind"] == "correct")
        self.effect(event, entry, digest, right)

    def chain(self, entry, event):
        act, estate, log = entry.get("act"), entry["estate"], entry["log"]
        first, opens = entry["seq"] == 0, event["kind"] == "open"
        if entry["seq"] != self.seq:
            yield "I1", "/seq", str(self.seq), str(entry["seq"])
        if entry["prev"] != self.prev:
            yield "I1", "/prev", self.prev, entry["prev"]
        if entry["time"] < self.time:
            yield "I1", "/time", f"{self.time} or later", entry["time"]
        if estate != (self.estate or estate) or log != (self.log or log):
            yield "I1", "/estate", f"{self.estate} in {self.log}", f"{estate} in {log}"
        if first != opens:
            yield "I1", "/event/kind", "open in entry 0 and nowhere else", event["kind"]
        no, of = self.batch or (1, act["of"] if act else None)
        if (self.batch or act) and (not act or (act["no"], act["of"]) != (no, of)):
            found = f"{act['no']} of {act['of']}" if act else "no part"
            yield "I1", "/act", f"part {no} of {of}", found
        if entry["ref"] in self.refs:
            yield "ref", "/ref", "a reference used once", entry["ref"]

    def dates(self, entry, lines):
        day, today = entry["date"], posting_day(entry["time"])
        if day > today or (not lines and day != today):
            yield "I8", "/date", today + (" or earlier" if lines else ""), day
        if entry.get("occurred", "") >= day and entry["seq"] > 0:
            yield "I8", "/occurred", f"before {day}", entry["occurred"]
        if lines and self.since and day < self.since:
            yield "I8", "/date", f"{self.since} or later", day

    def named(self, event, lines):
        """I7: the entry that `of` and `seq` name; for a correction the mirror of what stands."""
        digest, kind, live = self.seen.get(event["seq"], (None, None, []))
        if digest != event["of"]:
            yield "I7", "/event/of", f"the hash of entry {event['seq']}: {digest}", event["of"]
        if event["kind"] != "correct":
            return event["kind"], lines
        if kind is None or not KINDS[kind][1]:
            yield "I7", "/event/of", "an entry of a kind that moves money", str(kind)
            return None, lines
        for no, line in enumerate(live):
            found = lines[no] if no < len(lines) else None
            if found != mirror(line):
                yield "I7", f"/lines/{no}", brief(mirror(line)), brief(found)
        if not lines:
            yield "I7", "/lines", "the mirror of what stands", "no lines"
        return kind, lines[len(live):]

    def lines(self, kind, lines, right, corrects):
        """I3, I4, I6."""
        debit, credit = KINDS[kind][1:] if kind else ([], [])
        for fund in "RF":
            amounts = [fen(line) for line in lines if line["account"][0] == fund]
            up, down = sum(a for a in amounts if a > 0), -sum(a for a in amounts if a < 0)
            if up != down:
                yield "I3", "/lines", f"debit = credit in fund {fund}", f"{yuan(up)}, {yuan(down)}"
        if not kind or not debit:
            if lines and kind:
                yield "I4", "/lines", f"no lines in {kind}", str(len(lines))
            return
        if not corrects or right:
            if len({line["account"][0] for line in right}) > 1:
                yield "I6", "/lines", "accounts of one fund", "R and F"
            if not all(any(side in line for line in right) for side in ("debit", "credit")):
                yield "I4", "/lines", "a line on each side", f"{len(right)} lines"
        for no, line in enumerate(right, len(lines) - len(right)):
            role, why = self.role(line["account"])
            allowed = debit if "debit" in line else credit
            if why or role not in allowed:
                expected = why or f"on this side of {kind}: {' '.join(allowed)}"
                yield "I4", f"/lines/{no}/account", expected, f"{line['account']} ({role})"
            if role == "net_part" and "part" not in line:
                yield "I4", f"/lines/{no}", "a part", "none"
            if not 0 < abs(fen(line)) <= LINE_MAX_FEN:
                yield "I4", f"/lines/{no}", f"0.01 to {yuan(LINE_MAX_FEN)}", yuan(abs(fen(line)))

    def role(self, code):
        """The role of an account that takes postings, or why it doesn't."""
        above = [code[:length] for length in (12, 9, 6) if code[:length] in self.chart]
        role = self.chart[above[0]][0] if above else None
        if role is None:
            return None, "an account of the chart in force"
        if code in self.banks:
            return role, "" if self.banks[code] else "a bank account that is open"
        if role == "bank":
            return role, "a bank account that is open"
        if code not in self.chart:
            return role, "an account of the chart in force"
        heading = any(other.startswith(code + ".") for other in self.chart)
        return role, "an account without accounts under it" if heading else ""

    def effect(self, event, entry, digest, right):
        kind, act = event["kind"], entry.get("act")
        self.seq, self.time = entry["seq"] + 1, max(self.time, entry["time"])
        self.batch = (act["no"] + 1, act["of"]) if act and act["no"] < act["of"] else None
        self.refs.add(entry["ref"])
        self.estate, self.log = self.estate or entry["estate"], self.log or entry["log"]
        if kind == "open":
            self.since = event["since"]
            self.banks.update((row[0], True) for row in event.get("banks", []))
        elif kind == "rules":
            rows = event["chart_r"] + event["chart_f"]
            self.chart = {code: (role, name) for code, _, role, name in rows}
        elif kind == "account":
            self.banks[event["account"]] = event["act"] != "close"
        if kind == "correct" and event["seq"] in self.seen:
            self.seen[event["seq"]][2][:] = right
        self.seen[entry["seq"]] = (digest, kind, list(right))
        for line in entry.get("lines", []):
            self.balances[line["account"]] = self.balances.get(line["account"], 0) + fen(line)


def brief(line):
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")) if line else "no such line"


# --- The export: export.md --------------------------------------------------------------------
def verify(data, pin=None):
    """Everything found in an export: a dict in the form of `--json`, `newer` if it can't judge."""
    lines = data.split(b"\n")
    books, faults, pinned_at, newer = Books(), [], None, None

    def fault(seq, rule, field, expected, found):
        faults.append(dict(seq=seq, rule=rule, field=field, expected=expected, found=found))

    header = {}
    try:
        header = read(lines[0])
        form = header.get("format")
        if isinstance(form, str) and form != "estate-ledger/1":
            if form.startswith("estate-ledger/"):
                raise Newer(f"the format {form}")
            raise bad("/format", "estate-ledger/1", form)
        check_keys(header, HEADER_KEYS, "")
    except Fault as error:
        fault(None, "header", *error.args[1:])
        header = {}
    except Newer as error:
        return dict(newer=str(error), faults=[], pinned_at=None, books=books, entries=0)
    if lines[-1] or len(lines) == 1:
        fault(None, "header", "", "a line feed at the end of the file", "none")
    else:
        lines.pop()
    for at, line in enumerate(lines[1:]):
        digest = hashlib.sha256(b"\x00" + line).hexdigest()
        pinned_at = at if digest == pin else pinned_at
        try:
            entry = decode(line)
            for found in books.take(entry, digest):
                fault(entry["seq"], *found)
        except Fault as error:
            fault(at, *error.args)
            books.seq += 1
        except Newer as error:
            if not faults:
                newer = f"entry {at}: {error}"
                break
            fault(at, "I2", "/event", "a version, book and kind that this program knows", str(error))
            books.seq += 1
        books.prev = digest
    entries = len(lines) - 1
    if books.batch and not newer:
        fault(entries - 1, "I1", "/act", f"part {books.batch[0]} of {books.batch[1]}", "the end")
    if not entries:
        fault(None, "header", "/entries", "at least entry 0", "no entry")
    found = {"entries": entries, "estate": books.estate, "head": books.prev, "log": books.log}
    for key in found:
        if header and not newer and entries and header[key] != found[key]:
            fault(None, "header", f"/{key}", str(header[key]), str(found[key]))
    return dict(newer=newer, faults=faults, pinned_at=pinned_at, books=books, entries=entries)


def plain(text):
    """Text of the file as it may be printed: one line, no control characters."""
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in str(text))
    return text if len(text) <= 160 else text[:157] + "..."


def print_report(result, pin):
    books, faults = result["books"], result["faults"]
    print(f"estate {plain(books.estate)}, log {plain(books.log)}, {result['entries']} entries")
    print(f"head {books.prev}")
    print("balances, debit less credit" + (" as recorded:" if faults else ":"))
    for code, amount in sorted(books.balances.items()):
        print(f"  {code:<12} {yuan(amount):>20}  {plain(books.chart.get(code, ('', ''))[1])}")
    for found in faults:
        place = "file" if found["seq"] is None else f"entry {found['seq']}"
        rest = f"expected {found['expected']}, found {found['found']}"
        print(f"fault: {place}, {found['rule']}, {plain(found['field'] or '/')}: {plain(rest)}")
    if pin and result["pinned_at"] is not None:
        after = result["entries"] - result["pinned_at"] - 1
        print(f"pinned: entry {result['pinned_at']}; {after} entries came after")
    elif pin:
        print("pinned: that hash is NOT in this chain: this is another history")
    if faults:
        print(f"NOT SOUND: {len(faults)} faults")
    else:
        print("sound, not anchored: nobody has signed this head")
    print(NOT_CHECKED)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--pin", metavar="HASH", help="a hash that must be in the chain")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if options.pin and not SORTS["hash"](options.pin):
        parser.error("a hash is 64 lower-case hex digits")
    with open(options.file, "rb") as file:
        data = file.read()
    if not data:
        raise OSError("the file is empty")
    result = verify(data, options.pin)
    if result["newer"]:
        print(f"could not judge: needs a newer program: {plain(result['newer'])}", file=sys.stderr)
        return 2
    books, faults = result["books"], result["faults"]
    if options.json:
        balances = {code: yuan(amount) for code, amount in sorted(books.balances.items())}
        report = dict(format="verify/1", source=options.file, estate=books.estate,
                      entries=result["entries"], head=books.prev, sound=not faults, anchored=False,
                      balances=balances, faults=faults)
        print(json.dumps(report, ensure_ascii=True))
    else:
        print_report(result, options.pin)
    if options.pin and result["pinned_at"] is None:
        return 3
    return 1 if faults else 0


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    try:
        code = main()
        sys.stdout.flush()
    except Exception as error:  # whatever the file or the system does, the answer is "can't say"
        print(f"could not judge: {plain(error) or type(error).__name__}", file=sys.stderr)
        code = 2
    sys.exit(code)
