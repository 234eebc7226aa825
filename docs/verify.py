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

NOT_CHECKED = """\
not checked here (mingzhang verify does): that no account stands on its wrong side, nor what it
is kept by (I5); more of corrections and attributions than what they name and mirror, and what a
statement is matched to (I7); evidence, decisions, claims, the ceilings of clauses (I9);
separation of duties (I12); that what an event cites exists, and what a single kind asks besides
keys and accounts (kinds.md), but for statements and the balances of a handover; what contracts
have due; findings."""

# --- Tables of entry.md 2 and kinds.md ---------------------------------------------------------
# A sort: its name, {"key": sort}, [sort] for a list, [one, or another], (a, row), {"a", "word"}.
ORG = {"code?": "name", "org": "text"}
SORTS = {
    "org": ORG, "party": [ORG, {"party": "@pt_"}], "bank_rows": [("account", "text", "name")],
    "authority": [{"decision": "name"}, {"clause": "text"}, {"none": "text"}],
    "evidence": [{"amount": "money", "doc?": "hash", "issued?": "date", "issuer": "text", "kind":
                  set("invoice tax_receipt receipt payroll settlement".split()), "no": "name"}],
    "schedule": [{"account": "account", "amount?": "money", "free?": [("date", "date")],
                  "from?": "date", "mode": set("fixed metered per_use share unknown".split()),
                  "per?": set("day month quarter half_year year".split()), "pieces?": "integer",
                  "steps?": [("date", "integer")], "to?": "date", "what?": "text"}],
    "chart": [("account", set("asset liability net_assets income expense".split()), set(
        "none bank clearing operator_held predecessor_due unproven recoverable bond unidentified "
        "deposit pass_through distribution_payable refund_payable net_all net_part "
        "opening_unproven unit_capital undistributed income interest_income bond_income "
        "contribution topped_up scrap cost fee_cost clause_cost use_top_up use write_off works "
        "refund charge".split()), "name")],
    "charts": {"f": "name", "r": "name"}, "assets": [("@as_", "integer")],
    "accounts": [("account",)], "span": {"month", "year"},
    "fee_mode": {"itemised", "agreed", "statutory"},
    "params": [("name", {"=", ">", ">="}, "name", "date", {"verified", "unverified"}, "text")],
    "basis": {"cash"}, "change": {"open", "rename", "close"}, "yes": {"yes"},
    "office": {"manager", "committee", "community", "bank", "custodian"},
    "ownership": {"common", "part", "unclear"}, "billing": {"advance", "arrears", "spread"},
    "paper": {"signed", "sealing", "renewing", "framework", "none", "unknown"},
    "body": {"assembly", "committee", "community", "clause", "court"},
    "source": {"register", "contracts", "journal", "statement", "parking"},
    "balances": [("account", "money")], "groups": [("integer",)], "digests": ["hash"], "serials": [("name",)],
    "bank_groups": [("integer", "name", "date", {"in", "out"}, "money")],
    "book_groups": [("integer", "integer", "date", {"in", "out"}, "money")],
    "statement_rows": [("name", "date", {"in", "out"}, "money")],
    "row_notes": [("integer", "text")], "totals": [("name", "money")],
}
HEADER = {"entries": "integer", "estate": "estate", "format": "name", "head": "hash", "log": "name"}
ACTOR = {"org": "@o_", "role": "name", "user": "@u_"}
ENTRY = {
    "act?": {"no": "integer", "of": "integer"}, "by": ACTOR, "date": "date", "docs?": [{"kind": set(
        "invoice receipt bank_slip contract minutes photo report other".split()), "sha256": "hash",
        "size": "integer", "type": "text"}], "estate": "estate", "event": "event", "lines?": [{
            "account": "account", "contract?": "name", "credit?": "money", "debit?": "money",
            "holder?": "name", "item?": "name", "part?": "name", "period?": "period"}],
    "log": "name", "memo?": "text", "occurred?": "date", "origin?": {"file": "hash", "row": "text"},
    "prev": "hash", "ref": "ref", "sealed?": ["hash"], "seq": "integer", "signs?": [{"act": set(
        "prepare review cosign confirm approve".split()), "at": "time", **ACTOR}], "time": "time",
    "v": "integer"}
