// weir accept end to end: alerts of a replay are accepted, and of the next replay those are gone, and no others.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { pcapOf } from "../captures/testing/files.ts";
import { readBaseline } from "../detectors/baseline/file.ts";
import { type Connection, modbus, polled } from "../detectors/content/testing/messages.ts";
import type { Frame } from "../detectors/testing/site.ts";
import { commandConsole } from "./testing/console.ts";
import { alertLines, runner } from "./testing/replays.ts";

const seen = commandConsole("accept");
const at = (name: string) => join(seen.folder, name);
const run = runner(seen);
const alertsOf = (capture: string) => alertLines(seen, capture);
const namesOf = (lines: string[]) => lines.map((line) => JSON.parse(line).alert.context.detector as string);
/** What an alert says, without the size of the baseline. */
const saysOf = (line: string) => {
  const { timestamp, alert } = JSON.parse(line);
  return `${timestamp} ${alert.context.detector} ${alert.context.seen}`;
};

// REQ-GROUND-019
it("conversations and MAC addresses: the alerts that were accepted are gone, the others stay", async () => {
  await run("learn", "-r", "fixtures/normal.pcap", "-o", at("site.baseline"));
  const before = await alertsOf("fixtures/site.pcap");
  const isRight = (line: string) => line.includes('"src_ip":"10.0.0.99"') || line.includes('"detector":"arp"');
  const right = before.filter(isRight);
  expect(new Set(namesOf(right))).toEqual(new Set(["new-pair", "arp"]));
  writeFileSync(at("right.json"), `${right.join("\n")}\n{"event_type":"flow"}\n`);
  const words = [at("right.json"), "--baseline", at("site.baseline"), "--why", "change 4711", "--who", "Ada"];
  copyFileSync(at("site.baseline"), at("as-it-was"));

  await run("accept", ...words, "--dry-run");
  expect(seen.out).toContain("would learn from");
  expect(readFileSync(at("site.baseline"))).toEqual(readFileSync(at("as-it-was")));
  await run("accept", ...words);
  expect(process.exitCode).toBe(0);
  expect(seen.out).toContain("new-pair: 10.0.0.99 -> 10.0.1.9 udp 5000: 1 packets\n");
  // A host that no capture has is named; one that is known is not
  expect(seen.talk).toContain("weir: 10.0.0.99: nothing that was learned knows it; from now on this is right of it\n");
  expect(seen.talk).not.toContain("10.0.1.9:");
  expect(seen.out).toMatch(/arp: 10\.0\.0\.\d+ at 02:00:00:00:00:66/);
  const after = await alertsOf("fixtures/site.pcap");
  const left = after.map(saysOf);
  // With its MAC address, the station is known, too
  const others = before.filter((line) => !isRight(line) && !line.includes("EtherType"));
  expect(others.length).toBeGreaterThan(3);
  expect(others.map(saysOf).filter((says) => !left.includes(says))).toEqual([]);
  // What one MAC address does is one alert, which names one of the addresses that it has: the next replay names the next
  const next = after.filter(isRight);
  expect(namesOf(next)).toEqual(["arp"]);
  writeFileSync(at("next.json"), next.join("\n"));
  await run("accept", at("next.json"), ...words.slice(1));
  expect((await alertsOf("fixtures/site.pcap")).filter(isRight)).toEqual([]);

  await run("accept", ...words);
  expect([process.exitCode, seen.out]).toEqual([0, expect.stringMatching(/: learned from 0 of \d alerts\n$/)]);
  await run("baseline", "log", at("site.baseline"));
  expect(seen.out.split("\n")[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}Ada: change 4711$/);
  expect(seen.out.split("\n")[1]).toMatch(/^ {2}(new-pair|arp) at 2026-03-02T09:00:\d\d/);
  await run("baseline", "log", at("as-it-was"));
  expect(seen.out).toBe("nothing was accepted: all of it comes from captures\n");

  // What is done with the baseline later keeps it
  const { accepted } = readBaseline(at("site.baseline"));
  await run("learn", "-r", "fixtures/mil1553/clean.ch10", "-o", at("site.baseline"), "--add");
  await run("baseline", "thresholds", at("site.baseline"), "--false-alarms", "0.2");
  expect(readBaseline(at("site.baseline")).accepted).toEqual(accepted);
});

