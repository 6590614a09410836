/** A real browser for tests: Debian's chromium, headless. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { ROOT } from "../../lib/asc.ts";

export const browserPath = ["chromium", "chromium-browser", "google-chrome"].flatMap((name) => {
  try {
    return [execFileSync("sh", ["-c", `command -v ${name}`], { stdio: "pipe", encoding: "utf8" }).trim()];
  } catch {
    return [];
  }
})[0];

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: browserPath!, args: ["--no-sandbox", "--disable-gpu"] });

/** What the page may not do, as it is tried: complaints of its console, requests to anywhere but where it came from. */
export interface Watched {
  page: Page;
  wrong: string[];
}

export async function openPage(browser: Browser, url: string): Promise<Watched> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 }, acceptDownloads: true });
  page.setDefaultTimeout(0); // the test runner has a clock
  const wrong: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") wrong.push(message.text());
  });
  page.on("pageerror", (error) => wrong.push(String(error.stack)));
  page.on("dialog", (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.addInitScript(listen);
  const origin = url.startsWith("http") ? new URL(url).origin : url;
  page.on("request", (request) => {
    const to = request.url();
    if (!to.startsWith(origin) && !to.startsWith("blob:") && !to.startsWith("data:")) wrong.push(`request to ${to}`);
  });
  await page.goto(url);
  await page.waitForSelector("html[data-ready], .wrong, .drop");
  return { page, wrong };
}

/** Runs in the page, before its own scripts: keeps each text that was ever in it, labels and what is written on canvases included. */
function listen(): void {
  const seen = new Set<string>();
  Object.assign(window, { seen });
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    seen.add(text);
    return fillText.call(this, text, ...rest);
  };
  const take = (node: Node): void => {
    if (node instanceof Text) seen.add(node.data);
    else if (node instanceof Element)
      for (const name of ["aria-label", "placeholder"]) seen.add(node.getAttribute(name) ?? "");
    node.childNodes.forEach(take);
  };
  const observer = new MutationObserver((records) => {
    for (const { addedNodes } of records) addedNodes.forEach(take);
  });
  observer.observe(document, { childList: true, subtree: true });
}

/** Each text that was ever in the page, one a line. */
export const textsOf = (page: Page): Promise<string> =>
  page.evaluate(() => ["", ...(window as unknown as { seen: Set<string> }).seen, ""].join("\n"));

/** Waits until what has changed is drawn, and moves no more. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
    await frame();
  });
}

/** Kept under build/screens, to be looked at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = join(ROOT, "build", "screens");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** The real command; what it prints. */
export const weir = (...words: string[]) =>
  execFileSync(process.execPath, ["bin/weir", ...words], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
