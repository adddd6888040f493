// The site of a running server: the same, and requests can be sent.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessibilityProblems, launch, open, startServer, tabTo } from "./browser.js";

let browser;
let server;
before(async () => {
  server = await startServer();
  await fetch(server.address + "/docs/"); // the first request waits for the site to be built
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.stop();
});

test("with the keyboard alone one logs in and creates a log group", async () => {
  const { page, problems, close } = await open(browser, server.address + "/docs/en/reference/latest.html");
  await tabTo(page, page.locator("#login summary"));
  await page.keyboard.press("Enter");
  await tabTo(page, page.locator("#login [name=password]"));
  await page.keyboard.type("dev"); // in place of what is there
  await tabTo(page, page.locator("#login button"));
  await page.keyboard.press("Enter");
  await page.locator("#login [role=status]", { hasText: "You are logged in" }).waitFor();

  await page.goto(server.address + "/docs/en/index.html");
  await tabTo(page, page.locator(".operations a", { hasText: "Create a log group" }));
  await page.keyboard.press("Enter");
  const section = page.locator("section[id$='/CreateLogGroup']");
  await section.waitFor();
  await tabTo(page, section.getByRole("button", { name: /Test Request/i }), 200);
  await page.keyboard.press("Enter");
  const client = page.getByRole("dialog");
  const send = client.getByRole("button", { name: /^Send/ }).first();
  await send.waitFor();
  const answered = page.waitForResponse((response) => response.url().endsWith("/groups") && response.request().method() === "POST");
  await tabTo(page, send);
  await page.keyboard.press("Enter");
  const response = await answered;
  assert.equal(new URL(response.url()).origin, server.address);
  assert.equal(response.status(), 201, await response.text());
  const { log_group_id: id } = await response.json();
  await client.getByText(id).first().waitFor();
  await client.getByText("201").first().waitFor();
  assert.deepEqual(problems, []);
  await close();
});

for (const options of [
  { colorScheme: "light" }, { colorScheme: "dark" },
  { colorScheme: "light", viewport: { width: 390, height: 844 } }, { colorScheme: "dark", viewport: { width: 390, height: 844 } },
]) {
  test(`what sends requests is accessible (${options.colorScheme}, ${options.viewport?.width ?? 1280} pixels)`, async () => {
    const { page, close } = await open(browser, server.address + "/docs/en/reference/latest.html#ListLogGroups", options);
    await page.locator("section[id$='/ListLogGroups']").getByRole("button", { name: /Test Request/i }).click();
    await page.getByRole("dialog").getByRole("button", { name: /^Send/ }).first().waitFor();
    assert.deepEqual(await accessibilityProblems(page, options.colorScheme), []);
    await close();
  });
}

test("on a phone one logs in and creates a log group", async () => {
  const { page, problems, close } = await open(browser, server.address + "/docs/zh/reference/latest.html", { viewport: { width: 390, height: 844 }, hasTouch: true });
  await page.locator("#login summary").tap();
  const reloaded = page.waitForEvent("load");
  await page.locator("#login button").tap();
  await reloaded;
  await page.goto(server.address + "/docs/zh/index.html");
  await page.locator(".operations a[href$='#CreateLogGroup']").tap();
  const section = page.locator("section[id$='/CreateLogGroup']");
  await section.getByRole("button", { name: "测试请求" }).tap();
  const client = page.getByRole("dialog");
  const answered = page.waitForResponse((response) => response.url().endsWith("/groups") && response.request().method() === "POST");
  await client.getByRole("button", { name: "发送" }).first().tap();
  const response = await answered;
  assert.ok([201, 400].includes(response.status()), await response.text()); // the name of the example may be taken
  await client.getByText(String(response.status())).first().waitFor();
  assert.deepEqual(problems.filter((problem) => !problem.includes("status of 400")), []);
  await close();
});

test("a wrong password is said", async () => {
  const { page, close } = await open(browser, server.address + "/docs/zh/reference/latest.html");
  await page.locator("#login summary").click();
  await page.locator("#login [name=password]").fill("wrong");
  await page.locator("#login button").click();
  await page.locator("#login [role=status]", { hasText: "服务器拒绝" }).waitFor();
  assert.deepEqual(await accessibilityProblems(page, "light"), []);
  await close();
});

test("the reference of another edition sends nothing", async () => {
  const { page, problems, close } = await open(browser, server.address + "/docs/en/reference/2022-08.html");
  assert.equal(await page.locator("#other-edition").isVisible(), true);
  assert.equal(await page.locator("#login").isVisible(), false);
  assert.equal(await page.getByRole("button", { name: /Test Request/i }).count(), 0);
  assert.deepEqual(problems, []);
  await close();
});

test("the guides have the address of the server", async () => {
  const { page, problems, close } = await open(browser, server.address + "/docs/en/guides/quickstart.html");
  assert.ok((await page.locator("article").innerText()).includes("LTS=" + server.address));
  assert.deepEqual(problems, []);
  await close();
});

test("what is no page is an unknown API", async () => {
  for (const path of ["/docs/en/nothing.html", "/docsx", "/docs/../docs/assets"]) {
    const answer = await fetch(server.address + path);
    assert.equal(answer.status, 404, path);
    assert.equal((await answer.json()).error_code, "APIGW.0101", path);
  }
});
