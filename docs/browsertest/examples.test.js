// Every example of the document, as a reader of the reference finds it: the
// operation by its link, the status, the name of the example, the body.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { buildSite, launch, open } from "./browser.js";

const site = buildSite();
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

// What editions and operations share is looked at once. The newest edition comes
// first.
const seen = new Set();

for (const edition of ["latest", "2024-03", "2022-08"]) {
  test(`every example of the edition ${edition} is shown`, async () => {
    const reference = `${site}en/reference/${edition}.html`;
    const pages = await Promise.all([1, 2].map(() => open(browser, reference)));
    const all = await pages[0].page.evaluate(documentedExamples);
    assert.ok(all.length > 100, `the edition has ${all.length} examples`);
    const unseen = all.filter(({ key }) => !seen.has(key) && seen.add(key));
    const queue = [...new Set(unseen.map(({ operation }) => operation))];
    await Promise.all(pages.map(async ({ page, problems, close }) => {
      while (queue.length > 0) {
        const operation = queue.shift();
        await page.goto("about:blank");
        await page.goto(`${reference}#${operation}`);
        await showEach(page, operation, unseen.filter((example) => example.operation === operation));
      }
      assert.deepEqual(problems, []);
      await close();
    }));
  });
}

// showEach chooses every example of an operation, and compares what is shown.
async function showEach(page, operation, examples) {
  const section = page.locator(`section[id$='/${operation}']`);
  await section.waitFor();
  for (const { status, summary, value } of examples) {
    const card = status ? section.locator(".response-card") : section.getByRole("group", { name: /^Request Example/ });
    if (status) {
      await card.getByRole("tab", { name: status }).click();
    }
    await choose(card, summary);
    const shown = await card.locator("pre").innerText();
    const body = status ? shown : /--data '(.*)'/s.exec(shown)?.[1].replaceAll("'\\''", "'");
    assert.deepEqual(JSON.parse(body), value, `${operation} ${status}: ${summary}`);
  }
}

// The examples of the document that the page has, in its order. Those that the
// site makes of the error table have no source.
function documentedExamples() {
  const doc = window.ltsDocument;
  const follow = (node) => (node?.$ref ? node.$ref.slice(2).split("/").reduce((at, key) => at[key], doc) : node);
  const all = [];
  for (const item of Object.values(doc.paths)) {
    for (const { operationId: operation, requestBody, responses } of Object.values(item)) {
      const take = (status, place) => {
        for (const { summary, value, "x-source": sources } of Object.values(follow(place)?.content?.["application/json"]?.examples ?? {})) {
          if (sources) {
            all.push({ operation, status, summary, value, key: JSON.stringify([place.$ref ?? operation, status, summary, value]) });
          }
        }
      };
      if (operation) {
        take("", requestBody);
        Object.entries(responses).forEach(([status, response]) => take(status, response));
      }
    }
  }
  return all;
}

// choose shows an example of a card. A card with one example has nothing to
// choose.
async function choose(card, name) {
  await card.locator("pre").first().waitFor();
  const picker = card.getByTestId("example-picker");
  if ((await picker.count()) === 0 || (await picker.innerText()) === name) {
    return;
  }
  await picker.click();
  await card.page().getByRole("option", { name, exact: true }).click();
}
