import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../lib/testing/until.ts";
import { anomaly, JournalHost, KEY, policyText } from "../log/testing/journal.ts";
import { command as collect } from "./collect.ts";
import { command as events } from "./events.ts";
import { commandConsole } from "./testing/console.ts";

const seen = commandConsole("collect");
beforeEach(() => writeFileSync(join(seen.folder, "log.key"), `${KEY}\n`));

const path = (name: string) => join(seen.folder, name);
const text = (name: string) => readFileSync(path(name), "utf8");
const lines = (name: string) => text(name).split("\n").filter(Boolean);
const heartbeat = (n: number) =>
  anomaly(n)
    .replace("anomaly", "heartbeat")
    .replace("anomaly", "journal")
    .replace(/}$/, ',"lost":{"in":0,"out":0,"log":2}}');
const alert = (n: number) =>
  anomaly(n).replace(
    /"event_type".*/,
    `"event_type":"alert","src_ip":"10.0.0.${n}","alert":{"signature":"a scan","context":{"detector":"scan","expected":"few","seen":"\\u001b[31m${n}"}}}`,
  );

async function records(keyed = true): Promise<Buffer[]> {
  const host = await JournalHost.start(policyText(keyed ? `, key: ${KEY}` : ""), 1_700_000_000_000n);
  const jsons = [heartbeat(1), ...Array.from({ length: 40 }, (_, n) => (n % 10 ? anomaly(n + 2) : alert(n + 2)))];
  return jsons.map((json, n) => host.run([{ json, severity: n ? 1 : 6 }])[0]!.payload);
}

async function read(payloads: readonly Buffer[], into: string, ...more: string[]): Promise<number> {
  writeFileSync(path("raw"), Buffer.concat(payloads.flatMap((payload) => [payload, Buffer.from("\n")])));
  [seen.out, seen.talk] = ["", ""];
  process.exitCode = undefined;
  await collect().parseAsync(["--read", path("raw"), "-l", path(into), ...more], { from: "user" });
  return Number(process.exitCode ?? 0);
}
const keyed = () => ["--key-file", path("log.key")];

