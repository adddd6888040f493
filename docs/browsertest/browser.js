// What all tests share: a browser, a page that is watched, and axe.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const program = new URL("../../bin/lts", import.meta.url).pathname;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const folder = mkdtempSync(join(tmpdir(), "lts-docs-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

// The site in a folder, as a URL that ends with a slash.
export function buildSite(...flags) {
  const out = join(folder, "site");
  execFileSync(program, ["docs", "--out", out, ...flags], { stdio: ["ignore", "ignore", "inherit"] });
  return pathToFileURL(out).href + "/";
}

// The bundles alone, as a folder.
export function buildBundles() {
  const out = join(folder, "bundles");
  execFileSync(program, ["docs", "--bundles", "--out", out]);
  return out;
}

// A running server, as its address and a function that stops it. Its output is
// read until it ends: it would end with who reads it.
export function startServer() {
  const server = spawn(program, ["serve", "--log-level", "error", "--listen", "127.0.0.1:0", "--data", mkdtempSync(join(folder, "data-"))], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = () => server.kill();
  process.on("exit", stop); // also when a test has failed before it could
  return new Promise((resolve, reject) => {
    let printed = "";
    server.stdout.on("data", (chunk) => {
      printed += chunk;
      const address = / at (http:\S+)\n/.exec(printed)?.[1];
      if (address) {
        resolve({ address, stop });
      }
    });
    server.on("exit", () => reject(new Error("the server has ended without saying where it is: " + printed)));
  });
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
}

// A page, and what it has done that it must not: requests to other places than
// its own, errors on the console, exceptions.
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const problems = [];
  const own = url.startsWith("http") ? new URL(url).origin : "file:";
  page.on("request", (request) => {
    if (!request.url().startsWith(own) && !/^(data|blob):/.test(request.url())) {
      problems.push("request to " + request.url());
    }
  });
  page.on("console", (message) => message.type() === "error" && problems.push("console: " + message.text()));
  page.on("pageerror", (error) => problems.push("exception: " + error.message));
  await page.goto(url);
  if (url.includes("/reference/")) {
    await page.locator("#reference h1, #reference h2").first().waitFor();
  }
  return { page, problems, close: () => context.close() };
}

// Presses Tab until the focus is where it should go.
export async function tabTo(page, target, most = 80) {
  for (let pressed = 0; pressed < most; pressed++) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) {
      return;
    }
  }
  throw new Error(`${most} times Tab do not lead to ${target}`);
}

// The rules of WCAG 2.1 AA that a page breaks in each of some colours, each with
// a place. The preload of axe would ask for files, which a page in a folder may
// not.
export async function accessibilityProblems(page, ...colours) {
  await page.evaluate(axe);
  const all = [];
  for (const colorScheme of colours) {
    await page.emulateMedia({ colorScheme });
    await page.waitForFunction((name) => document.documentElement.dataset.theme === name, colorScheme);
    all.push(...(await page.evaluate(async (name) => {
      const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];
      const report = await globalThis.axe.run(document, { preload: false, runOnly: tags });
      return report.violations.flatMap((rule) => rule.nodes.map((node) => `${name}: ${rule.id}: ${node.html.slice(0, 160)}`));
    }, colorScheme)));
  }
  return all;
}