it("an unknown message of 1553", async () => {
  const icd = readFileSync("fixtures/mil1553/avionics.yaml", "utf8");
  const more = (text: string) => icd.replace("    messages:\n", `    messages:\n${text}`);
  writeFileSync(at("known.yaml"), icd);
  writeFileSync(at("other.yaml"), more("      - { name: extra, from: COMM/9, to: FCC/9, every: 8, words: 4 }\n"));
  for (const name of ["known", "other"])
    await run("simulate", at(`${name}.yaml`), "-o", at(`${name}.ch10`), "--seconds", "5");
  await run("learn", "-r", at("known.ch10"), "-o", at("site.baseline"));
  const before = (await alertsOf(at("other.ch10"))).filter((line) => line.includes('"bus-message"'));
  expect(before.length).toBeGreaterThan(0);
  writeFileSync(at("right.json"), before.join("\n"));
  await run("accept", at("right.json"), "--baseline", at("site.baseline"), "--why", "new radio");
  expect(seen.out).toContain("bus 2: terminal 3 receives subaddress 9 words 4");
  expect(namesOf(await alertsOf(at("other.ch10")))).not.toContain("bus-message");
});

it("what a known conversation said: a function, an object, an octet; and nothing else", async () => {
  const say = (pdu: number[]) => (c: Connection, k: number) =>
    k === 40 ? c.say(10_040.7, true, modbus(9, 1, pdu)) : undefined;
  const write = (name: string, frames: readonly Frame[]) => writeFileSync(at(name), pcapOf(frames));
  write("lesson.pcap", polled(1, 1000, 1200));
  const learned = {
    function:
      "to the server: Modbus function 16 (write multiple registers), unit 1, address 200, quantity 1, data 9, octets 00c80001020009: no others are right",
    object:
      "Modbus function 6 (write single register), unit 1, address 201, quantity 1, data 45, octets 00c9002d: no others are right",
    value: "Modbus function 6 (write single register), 3 in octet 2 is right",
  };
  const messages = { function: [16, 0, 200, 0, 1, 2, 0, 9], object: [6, 0, 201, 0, 45], value: [6, 0, 200, 3, 232] };
  for (const [name, pdu] of Object.entries(messages)) write(`${name}.pcap`, polled(2, 10_000, 60, say(pdu)));
  await run("learn", "-r", at("lesson.pcap"), "-o", at("learned.baseline"));
  for (const name of Object.keys(messages)) {
    copyFileSync(at("learned.baseline"), at("site.baseline"));
    const ofContent = async (one: string) =>
      (await alertsOf(at(`${one}.pcap`))).filter((line) => line.includes('"detector":"content"'));
    const before = await ofContent(name);
    expect(before.length).toBeGreaterThan(0);
    expect(JSON.parse(before[0]!)).toMatchObject({
      alert: { context: { message: { app_proto: "modbus", new: name, from: "client", service: 502, proto: 6 } } },
    });
    writeFileSync(at("right.json"), before.join("\n"));
    await run("accept", at("right.json"), "--baseline", at("site.baseline"), "--why", "new set point");
    expect(process.exitCode).toBe(0);
    expect(seen.out).toContain(learned[name as keyof typeof learned]);
    expect(await ofContent(name)).toEqual([]);
    for (const other of Object.keys(messages)) if (other !== name) expect(await ofContent(other)).toHaveLength(1);
  }
});

