// Reports that stand alone, a running appliance's log, and traffic that would rather be a script.
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embed } from "../../appliance/hosts/node.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { recordStream } from "../../captures/records.ts";
import { CaptureWriter } from "../../captures/write.ts";
import { lookup } from "../../detectors/ip/testing/traffic.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { ROOT } from "../../lib/asc.ts";
import { until } from "../../lib/testing/until.ts";
import { readBus } from "../../mil1553/simulator/icd/read.ts";
import { simulate } from "../../mil1553/simulator/run.ts";
import { recording } from "../../mil1553/writer/recording.ts";
import { waiting } from "../live/receivers.ts";
import { browserPath, drawn, launch, openPage, screenshot, textsOf, weir } from "./browser.ts";

if (!browserPath) console.log("skipped: reports in a browser: no chromium");

describe.skipIf(!browserPath)("reports", () => {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "weir-report-"));
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("weir page --out: a bus, from a file, with no network", async () => {
    const report = join(folder, "bus.html");
    weir("page", "-r", "fixtures/mil1553/collision.ch10", "--out", report);
    const { page, wrong } = await openPage(browser, pathToFileURL(report).href);
    expect(await page.textContent(".body")).toContain("837 1553 messages");
    await page.click('[role=tab]:text("Bus")');
    const rows = weir("decode", "-r", "fixtures/mil1553/collision.ch10", "--csv").trim().split("\n").slice(1);
    const cells = new Set(
      rows
        .flatMap((row) => [row.split(",")[7]!, row.split(",")[8]!])
        .filter(Boolean)
        .map((command, _, all) => all && Number.parseInt(command, 16) >> 5),
    );
    await page.click("text=as a table");
    const shown = await page.locator("details table tbody tr").count();
    expect(shown).toBeGreaterThan(0);
    expect(shown).toBeLessThanOrEqual(cells.size);
    const bad = rows.filter((row) => row.split(",")[14]).length;
    expect(bad).toBeGreaterThan(0);
    expect(await page.textContent("details table")).toMatch(/collision|parity|format|gap|word|response/);
    await page.focus("canvas[tabindex]");
    for (const key of ["+", "ArrowRight", "-"]) await page.keyboard.press(key);
    // Over each cell of the map
    await page.evaluate(() => {
      const map = document.querySelector("canvas:not([tabindex])")!;
      const { left, top, width, height } = map.getBoundingClientRect();
      for (let y = 4; y < height; y += 6)
        for (let x = 4; x < width; x += 6)
          map.dispatchEvent(new MouseEvent("mousemove", { clientX: left + x, clientY: top + y }));
    });
    const texts = await textsOf(page);
    for (const text of [
      `terminals and subaddresses: ${shown} in use; the table below has them all`,
      "Left: receives, right: transmits. Rows are terminals, columns subaddresses. Red: with errors.",
      "schedule: messages over time; plus and minus zoom, arrows move",
      "Wheel or + and -: zoom. Drag or arrows: move. Red: messages with anomalies; red ticks below: alerts.",
      "with errors",
    ])
      expect(texts).toContain(`\n${text}\n`);
    expect(texts).toMatch(/^RT \d+ SA \d+ (transmits|receives): \d+ messages, [\d.]+\/s, \d+ with errors$/m);
    await screenshot(page, "bus-light");
    await page.click("text=Light or dark");
    await screenshot(page, "bus-dark");
    expect(wrong).toEqual([]);
    await page.close();
  });

  it("weir replay --html: the same alerts as it printed", async () => {
    const report = join(folder, "site.html");
    const printed = weir("replay", "-r", "fixtures/site.pcap", "-c", "fixtures/policy.yaml", "--html", report);
    const { page, wrong } = await openPage(browser, pathToFileURL(report).href);
    const lines = printed.split("\n").filter((line) => line.startsWith("ALERT"));
    const rows = await page.locator(".alerts tbody tr").allTextContents();
    expect(rows.length).toBe(lines.length);
    for (const [i, line] of lines.entries()) expect(rows[i]).toContain(line.slice(24, 36));
    expect(wrong).toEqual([]);
    await page.close();
  });

  // REQ-GROUND-010
  it("has no keys in it", () => {
    const policy = join(folder, "keyed.yaml");
    const key = "ab".repeat(32);
    writeFileSync(
      policy,
      readFileSync(join(ROOT, "fixtures/policy.yaml"), "utf8").replace(
        "hostname: weir",
        `hostname: weir\n    key: ${key}`,
      ),
    );
    weir("policy", "check", policy);
    const report = join(folder, "keyed.html");
    expect(() => weir("page", "-r", "fixtures/site.pcap", "-c", policy, "--out", report)).toThrow(
      /the report would show this key/,
    );
    const inline = join(folder, "inline.yaml");
    const flow = `{ next-hop: 52:54:00:77:00:12 }, log: { key: ${key} }`;
    writeFileSync(inline, `weir: 1\ninterfaces: { out: ${flow} }\nrules: []\n`);
    const set = ["-c", "fixtures/policy.yaml", "--set", `interfaces.log.key=${key}`];
    for (const words of [["-c", inline], set])
      expect(() => weir("page", "-r", "fixtures/site.pcap", ...words, "--out", report)).toThrow(
        /the report would show this key/,
      );
    expect(existsSync(report)).toBe(false);
    writeFileSync(policy, readFileSync(policy, "utf8").replace(`key: ${key}`, "key-file: log.key"));
    writeFileSync(join(folder, "log.key"), key);
    weir("page", "-r", "fixtures/site.pcap", "-c", policy, "--out", report);
    expect(readFileSync(report, "utf8")).not.toContain(key);
  });

  // REQ-GROUND-008
  it("traffic stays text: names of files, buses and attacks that are markup", async () => {
    const evil = join(folder, "<img src=x onerror=alert(1)>.ch10");
    const ch10 = readFileSync(join(ROOT, "fixtures/mil1553/collision.ch10"));
    for (let at = ch10.indexOf("AVIONICS"); at >= 0; at = ch10.indexOf("AVIONICS")) ch10.write("<b>x</b>", at);
    writeFileSync(evil, ch10);
    const pcap = join(folder, `${"</script><script>alert(2)</script>".replaceAll("/", "\\")}.pcap`);
    copyFileSync(join(ROOT, "fixtures/site.pcap"), pcap);
    const labels = join(folder, "labels.csv");
    writeFileSync(
      labels,
      'number,label,name\n424,1,"<script>alert(3)</script>"\n425,1,"</td><img src=x onerror=alert(4)>"\n',
    );
    for (const [n, capture] of [evil, pcap].entries()) {
      const report = join(folder, `evil${n}.html`);
      weir("page", "-r", capture, "-c", "fixtures/policy.yaml", ...(n ? ["--labels", labels] : []), "--out", report);
      const { page, wrong } = await openPage(browser, pathToFileURL(report).href);
      const tabs = await page.locator("[role=tab]").count();
      for (let tab = 0; tab < tabs; tab++) {
        await page.locator("[role=tab]").nth(tab).click();
        const first = page.locator(".alerts tbody tr").first();
        if (await first.count()) await first.click();
        await drawn(page);
        expect(await page.evaluate(() => document.querySelectorAll("img, b, script:not([type])").length)).toBe(1);
      }
      expect(await page.textContent("header")).toContain(n ? "<script>alert(2)" : "<img src=x onerror=alert(1)>");
      if (n) expect(await page.textContent("[role=tabpanel]")).toContain("<script>alert(3)</script>");
      expect(wrong).toEqual([]);
      await page.close();
    }
  });

  // REQ-GROUND-008
  it("traffic stays text: names of buses that are scripts", async () => {
    const names = ["<script>alert(7)</script>", "<img src=x onerror=alert(8)>"];
    const bus = readBus(join(ROOT, "fixtures/mil1553/avionics.yaml"));
    const channels = bus.channels.map(({ channel }, n) => ({ channel, name: names[n]! }));
    const packets = recording(simulate(bus, { seed: 1, seconds: 3 }), {
      channels,
      clock: { counter: 1_000_000, ms: bus.start },
      checksum: 32,
      secondary: false,
      packetBytes: 16_384,
    });
    const capture = join(folder, "buses.ch10");
    writeFileSync(capture, Buffer.concat([...packets].map(({ bytes }) => bytes)));
    expect(weir("replay", "-r", capture, "--eve", "-")).toContain(names[0]);
    const report = join(folder, "buses.html");
    weir("page", "-r", capture, "--out", report);
    const { page, wrong } = await openPage(browser, pathToFileURL(report).href);
    const tabs = await page.locator("[role=tab]").count();
    for (let tab = 0; tab < tabs; tab++) {
      await page.locator("[role=tab]").nth(tab).click();
      await drawn(page);
    }
    expect(await page.evaluate(() => document.querySelectorAll("img, b, script:not([type])").length)).toBe(1);
    expect(wrong).toEqual([]);
    await page.close();
  });

  // REQ-GROUND-008
  it("traffic stays text: names asked for by DNS that are scripts", async () => {
    const [attribute, script] = ["<img src=x onerror=alert(6)>", "<script>alert(5)</script>"];
    const capture = join(folder, "dns.pcap");
    const writer = new CaptureWriter(capture);
    for (let n = 0; n < 200; n++) {
      // No dots in the markup: each label is one piece of the name
      const name = `${script}${n}.${"x".repeat(40)}${n}.${attribute}.${script}`;
      for (const { time, data } of lookup(1_750_000_000 + n * 0.1, "10.1.0.20", "10.1.0.2", { name, type: 16 }, 300))
        writer.write(BigInt(Math.round(time)), data);
    }
    writer.close();
    expect(readFileSync(capture).includes(script)).toBe(true);
    const events = weir("replay", "-r", capture, "--eve", "-");
    expect(events).toContain("dns-tunnel");
    expect(events).not.toContain("<"); // onboard writes what is no host name's character as a question mark
    const report = join(folder, "dns.html");
    weir("page", "-r", capture, "--out", report);
    const { page, wrong } = await openPage(browser, pathToFileURL(report).href);
    const tabs = await page.locator("[role=tab]").count();
    for (let tab = 0; tab < tabs; tab++) {
      await page.locator("[role=tab]").nth(tab).click();
      const rows = page.locator(".alerts tbody tr");
      for (let row = 0; row < (await rows.count()); row++) {
        await rows.nth(row).click();
        await drawn(page);
      }
      expect(await page.evaluate(() => document.querySelectorAll("img, b, script:not([type])").length)).toBe(1);
      if (await rows.count()) expect(await page.textContent(".alerts")).toContain("below ...");
    }
    expect(wrong).toEqual([]);
    await page.close();
  });

  it("weir page --live: heartbeats, alerts, what is missing", async () => {
    const log = join(folder, "log");
    const port = 20000 + (process.pid % 20000);
    const children: ChildProcess[] = [];
    const start = (...words: string[]) => {
      const child = spawn(process.execPath, ["bin/weir", ...words], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
      children.push(child);
      return child;
    };
    const said = (child: ChildProcess, what: RegExp) =>
      new Promise<string>((resolve, reject) => {
        let text = "";
        const take = (data: Buffer) => {
          text += data;
          const found = what.exec(text);
          if (found) resolve(found[0]);
        };
        child.stdout!.on("data", take);
        child.stderr!.on("data", take);
        child.on("exit", (code) => reject(new Error(`ended with ${code}: ${text}`)));
      });
    try {
      await said(start("collect", "--listen", `127.0.0.1:${port}`, "-l", log), /listening/);
      const url = await said(start("page", "--live", log), /http:\S+/);
      const { page, wrong } = await openPage(browser, url);
      expect(await page.textContent(".tiles")).toContain("none yet");
      expect(await page.textContent("header")).toContain(
        "the log of a running appliance; the page sends nothing to it",
      );
      for (const text of [
        ...["in quarantine", "missing records", "Rates appear after two heartbeats.", "what the collector found"],
        ...["Per second", "The log itself"],
      ])
        expect(await textsOf(page)).toContain(`\n${text}\n`);
      const sent = await sendLog(port, 50);
      expect(sent.alerts).toBeGreaterThan(0);
      await page.waitForFunction(
        (alerts) => document.querySelector(".tiles")?.textContent?.includes(`alerts${alerts}`),
        sent.alerts,
      );
      await page.waitForFunction(
        () => document.querySelector(".tiles")?.textContent?.includes("missing records1"),
        undefined,
      );
      expect(await page.textContent(".live")).toContain("missing boot");
      expect(await page.textContent(".live")).toContain("10.0.0.66");
      await screenshot(page, "live-light");
      await page.waitForFunction(
        () => document.querySelector(".tiles")?.textContent?.includes("silent for"),
        undefined,
      );
      await page.click("text=Light or dark");
      await drawn(page);
      await screenshot(page, "live-dark");
      expect(wrong).toEqual([]);
      await page.close();
    } finally {
      for (const child of children) child.kill();
    }
  });

  /** The log of a replay as the image would send it, but for the datagram that gets lost on the way. */
  async function sendLog(port: number, lost: number): Promise<{ alerts: number }> {
    const appliance = await embed(compilePolicy("fixtures/policy.yaml").parts);
    const reader = await CaptureReader.open(["fixtures/site.pcap"]);
    const datagrams: Buffer[] = [];
    let alerts = 0;
    const record = (json: Uint8Array, _text: Uint8Array, datagram: Uint8Array) => {
      if (Buffer.from(json).includes('"event_type":"alert"')) alerts++;
      datagrams.push(Buffer.from(datagram.subarray(42))); // behind Ethernet, IPv4 and UDP
    };
    for await (const batch of recordStream(reader, appliance.input))
      appliance.run(batch.length, { forwarded: () => undefined, record });
    expect(datagrams.length).toBeGreaterThan(lost + 256);
    const socket = createSocket("udp4");
    for (const [n, datagram] of datagrams.entries()) {
      if (n === lost) continue;
      await new Promise((done) => socket.send(datagram, port, "127.0.0.1", done));
      if (n % 20 === 0) await until(() => (waiting(port) ?? 0) < 50_000);
    }
    socket.close();
    return { alerts };
  }
});
