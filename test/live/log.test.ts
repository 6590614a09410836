/**
 * The log end to end: records of booted images (40,000, or WEIR_LOG_RECORDS), over a network that loses, repeats, reorders, alters and forges
 * them, into an unmodified rsyslog and into weir collect. What the network did is known, so each finding can be compared.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prebuiltImage, withPolicy } from "../../appliance/build/for.ts";
import { RECORD_HEADER, RecordKind } from "../../appliance/contract/abi.ts";
import { parseDatagram } from "../../appliance/hosts/datagram.ts";
import { replayThroughImage } from "../../appliance/hosts/image.ts";
import { chooseAccelerator } from "../../appliance/hosts/qemu.ts";
import { whyNoImage } from "../../cli/image-replay.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { uniform } from "../../lib/numerics/random.ts";
import { until } from "../../lib/testing/until.ts";
import { EventIndex } from "../../log/events.ts";
import type { Report } from "../../log/reports.ts";
import { expectedOf, findingsOf, missingOf } from "../../log/testing/expected.ts";
import { Impairment, type Sent } from "../../log/testing/impair.ts";
import { KEY, policyText } from "../../log/testing/journal.ts";
import { absent, pause, Rsyslog, throughFever, waiting } from "./receivers.ts";

const image = await whyNoImage();
if (image) console.log(`skipped: the log through the booted image: ${image}`);
const noRsyslog = absent("rsyslogd").length ? "rsyslogd is not installed" : undefined;
if (noRsyslog) console.log(`skipped: the log into rsyslog: ${noRsyslog}`);
const noFever = absent("fever").length ? "fever is not installed" : undefined;
if (noFever) console.log(`skipped: the log's events through fever: ${noFever}`);

const SEED = 2026;
const RECORDS = Number(process.env.WEIR_LOG_RECORDS ?? 40_000);
/** Frames with an anomaly each, for each start of the appliance. */
const STARTS = [
  { boot: 1_772_442_000_000, frames: 0.6 * RECORDS },
  { boot: 1_772_445_600_000, frames: 0.45 * RECORDS },
];
const PORT = { rsyslog: 25_514 + (process.pid % 1000), collect: 27_514 + (process.pid % 1000) };

/** Frames that inspect has something to say of, as the ABI's records: 10,000 in a second of their time. */
function* records(frames: number, seed: number): Generator<Buffer> {
  const random = uniform(seed);
  for (let n = 0; n <= frames; n++) {
    const length = n === frames ? 0 : 60;
    const record = Buffer.alloc(RECORD_HEADER + 64);
    record.writeBigUInt64LE(BigInt(STARTS[0]!.boot) * 1_000_000n + BigInt(n) * 100_000n, 0);
    record.writeBigUInt64LE(BigInt(n + 1), 8);
    record.writeUInt32LE(length, 16);
    record.writeUInt32LE(length, 20);
    record.writeUInt16LE(1, 24);
    record[26] = length ? RecordKind.FRAME : RecordKind.END;
    if (!length) {
      yield record.subarray(0, RECORD_HEADER);
      return;
    }
    const frame = record.subarray(RECORD_HEADER, RECORD_HEADER + 60);
    frame.write("525400770001020000000005", 0, "hex");
    const six = random() < 0.3;
    frame.writeUInt16BE(six ? 0x86dd : 0x0800, 12);
    // An IPv4 header that says to be too short, or one of IPv6 whose payload is not there
    frame.write(six ? "600000000fff1140" : "44000020000000004011", 14, "hex");
    for (let at = 24; at < 60; at++) frame[at] = Math.floor(random() * 256);
    yield record;
  }
}

/** Records together, as hosts take them: less is spent on each. */
function* batches(all: Iterable<Buffer>): Generator<Buffer> {
  let some: Buffer[] = [];
  for (const record of all)
    if (some.push(record) === 500) {
      yield Buffer.concat(some);
      some = [];
    }
  if (some.length) yield Buffer.concat(some);
}

