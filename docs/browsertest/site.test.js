// The site in a folder, without a server.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { accessibilityProblems, buildSite, launch, open } from "./browser.js";

const site = buildSite("--conform"); // with the figures of a run
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const pages = [
  "index.html", "search.html?q=group", "contradictions.html", "changes.html", "downloads.html",
  "errors/latest.html", "errors/2022-08.html", "reference/latest.html", "reference/2024-03.html",
  "guides/index.html", "guides/quickstart.html", "guides/authentication.html", "guides/conformance.html", "guides/configuration.html", "guides/architecture.html",
  "guides/adr/0001-source-of-record-and-editions.html",
];
const phone = { width: 390, height: 844 };
// The pages of the templates change their colours while they are looked at; the
// reference, whose colours follow later, is opened in each. They are the same in
// Chinese.
const looksOf = (language, path) => [
  { name: "desktop", options: { colorScheme: "light" }, colours: ["light", "dark"] },
  { name: "phone", options: { colorScheme: "dark", viewport: phone }, colours: ["dark", "light"] },
].flatMap((look) => {
  if (!path.startsWith("reference/")) {
    return [look];
  }
  return look.colours.slice(0, language === "en" ? 2 : 1).map((colorScheme) => (
    { name: `${look.name}, ${colorScheme}`, options: { ...look.options, colorScheme }, colours: [colorScheme] }
  ));
});

// Two at a time: while one waits for the page, the other one works.
describe("every kind of page", { concurrency: 2 }, () => {
  for (const language of ["en", "zh"]) {
    for (const path of pages) {
      for (const { name, options, colours } of looksOf(language, path)) {
        test(`${language}/${path} is whole and accessible (${name})`, async () => {
          const { page, problems, close } = await open(browser, `${site}${language}/${path}`, options);
          assert.equal(await page.locator("html").getAttribute("lang"), language);
          assert.ok((await page.locator("h1").first().innerText()).length > 1, "the page has no heading");
          assert.deepEqual(await accessibilityProblems(page, ...colours), []);
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(wider <= 0, `the page is ${wider} pixels wider than the screen`);
          assert.deepEqual(problems, []);
          await close();
        });
      }
    }
  }
});

test("without JavaScript every page leads on", async () => {
  for (const language of ["en", "zh"]) {
    for (const path of ["errors/latest.html", "reference/latest.html", "search.html"]) {
      const { page, close } = await open(browser, "about:blank", { javaScriptEnabled: false, viewport: phone });
      await page.goto(`${site}${language}/${path}`);
      for (const target of ["quickstart.html", "downloads.html"]) {
        assert.ok(await page.locator(`#pages a[href$='${target}']`).isVisible(), `${language}/${path} has no way to ${target}`);
      }
      assert.equal(await page.locator(".menu").isVisible(), false, "there is a button that does nothing");
      if (path !== "errors/latest.html") {
        assert.ok(await page.locator(".note a[href$='downloads.html']").isVisible(), `${language}/${path} says nothing`);
      }
      await close();
    }
  }
});

test("what is printed is black on white, and no wider than the paper", async () => {
  const { page, close } = await open(browser, site + "en/guides/quickstart.html", { colorScheme: "dark" });
  await page.emulateMedia({ media: "print" });
  const of = (selector) => page.locator(selector).first().evaluate((element) => getComputedStyle(element).backgroundColor);
  assert.equal(await of("body"), "rgb(255, 255, 255)");
  assert.equal(await page.locator("header.top").isVisible(), false);
  await page.setViewportSize({ width: 600, height: 800 });
  const cut = await page.locator("pre").evaluateAll((all) => all.filter((pre) => pre.scrollWidth > pre.clientWidth).length);
  assert.equal(cut, 0, "commands are cut off at the edge of the paper");
  await close();
});