# kind | its keys | roles on the debit side | on the credit side, by fund; indented lines go on
KINDS = {}
for row in re.sub("\n +", " ", """
open | address:text area:area banks?:bank_rows book:integer committee?:org community?:org
    households:integer manager:org name:text since:date
rules | basis:basis book?:integer chart_f:chart chart_r:chart charts:charts from:date pack:name
    params:params version:name
account | account:account act:change bank?:text holder?:org number?:name
appoint | from:date org:org role:office to?:date
opening | evidence?:evidence fund:fund unproven?:yes | bank clearing operator_held predecessor_due
    unproven recoverable bond | unidentified deposit pass_through distribution_payable
    refund_payable net_all net_part opening_unproven unit_capital undistributed
asset | account?:account basis?:text count:integer from:date id:@as_ name:text ownership:ownership
    place:text
contract | assets?:assets authority:authority billing?:billing counted_from?:month from?:date
    no:name paper:paper party?:party schedule?:schedule signed?:date site:text to?:date
contract.amend | authority?:authority billing?:billing counted_from?:month from?:date no:name
    paper?:paper party?:party reason:text schedule?:schedule signed?:date site?:text to?:date
contract.end | no:name on:date reason:text
decision | body:body from:date limit?:money matter:text no:name to?:date
income | clause?:name contract?:name evidence?:evidence exempt?:integer party?:party
    payee_ref?:name visits?:integer | bank
    clearing operator_held fee_cost clause_cost | income pass_through
settle | channel:name evidence?:evidence | bank fee_cost | clearing operator_held predecessor_due
    recoverable
cost | clause?:name evidence?:evidence payee:party | cost fee_cost clause_cost | bank
unproven.out | payee:party | unproven | bank
unproven.accept | clause?:name evidence:evidence of:hash payee:party seq:integer | cost fee_cost
    clause_cost | unproven
unproven.return | of:hash party:party seq:integer | bank | unproven
spend | decision:name payee:party | use | bank pass_through
transfer |  | bank clearing | bank clearing
interest | from?:date to?:date | bank | interest_income
income_refund | contract?:name payee:party reason:text | income | bank clearing
deposit.in | contract?:name party:party | bank clearing operator_held | deposit
deposit.out | contract?:name payee:party | deposit | bank
deposit.forfeit | contract?:name evidence?:evidence reason:text | deposit | income
deposit.offset | contract?:name reason:text | deposit | income pass_through
held.in | party?:party purpose:text | bank clearing | pass_through unidentified
held.out | payee:party | pass_through unidentified | bank
held.identify | contract?:name party?:party reason:text | unidentified | income pass_through
    deposit
held.to_fund | party?:party purpose:text | R: pass_through F: bank | R: bank F: contribution scrap
held.to_revenue | party?:party purpose:text | R: bank F: pass_through | R: income pass_through F:
    bank
distribute.declare | decision:name | use | distribution_payable
distribute.pay | payee:party | distribution_payable | bank
distribute.return | reason:text | bank | distribution_payable
top_up | decision?:name rule?:name | R: use_top_up F: bank | R: bank F: topped_up
top_up.return | of:hash reason:text seq:integer | R: bank F: topped_up | R: use_top_up F: bank
claim | clause?:name evidence?:evidence party:party reason:text | recoverable | net_all net_part
    cost fee_cost clause_cost
write_off | decision:name of?:hash reason:text seq?:integer | write_off opening_unproven |
    unproven predecessor_due recoverable
opening.confirm | evidence?:evidence reason:text | opening_unproven | net_all net_part
    predecessor_due
clause | base?:accounts cite:text from:date mode:fee_mode no:name rate_bp?:integer to?:date
clause.end | no:name on:date reason:text
close | fund:fund period_kind:span to:date
bank_fact | day:date reason:text serial:name | bank recoverable unidentified | bank recoverable
    unidentified
statement | account:account bank_in:money bank_out:money book_in:money book_out:money closing:money
    count:integer file:hash from:date opening:money to:date
statement.replace | account:account bank_in:money bank_out:money book_in:money book_out:money
    closing:money count:integer file:hash from:date of:hash opening:money reason:text seq:integer
    to:date
statement.lines | account:account dropped?:serials rows?:statement_rows
statement.match | account:account bank:bank_groups book:book_groups
statement.unmatch | account:account groups:groups of:hash reason:text seq:integer
publication | file:hash from:date period:period to?:date
finding | no:name of?:hash seq?:integer text:text
reply | finding:text text:text
handover | balances:balances from:org on:date to:org
erasure | digests:digests of:hash reason:text seq:integer
correct | decision?:name evidence?:evidence of:hash reason:text seq:integer
attach | of:hash seq:integer
attribute | contract?:name line:integer of:hash period?:period reason:text seq:integer
import | count:integer file:hash month?:month refused?:row_notes skipped?:row_notes
    source_kind:source totals?:totals
""").strip().splitlines():
    kind, keys, debit, credit = map(str.strip, (row + "||").split("|")[:4])
    sides = [dict(zip("RF", re.fullmatch("R: (.*) F: (.*)", side).groups())) if "R:" in side else
             {"R": side, "F": side} for side in (debit, credit)]
    KINDS[kind] = (dict(key.split(":") for key in keys.split()), "R:" in debit,
                   {fund: [side[fund].split() for side in sides] for fund in "RF"})


class Fault(Exception):
    """Something broken: rule, field (RFC 6901), what should be there, what is there."""


class Newer(Exception):
    """Written by a program that knows more than this one."""


def need(good, field, expected, found="another spelling"):
    if not good:
        raise Fault("I2", field, expected, str(found))


# --- Bytes to values: entry.md 1 ---------------------------------------------------------------
NONCHARACTERS = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff"
    "\ufff9-\uffff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff" + NONCHARACTERS + "]")
BLANKS = " \xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def whole(digits):
    need(re.fullmatch("0|[1-9][0-9]{0,15}", digits) and int(digits) < 2**53, "",
         "whole numbers up to 2^53 - 1", digits[:20])
    return int(digits)


def ordered(pairs):
    keys = [key for key, _ in pairs]
    need(keys == sorted(set(keys)), "", "keys in ascending order, each once", " ".join(keys))
    need(all(re.fullmatch("[a-z][a-z0-9_]*", key) for key in keys), "", "keys of a-z 0-9 _", keys)
    return dict(pairs)


