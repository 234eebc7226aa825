// What pages are made of: the W3C's checker has nothing against the HTML of any of them, of the
// portal or of the desk as each role sees it; axe finds nothing there, in light and dark.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { found, looks } from "./crawl.mjs";
import { demo, open, reader, widths } from "./site.mjs";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const jar = join(require.resolve("vnu-jar/package.json"), "..", "build", "dist", "vnu.jar");
const estate = "620722-0017";
const roles = ["clerk", "reviewer", "committee", "community", "bureau", "admin"];
let site, browser, folder;

before(async () => {
  site = await demo();
  browser = await open();
  folder = mkdtempSync(join(tmpdir(), "mingzhang-html-"));
});

after(async () => {
  await browser?.close();
  await site?.close();
  if (folder) rmSync(folder, { recursive: true });
});

/** A browser in which somebody is signed in. */
async function signedIn(name, mode) {
  const context = await reader(browser, site, { ...mode, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(`${site.address}/sign-in`);
  await page.fill("#sign-in-sign_in", name);
  await page.fill("#sign-in-password", `demo-ledger-${roles.indexOf(name) + 1}`);
  await page.click("#sign-in button");
  await page.waitForURL((url) => url.pathname.startsWith("/desk"));
  return { context, page };
}

/** Keeps the HTML of pages as it is sent. */
async function keeps(page, paths, name) {
  mkdirSync(join(folder, name), { recursive: true });
  const addresses = [];
  for (const [nth, path] of paths.entries()) {
    const answer = await page.goto(site.address + path);
    writeFileSync(join(folder, name, `${nth}.html`), await answer.text());
    addresses.push(path);
  }
  return addresses;
}

// Tables that are laid out anew on phones name their roles, since some browsers take the meaning of
// a table from it with its layout; the checker finds that idle, readers of screens don't.
const rolesOfTables = /“(table|rowgroup|row|columnheader|rowheader|cell)” role is unnecessary|“role” attribute must not be used on a “(tr|th|td)” element which has a “table” ancestor/;

/** What the checker says of a folder's pages. */
function checked(name, addresses) {
  let said;
  try {
    said = execFileSync("java", ["-jar", jar, "--format", "json", "--stdout", "--exit-zero-always", join(folder, name)], { encoding: "utf8", maxBuffer: 1 << 26 });
  } catch (error) {
    throw new Error(`the checker did not run: ${error.message}`);
  }
  const { messages } = JSON.parse(said);
  return messages
    .filter((one) => one.type === "error" || one.subType === "warning")
    .filter((one) => !rolesOfTables.test(one.message))
    // A guess of its own, wrong where a page is a list of codes.
    .filter((one) => !/appears to be written in/.test(one.message))
    .map((one) => `${addresses[Number(one.url.match(/(\d+)\.html$/)?.[1])]}: ${one.message} … ${one.extract}`);
}

test("the portal's HTML is sound", async () => {
  const context = await reader(browser, site);
  const page = await context.newPage();
  const ours = (to) => !to.startsWith("/desk") && (!to.startsWith("/e/") || to.startsWith(`/e/${estate}`));
  const paths = await found(page, site, ["/"], ours);
  assert.ok(paths.length > 30, paths.join(" "));
  const all = [...paths, `/e/${estate}/lines?min=x`, "/e/620722-9999", "/nowhere"];
  assert.deepEqual(checked("portal", await keeps(page, all, "portal")), []);
  await context.close();
});

for (const role of roles) {
  test(`the desk is sound for whoever is ${role}`, async () => {
    const { context, page } = await signedIn(role, { lang: "zh" });
    const desk = (to) => to.startsWith("/desk") && (!to.startsWith("/desk/e/") || to.startsWith(`/desk/e/${estate}`));
    const paths = await found(page, site, ["/desk", `/desk/e/${estate}`], desk);
    assert.deepEqual(checked(role, await keeps(page, paths, role)), []);
    await context.close();
    const modes = [
      { lang: "zh", width: widths.small },
      { lang: "en", dark: true, width: widths.desktop },
    ];
    for (const mode of modes) {
      const { context, page } = await signedIn(role, mode);
      for (const path of paths) {
        await page.goto(site.address + path);
        assert.deepEqual(await looks(page, axe), [], `${path}, ${JSON.stringify(mode)}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= mode.width, `${path}: ${wide} px`);
      }
      await context.close();
    }
  });
}
