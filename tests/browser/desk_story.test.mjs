// A clerk records income by keyboard alone, a reviewer posts it, the owners see it; every page of
// the story without a fault for axe, on phone and desktop, light and dark.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { demo, open, reader, widths } from "./site.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const desk = "/desk/e/620722-0017";
let site, browser;

before(async () => {
  site = await demo();
  browser = await open();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** Presses Tab until the element that has the focus fits. */
async function tabTo(page, selector) {
  for (let n = 0; n < 120; n++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
  }
  assert.fail(`the keyboard doesn't come to ${selector}`);
}

/** Presses Enter on what has the focus and waits for the page it leads to. */
const enter = (page) => Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);

async function signsIn(page, name, password) {
  await page.goto(`${site.address}/sign-in?next=${encodeURIComponent(desk)}`);
  await tabTo(page, "[name=sign_in]");
  await page.keyboard.type(name);
  await tabTo(page, "[name=password]");
  await page.keyboard.type(password);
  await enter(page);
}

for (const mode of [
  { name: "zh, phone", lang: "zh" },
  { name: "en, desktop, dark", lang: "en", dark: true, width: widths.desktop },
]) {
  test(`income by keyboard, posted by a second person: ${mode.name}`, async () => {
    const looks = async (page, what) => {
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      const said = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).slice(0, 3).join("\n")}`);
      assert.deepEqual(said, [], `${what}, ${mode.name}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= (mode.width ?? widths.phone), `${what}: ${wide} px`);
    };
    const clerk = await reader(browser, site, { ...mode, bypassCSP: true });
    let page = await clerk.newPage();
    await signsIn(page, "clerk", "demo-ledger-1");
    await looks(page, "the estate's desk");
    await tabTo(page, "a[href$='/record/income']");
    await enter(page);
    await looks(page, "choosing a contract");
    await tabTo(page, "tbody a");
    await enter(page);
    await looks(page, "the form");
    await tabTo(page, "#record-amount");
    await page.keyboard.type("12,34x");
    await enter(page);
    assert.equal(await page.locator(".faults a[href='#record-amount']").count(), 1);
    await looks(page, "the form to mend");
    await tabTo(page, "#record-amount");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("100");
    await tabTo(page, "#record-to");
    await page.keyboard.press("ArrowDown");
    await tabTo(page, "#record-memo");
    await page.keyboard.type(`story ${mode.lang}`);
    await enter(page);
    assert.match(page.url(), /\/drafts\/desk/);
    await looks(page, "the check");
    await tabTo(page, "form[action$='/submit'] button");
    await enter(page);
    assert.match(page.url(), /done=prepared/);
    await looks(page, "handed over");
    const draft = new URL(page.url()).pathname;
    await clerk.close();

    const second = await reader(browser, site, { ...mode, bypassCSP: true });
    page = await second.newPage();
    await signsIn(page, "reviewer", "demo-ledger-2");
    await page.goto(site.address + desk);
    await tabTo(page, `a[href="${draft}"]`);
    await enter(page);
    await looks(page, "the review");
    await tabTo(page, "form[action$='/post'] button");
    await enter(page);
    assert.match(page.url(), /done=posted/);
    assert.equal(await page.locator("svg.qr").count(), 1);
    await looks(page, "the receipt");
    for (const path of [`${desk}/drafts`, "/desk", `${desk}/record/cost`, `${desk}/record/settle`]) {
      await page.goto(site.address + path);
      await looks(page, path);
    }
    await page.goto(`${site.address}/e/620722-0017/lines`);
    assert.equal(await page.getByText(`story ${mode.lang}`).count(), 1);
    await second.close();
  });
}