def read(line):
    """One object in its only spelling. `json` alone would take 1.0, NaN, null and double keys."""
    need(len(line) <= 32768, "", "at most 32768 bytes", len(line))
    try:
        text = line.decode("utf-8")
        value = json.loads(text, object_pairs_hook=ordered, parse_int=whole, parse_float=whole,
                           parse_constant=whole)
    except (ValueError, RecursionError) as error:
        raise Fault("I2", "", "one JSON object in UTF-8", str(error)) from None
    need(isinstance(value, dict), "", "an object", text[:12])
    again = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    need(again == text, "", "the canonical spelling", "white space or a needless escape")
    check_grammar(value, "", 1)
    return value


def check_grammar(value, field, depth):
    if isinstance(value, str):
        wrong = FORBIDDEN.search(value)
        need(not wrong, field, "no forbidden character", wrong and f"U+{ord(wrong[0]):04X}")
        need(value and value[0] not in BLANKS and value[-1] not in BLANKS, field,
             "a text that isn't empty and has no blank at its ends", repr(value))
    elif isinstance(value, (dict, list)):
        need(value and depth <= 6, field, "at most 6 levels, none empty", "more, or empty")
        need(isinstance(value, dict) or len(value) <= 150, field, "at most 150 rows", len(value))
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            check_grammar(each, f"{field}/{key}", depth + 1)
    else:
        need(type(value) is int, field, "no null, true or false", value)


# --- Values to sorts: entry.md 2 ---------------------------------------------------------------
def is_date(text, years=range(1980, 2200)):
    try:
        shape = re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
        return bool(shape) and datetime.date(*map(int, text.split("-"))).year in years
    except ValueError:
        return False


def is_month(text):
    return is_date(text + "-01", range(2000, 2200))


def is_period(text):
    first, dots, last = text.partition("..")
    if dots:
        return is_month(first) and is_month(last) and first <= last
    year = re.fullmatch("([0-9]{4})(-Q[1-4])?", text)
    return is_month(year[1] + "-01" if year else text)


def is_time(text):
    clock = r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z"
    return is_date(text[:10]) and re.fullmatch(clock, text[10:])


LEAVES = {
    "text": lambda text: len(text) <= 200, "name": lambda text: len(text) <= 40,
    "date": is_date, "month": is_month, "period": is_period, "time": is_time}
for leaf, pattern in {
        "money": r"(0|[1-9][0-9]{0,14})\.[0-9]{2}", "area": r"(0|[1-9][0-9]{0,14})\.[0-9]{2}",
        "hash": "[0-9a-f]{64}", "fund": "[RF]", "account": r"[RF]\.[0-9]{4}(\.[0-9]{2}){0,2}",
        "estate": "[0-9]{6}-[0-9]{4}", "ref": "[A-Za-z0-9._:-]{8,64}",
        "@o_": "o_[0-9a-z_]{1,37}", "@u_": "u_[0-9a-z_]{1,37}",
        "@pt_": "pt_[0-9a-z_]{1,37}", "@as_": "as_[0-9a-z_]{1,37}"}.items():
    LEAVES[leaf] = re.compile(pattern).fullmatch


def check(value, sort, field):
    sort = SORTS.get(sort, sort) if isinstance(sort, str) else sort
    if sort == "integer":
        need(type(value) is int, field, "a whole number", repr(value))
    elif isinstance(sort, (str, set)):
        known = sort.__contains__ if isinstance(sort, set) else LEAVES[sort]
        fits = isinstance(value, str) and known(value)
        need(fits, field, sort if isinstance(sort, str) else " or ".join(sorted(sort)), repr(value))
    elif isinstance(sort, tuple):
        fits = isinstance(value, list) and len(value) == len(sort)
        need(fits, field, f"{len(sort)} cells", value)
        for at, cell in enumerate(value):
            check(cell, sort[at], f"{field}/{at}")
    elif isinstance(sort, list) and len(sort) == 1:
        need(isinstance(value, list), field, "a list", repr(value))
        for no, each in enumerate(value):
            check(each, sort[0], f"{field}/{no}")
    else:
        need(isinstance(value, dict), field, "an object", repr(value))
        of = [s for s in sort if list(s)[-1] in value] if isinstance(sort, list) else [sort]
        need(of, field, "one of the objects listed", " ".join(value))
        known = {key.rstrip("?"): each for key, each in of[0].items()}
        missing = [key for key in of[0] if not key.endswith("?") and key not in value]
        need(not missing, field, f"the key {' '.join(missing)}", "none")
        for key, each in value.items():
            need(key in known, f"{field}/{key}", "a key listed here", "another")
            if known[key] != "event":
                check(each, known[key], f"{field}/{key}")


