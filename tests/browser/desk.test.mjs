// The desk in a real browser: signing in by keyboard, pages without a fault for axe, nothing
// that scrolls sideways, and out again.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { demo, open, reader, widths } from "./site.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let site, browser;

before(async () => {
  site = await demo();
  browser = await open();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** Signs in with the keyboard alone, from the page that asked for it. */
async function signsIn(page, name, password, first = "/desk") {
  await page.goto(site.address + first);
  assert.match(page.url(), /\/sign-in\?next=/);
  for (let n = 0; n < 30; n++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement?.name === "sign_in")) break;
  }
  await page.keyboard.type(name);
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await Promise.all([page.waitForURL((url) => url.pathname.startsWith("/desk")), page.keyboard.press("Enter")]);
}

const admin = ["admin", "demo-ledger-6"];
const modes = [
  { name: "zh, phone", lang: "zh" },
  { name: "en, desktop, dark", lang: "en", dark: true, width: widths.desktop },
  { name: "zh, elder, 320 px", lang: "zh", elder: true, width: widths.small },
];

for (const mode of modes) {
  test(`axe finds nothing on the desk: ${mode.name}`, async () => {
    const context = await reader(browser, site, { ...mode, bypassCSP: true });
    const page = await context.newPage();
    const looks = async (path) => {
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      const said = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).slice(0, 3).join("\n")}`);
      assert.deepEqual(said, [], `${path}, ${mode.name}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= (mode.width ?? widths.phone), `${path}: ${wide} px`);
    };
    for (const path of ["/sign-in", "/recover"]) {
      await page.goto(site.address + path);
      await looks(path);
    }
    await signsIn(page, ...admin);
    await page.goto(`${site.address}/desk/officers`);
    const officer = await page.locator("main tbody a").first().getAttribute("href");
    for (const path of ["/desk", "/desk/account", "/desk/officers", officer, "/desk/account/second", "/desk/e/620722-0013"]) {
      await page.goto(site.address + path);
      await looks(path);
    }
    // A form with something to mend, and the authenticator's code.
    await page.goto(`${site.address}/desk/account`);
    await page.fill("#password-new_password", "short");
    await page.click("#password button");
    assert.equal(await page.locator(".faults a").getAttribute("href"), "#password-new_password");
    await looks("a form to mend");
    await page.goto(`${site.address}/desk/account/second`);
    if (await page.locator("#second-password").count()) {
      await page.fill("#second-password", admin[1]);
      await page.click("#second button");
    }
    assert.equal(await page.locator("svg.qr").count(), 1);
    await looks("the authenticator's code");
    await context.close();
  });
}

test("signing in leads where one wanted to go, and out again", async () => {
  const context = await reader(browser, site, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${site.address}/desk/e/620722-0013`);
  await page.fill("#sign-in-sign_in", "clerk");
  await page.fill("#sign-in-password", "wrong password");
  await page.click("#sign-in button");
  assert.equal(await page.locator(".faults").count(), 1);
  assert.equal(await page.inputValue("#sign-in-sign_in"), "clerk");
  assert.equal(await page.inputValue("#sign-in-password"), "");
  await page.fill("#sign-in-password", "demo-ledger-1");
  await page.click("#sign-in button");
  assert.equal(new URL(page.url()).pathname, "/desk/e/620722-0013");
  const cookies = await context.cookies();
  const session = cookies.find((cookie) => cookie.name === "mingzhang");
  assert.ok(session.httpOnly && session.sameSite === "Lax");
  const refused = await page.goto(`${site.address}/desk/officers`);
  assert.equal(refused.status(), 403);
  await page.goto(`${site.address}/desk`);
  await page.click(".leave button");
  assert.match(page.url(), /\/sign-in\?done=out/);
  await page.goto(`${site.address}/desk`);
  assert.match(page.url(), /\/sign-in\?next=/);
  await context.close();
});
