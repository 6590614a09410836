import { createSocket } from "node:dgram";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import timers from "node:timers/promises";
import { afterEach, expect, it, vi } from "vitest";
import { ROOT } from "../lib/asc.ts";
import { standIn } from "../lib/testing/builtin.ts";
import { until } from "../lib/testing/until.ts";
import { readChapter10 } from "../mil1553/writer/testing/reader.ts";
import { command } from "./simulate.ts";

const clock = { isVirtual: false, ms: 0 };
standIn(timers, (real) => ({
  setTimeout: (ms, ...rest) => {
    if (!clock.isVirtual) return real.setTimeout(ms, ...rest);
    clock.ms += ms ?? 0;
    return real.setImmediate(...rest);
  },
}));

const BUS = join(ROOT, "fixtures/mil1553/avionics.yaml");
const FOLDER = mkdtempSync(join(tmpdir(), "weir-simulate-"));
const at = (name: string) => join(FOLDER, name);
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

async function run(...argv: string[]): Promise<{ out: string; talk: string; code: unknown }> {
  const out: string[] = [];
  const talk: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((piece) => out.push(String(piece)) > 0);
  vi.spyOn(process.stderr, "write").mockImplementation((piece) => talk.push(String(piece)) > 0);
  await command().exitOverride().parseAsync(argv, { from: "user" });
  return { out: out.join(""), talk: talk.join(""), code: process.exitCode };
}

it("writes a recording, the same for the same seed", async () => {
  const { talk, code, out } = await run(BUS, "--seconds", "1", "--seed", "5", "-o", at("a.ch10"));
  expect([code, out]).toEqual([0, ""]);
  expect(talk).toMatch(
    /^weir: AVIONICS \(channel 2\): 452 messages\/s, load 19\.\d %, at most \d+\.\d\d of \d+ ms in minor frame \d+$/m,
  );
  await run(BUS, "--seconds", "1", "--seed", "5", "-o", at("b.ch10"));
  await run(BUS, "--seconds", "1", "--seed", "6", "-o", at("c.ch10"));
  expect(readFileSync(at("a.ch10")).equals(readFileSync(at("b.ch10")))).toBe(true);
  expect(readFileSync(at("a.ch10")).equals(readFileSync(at("c.ch10")))).toBe(false);
  expect(existsSync(at("a.labels.csv"))).toBe(false);
  const messages = readChapter10(readFileSync(at("a.ch10"))).flatMap((p) => p.messages);
  expect(talk).toContain(`weir: ${messages.length} messages\n`);
});

it("injects attacks and writes their labels beside the recording", async () => {
  const attacks = ["--attack", "rogue-terminal@0.2:high+0.5", "collision/3@0.3:high"];
  const { talk } = await run(BUS, "--seconds", "1", ...attacks, "-o", at("d.ch10"));
  expect(talk).toMatch(/rogue-terminal \(high\) on channel 2 from 0.200 s: 13 inserted/);
  expect(talk).toMatch(/^weir: \d+ messages, \d+ of them labelled in .*d\.labels\.csv$/m);
  const [head, ...rows] = readFileSync(at("d.labels.csv"), "utf8").trimEnd().split("\n");
  expect(head).toBe("number,label,name,channel,rtc48,change");
  expect(rows.filter((row) => row.includes("rogue-terminal")).length).toBe(13);
  expect(rows.filter((row) => row.includes("collision")).every((row) => row.split(",")[3] === "3")).toBe(true);
  expect(readFileSync(at("d.attacks.csv"), "utf8").split("\n")[1]).toMatch(/^0,rogue-terminal,high,2,.*,13,0,0,0$/);
});