def decode(line):
    """An entry from its bytes; Newer where this program can't judge, Fault where it is none."""
    entry = read(line)
    event = entry.get("event")
    need(isinstance(event, dict), "/event", "an object", repr(event))
    for keys, key, sort, known in ((entry, "v", int, [1]), (event, "kind", str, KINDS),
                                   (event, "book", int, [1])):
        if isinstance(keys.get(key), sort) and keys[key] not in known:
            raise Newer(f"{key} {keys[key]}")
    check(entry, ENTRY, "")
    need(isinstance(event.get("kind"), str), "/event/kind", "the name of a kind", "none")
    check(event, {"kind": "name", **KINDS[event["kind"]][0]}, "/event")
    for key, most in (("docs", 20), ("sealed", 64),
                      ("lines", 150 if event["kind"] == "close" else 64)):
        need(len(entry.get(key, "")) <= most, f"/{key}", f"at most {most}", len(entry.get(key, "")))
    for no, line in enumerate(entry.get("lines", [])):
        need(("debit" in line) != ("credit" in line), f"/lines/{no}", "one side", "both or none")
    sealed, act = entry.get("sealed", []), entry.get("act", {"no": 1, "of": 2})
    need(sealed == sorted(set(sealed)), "/sealed", "digests in ascending order")
    need(1 <= act["no"] <= act["of"] <= 256 and act["of"] > 1, "/act", "a part of 2 to 256", act)
    return entry


# --- What makes an entry legal: entry.md 3 -----------------------------------------------------
def cents(money):
    return int(money.replace(".", ""))


def fen(line):
    """Debit less credit."""
    return cents(line.get("debit", "0")) - cents(line.get("credit", "0"))


def yuan(amount):
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def mirror(line):
    return {{"debit": "credit", "credit": "debit"}.get(key, key): line[key] for key in line}


