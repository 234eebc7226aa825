// Every page in a real browser: axe finds nothing, nothing scrolls sideways at 320 px, the
// keyboard reaches what a mouse reaches, and nothing is asked of any other place.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { found as crawl, looks } from "./crawl.mjs";
import { open, reader, serve, widths } from "./site.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const estate = "620722-0017";
let site, browser, pages;

before(async () => {
  site = await serve();
  browser = await open();
  pages = await found();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** One address of every shape of page that links lead to, from the directory on. */
async function found() {
  const context = await reader(browser, site);
  const ours = (to) => !to.startsWith("/e/") || to.startsWith(`/e/${estate}`);
  const all = await crawl(await context.newPage(), site, ["/"], ours);
  await context.close();
  return [...all, `/e/${estate}/lines?min=x`, "/e/620722-9999", "/nowhere"];
}

const modes = [
  { name: "zh, phone", lang: "zh" },
  { name: "en, desktop, dark", lang: "en", dark: true, width: widths.desktop },
  { name: "zh, elder", lang: "zh", elder: true },
];

test("links lead to every kind of page", () => {
  for (const kind of ["/lines", "/contracts", "/findings", "/statements/", "/agreements/", "/entries/", "/about"]) {
    assert.ok(pages.some((path) => path.includes(kind)), `${kind} of ${pages.join(" ")}`);
  }
});

for (const mode of modes) {
  test(`axe finds nothing: ${mode.name}`, async () => {
    // Its own code may run; the pages' policy stays for theirs.
    const context = await reader(browser, site, { ...mode, bypassCSP: true });
    const page = await context.newPage();
    for (const path of pages) {
      await page.goto(site.address + path);
      assert.deepEqual(await looks(page, axe), [], `${path}, ${mode.name}`);
    }
    await context.close();
  });
}

test("nothing scrolls sideways at 320 px", async () => {
  for (const mode of [{ lang: "zh" }, { lang: "en" }, { lang: "zh", elder: true }]) {
    const context = await reader(browser, site, { ...mode, width: widths.small });
    const page = await context.newPage();
    for (const path of pages) {
      await page.goto(site.address + path);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= widths.small, `${path}, ${JSON.stringify(mode)}: ${wide} px`);
    }
    await context.close();
  }
});

test("nothing is asked of any other place, and nothing is refused or goes wrong", async () => {
  const context = await reader(browser, site);
  const page = await context.newPage();
  const foreign = [];
  const wrong = [];
  page.on("request", (request) => {
    const at = new URL(request.url());
    if (at.origin !== site.address && at.protocol !== "data:") foreign.push(request.url());
  });
  page.on("console", (message) => {
    // The browser says of its own accord that an error page is one.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) wrong.push(message.text());
  });
  page.on("pageerror", (error) => wrong.push(String(error)));
  for (const path of pages) await page.goto(site.address + path, { waitUntil: "load" });
  assert.deepEqual(foreign, []);
  assert.deepEqual(wrong, []);
  await context.close();
});

test("the keyboard comes past every link and field, and shows where it is", async () => {
  const context = await reader(browser, site, { width: widths.desktop });
  const page = await context.newPage();
  for (const path of ["/", `/e/${estate}`, `/e/${estate}/lines`]) {
    await page.goto(site.address + path);
    const reachable = () => page.evaluate(() => {
      const all = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary");
      return [...all].filter((one) => one.checkVisibility() && one.tabIndex >= 0).length;
    });
    const expected = await reachable();
    await page.evaluate(() => { globalThis.reached = new Set(); });
    for (let n = 0; n < expected + 5; n++) {
      await page.keyboard.press("Tab");
      const shown = await page.evaluate(() => {
        const at = document.activeElement;
        if (!at || at === document.body) return true;
        globalThis.reached.add(at);
        const style = getComputedStyle(at);
        return style.outlineStyle !== "none" || style.boxShadow !== "none";
      });
      assert.ok(shown, `${path}: the focus can't be seen after ${n + 1} steps`);
    }
    assert.ok(await page.evaluate(() => globalThis.reached.size) >= expected, path);
  }
  await context.close();
});