describe("weir collect --read", () => {
  // REQ-LOG-006
  it("keeps events unchanged, and says what is missing; exit codes say how it ended", async () => {
    const all = await records();
    expect(await read(all, "a", ...keyed(), "--gate")).toBe(0);
    expect(lines("a/eve.json")).toEqual([
      heartbeat(1),
      ...Array.from({ length: 40 }, (_, n) => (n % 10 ? anomaly(n + 2) : alert(n + 2))),
    ]);
    expect(seen.out).toMatch(/^records +41, each authenticated$/m);
    expect(seen.out).toMatch(/^unsent +2 of boot 1700000000000: the appliance's log interface was full$/m);
    expect(await read([...all.slice(0, 9), ...all.slice(12)], "b", ...keyed())).toBe(2);
    expect(seen.talk).toContain("missing, boot 1700000000000 record 10-12, 3 records");
    expect(JSON.parse(lines("b/collect.json").at(-1)!)).toMatchObject({
      event_type: "weir_log",
      weir_log: { class: "missing", boot: 1_700_000_000_000, first: 10, last: 12, count: 3 },
    });
    const forged = Buffer.from(all[5]!.toString().replace("trunc", "TRUNC"));
    expect(await read([...all, forged], "c", ...keyed())).toBe(0);
    expect(await read([...all, forged], "d", ...keyed(), "--gate")).toBe(3);
    expect(await read(await records(false), "e")).toBe(0);
    expect(seen.talk).toContain("records are checked by their numbers only");
    expect(await read(await records(false), "f", "--gate")).toBe(3);
  });

  it("gives the same bytes for the same bytes", async () => {
    const all = await records();
    const some = [...all.slice(0, 9), all[3]!, Buffer.from("<13>x"), ...all.slice(12)];
    await read(some, "a", ...keyed());
    await read(some, "b", ...keyed());
    for (const name of ["eve.json", "collect.json"]) expect(text(`a/${name}`)).toBe(text(`b/${name}`));
  });

  it("refuses what makes no sense, and a folder that holds a log", async () => {
    const wrong = (...args: string[]) => expect(collect().parseAsync(args, { from: "user" })).rejects;
    await wrong("-l", path("a")).toThrow(/nothing to collect from: expected --listen PORT or --read FILE/);
    await wrong("--read", "x", "--listen", "1", "-l", path("a")).toThrow(
      /nothing to collect from: expected --listen PORT or --read FILE/,
    );
    await wrong("--listen", "70000", "-l", path("a")).toThrow(/expected a port/);
    await wrong("--listen", "1", "--rotate", "10", "-l", path("a")).toThrow(/expected a size such as/);
    await wrong("--listen", "1", "--key-file", "k", "--appliances", "a", "-l", path("a")).toThrow(
      /^--key-file, --appliances: expected one of them$/,
    );
    await wrong("--listen", "1", "--metrics", "9464", "-l", path("a")).toThrow(
      /^--metrics: is for --listen with --appliances$/,
    );
    await wrong("--listen", "1", "--key-file", path("none"), "-l", path("a")).toThrow(/cannot be read/);
    const all = await records();
    await read(all, "a");
    await expect(read(all, "a")).rejects.toThrow(/contains a log already/);
  });
});

describe("weir events", () => {
  const look = (...args: string[]) => {
    [seen.out, seen.talk] = ["", ""];
    events().parse(["-l", path("a"), ...args], { from: "user" });
    return seen.out.split("\n").filter(Boolean);
  };

  it("finds what was collected: as it came, or a line each without control characters", async () => {
    await read(await records(), "a", ...keyed());
    expect(look("--type", "alert", "--json")).toEqual([2, 12, 22, 32].map(alert));
    expect(look("--detector", "scan", "--src", "10.0.0.22")).toEqual([
      "2026-03-02T00:00:22.000Z  alert    alert  scan  10.0.0.22  a scan: expected few; seen ?[31m22",
    ]);
    expect(look("--since", "2026-03-02T00:00:39Z", "--until", "2026-03-02T00:00:41Z").length).toBe(2);
    expect(look("--severity", "alert", "--limit", "3").length).toBe(3);
    expect(look("--since", "1h").length).toBe(0);
    expect(seen.talk).toBe("weir: no matching events\n");
    expect(() => look("--since", "soon")).toThrow(/--since soon: expected/);
    expect(() => look("--src", "10.0.0")).toThrow(/expected an IP address/);
  });
});

describe("weir collect --listen", () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill("SIGKILL"));

  async function listening(
    ...more: string[]
  ): Promise<{ port: number; said: () => string; stop: () => Promise<number> }> {
    return start("--listen", "127.0.0.1:0", ...keyed(), "-l", path("live"), ...more);
  }

  async function start(...args: string[]): Promise<{ port: number; said: () => string; stop: () => Promise<number> }> {
    const started = spawn(process.execPath, ["bin/weir", "collect", ...args], { stdio: ["ignore", "pipe", "pipe"] });
    child = started;
    let said = "";
    for (const stream of [started.stdout!, started.stderr!]) stream.on("data", (data) => (said += data));
    const port = await until(() => Number(/listening on 127\.0\.0\.1 port (\d+)/.exec(said)?.[1] ?? 0) || undefined);
    const stop = async () => {
      started.kill("SIGTERM");
      const [status] = await once(started, "close");
      return status as number;
    };
    return { port, said: () => said, stop };
  }

  async function send(port: number, payloads: readonly Buffer[]): Promise<void> {
    const socket = createSocket("udp4");
    for (const payload of payloads) await new Promise((resolve) => socket.send(payload, port, "127.0.0.1", resolve));
    socket.close();
  }

  // REQ-LOG-016, REQ-LOG-017
  it("takes the logs of many, each with a key; events of all are looked up together; metrics are served", async () => {
    mkdirSync(path("keys"));
    for (const name of ["weir", "other"]) writeFileSync(path(`keys/${name}.key`), `${KEY}\n`);
    const free = createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port: metrics } = free.address() as { port: number };
    await new Promise((resolve) => free.close(resolve));
    const args = [
      "--listen",
      "127.0.0.1:0",
      "--appliances",
      path("keys"),
      "-l",
      path("many"),
      "--metrics",
      `${metrics}`,
    ];
    const { port, said, stop } = await start(...args);
    const all = await records();
    await send(port, all.slice(0, 5));
    await send(port, [Buffer.from(`${all[5]}`.replace(" weir weir ", " third weir "))]);
    const scraped = await until(async () => {
      const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
      return text.includes('weir_records{host="weir"} 5') && text;
    });
    expect(scraped).toContain('weir_up{host="other"} 0');
    await until(() => said().includes("stranger"));
    expect(await stop()).toBe(0);
    expect(said()).toMatch(/^weir\ndatagrams {7}5\n/m);
    expect(said()).toMatch(/^weir: weir: started, boot 1700000000000$/m);
    expect(said()).toMatch(/^weir: stranger, by the name of third, from 127\.0\.0\.1:\d+$/m);
    expect(said()).toMatch(/^1 datagrams of no appliance that has a key here$/m);
    [seen.out, seen.talk] = ["", ""];
    events().parse(["-l", path("many"), "--type", "weir_log"], { from: "user" });
    expect(seen.out).toMatch(/^\S+Z {2}weir {2}info {5}weir_log {2}started, boot 1700000000000$/m);
  });

  // REQ-LOG-007
  it("takes datagrams, alarms when heartbeats stop, and goes on where it was stopped", async () => {
    const all = await records();
    const first = await listening();
    await send(first.port, all.slice(0, 20));
    await until(() => first.said().includes("silent, for 3 s"));
    expect(await first.stop()).toBe(0);
    expect(lines("live/eve.json").length).toBe(20);
    const second = await listening();
    await send(second.port, [...all.slice(18, 25), ...all.slice(26)]);
    await until(() => lines("live/eve.json").length === 40);
    expect(await second.stop()).toBe(2);
    const found = lines("live/collect.json").map((line) => JSON.parse(line));
    expect(found.map(({ weir_log }) => weir_log.class)).toEqual([
      "started",
      "silent",
      "duplicate",
      "duplicate",
      "missing",
    ]);
    expect(found.at(-1).weir_log).toMatchObject({ first: 26, last: 26 });
    expect(found.at(-1).arrived).toMatch(/^\d{4}-/);
    expect(existsSync(path("live/collect.state.json.new"))).toBe(false);
  });
});