class Books:
    """What the entries so far say, as far as this verifier judges it."""

    def __init__(self, fault):
        self.fault, self.seq, self.prev, self.time, self.batch = fault, 0, "0" * 64, "", None
        self.first, self.chart, self.banks, self.refs, self.seen = {}, {}, {}, set(), {}
        self.balances, self.parts, self.flows, self.left = {}, {}, {}, {}
        # Statements: those of each account, the one that the last batch is about, what is open on
        # both sides, what is matched by account, match and group, and what moved on which day.
        self.statements, self.headed, self.took_place = {}, (-1, "", {}), {}
        self.book_open, self.bank_open, self.matched, self.moved = {}, {}, {}, {}
        self.for_past = set()
        self.closed, self.closed_year = {"R": "", "F": ""}, {"R": "", "F": ""}

    def take(self, at, entry, digest):
        """Names what is broken in the entry at a place, then lets it take effect."""
        def need(good, rule, field, expected, found):
            if not good:
                self.fault(at, rule, field, expected, found)

        seq, event, day, act = entry["seq"], entry["event"], entry["date"], entry.get("act")
        lines = entry.get("lines", [])
        self.first = self.first or entry
        need(seq == self.seq, "I1", "/seq", self.seq, seq)
        need(entry["prev"] == self.prev, "I1", "/prev", self.prev, entry["prev"])
        need(entry["time"] >= self.time, "I1", "/time", f"{self.time} or later", entry["time"])
        for key in ("estate", "log"):
            need(entry[key] == self.first[key], "I1", f"/{key}", self.first[key], entry[key])
        opens = "open in entry 0 and nowhere else"
        need((seq == 0) == (event["kind"] == "open"), "I1", "/event/kind", opens, event["kind"])
        part = self.batch or ({"no": 1, "of": act["of"]} if act else None)
        need(act == part, "I1", "/act", f"the part {part}", act)
        need(entry["ref"] not in self.refs, "ref", "/ref", "a reference used once", entry["ref"])

        utc = datetime.datetime.fromisoformat(entry["time"][:-1])
        today = (utc + datetime.timedelta(hours=8)).date().isoformat()
        closed = max([self.closed[line["account"][0]] for line in lines], default="")
        expected = f"after {closed}, up to {today}" if lines else today
        need(closed < day <= today if lines else day == today, "I8", "/date", expected, day)
        occurred = entry.get("occurred", "") if seq else ""
        need(occurred < day, "I8", "/occurred", f"before {day}", occurred)

        # What a correction or a return is about: the event it corrects, its day, its live lines.
        about, root, since, live, right = event, seq, day, [], lines
        if "of" in event and "seq" in event and event["kind"] != "finding":
            unknown = ("no such entry", {"kind": "none"}, "", [])
            known, named, named_day, stands = self.seen.get(event["seq"], unknown)
            need(event["kind"] != "top_up.return" or named["kind"] == "top_up", "I6", "/event/of",
                 "a top_up", named["kind"])
            is_it = f"entry {event['seq']}: {known}"
            need(known == event["of"], "I7", "/event/of", is_it, event["of"])
            if event["kind"] == "correct":
                about, root, since, live = named, event["seq"], named_day, stands
                moves = any(KINDS.get(about["kind"], ({}, 0, {"R": [[]]}))[2]["R"])
                need(moves, "I7", "/event/of", "an entry of a kind that moves money", about["kind"])
                for no, line in enumerate(live):
                    wanted = mirror({**line, "account": self.stands_on(line, since)})
                    found = lines[no] if no < len(lines) else "none"
                    need(found == wanted, "I7", f"/lines/{no}", f"the mirror {wanted}", found)
                need(lines, "I7", "/lines", "the mirror of what stands", "no lines")
                right = lines[len(live):]
        for fund in "RF":
            total = sum(fen(line) for line in lines if line["account"][0] == fund)
            found = f"{yuan(total)} more debit"
            need(total == 0, "I3", "/lines", f"debit = credit in fund {fund}", found)
        if event["kind"] == "close":
            self.close(event, day, today, lines, need)
        elif about["kind"] in KINDS:
            if right or event["kind"] != "correct":
                self.judge(about, since, lines, right, need)
            self.judge_sums(about, root, lines, need)
        on = entry.get("occurred", day)
        self.took_place[seq] = on
        if event["kind"] != "close":
            self.note_bank(about, root, on, live, right, need)
        self.statement(seq, entry, today, need)

        self.seq, self.time = seq + 1, max(self.time, entry["time"])
        self.batch = {**act, "no": act["no"] + 1} if act and act["no"] < act["of"] else None
        self.refs.add(entry["ref"])
        if event["kind"] == "open":
            since = datetime.date.fromisoformat(event["since"]) - datetime.timedelta(days=1)
            self.closed = dict.fromkeys("RF", since.isoformat())
            self.banks.update((row[0], True) for row in event.get("banks", []))
        elif event["kind"] == "rules":
            fits = event["from"] >= today if self.chart else event["from"] <= today
            field = "/event/from" if self.chart else "/date"
            need(fits, "I8", field, f"{today}, later rules from then on", event["from"])
            self.chart = {row[0]: row[1:] for row in event["chart_r"] + event["chart_f"]}
        elif event["kind"] == "account":
            self.banks[event["account"]] = event["act"] != "close"
        if event["kind"] == "correct" and event["seq"] in self.seen:
            self.seen[event["seq"]][3][:] = right
        self.seen[seq] = (digest, event, day, list(right))
        for line in lines:
            code, key = line["account"], (day[:4], line["account"], line.get("part", ""))
            self.balances[code] = self.balances.get(code, 0) + fen(line)
            if event["kind"] != "close":
                self.flows[key] = self.flows.get(key, 0) + fen(line)
        for code, is_open in self.banks.items():
            need(is_open or self.batch or not self.balances.get(code), "I4", "/lines",
                 "nothing on a bank account that is closed", code)

    def judge(self, about, since, lines, right, need):
        """I4 and I6 of `right`: the lines that follow a correction's mirror, else all."""
        kind, (_, crosses, sides) = about["kind"], KINDS[about["kind"]]
        need(any(sides["R"]) or not lines, "I4", "/lines", f"no lines in {kind}", len(lines))
        if not any(sides["R"]):
            return
        funds = {line["account"][0] for line in right}
        need(crosses or len(funds) < 2, "I6", "/lines", "accounts of one fund", "R and F")
        debit = {fund: sum(fen(line) for line in right if line["account"][0] == fund and
                           "debit" in line) for fund in "RF"}
        equal = not crosses or debit["R"] == debit["F"] > 0
        need(equal, "I6", "/lines", "as much in each fund", debit)
        both = {side for line in right for side in ("debit", "credit") if side in line}
        need(len(both) == 2, "I4", "/lines", "lines on both sides", sorted(both))
        for no, line in enumerate(right, len(lines) - len(right)):
            code, (role, wrong) = line["account"], self.role(line["account"])
            allowed = sides[code[0]]["credit" in line]
            fits = role in allowed
            if not wrong and since <= self.closed_year[code[0]]:
                fits = fits and not self.is_flow(code) or any(
                    each[1] in allowed and self.is_flow(other) and other[0] == code[0]
                    and self.carried(other, line.get("part")) == code
                    for other, each in self.chart.items())
            need(not wrong, "I4", f"/lines/{no}/account", wrong, code)
            need(wrong or fits, "I4", f"/lines/{no}/account",
                 f"on this side of {kind}: {' '.join(allowed)}", f"{code} ({role})")
            need(role != "net_part" or "part" in line, "I4", f"/lines/{no}", "a part", "none")
            keyed = kind == "opening" or "item" in line or "contract" in about or (
                role == "deposit" and "contract" in line)
            need(keyed or role not in ("deposit", "pass_through", "unidentified"), "I4",
                 f"/lines/{no}/account", "the item or contract it is kept by", "none")
            amount = abs(fen(line))
            need(0 < amount < 10**14, "I4", f"/lines/{no}", "0.01 to 999999999999.99", yuan(amount))

    def judge_sums(self, about, root, lines, need):
        """I3b: what the owners of a part have; I6: what is left of a top-up."""
        changes = {}
        for line in lines:
            code, part = line["account"], line.get("part")
            if part and code[0] == "R" and (self.is_flow(code) or self.role(code)[0] == "net_part"):
                changes[part] = changes.get(part, 0) - fen(line)
        for part, change in changes.items():
            self.parts[part] = self.parts.get(part, 0) + change
            need(change >= 0 or self.parts[part] >= 0, "I3", "/lines",
                 f"no more of {part} than its owners have", yuan(self.parts[part]))
        if about["kind"] in ("top_up", "top_up.return"):
            top_up = about["seq"] if about["kind"] == "top_up.return" else root
            change = sum(fen(line) for line in lines if self.role(line["account"])[0] == "bank"
                         and line["account"][0] == "F")
            self.left[top_up] = self.left.get(top_up, 0) + change
            need(self.left[top_up] >= 0 or change >= 0, "I6", "/lines",
                 f"no more than is left of top-up {top_up}", yuan(self.left[top_up]))

    # Statements: kinds.md
    def note_bank(self, about, root, on, live, right, need):
        """I7 of what is matched; what is open, and what moved, by the day it took place."""
        day = self.took_place.get(root, on)
        before, after = ({}, {})
        for lines, sums in ((live, before), (right, after)):
            for line in lines:
                if self.nearest(line["account"])[1] in ("bank", "clearing"):
                    sums[line["account"]] = sums.get(line["account"], 0) + fen(line)
        for code in {**before, **after}:
            old, new, item = before.get(code, 0), after.get(code, 0), (code, root)
            is_opening = about["kind"] == "opening"
            key = (code, "" if is_opening else day)
            self.moved[key] = self.moved.get(key, 0) + new - old
            if is_opening:
                continue
            if old and item not in self.book_open:
                need(new == old and on == day, "I7", "/event", f"{yuan(old)} on {code} on {day}, "
                     "as it is matched", f"{yuan(new)} on {on}")
            else:
                self.book_open.pop(item, None)
                self.book_open.update({item: (day, new)} if new else {})

    def statement(self, seq, entry, today, need):
        """Statements follow each other, their lines add up, both sides reconcile."""
        def so(good, expected, found):
            need(good, "statement", "/event", expected, found)

        event, act = entry["event"], entry.get("act", {"no": 1, "of": 1})
        kind, account, first = event["kind"], event.get("account"), seq + 1 - act["no"]
        parts = ("statement.lines", "statement.match", "statement.unmatch")
        is_part = kind in parts and account == self.headed[1]
        so(self.headed[0] != first or is_part, "its statement's lines and matches only", kind)
        for code, amount in event["balances"] if kind == "handover" else []:
            stands = yuan(abs(self.balances.get(code, 0)))
            so(amount == stands, f"{stands} on {code}", amount)
        if kind not in parts and kind not in ("statement", "statement.replace"):
            return
        role = self.nearest(account)[1]
        if not (role == "clearing" or role == "bank" and account in self.banks):
            return need(False, "I4", "/event", "an account of a bank or a platform", account)
        if kind in ("statement", "statement.replace"):
            so(act["no"] == 1, "a statement at the head of its batch", f"part {act['no']}")
            need(event["to"] < today, "I8", "/date", f"days before {today}", event["to"])
            need(event["from"] <= event["to"], "reference", "/event", "a term", event["to"])
            self.head_statement(seq, account, event, need, so)
        elif kind == "statement.lines":
            if self.headed[0] != first:
                return so(False, "their statement at the head of the batch", "none")
            stands, dropped = self.headed[2], event.get("dropped", [])
            need(dropped or "rows" in event, "reference", "/event", "rows or dropped", "none")
            of = [(*row, 1) for row in event.get("rows", [])]
            for (serial,) in dropped:
                so((account, serial) in self.bank_open, "what is open", serial)
                day, amount = self.bank_open.pop((account, serial), ("", 0))
                of.append((serial, day, "in", yuan(amount), -1))
            for serial, day, way, amount, times in of:
                so(stands["from"] <= day <= stands["to"], f"{stands['from']} to {stands['to']}", day)
                amount = cents(amount) * (1 if way == "in" else -1)
                if times > 0:
                    so((account, serial) not in self.bank_open, "a serial that isn't open", serial)
                    self.bank_open[account, serial] = day, amount
                stands["came"] += times
                stands["running"] += times * amount
        elif kind == "statement.match":
            self.match(seq, account, event, so)
        else:
            self.unmatch(account, event, need, so)
        if act["no"] == act["of"] and self.headed[0] == first:
            self.judge_statement(account, self.headed[2], so)

    def head_statement(self, seq, account, event, need, so):
        """A statement after the last one, or in the place of one of the same days."""
        known, old = self.statements.setdefault(account, []), {}
        at = len(known)
        if event["kind"] == "statement.replace":
            named = [at for at, old in enumerate(known) if old["seq"] == event["seq"]]
            need(named, "I7", "/event/of", "a statement of the account", event["seq"])
            if not named:
                return
            at, old = named[0], known[named[0]]
            for key in ("from", "to"):
                so(event[key] == old[key], old[key], event[key])
        opening = known[at - 1]["closing"] if at else old.get("opening")
        if at and not old:
            to = datetime.date.fromisoformat(known[-1]["to"]) + datetime.timedelta(days=1)
            so(event["from"] == to.isoformat(), f"from {to}", event["from"])
        if at or account in self.for_past:
            so(event["opening"] == opening, opening, event["opening"])
        elif self.on_day(account, event["from"], True) == cents(event["opening"]):
            # It stands for what came before.
            self.for_past.add(account)
            self.book_open = {item: open_item for item, open_item in self.book_open.items()
                              if item[0] != account or open_item[0] >= event["from"]}
        if at + 1 < len(known):
            so(event["closing"] == known[at + 1]["opening"], known[at + 1]["opening"],
               event["closing"])
        lines = old["running"] - cents(old["opening"]) if old else 0
        stands = {**event, "seq": old.get("seq", seq), "came": old.get("came", 0),
                  "running": cents(event["opening"]) + lines}
        known[at:at + 1] = [stands]
        self.headed = seq, account, stands

    def match(self, seq, account, event, so):
        """Lines of both sides are the same money, and as they were open."""
        sums, groups = {}, self.matched.setdefault((account, seq), {})
        for side, open_items in (("bank", self.bank_open), ("book", self.book_open)):
            for group, name, day, way, amount in event[side]:
                amount = cents(amount) * (1 if way == "in" else -1)
                is_open = open_items.pop((account, name), None)
                so(is_open == (day, amount), f"what is open: {is_open}", f"{side} {name} {amount}")
                sums[group] = sums.get(group, 0) + (amount if side == "bank" else -amount)
                groups.setdefault(group, []).append((side, name, day, amount))
        for group, rest in sums.items():
            so(rest == 0, f"as much on both sides of group {group}", f"{yuan(rest)} more")

    def unmatch(self, account, event, need, so):
        """Groups of a match are open again."""
        groups = self.matched.get((account, event["seq"]))
        need(groups is not None, "I7", "/event/of", "a match on the account", event["seq"])
        for (group,) in event["groups"]:
            so(group in (groups or {}), f"a group of {event['seq']}", group)
            for side, name, day, amount in (groups or {}).pop(group, []):
                open_items = self.bank_open if side == "bank" else self.book_open
                so((account, name) not in open_items, "a serial that isn't open", name)
                open_items[account, name] = day, amount

    def on_day(self, account, day, before=False):
        """The book's balance at the end of a day, or before it, by when money moved."""
        return sum(amount for (code, on), amount in self.moved.items()
                   if code == account and (on < day or on == day and not before))

    def judge_statement(self, account, last, so):
        so(last["came"] == last["count"], f"{last['count']} lines", last["came"])
        so(last["running"] == cents(last["closing"]), last["closing"], yuan(last["running"]))
        found = {}
        # What is matched to something after the last day is open on that day.
        early = [item for (code, _), groups in self.matched.items() if code == account
                 for items in groups.values() for item in items
                 if max(day for _, _, day, _ in items) > last["to"]]
        for side, open_items in (("book", self.book_open), ("bank", self.bank_open)):
            due = [amount for (code, _), (day, amount) in open_items.items()
                   if code == account and day <= last["to"]]
            due += [amount for of, _, day, amount in early if of == side and day <= last["to"]]
            found[f"{side}_in"] = sum(amount for amount in due if amount > 0)
            found[f"{side}_out"] = -sum(amount for amount in due if amount < 0)
        for key, amount in found.items():
            so(cents(last[key]) == amount, f"{key} {yuan(amount)}", last[key])
        book = self.on_day(account, last["to"])
        bank = cents(last["closing"]) + found["book_in"] - found["book_out"]
        book += found["bank_in"] - found["bank_out"]
        so(bank == book, f"both sides at {yuan(bank)}", yuan(book))

    # Closing: entry.md 3.1
    def close(self, event, day, today, lines, need):
        fund, to, year = event["fund"], event["to"], event["period_kind"] == "year"
        next_day = (datetime.date.fromisoformat(to) + datetime.timedelta(days=1)).isoformat()
        need(next_day[8:] == "01" and year == (to[5:7] == "12") and self.closed[fund] < to < today
             and (not lines or not year or day == to), "I8", "/event/to",
             f"the last day of a {event['period_kind']} after {self.closed[fund]} that is over", to)
        wanted = self.closing(fund, to) if year else []
        need(year or not lines, "I4", "/lines", "no lines where a month is closed", len(lines))
        for no in range(max(len(wanted), len(lines)) if year else 0):
            expected, found = (each[no] if no < len(each) else "none" for each in (wanted, lines))
            need(expected == found, "I8", f"/lines/{no}", expected, found)
        self.closed[fund] = max(to, self.closed[fund])
        if year:
            self.closed_year[fund] = self.closed[fund]
            self.flows = {key: sum for key, sum in self.flows.items()
                          if key[1][0] != fund or key[0] > to[:4]}

    def closing(self, fund, to):
        """The lines that close the year: income and expense, then what they are closed to."""
        open_sums, sums = {}, {}
        for (year, code, part), amount in self.flows.items():
            if code[0] == fund and year <= to[:4] and self.is_flow(code):
                open_sums[code, part] = open_sums.get((code, part), 0) - amount
        for (code, part), amount in open_sums.items():
            target = self.carried(code, part)
            key = (target, part if target and self.chart[target][1] == "net_part" else "")
            sums[key] = sums.get(key, 0) - amount
        rows = sorted(open_sums.items()) + sorted((k, v) for k, v in sums.items() if k[0])
        return [{"account": code, ("debit" if amount > 0 else "credit"): yuan(abs(amount)),
                 **({"part": part} if part else {})} for (code, part), amount in rows if amount]

    def carried(self, code, part):
        """The account that an account of income or expense is closed to, if there is one."""
        role, number = "net_part" if part else "net_all", 1
        if code[0] == "F":
            capital = self.role(code)[0] in ("contribution", "works", "refund")
            role, number = "unit_capital" if capital else "undistributed", int(code.split(".")[-1])
        codes = sorted(c for c, row in self.chart.items() if c[0] == code[0] and row[1] == role)
        return codes[number - 1] if 0 < number <= len(codes) else None

    def stands_on(self, line, since):
        """The account on which a line recorded on that day stands now (I7)."""
        code = line["account"]
        is_past = since <= self.closed_year[code[0]] and self.is_flow(code)
        return is_past and self.carried(code, line.get("part")) or code

    def nearest(self, code):
        above = [code[:length] for length in (12, 9, 6) if code[:length] in self.chart]
        return self.chart[above[0]] if above else ("", "", "")

    def is_flow(self, code):
        return self.nearest(code)[0] in ("income", "expense")

    def role(self, code):
        """The role of an account, and what is wrong where it takes no postings."""
        role = self.nearest(code)[1]
        if role and code in self.banks:
            return role, ""
        if role == "bank":
            return role, "a bank account that was opened"
        if code not in self.chart:
            return role, "an account of the chart in force"
        heading = any(other.startswith(code + ".") for other in self.chart)
        return role, "an account without accounts under it" if heading else ""


