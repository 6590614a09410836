/**
 * `npm run bench:page`: a capture of a million packets loaded, scored and drawn in the browser, beside `weir replay` of the
 * same under the same policy and baseline, alternating. Needs chromium.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INPUT_SIZE } from "../../appliance/contract/abi.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { CaptureWriter } from "../../captures/write.ts";
import { ROOT } from "../../lib/asc.ts";
import { named } from "../../page/inputs.ts";
import { servePage } from "../../page/server.ts";
import { browserPath, launch } from "../browser/browser.ts";

const PACKETS = 1_000_000;
const RUNS = 5;

/** The project's own captures, one behind the other: of fifty minutes one has the attacks. */
async function makeCapture(path: string): Promise<void> {
  const writer = new CaptureWriter(path, { format: "pcap" });
  const buffer = new Uint8Array(INPUT_SIZE);
  const view = new DataView(buffer.buffer);
  for (let minute = 0; writer.packets < PACKETS; minute++) {
    const reader = await CaptureReader.open([join(ROOT, "fixtures", minute % 50 === 49 ? "site.pcap" : "normal.pcap")]);
    const begin = 1_700_000_000_000_000_000n + BigInt(minute) * 61_000_000_000n;
    let first: bigint | undefined;
    for (let length = await reader.fill(buffer); length; length = await reader.fill(buffer))
      for (let at = 0; at < length && writer.packets < PACKETS; ) {
        const captured = view.getUint32(at + 16, true);
        const time = view.getBigUint64(at, true);
        first ??= time;
        writer.write(begin + time - first, buffer.subarray(at + 32, at + 32 + captured), view.getUint32(at + 20, true));
        at += 32 + ((captured + 7) & ~7);
      }
  }
  writer.close();
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

if (!browserPath) {
  process.stderr.write("bench:page: skipped: no chromium\n");
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "weir-bench-page-"));
const weir = join(ROOT, "bin", "weir");
try {
  const capture = join(folder, "million.pcap");
  const baseline = join(folder, "site.baseline");
  await makeCapture(capture);
  execFileSync(process.execPath, [weir, "learn", "-r", join(ROOT, "fixtures", "normal.pcap"), "-o", baseline], {
    stdio: "pipe",
  });
  const policy = join(ROOT, "fixtures", "policy.yaml");
  const { start, files } = await named({
    captures: [capture],
    policies: [policy],
    baseline,
    labels: [],
    sets: [],
    ignoreChecksums: false,
  });
  const served = await servePage(start, files, 0);
  const browser = await launch();
  const [replays, pages]: [number[], number[]] = [[], []];
  let points = "";
  for (let i = 0; i < RUNS; i++) {
    let began = performance.now();
    spawnSync(process.execPath, [weir, "replay", "-r", capture, "-c", policy, "--baseline", baseline], {
      stdio: "ignore",
    });
    replays.push(performance.now() - began);
    const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
    began = performance.now();
    await page.goto(served.url);
    await page.waitForSelector("html[data-ready]", { timeout: 120_000 });
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    pages.push(performance.now() - began);
    if (i === RUNS - 1) points = await dragging(page);
    await page.close();
  }
  await browser.close();
  served.close();
  const [replay, inPage] = [median(replays), median(pages)];
  process.stdout.write(
    `${PACKETS} packets, medians of ${RUNS}: weir replay ${(replay / 1000).toFixed(2)} s; ` +
      `in the browser, from its address to drawn, ${(inPage / 1000).toFixed(2)} s: ${(inPage / replay).toFixed(2)} times\n${points}\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

/** The threshold of the detector with most points is dragged: how long frames take meanwhile. */
async function dragging(page: import("playwright-core").Page): Promise<string> {
  await page.click('tr:has([data-alerts="shape"])');
  const box = (await page.locator(".threshold").boundingBox())!;
  await page.evaluate(() => {
    const frames: number[] = [];
    let last = performance.now();
    const tick = (now: number) => {
      frames.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    Object.assign(window, { frames });
  });
  await page.mouse.move(box.x + 300, box.y + 6);
  await page.mouse.down();
  for (let i = 0; i < 60; i++) await page.mouse.move(box.x + 300, box.y + 6 + (i % 30) * 3);
  const frames = await page.evaluate(() => (window as unknown as { frames: number[] }).frames);
  await page.mouse.up();
  const sorted = frames.slice(2).sort((a, b) => a - b);
  return `dragging its threshold: a frame every ${median(sorted).toFixed(0)} ms, 95 % within ${sorted[Math.floor(0.95 * sorted.length)]!.toFixed(0)} ms, of ${sorted.length} frames`;
}
