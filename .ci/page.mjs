// Opens the HTML report of a scan in a browser without a screen, and checks what only a browser can tell: that the page
// asks for nothing, complains of nothing, filters, moves by keys, prints, and fits on a phone.
//
// usage: node page.mjs FOLDER-WITH-node_modules REPORT.html

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, report] = process.argv.slice(2);
const modules = createRequire(path.resolve(folder, "index.js"));
const load = async (name) => import(pathToFileURL(modules.resolve(name)));
const bundled = (await load("@sparticuz/chromium")).default;
const { chromium } = (await load("playwright-core")).default;

let browser;
try {
  browser = await chromium.launch({
    executablePath: await bundled.executablePath(),
    // One process for all pages ends with the first of them.
    args: bundled.args.filter((arg) => arg !== "--single-process"),
    timeout: 30_000,
  });
} catch (error) {
  // The browser comes from npm, but the libraries of a desktop that it is linked with do not.
  if (!/error while loading shared libraries/.test(error.message)) throw error;
  console.log("NOT CHECKED in a browser: this machine lacks libraries that Chromium needs");
  process.exit(0);
}
const address = pathToFileURL(path.resolve(report)).href;
const complaints = [];

const open = async (options) => {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== address && !request.url().startsWith("data:")) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(address);
  return page;
};

try {
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1440, 1280, 400, 390]) {
      const page = await open({ viewport: { width, height: 900 }, colorScheme });
      await page.waitForSelector(".row");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} is wider than ${width}`);
      await page.context().close();
    }
  }

  const page = await open({ viewport: { width: 1440, height: 900 } });
  await page.waitForSelector(".row");
  const number = () => page.textContent("#number");
  const chosen = () => page.getAttribute("#rows", "aria-activedescendant");
  const all = await number();
  assert.match(all, /^[1-9][0-9,]* findings$/);
  assert.equal(await chosen(), "row-0");
  await page.keyboard.press("j");
  assert.equal(await chosen(), "row-1", "j moves on");
  await page.keyboard.press("k");
  assert.equal(await chosen(), "row-0", "k moves back");
  await page.keyboard.press("End");
  const last = Number(all.replace(/\D/g, "")) - 1;
  assert.equal(await chosen(), `row-${last}`, "End moves to the last");
  assert.equal(await page.locator(`#row-${last}`).count(), 1, "and shows it");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "detail");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.id), "rows");
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "search");
  await page.keyboard.type("no such words");
  assert.match(await number(), /^0 of /);
  assert.equal(await page.textContent("#empty"), "Nothing matches these filters.");
  await page.click("#reset");
  assert.equal(await number(), all);
  await page.selectOption("#order", "rule");
  assert.ok((await chosen()) !== "row-0", "a heading is no finding");
  assert.equal(await number(), all, "and is not counted");
  await page.focus("#rows");
  await page.keyboard.press("Home");
  assert.equal(await chosen(), "row-1", "Home leads to the first finding");
  assert.ok((await page.locator(".row.heading").count()) > 0, "by rule, each rule has a heading");
  await page.selectOption("#order", "severity");
  const box = page.locator("#filters input").first();
  const count = await page.locator("#filters .number").first().textContent();
  await box.check();
  assert.ok((await number()).startsWith(`${count} `), "a filter leaves what it counts");
  assert.match(new URL(page.url()).hash, /^#severity=/);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator("#print tbody tr").count(), Number(count.replace(/\D/g, "")));
  await page.context().close();

  const plain = await open({ javaScriptEnabled: false });
  assert.ok((await plain.locator(".plain td").count()) > 0, "it can be read without scripts");
  assert.ok(!(await plain.locator("#work").isVisible()));
  assert.deepEqual(complaints, []);
  console.log(`the page: ${all}, no complaint`);
} finally {
  await browser.close();
}