# --- The export: export.md ---------------------------------------------------------------------
def verify(data, pin):
    """Judges an export: its books, its faults, and where the pinned hash stands."""
    def fault(seq, rule, field, expected, found):
        faults.append({"seq": seq, "rule": rule, "field": field, "expected": str(expected),
                       "found": str(found)})

    faults, header, pinned_at = [], {}, None
    books, lines = Books(fault), data.split(b"\n")
    try:
        header = read(lines[0])
        name = str(header.get("format"))
        if name.startswith("estate-ledger/") and name != "estate-ledger/1":
            raise Newer(name)
        check(header, HEADER, "")
        need(name == "estate-ledger/1", "/format", "estate-ledger/1", name)
    except Fault as error:
        header = {}
        fault(None, "header", *error.args[1:])
    if lines.pop():
        fault(None, "header", "", "a line feed at the end of the file", "none")
        lines.append(data.split(b"\n")[-1])
    for at, line in enumerate(lines[1:]):
        digest = hashlib.sha256(b"\x00" + line).hexdigest()
        pinned_at = at if digest == pin else pinned_at
        try:
            books.take(at, decode(line), digest)
        except (Fault, Newer) as error:
            if isinstance(error, Newer) and not faults:
                raise Newer(f"entry {at}: {error}") from None
            unknown = ("I2", "/event", "what this program knows", str(error))
            fault(at, *(error.args if isinstance(error, Fault) else unknown))
            books.seq += 1
        books.prev = digest
    if books.batch:
        fault(len(lines) - 2, "I1", "/act", f"the part {books.batch}", "the end")
    found = {"entries": max(len(lines) - 1, 0), "head": books.prev}
    found.update((key, books.first.get(key, "no entry")) for key in ("estate", "log"))
    for key in found:
        if header and header[key] != found[key]:
            fault(None, "header", f"/{key}", found[key], header[key])
    return books, found, faults, pinned_at


