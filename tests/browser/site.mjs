// A served database and a browser to look at it with. The program is the built one; nothing is
// put in its place.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const program = process.env.MINGZHANG ?? join(root, "target", "debug", "mingzhang");
const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";

export const widths = { phone: 390, small: 320, desktop: 1280 };

/** The demonstration, served on a free port. */
export const serve = () => served((words) => ["--lang", "zh", "serve", ...words]);

/** The same as a demonstration serves it: its clock stands, its sign-ins are known. */
export const demo = () => served((words) => ["--lang", "zh", "demo", ...words]);

/** A new estate with people of its own, kept on the machine's clock; `found` makes them. */
export const founded = (found) => served((words) => ["--lang", "zh", "serve", ...words], found);

const shown = (run) => run("demo", "--fresh", "--no-serve");

async function served(command, found = shown) {
  const directory = mkdtempSync(join(tmpdir(), "mingzhang-browser-"));
  const env = { ...process.env, MINGZHANG_SESSION_REQUIRE_TOTP: "false" };
  const run = (...words) => execFileSync(program, words, { cwd: directory, encoding: "utf8", env });
  const says = (input, ...words) => execFileSync(program, words, { cwd: directory, encoding: "utf8", env, input });
  found(run, says);
  const server = spawn(program, command(["--listen", "127.0.0.1:0"]), {
    cwd: directory,
    env: found === shown ? process.env : env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  let drafts = 0;
  const address = await new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).on("line", (line) => {
      const found = line.match(/http:\/\/[0-9.:]+/);
      if (found) resolve(found[0]);
    });
    server.on("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return {
    address,
    run,
    /** Posts drafts from another process, as a file does. */
    post(...posted) {
      const lines = posted.map((draft) => JSON.stringify({ ref: `browser:${++drafts}.0000`, ...draft }));
      const file = join(directory, `drafts-${drafts}.jsonl`);
      writeFileSync(file, `${lines.join("\n")}\n`);
      return run("import", "journal", file, "--commit");
    },
    async close() {
      const ended = new Promise((resolve) => server.on("exit", resolve));
      server.kill("SIGTERM");
      await ended;
      rmSync(directory, { recursive: true });
    },
  };
}

export const open = () => chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });

/** A reader: a browser's context with a language, a view and a width. */
export async function reader(browser, site, { lang = "zh", elder = false, dark = false, width = widths.phone, ...rest } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: 844 },
    colorScheme: dark ? "dark" : "light",
    locale: lang === "zh" ? "zh-CN" : "en-GB",
    reducedMotion: "reduce",
    ...rest,
  });
  const cookie = (name, value) => ({ name, value, url: site.address });
  await context.addCookies([cookie("lang", lang), cookie("view", elder ? "elder" : "full")]);
  return context;
}
