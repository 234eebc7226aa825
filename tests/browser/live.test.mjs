// A page that is open shows what is posted meanwhile, by itself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open, reader, serve } from "./site.mjs";

const estate = "620722-0013";
let site, browser;

before(async () => {
  site = await serve();
  browser = await open();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

const today = () => new Date().toLocaleDateString("sv", { timeZone: "Asia/Shanghai" });
const receipt = (amount) => ({
  date: today(),
  estate,
  event: { kind: "income" },
  lines: [
    { account: "R.1001.01", debit: amount },
    { account: "R.4502.01", credit: amount },
  ],
});

test("an open page shows what is posted meanwhile", async () => {
  const context = await reader(browser, site);
  const page = await context.newPage();
  await page.goto(`${site.address}/e/${estate}/lines`);
  assert.equal(await page.locator("main >> text=4,321.98").count(), 0);
  const before = Number(await page.locator("html").getAttribute("data-entries"));
  await page.waitForTimeout(500);
  site.post(receipt("4321.98"));
  await page.locator("main >> text=4,321.98").first().waitFor({ timeout: 10_000 });
  assert.equal(Number(await page.locator("html").getAttribute("data-entries")), before + 1);
  assert.match(await page.locator("#live").textContent(), /新记录/);
  await context.close();
});

test("nothing is taken from somebody who is typing", async () => {
  const context = await reader(browser, site);
  const page = await context.newPage();
  await page.goto(`${site.address}/e/${estate}/lines`);
  const field = page.locator("main input[name=min]").first();
  await page.locator("main details:has(input[name=min])").evaluateAll((all) => all.forEach((one) => { one.open = true; }));
  await field.fill("77");
  site.post(receipt("1234.56"));
  await page.waitForTimeout(2_000);
  assert.equal(await field.inputValue(), "77");
  assert.equal(await page.locator("main >> text=1,234.56").count(), 0);
  await field.blur();
  await page.locator("main >> text=1,234.56").first().waitFor({ timeout: 10_000 });
  await context.close();
});

test("without JavaScript the page is the same page", async () => {
  const context = await reader(browser, site, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${site.address}/e/${estate}/lines`);
  await page.locator("main >> text=1,234.56").first().waitFor({ timeout: 10_000 });
  await context.close();
});