def plain(text):
    """Text of the file as it may be printed: one line, nothing that moves the cursor."""
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in str(text))
    return text if len(text) <= 300 else text[:297] + "..."


def main(arguments):
    parser = argparse.ArgumentParser(description="Verifies an estate's export (estate-ledger/1).")
    parser.add_argument("file")
    parser.add_argument("--pin", metavar="HASH", help="a hash that must be in the chain")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    if options.pin and not LEAVES["hash"](options.pin):
        parser.error("a hash is 64 lower-case hex digits")
    with open(options.file, "rb") as file:
        data = file.read()
    if not data:
        raise OSError("the file is empty")
    books, found, faults, pinned_at = verify(data, options.pin)
    balances = {code: yuan(amount) for code, amount in sorted(books.balances.items())}
    lost = bool(options.pin) and pinned_at is None
    if options.json:
        print(json.dumps({"format": "verify/1", "source": options.file, **found,
                          "sound": not faults, "anchored": False, "balances": balances,
                          "faults": faults}))
        return 3 if lost else 1 if faults else 0
    print(f"estate {plain(found['estate'])}, log {plain(found['log'])}, {found['entries']} entries")
    print(f"head {found['head']}\nbalances, debit less credit:")
    for code, amount in balances.items():
        print(f"  {code:<12} {amount:>20}  {plain(books.chart.get(code, [''])[-1])}")
    for each in faults:
        place = "file" if each["seq"] is None else f"entry {each['seq']}"
        print(f"fault: {place}, {each['rule']}, {plain(each['field'] or '/')}: "
              f"expected {plain(each['expected'])}, found {plain(each['found'])}")
    if lost:
        print("the pinned hash is NOT in this chain: it is another history")
    elif options.pin:
        print(f"pinned: entry {pinned_at}; {found['entries'] - pinned_at - 1} entries came after")
    sound = "sound, not anchored: nobody has signed this head"
    print(f"NOT SOUND, faults: {len(faults)}" if faults else sound, NOT_CHECKED, sep="\n")
    return 3 if lost else 1 if faults else 0


def run(arguments):
    """The exit code. Whatever the file or the system does, the answer is at worst "can't say"."""
    try:
        return main(arguments)
    except Newer as error:
        print(f"could not judge: needs a newer program: {plain(error)}", file=sys.stderr)
    except Exception as error:
        print(f"could not judge: {plain(error) or type(error).__name__}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))
