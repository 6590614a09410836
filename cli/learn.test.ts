// weir learn: hours that were heard, captures that are the same, what came once in files that follow each other.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { pcapOf } from "../captures/testing/files.ts";
import { type Baseline, readBaseline } from "../detectors/baseline/file.ts";
import { polled, SERVER } from "../detectors/content/testing/messages.ts";
import { byTime, connection } from "../detectors/ip/testing/traffic.ts";
import type { Frame } from "../detectors/testing/site.ts";
import { commandConsole } from "./testing/console.ts";
import { runner } from "./testing/replays.ts";

const seen = commandConsole("learn");
const at = (name: string) => join(seen.folder, name);
const run = runner(seen);
const write = (name: string, frames: Frame[]) => writeFileSync(at(name), pcapOf(frames));
const learn = (...words: string[]) => run("learn", "-o", at("site.baseline"), ...words);
const onceIn = ({ entries }: Baseline) =>
  entries.flatMap(({ detector, client, once }) => (once ? `${detector} ${client}` : []));

// REQ-GROUND-020
it("one wrong time stamp makes no hours of learning, and no votes", async () => {
  const frames = polled(1, 100_000, 600);
  write("clean.pcap", frames);
  await learn("-r", at("clean.pcap"));
  expect(seen.talk).not.toContain("count as no time");
  const clean = readBaseline(at("site.baseline"));
  for (const [i, hours] of [-20, 10, 100].entries()) {
    const wrong = frames.map((frame, n) => (n === 1000 ? { ...frame, time: frame.time + hours * 3600e9 } : frame));
    write("wrong.pcap", wrong);
    await run("learn", "-r", at("wrong.pcap"), "-o", at(`${i}.baseline`));
    const learned = readBaseline(at(`${i}.baseline`));
    expect(learned.captures[0]!.seconds).toBe(clean.captures[0]!.seconds);
    const longest = ({ thresholds }: Baseline) => Math.max(...thresholds.map((threshold) => threshold.hours));
    expect(longest(learned)).toBe(longest(clean));
    expect(onceIn(learned)).toEqual([]);
    expect(seen.out).toContain("0.17 hours");
    expect(seen.talk).toContain(
      " h in which nothing came, or before and after a wrong time stamp, count as no time: 0.17 h are left\n",
    );
  }
});

it("a capture is known again under another name, compressed, and from standard input", async () => {
  write("a.pcap", polled(1, 1000, 60));
  const bytes = readFileSync(at("a.pcap"));
  writeFileSync(at("b.pcap"), bytes);
  writeFileSync(at("c.pcap.gz"), gzipSync(bytes));
  await learn("-r", at("a.pcap"), "-r", at("b.pcap"));
  expect(seen.talk).toContain(`${at("b.pcap")}: the same packets as ${at("a.pcap")}, learned before, skipped\n`);
  const once = readFileSync(at("site.baseline"), "utf8");
  await learn("-r", at("c.pcap.gz"), "--add");
  expect(seen.talk).toContain(`${at("c.pcap.gz")}: the same packets as ${at("a.pcap")}, learned before, skipped\n`);
  await learn("-r", at("a.pcap"), "--add");
  expect(seen.talk).toContain(`${at("a.pcap")}: learned before, skipped\n`);
  expect(readFileSync(at("site.baseline"), "utf8")).toBe(once);
  const { records } = readBaseline(at("site.baseline")).captures[0]!;
  await run("learn", "-r", at("c.pcap.gz"), "-o", at("other.baseline"));
  expect(readBaseline(at("other.baseline")).captures[0]!.records).toBe(records);
  await expect(run("baseline", "merge", at("site.baseline"), at("other.baseline"), "-o", at("both"))).rejects.toThrow(
    "was learned twice",
  );
});

// REQ-GROUND-020
it("a visit across the edge of two slices is one; two visits are two", async () => {
  const visit = (time: number) => connection(time, "10.2.0.66", 40_000, SERVER, 22);
  const site = (...times: number[]) => byTime([...polled(1, 0, 4000), ...times.flatMap(visit)]);
  // Slices of 500 s: before and after an edge, and in two of them
  write("edge.pcap", site(995, 1005));
  await run("learn", "-r", at("edge.pcap"), "-o", at("edge.baseline"));
  expect(onceIn(readBaseline(at("edge.baseline")))).toContain("new-pair 10.2.0.66");
  write("twice.pcap", site(995, 2100));
  await run("learn", "-r", at("twice.pcap"), "-o", at("twice.baseline"));
  expect(onceIn(readBaseline(at("twice.baseline")))).toEqual([]);
});

it("files of ten minutes that follow each other vote together, by their times", async () => {
  const all = byTime([...polled(1, 0, 4200), ...connection(1234, "10.2.0.66", 40_000, SERVER, 22)]);
  const names = Array.from({ length: 7 }, (_, i) => at(`${6 - i}.pcap`)); // the first file has the last name
  for (const [i, name] of names.entries())
    writeFileSync(name, pcapOf(all.filter(({ time }) => Math.floor(time / 600e9) === i)));
  await learn(...names.flatMap((name) => ["-r", name]));
  expect(seen.talk).toContain(`${names.join(", ")}: are learned again, in slices of time\n`);
  const learned = readBaseline(at("site.baseline"));
  expect(onceIn(learned)).toContain("new-pair 10.2.0.66");
  expect(onceIn(learned)).not.toContain("new-pair 10.2.0.5");
  expect(learned.captures).toHaveLength(7);
});

it("an empty capture teaches nothing", async () => {
  write("empty.pcap", []);
  await expect(learn("-r", at("empty.pcap"))).rejects.toThrow(
    `${at("empty.pcap")}: no packet and no 1553 message in it: nothing was learned`,
  );
  write("a.pcap", polled(1, 1000, 10));
  await learn("-r", at("empty.pcap"), "-r", at("a.pcap"));
  expect(seen.talk).toContain(`${at("empty.pcap")}: no packet and no 1553 message in it, left out\n`);
  expect(readBaseline(at("site.baseline")).captures).toHaveLength(1);
});