const lines = (path: string) => readFileSync(path, "latin1").split("\n").filter(Boolean);
const reportsIn = (folder: string) =>
  lines(join(folder, "collect.json")).map((line) => (JSON.parse(line) as { weir_log: Report }).weir_log);

describe.skipIf(image)(`${RECORDS} records of two starts of the image`, () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-log-"));
  const path = (name: string) => join(folder, name);
  let sent: Sent[] = [];
  const counted: number[] = [];
  let rsyslog: Rsyslog | undefined;
  let collector: ChildProcess | undefined;
  let collected = "";
  let status = -1;

  beforeAll(async () => {
    writeFileSync(path("log.key"), KEY);
    const policy = compilePolicyText(
      `${policyText(`, key: ${KEY}`)}detectors: { anomalies: { per-second: 1000000 } }\n`,
      "policy.yaml",
    );
    writeFileSync(path("weir.elf"), withPolicy(await prebuiltImage(), policy));
    const accelerator = await chooseAccelerator(path("weir.elf"), 8);
    if (!noRsyslog) rsyslog = await Rsyslog.start(folder, PORT.rsyslog);
    collector = await collecting();
    const network = await Network.to(noRsyslog ? [PORT.collect] : [PORT.rsyslog, PORT.collect]);
    for (const { boot, frames } of STARTS) {
      let count = 0;
      const exit = await replayThroughImage({
        image: path("weir.elf"),
        memory: 8,
        accelerator,
        boot,
        records: batches(records(frames, boot)),
        onLog: (frame) => {
          count++;
          network.take(Buffer.from(frame.subarray(42)), boot, Number(parseDatagram(frame).sequence));
        },
      });
      expect(exit.name, exit.lines.slice(-5).join("\n")).toBe("DONE");
      counted.push(count);
    }
    await network.end();
    sent = network.sent;
    await rsyslog?.stop(sent.length);
    const ended = once(collector, "close");
    collector.kill("SIGTERM");
    [status] = (await ended) as [number];
  });

  afterAll(() => {
    rsyslog?.kill();
    collector?.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  async function collecting(): Promise<ChildProcess> {
    const args = ["--listen", `127.0.0.1:${PORT.collect}`, "--key-file", path("log.key"), "-l", path("live")];
    const child = spawn(process.execPath, ["bin/weir", "collect", ...args], { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (collected += data));
    await until(() => collected.includes("listening") || child.exitCode !== null);
    if (child.exitCode !== null) throw new Error(`weir collect does not listen: ${collected}`);
    return child;
  }

  it("came, were impaired in every way, and none was lost on the way to the receivers", () => {
    expect(counted.reduce((sum, n) => sum + n, 0)).toBeGreaterThanOrEqual(RECORDS);
    const kinds = new Set(sent.map(({ truth }) => truth.kind));
    expect([...kinds].sort()).toEqual(["altered", "cut", "foreign", "forged", "genuine", "unauthenticated"]);
    const classes = new Set(expectedOf(sent).findings.map((finding) => finding.split(" ")[0]));
    expect([...classes].sort()).toEqual(
      ["duplicate", "forged", "not_ours", "reordered", "replayed", "tampered", "truncated", "unauthenticated"].sort(),
    );
    expect(collected).toMatch(new RegExp(`^datagrams +${sent.length}$`, "m"));
    expect(collected).not.toMatch(/overrun/);
  });

  it("are verified as they come: each finding, each missing record, and nothing else", () => {
    const expected = expectedOf(sent);
    const reports = reportsIn(path("live"));
    expect(findingsOf(reports).sort()).toEqual(expected.findings.sort());
    expect(missingOf(reports)).toEqual(expected.missing);
    expect(reports.filter(({ class: name }) => name === "restart")).toEqual([
      { class: "restart", boot: STARTS[1]!.boot, previous: { boot: STARTS[0]!.boot, last: expect.any(Number) } },
    ]);
    expect(status).toBe(2); // records are missing
    expect(collected).toMatch(new RegExp(`^missing +${expected.missing.length}$`, "m"));
  });

  // REQ-LOG-006
  it("are in eve.json as they left the image, each genuine one once, and in the index", () => {
    const seen = new Set<string>();
    const genuine: string[] = [];
    for (const { payload, truth } of sent) {
      if (truth.kind !== "genuine" || seen.has(`${truth.boot} ${truth.sequence}`)) continue;
      seen.add(`${truth.boot} ${truth.sequence}`);
      genuine.push(payload.toString("latin1", payload.indexOf("{")));
    }
    expect(lines(path("live/eve.json"))).toEqual(genuine);
    const index = new EventIndex(path("live/events.db"));
    const events = index.query({ limit: 1_000_000 }).filter(({ type }) => type !== "weir_log");
    expect(events.length).toBe(genuine.length);
    index.close();
  });

  it.skipIf(noRsyslog)("are verified out of rsyslog's file: the same", async () => {
    expect(lines(path("raw")).length).toBe(sent.length);
    const args = ["--read", path("raw"), "--key-file", path("log.key"), "-l", path("read"), "--gate", "--no-index"];
    const child = spawn(process.execPath, ["bin/weir", "collect", ...args], { stdio: "ignore" });
    const [code] = (await once(child, "close")) as [number];
    expect(code).toBe(3);
    const expected = expectedOf(sent);
    const reports = reportsIn(path("read"));
    expect(findingsOf(reports).sort()).toEqual(expected.findings.sort());
    expect(missingOf(reports)).toEqual(expected.missing);
    expect(readFileSync(path("read/eve.json")).equals(readFileSync(path("live/eve.json")))).toBe(true);
  });

  it.skipIf(noRsyslog)("keep their codes when rsyslog sends them on as RFC 5424", async () => {
    const args = ["--read", path("relayed"), "--key-file", path("log.key"), "-l", path("onward"), "--no-index"];
    const child = spawn(process.execPath, ["bin/weir", "collect", ...args], { stdio: "ignore" });
    await once(child, "close");
    expect(missingOf(reportsIn(path("onward")))).toEqual(expectedOf(sent).missing);
    expect(readFileSync(path("onward/eve.json")).equals(readFileSync(path("live/eve.json")))).toBe(true);
  });

  it.skipIf(noFever)("pass fever unchanged", async () => {
    const events = lines(path("live/eve.json"));
    expect(await throughFever(folder, events)).toEqual(events);
  });
});

/** From the image to the receivers, over a network that impairs; never faster than they take it. */
class Network {
  readonly sent: Sent[] = [];
  readonly #ports: readonly number[];
  readonly #sockets: readonly Socket[];
  readonly #impairment = new Impairment(SEED);
  #done = 0;
  #running: Promise<void> | undefined;

  private constructor(ports: readonly number[], sockets: readonly Socket[]) {
    this.#ports = ports;
    this.#sockets = sockets;
  }

  static async to(ports: readonly number[]): Promise<Network> {
    const sockets = ports.map(() => createSocket("udp4"));
    await Promise.all(
      sockets.map((socket, n) => new Promise<void>((done) => socket.connect(ports[n]!, "127.0.0.1", done))),
    );
    return new Network(ports, sockets);
  }

  take(payload: Buffer, boot: number, sequence: number): void {
    this.sent.push(...this.#impairment.take(payload, boot, sequence));
    this.#running ??= this.#pump();
  }

  async end(): Promise<void> {
    this.sent.push(...this.#impairment.end());
    await this.#running;
    await this.#pump();
    for (const socket of this.#sockets) socket.close();
  }

  async #pump(): Promise<void> {
    while (this.#done < this.sent.length) {
      const some = this.sent.slice(this.#done, this.#done + 32);
      this.#done += some.length;
      await Promise.all(this.#sockets.map((socket) => allOf(socket, some)));
      while (this.#ports.some((port) => (waiting(port) ?? 0) > 32_768)) await pause(1);
    }
    this.#running = undefined;
  }
}

/** In their order; until the system has the last of them. */
const allOf = (socket: Socket, some: readonly Sent[]): Promise<unknown> =>
  Promise.all(some.map(({ payload }) => new Promise((resolve) => socket.send(payload, resolve))));
