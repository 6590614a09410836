// What came once while learning: poison of some packets is not taken for normal, until a person says so.
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { pcapOf } from "../captures/testing/files.ts";
import { readBaseline } from "../detectors/baseline/file.ts";
import { CLIENT, type Connection, modbus, polled, SERVER } from "../detectors/content/testing/messages.ts";
import { arpFrame, byTime, connection, at as frameAt, macOf, resolved } from "../detectors/ip/testing/traffic.ts";
import type { Frame } from "../detectors/testing/site.ts";
import { commandConsole } from "./testing/console.ts";
import { alertLines, runner } from "./testing/replays.ts";

const seen = commandConsole("baseline");
const at = (name: string) => join(seen.folder, name);
const run = runner(seen);
/** Detectors that have lists of what is normal. */
const NAMED = ["new-pair", "arp", "content"];
const INTRUDER = "10.2.0.66";
const STRANGER = "content.said   10.2.0.66 -> 10.2.0.50 tcp 502";
const HOURS = 4300;

/** A stranger connects, bears the controller's address, and the known master writes what it never does. */
const poison = (start: number): Frame[] => [
  ...connection(start, INTRUDER, 40_000, SERVER, 502),
  ...[1, 2, 3].map((k) =>
    frameAt(
      start + 60 + k,
      arpFrame({ op: 2, mac: macOf(INTRUDER), ip: SERVER, target: CLIENT, targetMac: macOf(CLIENT) }),
    ),
  ),
];
const forged = (second: number, start: number) => (c: Connection, k: number) => {
  if (k === second) c.say(start + second + 0.7, true, modbus(9, 1, [16, 0, 200, 0, 1, 2, 0, 9]));
};
/** Polls, addresses asked for each half minute, and a connection in three of the eight slices. */
const clean = (seed: number, start: number, seconds: number, more?: Parameters<typeof polled>[3]): Frame[] => [
  ...polled(seed, start, seconds, more),
  ...Array.from({ length: seconds / 30 }, (_, k) => resolved(start + 30 * k, CLIENT, SERVER)).flat(),
  ...[0.05, 0.4, 0.9].flatMap((part) => connection(start + part * seconds, "10.2.0.7", 41_000, SERVER, 80)),
];
const write = (name: string, frames: Frame[]) => writeFileSync(at(name), pcapOf(byTime(frames)));

async function alertsOf(capture: string, baseline: string): Promise<string[]> {
  const lines = await alertLines(seen, at(capture), baseline);
  const names = lines.map((line) => JSON.parse(line).alert.context.detector as string);
  return names.filter((name) => NAMED.includes(name));
}

// REQ-GROUND-020
it("what one slice of time only has is not normal: attacks are found as if they had not been there while learning", async () => {
  write("clean.pcap", clean(1, 1000, HOURS));
  write("poisoned.pcap", [...clean(1, 1000, HOURS, forged(2600, 1000)), ...poison(3000)]);
  write("attack.pcap", [...clean(2, 9000, 300, forged(200, 9000)), ...poison(9100)]);
  await run("learn", "-r", at("clean.pcap"), "-o", at("clean.baseline"));
  expect(seen.talk).toContain("is learned again, in slices of time");
  expect(seen.talk).not.toContain("taken for");
  const found = await alertsOf("attack.pcap", "clean.baseline");
  expect(new Set(found)).toEqual(new Set(NAMED));
  await run("learn", "-r", at("poisoned.pcap"), "-o", at("site.baseline"));
  expect(seen.talk).toContain(
    "10 conversations, addresses or functions came once only, for an eighth of a capture at most: they are not taken\n" +
      `  for normal. weir baseline once ${at("site.baseline")} lists them, weir baseline keep makes them normal.\n`,
  );
  expect(await alertsOf("attack.pcap", "site.baseline")).toEqual(found);
  copyFileSync(at("site.baseline"), at("other.baseline"));

  await run("baseline", "once", at("site.baseline"));
  expect(seen.out.split("\n")).toEqual([
    "new-pair       02:00:0a:02:00:05 <-> 02:00:0a:02:00:42 EtherType 0x0806: 3 packets",
    "new-pair       10.2.0.66 -> 10.2.0.50 tcp 502: 5 packets",
    "arp            10.2.0.50 at 02:00:0a:02:00:42: 9471 frames",
    "arp            10.2.0.66 at 02:00:0a:02:00:42: 3 frames",
    "content.said   10.2.0.5 -> 10.2.0.50 tcp 502, to the server: Modbus function 16 (write multiple registers), 1 messages",
    "content.said   10.2.0.5 -> 10.2.0.50 tcp 502, to the server: Modbus function 16 (write multiple registers), unit 1, address 200, quantity 1, 1 messages",
    ...["the start of a connection", "bytes that are no message"].map(
      (what) => `${STRANGER}, to the server: ${what}, 1 messages`,
    ),
    ...["the start of a connection", "a reset of the connection"].map(
      (what) => `${STRANGER}, from the server: ${what}, 1 messages`,
    ),
    "",
  ]);
  await run("baseline", "show", at("site.baseline"));
  expect(seen.out).toContain("tcp 502: 5 packets (came once: 1)\n");

  // A person keeps some of it, and the log says so; what a second capture has as well is normal
  const words = ["keep", at("site.baseline"), "--why", "new historian"];
  await run("baseline", ...words, "--only", "10.2.0.66 ->", "--who", "Ada");
  expect(seen.out).toContain("new-pair       10.2.0.66 -> 10.2.0.50 tcp 502: 5 packets\n");
  expect(seen.out).toContain(`\n${at("site.baseline")}: 5 that came once are taken for normal\n`);
  expect(await alertsOf("attack.pcap", "site.baseline")).toEqual(found.slice(1)); // the pair of MAC addresses is left
  await run("baseline", "log", at("site.baseline"));
  expect(seen.out).toContain("Ada: new historian\n  new-pair: 10.2.0.66 -> 10.2.0.50 tcp 502: 5 packets\n");
  await expect(run("baseline", ...words, "--only", "nothing")).rejects.toThrow('nothing that came once has "nothing"');
  for (const part of ["10.2.0.6", "2.0.66 ->", "tcp 50", "ARP"]) // parts of words, and words that are not there
    await expect(run("baseline", ...words, "--only", part)).rejects.toThrow(`nothing that came once has "${part}"`);
  await expect(run("baseline", "keep", at("site.baseline"), "--why", " ")).rejects.toThrow("--why: empty");
  for (const [option, text] of [
    ["--why", "x\n2026-01-01T00:00:00Z  Ada: all of it"],
    ["--who", "Ada\x1b[2J"],
    ["--who", "\u202eadA"],
  ] as const)
    await expect(run("baseline", ...words, option, text)).rejects.toThrow(
      "expected one line of text, without control characters",
    );
  await expect(run("baseline", ...words, "--who", " ")).rejects.toThrow("--who: empty, expected who says so");
  await run("baseline", "once", at("site.baseline"), "--json");
  expect(JSON.parse(seen.out)).toHaveLength(5);

  await run("learn", "-r", at("attack.pcap"), "-o", at("other.baseline"), "--add");
  await run("baseline", "once", at("other.baseline"));
  expect(seen.out).toBe(
    "nothing came once only in an hour or more; shorter captures, standard input and logs tell nothing of it\n",
  );
  expect(readBaseline(at("other.baseline")).entries.some(({ once }) => once)).toBe(false);
});
