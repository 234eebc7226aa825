// A month kept by four people in their browsers: a clerk records, a reviewer posts and reconciles, the
// committee co-signs, an owner looks without an account. What it comes to is what the same month
// comes to through the API alone: both read tests/data/a_month.json.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { founded, open, reader, widths } from "./site.mjs";

const month = JSON.parse(readFileSync(new URL("../data/a_month.json", import.meta.url), "utf8"));
const code = month.estate;
const desk = `/desk/e/${code}`;
const bank = month.opening.bank;
const password = "a-ledger-for-all";
// The smallest picture that is one.
const photo = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
let site, browser, clerk, reviewer, committee, owner;

before(async () => {
  site = await founded((run, says) => {
    run("estate", "open", "--log", "county.example/estates", "--code", code, "--name", "和苑小区", "--address", "民乐县",
      "--households", "320", "--area", "32000.00", "--company", "甲物业公司", "--bank", "R,农业银行,****0001",
      "--date", "2025-01-01", "--rules", "cn-default");
    for (const [name, role, organisation] of [
      ["clerk", "clerk", "甲物业公司"],
      ["reviewer", "reviewer", "甲物业公司"],
      ["committee", "committee", "和苑小区业主委员会"],
    ]) {
      run("officer", "add", "--sign-in", name, "--name", name, "--organisation", organisation, "--role", role, "--estate", code);
      says(`${password}\n`, "officer", "password", name);
    }
  });
  const { day, owners, amount } = month.opening;
  site.post({
    date: day, estate: code,
    event: { evidence: [{ amount, issuer: "农业银行", kind: "settlement", no: "2024-12" }], fund: "R", kind: "opening" },
    lines: [{ account: bank, debit: amount }, { account: owners, credit: amount }],
  });
  browser = await open();
  [clerk, reviewer, committee] = await Promise.all(["clerk", "reviewer", "committee"].map(signedIn));
  owner = await (await reader(browser, site, { width: widths.phone })).newPage();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

async function signedIn(name) {
  const context = await reader(browser, site, { width: widths.desktop });
  const page = await context.newPage();
  await page.goto(`${site.address}/sign-in?next=${encodeURIComponent(desk)}`);
  await page.fill("[name=sign_in]", name);
  await page.fill("[name=password]", password);
  await page.click("#sign-in button");
  await page.waitForURL((url) => url.pathname.startsWith("/desk"));
  return page;
}

/** Fills in a form as it stands on the page: choices, ticks, texts. */
async function fills(page, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = page.locator(`#record [name="${name}"]`);
    const kind = await field.first().evaluate((one) => (one.tagName === "SELECT" ? "select" : one.type));
    if (kind === "select") await field.selectOption(value);
    else if (kind === "checkbox") await page.locator(`#record [name="${name}"][value="${value}"]`).check();
    else await field.fill(value);
  }
}

/** A clerk fills in a form and hands it over; where its draft is. */
async function prepares(form, values) {
  await clerk.goto(`${site.address}${desk}/record/${form}`);
  await fills(clerk, values);
  await clerk.click("#record button");
  const at = new URL(clerk.url()).pathname;
  const told = async () => clerk.locator(".faults").allInnerTexts();
  assert.match(at, /\/drafts\//, `${form}: ${await told()}`);
  assert.equal(await clerk.locator("[data-part=refusal]").count(), 0, `${form}: ${await told()}`);
  await clerk.click("form[action$='/submit'] button");
  assert.match(clerk.url(), /done=prepared/);
  return at;
}

/** The reviewer finds it on the board, looks, and posts it; the entry's number. */
async function posts(at) {
  await reviewer.goto(site.address + desk);
  await reviewer.click(`a[href="${at}"]`);
  await reviewer.click("form[action$='/post'] button");
  assert.match(reviewer.url(), /done=posted/);
  const href = await reviewer.locator("[data-part=receipt] a[href*='/entries/']").first().getAttribute("href");
  return Number(href.match(/entries\/(\d+)/)[1]);
}

const records = async (form, values) => posts(await prepares(form, values));

/** What the owner reads on a page. */
async function reads(path) {
  const answer = await owner.goto(`${site.address}/e/${code}${path}`);
  assert.equal(answer.status(), 200, path);
  return owner.locator("main").innerText();
}

/** Papers are handed in by the clerk and put to an entry by the reviewer. */
async function attaches(name, kind, seq) {
  await clerk.goto(`${site.address}${desk}/documents`);
  await clerk.setInputFiles("#upload-file", { name, mimeType: "image/png", buffer: Buffer.concat([photo, Buffer.from(name)]) });
  await clerk.selectOption("#upload-kind", kind);
  await clerk.selectOption("#upload-visibility", "public");
  await clerk.click("#upload button");
  const at = new URL(clerk.url()).pathname;
  assert.match(at, /\/documents\/[0-9a-f]{64}/, await clerk.locator("main").innerText());
  await reviewer.goto(site.address + at);
  await reviewer.fill("#attach-seq", String(seq));
  await reviewer.click("#attach button");
}

const yuan = (amount) => amount.replace(/\B(?=(\d{3})+\.)/g, ",");

test("what the month rests on: a decision and a contract", async () => {
  const { no, matter, limit } = month.decision;
  const decided = await records("decision", { no, body: "assembly", matter, from: month.opening.day, limit });
  await attaches("minutes.png", "minutes", decided);
  const { contract } = month;
  await records("contract", {
    no: contract.no, site: contract.site, payer: contract.party, paper: "signed", signed: month.opening.day,
    from: contract.from, until: contract.to, authority: "by_decision", decision: no,
    account: contract.account, amount: contract.monthly, per: "month", pieces: "1", billing: contract.billing,
  });
  const owed = await reads(`/contracts/${contract.no}`);
  assert.match(owed, new RegExp(`欠收\\s+${yuan(contract.monthly)}`));
});

test("a receipt with its photo closes the gap of its month", async () => {
  const { contract, receipt } = month;
  const seq = await records(`income?contract=${contract.no}`, {
    amount: receipt.amount, day: receipt.day, to: bank, month: month.month,
  });
  await attaches("receipt.png", "bank_slip", seq);
  assert.match(await reads(`/entries/${seq}`), new RegExp(yuan(receipt.amount)));
  assert.ok(await owner.locator('a[href*="/documents/"]').count(), "the photo is there for everybody");
  const months = await reads(`/contracts/${contract.no}`);
  assert.match(months, /欠收\s+0\.00/);
});

test("parking, a repair without its paper, interest", async () => {
  const { parking, repair, interest } = month;
  await records("income?contract=-", { account: parking.account, amount: parking.amount, day: parking.day, to: bank, memo: parking.memo });
  await records("cost", { account: repair.account, amount: repair.amount, day: repair.day, from: bank, payee: repair.payee, paper: "none" });
  assert.match(await reads("/findings"), /凭证/);
  await records("interest", { to: bank, amount: interest.amount, day: interest.day });
});

test("a mistake is put right, in words", async () => {
  const { mistake } = month;
  const seq = await records("income?contract=-", { account: mistake.account, amount: mistake.recorded, day: mistake.day, to: bank });
  await clerk.goto(`${site.address}${desk}/entries?q=${seq}`);
  await clerk.click(`a[href="${desk}/record/correct?seq=${seq}"]`);
  await clerk.click("a[href*='what=amount']");
  await fills(clerk, { amount: mistake.right, reason: mistake.reason });
  await clerk.click("#record button");
  const at = new URL(clerk.url()).pathname;
  await clerk.click("form[action$='/submit'] button");
  await posts(at);
  const lines = await reads("/lines");
  assert.ok(lines.includes(yuan(mistake.right)) && !lines.includes(yuan(mistake.recorded)), "one line with the right amount");
  assert.match(lines, /已更正/);
});

test("a use of the owners' money waits for the committee", async () => {
  const { spend, decision } = month;
  const at = await prepares("spend", {
    decision: decision.no, account: spend.account, amount: spend.amount, day: spend.day, from: bank, payee: spend.payee,
  });
  await reviewer.goto(site.address + at);
  assert.equal(await reviewer.locator("form[action$='/post'] button").count(), 0, "not before the committee");
  await committee.goto(site.address + desk);
  await committee.click(`a[href="${at}"]`);
  assert.match(await committee.locator("main").innerText(), /5,000\.00/, "the decision's limit");
  await committee.click("form[action$='/cosign'] button");
  assert.match(committee.url(), /done=cosigned/);
  const seq = await posts(at);
  assert.match(await reads(`/entries/${seq}`), /会签/);
});

test("the paper of the repair comes", async () => {
  const { repair } = month;
  await clerk.goto(`${site.address}${desk}/record/accept`);
  const seq = await clerk.locator("#record-seq option").nth(1).getAttribute("value");
  await records("accept", { seq, account: repair.account, amount: repair.amount, paper: "invoice", paper_no: repair.paper_no });
  assert.ok(!(await reads("/findings")).includes(repair.payee));
});

/** The bank's statement as it gives it away. */
function csv() {
  const { from, to, opening, lines } = month.statement;
  let fen = Math.round(Number(opening) * 100);
  const rows = lines.map(([day, serial, amount, what]) => {
    const moved = Math.round(Number(amount) * 100);
    fen += moved;
    const size = (Math.abs(moved) / 100).toFixed(2);
    return [day, serial, moved < 0 ? "借" : "贷", size, (fen / 100).toFixed(2), "", what].join(",");
  });
  const head = [`起止日期：${from}至${to},,期初余额：,${opening}`, "交易日期,流水号,借/贷,交易金额,余额,对方户名,摘要"];
  return [...head, ...rows].join("\n");
}

test("the statement is read and matched; what only a person can tell is ticked by one", async () => {
  await reviewer.goto(`${site.address}${desk}/imports`);
  await reviewer.selectOption("#import-sort", "statement");
  await reviewer.setInputFiles("#import-file", { name: "2025-01.csv", mimeType: "text/csv", buffer: Buffer.from(csv()) });
  await reviewer.fill("#import-account", bank);
  await reviewer.click("#import button");
  await reviewer.click("#commit button");
  await reviewer.goto(`${site.address}${desk}/bank/${bank}`);
  for (const serial of month.statement.matched_by_hand) await reviewer.check(`#own ~ * input[name=bank][value*="${serial}"]`);
  for (const box of await reviewer.locator("input[name=proposal]:checked").all()) await box.uncheck();
  await reviewer.locator("#own ~ * input[name=book]").first().check();
  await reviewer.click("#bank button");
  await reviewer.click("#match button");
  assert.match(reviewer.url(), /done=matched/);
  assert.match(await reads(`/agreements/${month.month}`), /相符/);
});

test("the month is closed, and comes to what it comes to through the API", async () => {
  await records("close", { month: month.month, funds: "revenue_alone" });
  const told = await (await fetch(`${site.address}/api/v1/estates/${code}/balances`)).json();
  assert.deepEqual(Object.fromEntries(told.accounts.map((one) => [one.account, one.balance])), month.balances);
  assert.equal(told.head.length, 64);
  // The repair's paper came today, on the machine's clock: the statement goes from the month to now.
  const now = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7);
  const statement = await reads(`/statements/income?period=${month.month}..${now}`);
  const { income, cost, uses, left } = month.income_statement;
  for (const figure of [income, cost, uses, left]) assert.ok(statement.includes(yuan(figure)), `${figure} of ${statement}`);
  assert.match(site.run("verify"), /全库完好/);
});
