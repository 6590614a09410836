// New pairs: the inventory, its wildcards, and what it finds on captures that were not made by this project.
import fc from "fast-check";
import { expect, it } from "vitest";
import { Tag } from "../../appliance/contract/config.ts";
import { SYN } from "../../ip/testing/frames.ts";
import { atThreshold, auc, roc } from "../../lib/numerics/curve.ts";
import { hasShared } from "../../lib/testing/shared.ts";
import { checkAll, IpProbe, lessonOf, mergeAll, packAll, taught } from "../ip/testing/probe.ts";
import { allowlist, batchesOf, LEMAY, lemay, TRAINING } from "../testing/lemay.ts";
import { type Frame, normalTraffic, tcpFrame, udpFrame } from "../testing/site.ts";
import { pair } from "./learned.ts";

const at = (seconds: number, data: Uint8Array): Frame => ({ time: seconds * 1e9, data });
const only = ["new-pair"];

it("says nothing of the traffic it learned, nor without having learned any", async () => {
  const probe = await taught(normalTraffic(1, 600), undefined, only);
  expect(checkAll(probe, normalTraffic(2, 600)).filter((f) => f.detector === "new-pair")).toEqual([]);
  expect(checkAll(await IpProbe.create(), normalTraffic(2, 60)).filter((f) => f.detector === "new-pair")).toEqual([]);
});

it("grades what is new: service, pair, client, server, both", async () => {
  const probe = await taught(normalTraffic(1, 600), undefined, only);
  const ends = { sport: 50123, size: 0, flags: SYN };
  const cases: [number, number, Uint8Array][] = [
    [1, 1, tcpFrame({ ...ends, src: "10.1.0.10", dst: "10.1.0.100", dport: 22 })],
    [2, 2, tcpFrame({ ...ends, src: "10.1.0.20", dst: "10.1.0.102", dport: 502 })],
    [3, 3, tcpFrame({ ...ends, src: "10.1.0.66", dst: "10.1.0.102", dport: 502 })],
    [4, 3, tcpFrame({ ...ends, src: "10.1.0.10", dst: "10.9.9.9", dport: 502 })],
    [5, 4, udpFrame({ src: "10.7.7.7", dst: "10.9.9.9", sport: 4000, dport: 5000, size: 9 })],
  ];
  for (const [what, score, data] of cases) {
    const [finding] = checkAll(probe, [at(2000, data)]).filter((f) => f.detector === "new-pair");
    expect({ what: finding?.what, score: finding?.score }).toEqual({ what, score });
  }
});

it("knows a talk from its middle, from either side, and not one that goes the other way", async () => {
  const probe = await taught(normalTraffic(1, 600), undefined, only);
  const answer = tcpFrame({ src: "10.1.0.101", dst: "10.1.0.10", sport: 502, dport: 50001, size: 20 });
  const back = tcpFrame({ src: "10.1.0.101", dst: "10.1.0.10", sport: 50000, dport: 502, size: 0, flags: SYN });
  const found = (data: Uint8Array) => checkAll(probe, [at(2000, data)]).filter((f) => f.detector === "new-pair").length;
  expect([found(answer), found(back)]).toEqual([0, 1]);
});

// REQ-DECODE-027
it.each<[string, (to: object) => Uint8Array]>([
  ["TCP", (ends) => tcpFrame({ ...ends, size: 20 } as Parameters<typeof tcpFrame>[0])],
  ["UDP", (ends) => udpFrame({ ...ends, size: 20 } as Parameters<typeof udpFrame>[0])],
])("knows who serves at a port that tells nothing, though the server is seen first: %s", async (_, make) => {
  const asks = make({ src: "10.1.0.10", dst: "10.1.0.101", sport: 5001, dport: 20000 });
  const answers = make({ src: "10.1.0.101", dst: "10.1.0.10", sport: 20000, dport: 5001 });
  const probe = await taught([at(1, asks), at(1.1, answers)], undefined, only);
  expect(checkAll(probe, [at(2000, answers), at(2001, asks)])).toEqual([]);
  const swapped = await taught([at(1, answers), at(1.1, asks)], undefined, only);
  expect(checkAll(swapped, [at(2000, asks)])).toEqual([]);
});

