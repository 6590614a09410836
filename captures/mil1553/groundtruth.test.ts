// Every 1553 message of the real recordings equals what the reference decoders wrote beside them. The recordings are not
// part of the project: where they are missing these tests say so and are skipped.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { hasShared, sharedPath } from "../../lib/testing/shared.ts";
import { CaptureReader } from "../reader.ts";
import { type DecodeOptions, type DecodeResult, decodeChapter10, type Finding } from "./index.ts";

const CAPTURES = sharedPath("mil1553");
const present = hasShared("mil1553");

type Row = Record<string, string>;
function table(text: string): Row[] {
  const [head, ...lines] = text.trimEnd().split("\n");
  const columns = head!.split(",");
  return lines.map((line) => {
    const fields = line.split(",");
    return Object.fromEntries(columns.map((name, i) => [name, fields[i] ?? ""]));
  });
}

async function decode(
  path: string,
  options: DecodeOptions,
): Promise<{ rows: Row[]; found: Finding[]; result: DecodeResult }> {
  const reader = await CaptureReader.open([join(CAPTURES, path)]);
  const parts: Buffer[] = [];
  const found: Finding[] = [];
  const result = await decodeChapter10(
    reader,
    options,
    (rows) => void parts.push(Buffer.from(rows)),
    (f) => void found.push(f),
  );
  return { rows: table(Buffer.concat(parts).toString()), found, result };
}

/** The reference's CSV of a kind; undefined when there is none. */
function truth(path: string, kind: string): Row[] | undefined {
  const [folder, file] = path.split("/");
  const csv = join(CAPTURES, folder!, "groundtruth", `${file}.${kind}.csv`);
  if (existsSync(csv)) return table(readFileSync(csv).toString());
  return existsSync(`${csv}.gz`) ? table(gunzipSync(readFileSync(`${csv}.gz`)).toString()) : undefined;
}

const SHARED = "channel,ipts_rtc48,bsw_hex,bus,gap1,gap2,len_bytes,cmd1,cmd2,stat1,stat2,nwords,raw_words".split(",");
const text = (row: Row, columns: string[]) => columns.map((c) => row[c]).join(",");
/**
 * Both, but for the words of RT-RT transfers that the recorder did not mark: the reference takes a data word for their status. Ours are
 * those of the format.
 */
function compared(ours: Row[], reference: Row[]): [string[], string[]] {
  const own = ["cmd2", "stat1", "stat2"];
  const columns = ours.map((r) => (isUnmarked(r) ? SHARED.filter((c) => !own.includes(c)) : SHARED));
  for (const { cmd2, stat1, stat2, raw_words } of ours.filter(isUnmarked))
    expect([cmd2, stat2, stat1]).toEqual([raw_words!.slice(4, 8), raw_words!.slice(8, 12), raw_words!.slice(-4)]);
  return [ours.map((r, i) => text(r, columns[i]!)), reference.map((r, i) => text(r, columns[i] ?? SHARED))];
}
const isUnmarked = (row: Row) => row.anomalies!.includes("rt_rt_unflagged");

/** `132:20:05:00.000` or `2018/08/16 17:26:23.983` and our time, to the day and millisecond (day formats have no year). */
function sameTime(reference: string, ours: string): boolean {
  const at = new Date(`${ours.slice(0, 23)}Z`);
  const day = /^(\d+):(.*)$/.exec(reference);
  if (!day) return Math.abs(Date.parse(`${reference.replaceAll("/", "-").replace(" ", "T")}Z`) - at.getTime()) <= 1;
  const [h, m, s] = day[2]!.split(":").map(Number);
  const there = Date.UTC(at.getUTCFullYear(), 0, Number(day[1])) + ((h! * 60 + m!) * 60 + s!) * 1000;
  return Math.abs(there - at.getTime()) <= 1;
}

describe.skipIf(!present)("1553 messages of recordings", () => {
  const counts: Record<string, number> = {
    "libirig106-python/1553.c10": 21849,
    "libirig106-python/sample.c10": 858,
    "c10-tools/err.c10": 14191,
    "c10-tools/1.c10": 475,
    "c10-tools/test.pcap": 381,
    "pychapter10/sample.c10": 475,
  };
  for (const [path, messages] of Object.entries(counts))
    it(`${path}: all ${messages} equal the reference's columns, and their times`, async () => {
      const { rows } = await decode(path, { rows: "messages" });
      const expected = truth(path, "1553")!;
      expect(rows.length).toBe(messages);
      const [ours, reference] = compared(rows, expected);
      expect(ours).toEqual(reference);
      expect(rows.filter((r, i) => !sameTime(expected[i]!.abs_time!, r.abs_time!))).toEqual([]);
    });

  it("c10-tools/bad.c10: the packet whose checksum fails is not believed, all others are equal", async () => {
    const { rows, found } = await decode("c10-tools/bad.c10", { rows: "messages" });
    const expected = truth("c10-tools/bad.c10", "1553")!.filter((r) => r.pkt !== "2"); // the damaged one: garbage there
    const [ours, reference] = compared(rows, expected);
    expect(ours).toEqual(reference);
    expect(found.filter((f) => f.damaged).map((f) => [f.anomaly, f.detail])).toEqual([
      ["chapter10.data_checksum", 0],
      ["chapter10.lost_sync", 30], // what was left of it
    ]);
  });
});

describe.skipIf(!present)("packets of recordings", () => {
  const columns = "offset,channel,packet_len,data_len,hdr_ver,seq,flags_hex,type_hex,rtc48,chksum_hex".split(",");
  // irig106lib leaves out the first packet of a file that does not begin with TMATS, and counts offsets from the second
  const withoutFirst = new Set([
    "pychapter10/eth-unit.c10",
    "pychapter10/index.c10",
    "c10-tools/event.c10",
    "c10-tools/test.pcap",
  ]);
  for (const path of [
    "libirig106-python/1553.c10",
    "libirig106-python/sample.c10",
    "libirig106-python/ethernet.c10",
    "libirig106-python/video.c10",
    "c10-tools/1.c10",
    "c10-tools/err.c10",
    "c10-tools/ethernet.c10",
    "c10-tools/event.c10",
    "c10-tools/test.pcap",
    "pychapter10/analog.ch10",
    "pychapter10/discrete.c10",
    "pychapter10/eth.c10",
    "pychapter10/eth-unit.c10",
    "pychapter10/ethernet.c10",
    "pychapter10/event.c10",
    "pychapter10/index.c10",
    "pychapter10/pcm-old.c10",
    "pychapter10/sample.c10",
    "pychapter10/uart.c10",
  ])
    it(path, async () => {
      const { rows } = await decode(path, { rows: "packets" });
      const ours = withoutFirst.has(path) ? rows.slice(1) : rows;
      expect(ours.map((r) => text(r, columns))).toEqual(truth(path, "packets")!.map((r) => text(r, columns)));
    });

  it("c10-tools/bad.c10: also two whole packets inside the damaged one, which the reference loses", async () => {
    const { rows } = await decode("c10-tools/bad.c10", { rows: "packets" });
    const identity = columns.slice(1); // without the offset
    const undamaged = truth("c10-tools/1.c10", "packets")!.map((r) => text(r, identity));
    const recovered = rows.slice(3, 5);
    for (const row of recovered) expect(undamaged).toContain(text(row, identity));
    const others = rows.filter((r) => !recovered.includes(r));
    expect(others.map((r) => text(r, columns))).toEqual(
      truth("c10-tools/bad.c10", "packets")!.map((r) => text(r, columns)),
    );
  });
});