it("a write that is accepted is right of just that value; of several the values between them", async () => {
  const writes = (value: number) => (c: Connection, k: number) =>
    k === 40 ? c.say(10_040.7, true, modbus(9, 1, [6, 0, 201, 0, value])) : undefined;
  const write = (name: string, frames: readonly Frame[]) => writeFileSync(at(name), pcapOf(frames));
  write("lesson.pcap", polled(1, 1000, 1200));
  for (const value of [10, 20, 30, 40, 50, 15, 55]) write(`${value}.pcap`, polled(2, 10_000, 60, writes(value)));
  await run("learn", "-r", at("lesson.pcap"), "-o", at("site.baseline"));
  const ofContent = async (value: number) =>
    (await alertsOf(at(`${value}.pcap`))).filter((line) => line.includes('"detector":"content"'));
  const accept = async (value: number) => {
    writeFileSync(at("right.json"), (await ofContent(value)).join("\n"));
    await run("accept", at("right.json"), "--baseline", at("site.baseline"), "--why", "set point");
  };
  await accept(10);
  expect(await ofContent(10)).toEqual([]);
  const [other] = await ofContent(20);
  expect(JSON.parse(other!).alert.context).toMatchObject({ message: { new: "value", octet: 3, value: 20 } });
  await accept(20);
  expect(await ofContent(20)).toEqual([]);
  expect(await ofContent(15)).toHaveLength(1);
  for (const value of [30, 40, 50]) await accept(value);
  expect([await ofContent(15), (await ofContent(55)).length]).toEqual([[], 1]);

  // An alert that was held back for long has no octets: any value is right then, and it says so
  const [left] = await ofContent(55);
  const alert = JSON.parse(left!);
  const { octet: _, value: __, ...message } = alert.alert.context.message;
  Object.assign(alert.alert.context, { message: { ...message, new: "object", about: "0001060000ca0001" } });
  writeFileSync(at("right.json"), JSON.stringify(alert));
  await run("accept", at("right.json"), "--baseline", at("site.baseline"), "--why", "set point");
  expect(seen.talk).toContain(
    ":1: content: the alert does not tell what was written, so any value is right from now on\n",
  );
});

it("what tells nothing to learn, and what is none", async () => {
  await run("learn", "-r", "fixtures/normal.pcap", "-o", at("site.baseline"));
  const write = (...lines: unknown[]) =>
    writeFileSync(at("e.json"), lines.map((line) => JSON.stringify(line)).join("\n"));
  const words = [at("e.json"), "--baseline", at("site.baseline"), "--why"];
  const alert = (detector: string, more: object = {}) => ({
    ...{ timestamp: "2026-03-02T09:00:00.000000+0000", event_type: "alert", ...more },
    alert: { context: { detector, seen: "502/tcp from a client", expected: "" } },
  });
  write(alert("rate"), alert("new-pair", { src_ip: "no address", dest_ip: "10.0.0.1", dest_port: 502 }));
  await run("accept", ...words, "x");
  expect([process.exitCode, seen.talk]).toEqual([
    3,
    `weir: ${at("e.json")}:1: rate: nothing to learn from an alert of this kind
weir: ${at("e.json")}:2: new-pair: expected an address
`,
  ]);
  expect(seen.out).toBe(`${at("site.baseline")}: learned from 0 of 2 alerts, 2 tell nothing to learn\n`);
  await expect(run("accept", ...words, " ")).rejects.toThrow("--why: empty, expected why it is right");
  write({ event_type: "flow" });
  await expect(run("accept", ...words, "x")).rejects.toThrow(
    `${at("e.json")}: no alert in it, expected lines of eve.json`,
  );
  write({ event_type: "alert", alert: {} });
  await expect(run("accept", ...words, "x")).rejects.toThrow(`${at("e.json")}:1:1: an alert without alert.context`);
  writeFileSync(at("e.json"), "\n{");
  await expect(run("accept", ...words, "x")).rejects.toThrow(`${at("e.json")}:2:1: `);
});