it("draws many ports of one pair together, and many external servers of one client; never internal ones", async () => {
  const syn = (src: string, dst: string, dport: number, t: number) =>
    at(t, tcpFrame({ src, dst, sport: 40000 + t, dport, size: 0, flags: SYN }));
  const lesson = [
    ...Array.from({ length: 20 }, (_, i) => syn("10.1.0.20", `93.184.${i}.7`, 443, i)),
    ...Array.from({ length: 20 }, (_, i) => syn("10.1.0.20", `10.1.1.${i}`, 445, 100 + i)),
    ...Array.from({ length: 20 }, (_, i) => syn("10.1.0.30", "10.1.0.31", 20000 + i * 7, 200 + i)),
  ];
  const probe = await taught(lesson, undefined, only);
  const found = (frame: Frame) => checkAll(probe, [frame]).filter((f) => f.detector === "new-pair").length;
  expect(found(syn("10.1.0.20", "93.200.1.1", 443, 300))).toBe(0);
  expect(found(syn("10.1.0.20", "93.200.1.1", 444, 301))).toBe(1);
  expect(found(syn("10.1.0.21", "93.184.1.7", 443, 302))).toBe(1);
  expect(found(syn("10.1.0.20", "10.1.1.99", 445, 303))).toBe(1);
  expect(found(syn("10.1.0.30", "10.1.0.31", 31000, 304))).toBe(0);
  expect(found(syn("10.1.0.30", "10.1.0.31", 22, 305))).toBe(1);
});

// REQ-DETECT-003
it("merges in any order to the same bytes", async () => {
  const parts = await Promise.all([1, 2, 3].map((seed) => lessonOf(normalTraffic(seed, 100))));
  const entries = parts.flat().filter((e) => e.detector === pair.name);
  const all = mergeAll(entries);
  expect(all.length).toBeLessThan(entries.length);
  fc.assert(
    fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (list) => {
      expect(mergeAll(list)).toEqual(all);
    }),
    { numRuns: 20, seed: 1 },
  );
});

// REQ-DETECT-008
it("refuses a section that is damaged, whatever is changed", async () => {
  const [section] = packAll(mergeAll(await lessonOf(normalTraffic(1, 60))), 0.02, undefined, only);
  const bytes = section!.bytes;
  const probe = await IpProbe.create();
  expect(probe.configure(Tag.PAIRS, bytes)).toBe(true);
  for (const [offset, value] of [
    [0, 200],
    [6, 200],
    [bytes.length - 8, 250],
    [bytes.length - 1, 7],
  ] as const) {
    const damaged = Uint8Array.from(bytes);
    damaged[offset] = value;
    probe.e.reset();
    expect(probe.configure(Tag.PAIRS, damaged), `byte ${offset}`).toBe(false);
  }
  probe.e.reset();
  expect(probe.configure(Tag.PAIRS, bytes.subarray(0, bytes.length - 1))).toBe(false);
  expect(probe.configure(Tag.PAIRS, new Uint8Array(0))).toBe(false);
});

it.skipIf(!hasShared(...LEMAY))("Lemay Modbus: alone AUC >= 0.996, TPR >= 0.993 at FPR <= 0.0005", async () => {
  const { records, labels } = await lemay();
  const teacher = await IpProbe.create();
  for (const batch of batchesOf(records, 0, TRAINING)) teacher.learn(batch);
  const entries = mergeAll(teacher.entries());
  const score = async (names: string[]) => {
    const probe = await IpProbe.create(packAll(entries, 0.1, undefined, names));
    for (let detector = 1; detector < 13; detector++) if (detector !== 4) probe.e.scale(detector, Infinity);
    return [...batchesOf(records, TRAINING)].flatMap((batch) => [...probe.scores(batch)]);
  };
  const rest = labels.subarray(TRAINING);
  const row = (name: string, list: ArrayLike<number>, threshold: number) => {
    const c = roc(list, rest);
    const o = atThreshold(c, threshold);
    return { name, auc: +auc(c).toFixed(4), tpr: +o.truePositiveRate.toFixed(4), fpr: +o.falsePositiveRate.toFixed(5) };
  };
  const table = [
    row("new-pair", await score(only), 1),
    row("new-pair, MAC addresses known from arp", await score([...only, "arp"]), 1),
    row("one-line allowlist", allowlist(records, TRAINING).subarray(TRAINING), 1),
  ];
  console.table(table);
  console.log(`${entries.filter((e) => e.detector === "new-pair").length} talks learned`);
  for (const [i, fpr] of [0.002, 0.0005].entries()) {
    expect(table[i]!.auc).toBeGreaterThanOrEqual(0.996);
    expect(table[i]!.tpr).toBeGreaterThanOrEqual(0.993);
    expect(table[i]!.fpr).toBeLessThanOrEqual(fpr);
  }
});
