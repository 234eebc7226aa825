// A statement is handed in and its line matched by keyboard alone, checked, confirmed and taken
// apart again; every page on the way is without a fault for axe and scrolls nowhere sideways.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { demo, open, reader, widths } from "./site.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const desk = "/desk/e/620722-0017";
const account = `${desk}/bank/R.1001.02`;
const june = [
  "起止日期：2026-06-01至2026-06-29,,期初余额：,305100.01",
  "交易日期,流水号,收入,支出,余额,对方户名,摘要",
  "2026-06-20,J2,,15.00,305085.01,,手续费",
  "2026-06-21,J1,97.30,,305182.31,,结息",
  "2026-06-22,J3,100.00,,305282.31,某超市,场地",
].join("\n");
let site, browser;

before(async () => {
  site = await demo();
  browser = await open();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

async function tabTo(page, selector) {
  for (let n = 0; n < 120; n++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
  }
  assert.fail(`the keyboard doesn't come to ${selector}`);
}

/** Presses Enter on what has the focus and waits for the page it leads to. */
const enter = (page) => Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);

async function handsIn(page) {
  await page.goto(`${site.address}${desk}/imports`);
  await page.selectOption("#import-sort", "statement");
  const buffer = Buffer.from(june);
  await page.setInputFiles("#import-file", { name: "june.csv", mimeType: "text/csv", buffer });
  await page.fill("#import-account", "R.1001.02");
  await page.click("#import button");
  if (await page.locator("#commit button").count()) await page.click("#commit button");
}

for (const mode of [
  { name: "zh, 320 px", lang: "zh", width: widths.small },
  { name: "en, desktop, dark", lang: "en", dark: true, width: widths.desktop },
  { name: "zh, elder", lang: "zh", elder: true },
]) {
  test(`a match by keyboard, and undone: ${mode.name}`, async () => {
    const context = await reader(browser, site, { ...mode, bypassCSP: true });
    const page = await context.newPage();
    const looks = async (what) => {
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      const said = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).slice(0, 3).join("\n")}`);
      assert.deepEqual(said, [], `${what}, ${mode.name}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= (mode.width ?? widths.phone), `${what}: ${wide} px`);
    };
    await page.goto(`${site.address}/sign-in?next=${encodeURIComponent(desk)}`);
    await page.fill("[name=sign_in]", "reviewer");
    await page.fill("[name=password]", "demo-ledger-2");
    await page.click("#sign-in button");
    await handsIn(page);
    await page.goto(site.address + desk);
    await looks("the board");
    await tabTo(page, `a[href="${account}"]`);
    await enter(page);
    await looks("both sides with a proposal");
    assert.equal(await page.locator("input[name=proposal]:checked").count(), 1);
    await tabTo(page, "#bank button");
    await enter(page);
    await looks("the check");
    await tabTo(page, "#match button");
    await enter(page);
    assert.match(page.url(), /done=matched/);
    await looks("matched");

    // Two lines whose sums differ: the ticks stay, both sums are told.
    await page.locator("input[name=bank]").first().check();
    await page.locator("input[name=book]").first().check();
    await page.click("#bank button");
    assert.match(await page.locator(".faults a").innerText(), /100\.00.*8,091\.16/);
    await looks("sums that differ");

    await page.goto(`${site.address}${account}/matches`);
    await tabTo(page, "input[name=group]");
    await page.keyboard.press("Space");
    await tabTo(page, "input[name=reason]");
    await page.keyboard.type("wrong line");
    await looks("what is undone");
    await enter(page);
    assert.match(page.url(), /done=undone/);
    await page.goto(`${site.address}${desk}/bank`);
    await looks("the accounts");
    await context.close();
  });
}