it("attacks a recording", async () => {
  const clean = join(ROOT, "fixtures/mil1553/clean.ch10");
  const { code, talk } = await run("-r", clean, "--attack", "message-replay@1", "--share", "0.01", "-o", at("e.ch10"));
  expect(code).toBe(0);
  expect(talk).toContain("11 inserted");
  const count = (file: string) => readChapter10(readFileSync(file)).flatMap((p) => p.messages).length;
  expect(count(at("e.ch10"))).toBe(count(clean) + 11);
  const names = (file: string) => readChapter10(readFileSync(file))[0]!.data.subarray(4).toString();
  expect(names(at("e.ch10"))).toBe(names(clean));
  // A damaged recording is attacked as far as it is good
  writeFileSync(at("cut.ch10"), readFileSync(clean).subarray(0, 30_000));
  const cut = await run("-r", at("cut.ch10"), "-o", at("f.ch10"));
  expect(cut.code).toBe(2);
  expect(cut.talk).toContain("chapter10.truncated");
  expect(count(at("f.ch10"))).toBeGreaterThan(100);
});

it("sends datagrams to a host, and the same into a capture", async () => {
  const socket = createSocket("udp4");
  await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
  const got: Buffer[] = [];
  socket.on("message", (datagram) => void got.push(datagram));
  // A clock that goes on only while the sender waits
  vi.spyOn(performance, "now").mockImplementation(() => clock.ms);
  clock.isVirtual = true;
  const to = `127.0.0.1:${socket.address().port}`;
  await run(BUS, "--seconds", "0.3", "--udp", to, "--pcap", at("g.pcap"), "--format", "2", "--datagram", "800");
  const capture = readFileSync(at("g.pcap"));
  const sent: Buffer[] = [];
  for (let i = 24; i < capture.length; ) {
    const length = capture.readUInt32LE(i + 8);
    sent.push(capture.subarray(i + 16 + 42, i + 16 + length));
    i += 16 + length;
  }
  expect(sent.length).toBeGreaterThan(10);
  clock.isVirtual = false;
  // At the pace of the bus: the last datagram, with what was on the bus by 0.3 s, leaves when that has ended
  expect(clock.ms).toBeGreaterThan(250);
  expect(clock.ms).toBeLessThan(350);
  await until(() => got.length >= sent.length);
  socket.close();
  expect(got.map((d) => d.toString("hex"))).toEqual(sent.map((d) => d.toString("hex")));
});

it("prints the catalogue", async () => {
  const { out } = await run("--list-attacks");
  expect(out).toMatch(/^bc-impersonation\n {2}A second bus controller/);
  expect(out.match(/^[a-z-]+$/gm)!.length).toBe(22);
});

it("says what is wrong with what it is asked", async () => {
  const wrong: [string[], string][] = [
    [[BUS], "no output: expected -o FILE, --pcap FILE or --udp HOST:PORT"],
    [["-o", at("x")], "no bus: expected an interface-control file, or -r RECORDING"],
    [[BUS, "-o", at("x"), "--attack", "collision"], "--attack collision: expected NAME[/CHANNEL]@SECONDS"],
    [[BUS, "-o", at("x"), "--attack", "collision@1:loud"], "unknown intensity loud, expected low, medium, high"],
    [[BUS, "-o", at("x"), "--attack", "colision@1"], "colision is no attack, expected one of bc-impersonation"],
    [[BUS, "-o", at("x"), "--attack", "collision@11"], "collision: no messages from 11 s on"],
    [[BUS, "-o", "-", "--attack", "collision@1"], "no file for the labels: expected --labels FILE"],
    [[BUS, "-o", at("x"), "--seconds", "0"], "--seconds 0: expected a number above 0"],
    [[BUS, "-o", at("x"), "--seed", "1.5"], "--seed 1.5: expected a whole number"],
    [[BUS, "--udp", "nowhere"], "--udp nowhere: expected HOST:PORT"],
    [["/nowhere.yaml", "-o", at("x")], "/nowhere.yaml: cannot be read (ENOENT)"],
    [["-r", BUS, "-o", at("x")], "avionics.yaml"],
  ];
  for (const [argv, message] of wrong) await expect(run(...argv), argv.join(" ")).rejects.toThrow(message);
  writeFileSync(at("bad.yaml"), "weir-bus: 1\nname: x\nchannels: []\n");
  await expect(run(at("bad.yaml"), "-o", at("x"))).rejects.toThrow(
    "bad.yaml:3:11: channels: no channel, expected at least one",
  );
  expect(existsSync(at("x"))).toBe(false);
});