test("the search finds an error code and what answers it", async () => {
  const { page, problems, close } = await open(browser, site + "en/index.html");
  await page.keyboard.press("/");
  await page.keyboard.type("LTS.0101");
  await page.keyboard.press("Enter");
  await page.waitForURL(/search\.html\?q=LTS\.0101/);
  const results = page.locator("#results li");
  assert.match(await results.first().innerText(), /Error.*group name has been existed.*LTS\.0101/s);
  assert.match((await results.allInnerTexts()).join("\n"), /Create a log group/);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.waitForURL(/errors\/latest\.html#LTS\.0101$/);
  assert.deepEqual(problems, []);
  await close();
});

test("an error code that is typed leads to its entry", async () => {
  const { page, close } = await open(browser, site + "en/search.html?q=lts.0208");
  await page.locator("#results a").first().click();
  await page.waitForURL(/errors\/latest\.html#LTS\.0208$/);
  assert.match(await page.locator("[id='LTS.0208']").innerText(), /The log stream does not existed/);
  await close();
});

test("the conformance guide has the figures of a run, the newcomer's page its commands", async () => {
  for (const [language, figures] of [["en", "Figures of a run"], ["zh", "一次运行的结果"]]) {
    const { page, close } = await open(browser, `${site}${language}/guides/conformance.html`);
    const table = page.getByRole("region", { name: figures });
    for (const edition of ["latest", "2024-03", "2022-08"]) {
      assert.equal(await table.getByRole("columnheader", { name: edition }).count(), 1);
    }
    for (const cell of await table.locator("td").allInnerTexts()) {
      const [reached, all] = cell.split("/").map(Number);
      assert.ok(reached > 0 && reached <= all, `the figure ${cell}`);
    }
    await page.goto(`${site}${language}/guides/quickstart.html`);
    assert.match(await page.locator("article").innerText(), /bin\/lts serve[\s\S]*content\/query/);
    await close();
  }
});

test("the search finds Chinese words, and says when it finds nothing", async () => {
  const { page, close } = await open(browser, site + "zh/search.html?q=" + encodeURIComponent("创建日志组"));
  assert.match(await page.locator("#results li").first().innerText(), /创建日志组/);
  await page.locator(".find input").fill("xyzzyx");
  assert.equal(await page.locator("#results li").count(), 0);
  assert.equal(await page.locator("#search-status").innerText(), "没有找到结果。");
  await close();
});

test("language and edition are switched without losing the place", async () => {
  const { page, close } = await open(browser, site + "en/errors/latest.html#LTS.0301");
  const message = page.locator("[id='LTS.0301'] code").first();
  const latest = await message.innerText();
  await page.locator(".editions a", { hasText: "2024-03" }).click();
  await page.waitForURL(/en\/errors\/2024-03\.html#LTS\.0301$/);
  assert.notEqual(await message.innerText(), latest);
  await page.locator(".language").click();
  await page.waitForURL(/zh\/errors\/2024-03\.html#LTS\.0301$/);
  assert.match(await page.locator("h1").innerText(), /错误码/);
  await close();
});

test("an operation is shown by its operationId, with examples, errors and sources", async () => {
  const { page, problems, close } = await open(browser, site + "en/reference/latest.html#ListLogs");
  const operation = page.locator("section[id$='/ListLogs']");
  await operation.waitFor();
  await page.waitForFunction(() => {
    const top = document.querySelector("section[id$='/ListLogs']")?.getBoundingClientRect().top ?? Infinity;
    return top > -200 && top < innerHeight;
  });
  const text = await operation.innerText();
  for (const part of ["Errors (", "Sources: 2022-08 section 5.3.1", "start_time"]) {
    assert.ok(text.includes(part), `the operation does not show ${part}`);
  }
  await page.evaluate(() => { location.hash = "#CreateLogGroup"; });
  await page.waitForFunction(() => {
    const top = document.querySelector("section[id$='/CreateLogGroup']")?.getBoundingClientRect().top ?? Infinity;
    return top > -200 && top < innerHeight;
  });
  assert.deepEqual(problems, []);
  await close();
});

test("the keyboard alone reaches everything", async () => {
  const { page, close } = await open(browser, site + "en/index.html");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "content");
  await page.keyboard.press("Tab");
  assert.match(await page.evaluate(() => document.activeElement.textContent), /Get started/);
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(outline, "solid", "what has the focus is not marked");
  await page.keyboard.press("Enter");
  await page.waitForURL(/guides\/quickstart\.html$/);
  await close();
});

test("on a phone the menu opens with the keyboard", async () => {
  const { page, close } = await open(browser, site + "en/index.html", { viewport: phone });
  const entry = page.locator("#pages a", { hasText: "Errors" });
  assert.equal(await entry.isVisible(), false);
  await page.locator(".menu").focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(".menu").getAttribute("aria-expanded"), "true");
  assert.equal(await entry.isVisible(), true);
  await close();
});

test("the colours are those of the system until others are chosen", async () => {
  const { page, close } = await open(browser, site + "en/index.html", { colorScheme: "dark" });
  const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await back();
  await page.locator(".theme").selectOption("light");
  assert.notEqual(await back(), dark);
  await page.goto(site + "en/changes.html");
  assert.notEqual(await back(), dark, "the choice does not hold on the next page");
  await close();
});

test("the reference takes on the colours that are chosen", async () => {
  const { page, close } = await open(browser, site + "en/reference/latest.html", { colorScheme: "light" });
  await page.locator("#reference h1, #reference h2").first().waitFor();
  await page.locator(".theme").selectOption("dark");
  await page.locator("body.dark-mode:not(.light-mode)").waitFor({ state: "attached" });
  await page.waitForTimeout(500); // the renderer's colours fade
  assert.deepEqual(await accessibilityProblems(page, "dark"), []);
  await close();
});

test("no link of the site is broken", async () => {
  const { page, close } = await open(browser, site + "index.html");
  const seen = new Map(); // the IDs of each page
  const queue = [site + "en/index.html", site + "zh/index.html"];
  const links = [];
  while (queue.length > 0) {
    const url = queue.pop();
    if (seen.has(url)) {
      continue;
    }
    try {
      await page.goto(url);
    } catch (error) {
      assert.fail(`${url}: ${error.message}`);
    }
    if (url.includes("/reference/")) {
      await page.locator("#reference h1, #reference h2").first().waitFor();
    }
    await page.evaluate(`globalThis.rendererPlaces = ${rendererPlaces}`);
    const found = await page.evaluate(() => ({
      ids: [...document.querySelectorAll("[id]")].map((element) => element.id),
      links: [...document.querySelectorAll("a[href]")].map((link) => link.href),
      places: rendererPlaces(),
    }));
    seen.set(url, new Set([...found.ids, ...found.places]));
    for (const link of found.links.filter((link) => link.startsWith("file:"))) {
      const [target, id] = link.split("#");
      links.push({ from: url, target, id: decodeURIComponent(id || "") });
      if (target.endsWith(".html")) {
        queue.push(target);
      }
    }
  }
  const missing = (target) => !existsSync(fileURLToPath(target.split("?")[0]));
  const broken = links.filter(({ target, id }) => {
    const ids = seen.get(target);
    return missing(target) || (ids && id && !ids.has(id.replace(/^api-1\//, ""))); // the renderer puts that before its own
  });
  assert.deepEqual(broken.map(({ from, target, id }) => `${from} -> ${target}#${id}`), []);
  assert.ok(links.some(({ target }) => target.endsWith(".postman_collection.json")), "no link leads to a bundle");
  assert.ok(seen.size > 40, `only ${seen.size} pages were found`);
  await close();
});

// The places that a reference has: those of its links, which are operationIds,
// and those that the renderer has for what it shows once one scrolls there.
function rendererPlaces() {
  const doc = window.ltsDocument;
  if (!doc) {
    return [];
  }
  const models = { en: "models", zh: "模型" }[document.documentElement.lang];
  const places = ["description/introduction", models, ...Object.keys(doc.components.schemas).map((name) => `${models}/${name}`)];
  for (const { operationId, tags } of Object.values(doc.paths).flatMap((item) => Object.values(item))) {
    if (operationId) {
      places.push(operationId, `tag/${tags[0]}`, `tag/${tags[0]}/${operationId}`);
    }
  }
  return places;
}
