// One address of every shape of page that links lead to.

/** What two addresses of the same sort of page have in common. */
const shape = (path) =>
  path
    .replace(/\/620722-\d{4}\b/, "/*")
    .replace(/\/entries\/[^/?]+/, "/entries/*")
    .replace(/\/contracts\/[^/?]+/, "/contracts/*")
    .replace(/\/agreements\/[^/?]+/, "/agreements/*")
    .replace(/\/notices\/[^/?]+/, "/notices/*")
    .replace(/\/(bank|drafts|documents|imports|officers)\/[^/?]+/, "/$1/*")
    .replace(/\?.*/, "?");

/** Pages for people; not files, nor the same page in another language or view. */
const isPage = (path) =>
  !/^\/api\/v1\/|\/bytes$|\/export\.|\.(csv|xlsx|jsonl)\b|\/file$|[?&](lang|view)=/.test(path);

/** One address of every shape, from some on; `within` says which others belong to it. */
export async function found(page, site, from, within = () => true) {
  const [seen, shapes, waiting] = [new Set(from.map(shape)), new Map(), [...from]];
  while (waiting.length) {
    const path = waiting.shift();
    const answer = await page.goto(site.address + path);
    if (!answer?.headers()["content-type"]?.startsWith("text/html")) continue;
    shapes.set(shape(path), path);
    const links = await page.$$eval("a[href]", (all) => all.map((one) => one.getAttribute("href")));
    for (const link of links) {
      const there = new URL(link, site.address + path);
      const to = there.pathname + there.search;
      if (there.origin === site.address && isPage(to) && within(to) && !seen.has(shape(to))) {
        seen.add(shape(to));
        waiting.push(to);
      }
    }
  }
  return [...shapes.values()];
}

/** What axe says of the page that is shown; nothing where it has nothing to say. */
export async function looks(page, axe) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).slice(0, 3).join("\n")}`);
}
