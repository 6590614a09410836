// The page in a real browser: what it shows is what the command line says, and what it exports does what it showed.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pcapFile } from "../../captures/testing/files.ts";
import { until } from "../../lib/testing/until.ts";
import { named } from "../../page/inputs.ts";
import { run, runLowered } from "../../page/run.ts";
import type { Scores } from "../../page/scores.ts";
import { type Served, servePage } from "../../page/server.ts";
import { browserPath, launch, openPage, screenshot, textsOf, type Watched, weir } from "./browser.ts";

if (!browserPath) console.log("skipped: the page in a browser: no chromium");

describe.skipIf(!browserPath)("the page", () => {
  let folder: string;
  let browser: Browser;
  let served: Served;
  let watched: Watched;
  let page: Page;
  let baseline: string;
  const capture = "fixtures/site.pcap";
  const policy = "fixtures/policy.yaml";
  const labels = "fixtures/site.labels.csv";

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "weir-page-"));
    baseline = join(folder, "site.baseline");
    weir("learn", "-r", "fixtures/normal.pcap", "-o", baseline);
    const { start, files } = await named({
      captures: [capture],
      policies: [policy],
      baseline,
      labels: [labels],
      sets: [],
      ignoreChecksums: false,
    });
    served = await servePage(start, files, 0);
    browser = await launch();
    watched = await openPage(browser, served.url);
    page = watched.page;
  });
  afterAll(async () => {
    expect(watched.wrong).toEqual([]);
    await browser?.close();
    served?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const alerts = (detector: string) => page.textContent(`[data-alerts="${detector}"]`);
  const findings = (detector: string) => page.textContent(`[data-above="${detector}"]`);
  /** As the command line counts them: weir evaluate findings, weir replay alerts. */
  function counted(...sets: string[]): { findings: Record<string, number>; alerts: Record<string, number> } {
    const words = ["-r", capture, "-c", policy, "--baseline", baseline, ...sets.flatMap((set) => ["--set", set])];
    const evaluation = JSON.parse(weir("evaluate", ...words, "--labels", labels, "--json"));
    const eve = weir("replay", ...words, "--eve", "-");
    const byDetector: Record<string, number> = {};
    for (const line of eve.split("\n").filter((l) => l.includes('"event_type":"alert"'))) {
      const { detector } = JSON.parse(line).alert.context;
      byDetector[detector] = (byDetector[detector] ?? 0) + 1;
    }
    const found = evaluation.detectors.map((d: { detector: string; alerts: number }) => [d.detector, d.alerts]);
    return { findings: Object.fromEntries(found), alerts: byDetector };
  }
  async function same(...sets: string[]): Promise<void> {
    const expected = counted(...sets);
    for (const name of ["new-pair", "rate", "arp", "shape", "scan", "flood"]) {
      expect(await findings(name), name).toBe(String(expected.findings[name] ?? 0));
      expect(await alerts(name), name).toBe(String(expected.alerts[name] ?? 0));
    }
  }

  it("counts what weir evaluate and weir replay count", async () => {
    await same();
    await screenshot(page, "scores-light");
  });

  // REQ-DETECT-010
  it("has the scores that Node has, bit for bit", async () => {
    const job = { captures: [capture], policy, baseline };
    const here = { run: (await run(job)).scores, lowered: (await runLowered(job)).scores };
    expect(here.lowered.length).toBeGreaterThan(1000);
    const there = await page.evaluate(async () => {
      const data = (id: string) => JSON.parse(document.getElementById(id)!.textContent!);
      const start = data("start");
      const content = async (file: { gzip?: string; url: string }) =>
        file.gzip
          ? new Response(
              new Blob([Uint8Array.from(atob(file.gzip), (c) => c.charCodeAt(0))])
                .stream()
                .pipeThrough(new DecompressionStream("gzip")),
            ).blob()
          : (await fetch(file.url)).blob();
      const files = await Promise.all(
        start.files.map(async (file: { name: string; url: string }) => ({
          name: file.name,
          content: await content(file),
        })),
      );
      const worker = new Worker(URL.createObjectURL(new Blob([data("worker")])));
      const call = (message: object) =>
        new Promise<never>((resolve) => {
          worker.onmessage = ({ data: answer }) => answer.progress === undefined && resolve(answer.result as never);
          worker.postMessage(message);
        });
      await call({ id: 1, method: "add", files });
      const job = { captures: start.captures, policy: start.policies[0], baseline: start.baseline };
      const view: { run: { scores: Scores }; lowered: { scores: Scores } } = await call({
        id: 2,
        method: "open",
        args: [job, []],
      });
      worker.terminate();
      const hex = ({ time, number, score, threshold, detector }: Scores) =>
        [time, number, score, threshold, detector].map((column) =>
          Array.from(new Uint8Array(column.buffer), (byte) => byte.toString(16).padStart(2, "0")).join(""),
        );
      return { run: hex(view.run.scores), lowered: hex(view.lowered.scores) };
    });
    const hex = ({ time, number, score, threshold, detector }: Scores) =>
      [time, number, score, threshold, detector].map((column) => Buffer.from(column.buffer).toString("hex"));
    expect(there).toEqual({ run: hex(here.run), lowered: hex(here.lowered) });
  });

  it("a threshold that is dragged", async () => {
    await page.click('tr:has([data-alerts="shape"])');
    const line = page.locator(".threshold");
    const box = (await line.boundingBox())!;
    const before = await page.getAttribute("html", "data-runs");
    await page.mouse.move(box.x + 200, box.y + 6);
    await page.mouse.down();
    await page.mouse.move(box.x + 200, box.y + 20, { steps: 3 });
    await page.mouse.move(box.x + 200, box.y + 36, { steps: 3 });
    await page.mouse.up();
    await settled(page, before);
    const factor = Number(await page.inputValue('tr:has([data-alerts="shape"]) input'));
    expect(factor).toBeGreaterThan(0.05);
    expect(factor).toBeLessThan(0.45);
    expect(Number(await findings("shape"))).toBeGreaterThan(0);
    await same(`detectors.shape.threshold=${factor}`);
  });

  it("keys alone: the line, a number, an alert's record", async () => {
    const before = await page.getAttribute("html", "data-runs");
    await page.focus(".threshold");
    await page.keyboard.press("Home");
    await page.keyboard.press("PageDown");
    await page.keyboard.press("ArrowDown");
    await settled(page, before, 3);
    const factor = await page.inputValue('tr:has([data-alerts="shape"]) input');
    expect(factor).toBe("0.495");
    await page.focus('tr:has([data-alerts="rate"]) input');
    const now = await page.getAttribute("html", "data-runs");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("2");
    await page.keyboard.press("Enter");
    await settled(page, now);
    await same(`detectors.shape.threshold=${factor}`, "detectors.rate.threshold=2");
    await page.focus(".alerts tbody tr");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".record.hand pre.hex");
    expect(await page.textContent(".record.hand > summary")).toContain("10.0.0.66");
    await screenshot(page, "alert-light");
  });

  it("exports a policy that does what it showed", async () => {
    const wanted = page.waitForEvent("download");
    await page.click("text=Export policy");
    const download = await wanted;
    expect(download.suggestedFilename()).toBe("policy.tuned.yaml");
    const path = join(folder, "policy.tuned.yaml");
    await download.saveAs(path);
    expect(weir("policy", "check", path)).toBeDefined();
    const [shown, exported] = [
      [policy, "--set", "detectors.shape.threshold=0.495", "--set", "detectors.rate.threshold=2"],
      [path],
    ].map((words) => weir("replay", "-r", capture, "--baseline", baseline, "--eve", "-", "-c", ...words));
    const alertsOf = (eve: string) => eve.split("\n").filter((line) => line.includes('"event_type":"alert"'));
    expect(alertsOf(exported!)).toEqual(alertsOf(shown!));
    expect(alertsOf(exported!).length).toBe(await page.locator(".alerts tbody tr").count());
    // What people wrote stays
    expect(readFileSync(path, "utf8")).toContain("# listens only");
    expect(readFileSync(path, "utf8")).toContain("set by hand, looking at scores");
  });

  it("the other views, light and dark", async () => {
    for (const theme of ["light", "dark"]) {
      for (const tab of ["Scores", "Traffic", "Detection"]) {
        await page.click(`[role=tab]:text("${tab}")`);
        await screenshot(page, `${tab.toLowerCase()}-${theme}`);
      }
      await page.click("text=Light or dark");
    }
    await page.click('[role=tab]:text("Detection")');
    expect(await page.textContent("[role=tabpanel]")).toContain("4 of 4 attacks found");
    await page.setInputFiles("#other", join(folder, "policy.tuned.yaml"));
    await page.waitForSelector(".compare");
    await screenshot(page, "compare");
    await page.click('[role=tab]:text("Scores")');
    for (const row of await page.locator("tr:has([data-alerts])").all()) await row.click();
    await page.fill('input[type="search"]', "nothing has these words");
    const texts = await textsOf(page);
    for (const text of [
      ...[
        "Compare policy",
        "running the appliance",
        "How often",
        "shape: score over time",
        "No alerts.",
        "find in alerts",
      ],
      ...["reading the records around it", "the event as the appliance wrote it", "factor on the threshold of shape"],
      "Too few different scores for a fitted tail.",
      // Traffic
      ...["with alerts", "What the filter did", "rule, or reason", "frames, or messages", "Anomalies of the decoders"],
      // Detection
      ...["ROC by record", "false positive rate", "true positive rate", "Precision over recall", "records called"],
      // Compare
      ...["alerts there", "alerts in both", "Alerts only here: 0", "Alerts only there: 0"],
    ])
      expect(texts).toContain(`\n${text}\n`);
    expect(texts).toMatch(
      /^Line: generalised Pareto tail fitted to the \d+ scores above \S+; it expects \S+ above the threshold\.$/m,
    );
  });

  it("without captures asks for some, and says what a quiet one, one with many alerts and a lost one show", async () => {
    const none = { captures: [], policies: [policy], labels: [], sets: [], ignoreChecksums: true };
    const { start, files } = await named(none);
    const served = await servePage(start, files, 0);
    const { page: own, wrong } = await openPage(browser, served.url);
    const frame = (n: number) =>
      Buffer.from(`0200000000090200000000010800450000140000000040110000${hex(n)}0a000109`, "hex");
    const hex = (n: number) => (0x0a010000 + n).toString(16).padStart(8, "0");
    const capture = (many: number) =>
      pcapFile(Array.from({ length: many }, (_, n) => ({ seconds: 1 + n, fraction: 0, bytes: frame(n) })));
    const drop = async (what: string, many: number, newcomer: string) => {
      const yaml = `weir: 1\ninterfaces: { out: { next-hop: 52:54:00:77:00:12 } }\nrules: []\ndetectors: { newcomer: ${newcomer} }\n`;
      for (const [name, bytes] of [
        [`${what}.pcap`, capture(many)],
        [`${what}.yaml`, yaml],
      ] as const)
        writeFileSync(join(folder, name), bytes);
      await own.setInputFiles("#files", [join(folder, `${what}.pcap`), join(folder, `${what}.yaml`)]);
      await own.waitForSelector(`header:has-text("${what}.pcap")`);
    };
    await drop("quiet", 1, "{}");
    await until(async () => (await textsOf(own)).includes("\nNo detector found anything"));
    await drop("many", 600, "{ hosts: 192.0.2.1 }");
    await until(async () => (await textsOf(own)).includes(": narrow the search.\n"));
    const texts = await textsOf(own);
    for (const text of [
      "Open files",
      "Drop captures here",
      "pcap, pcapng, Chapter 10, each also as .gz, .zst; a policy (.yaml), a baseline (.baseline), labels (.csv).",
      "Captures stay in this browser: the page sends nothing.",
      "No detector found anything, even with its threshold at a hundredth.",
      "100 more: narrow the search.",
    ])
      expect(texts).toContain(`\n${text}\n`);
    expect(wrong).toEqual([]);
    await own.close();
    // Gone between the page and its files
    const lost = await servePage(
      { ...start, captures: ["gone.pcap"] },
      new Map([["gone.pcap", join(folder, "gone.pcap")]]),
      0,
    );
    const other = await openPage(browser, lost.url);
    expect(await other.page.textContent(".wrong")).toBe("gone.pcap: cannot be read any more");
    await other.page.close();
    for (const one of [served, lost]) one.close();
  });

  // REQ-DECODE-032
  it("takes a capture compressed by zstd: the browser's own rules let its reader start", async () => {
    const bytes = readFileSync(capture);
    const compressed = join(folder, "site.pcap.zst");
    writeFileSync(compressed, stored(bytes));
    const about = { policies: [policy], baseline, labels: [], sets: [], ignoreChecksums: false };
    const { start, files } = await named({ captures: [compressed], ...about });
    const own = await servePage(start, files, 0);
    const { page, wrong } = await openPage(browser, own.url);
    const { alerts } = counted();
    expect(await page.textContent('[data-alerts="scan"]')).toBe(String(alerts.scan));
    expect(alerts.scan).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
    await page.close();
    own.close();
  });

  // REQ-GROUND-009
  it("is served to nobody else, and nothing else is", async () => {
    const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
      fetch(new URL(path, served.url), { method, headers }).then(({ status }) => status);
    expect(await get("")).toBe(200);
    expect(await get("files/0")).toBe(200);
    expect(await get("files/99")).toBe(404);
    expect(await get("files/0/../../package.json")).toBe(404);
    expect(await get("files/%2e%2e/package.json")).toBe(404);
    expect(await get("", {}, "POST")).toBe(405);
    // Without the token, which other users of this machine do not know
    const { origin, pathname } = new URL(served.url);
    expect(pathname).toMatch(/^\/[0-9a-f]{32}\/$/);
    for (const path of ["/", "/files/0", "/log", `/${"0".repeat(32)}/`, `${pathname.slice(0, -2)}x/files/0`])
      expect((await fetch(new URL(path, origin))).status, path).toBe(404);
    const rebound = await new Promise((resolve) => {
      request(served.url, { headers: { host: "evil.example" } }, ({ statusCode }) => resolve(statusCode)).end();
    });
    expect(rebound).toBe(421);
  });
});

/** A frame of Zstandard (RFC 8878) whose blocks are stored as they are. */
function stored(bytes: Uint8Array): Buffer {
  const most = 1 << 17;
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += most) {
    const block = bytes.subarray(at, at + most);
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | (at + most >= bytes.length ? 1 : 0), 0, 3);
    blocks.push(header, block);
  }
  // no content size, a window of 128 KiB
  return Buffer.concat([Buffer.from("28b52ffd0038", "hex"), ...blocks]);
}

/** Waits until what was asked for has run. */
async function settled(page: Page, before: string | null, times = 1): Promise<void> {
  await page.waitForFunction(
    ([runs, least]) =>
      Number(document.documentElement.dataset.runs ?? 0) >= Number(runs ?? 0) + Number(least) &&
      !document.querySelector("[data-above]")!.closest("table")!.textContent!.includes("~"),
    [before, times] as const,
  );
}
