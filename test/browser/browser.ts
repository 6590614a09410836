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
  const origin = url.startsWith("http") ? new URL(url).origin : url;
  page.on("request", (request) => {
    const to = request.url();
    if (!to.startsWith(origin) && !to.startsWith("blob:") && !to.startsWith("data:")) wrong.push(`request to ${to}`);
  });
  await page.goto(url);
  await page.waitForSelector("html[data-ready], .wrong, .drop");
  return { page, wrong };
}

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
