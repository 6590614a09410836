// Labels by flow, as flow meters write them, on a capture whose truth is known.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pcapFile } from "../../captures/testing/files.ts";
import { ethernet, ipv4, UDP, udp } from "../../fixtures/frames.ts";
import { resolvedLabels } from "./flows.ts";
import { type Labels, parseLabels, type RecordLabels } from "./labels.ts";
import { protocolOf } from "./rows.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-flows-"));
const capture = join(folder, "day.pcap");
afterAll(() => rmSync(folder, { recursive: true }));

const MACS = { from: "02:00:00:00:00:05", to: "02:00:00:00:00:09" };
const NOON = Date.UTC(2017, 6, 5, 15, 30, 0) / 1000; // 5 July 2017, three hours ahead of what a file below says
const packet = (src: string, sport: number, dst: string, dport: number) =>
  ethernet(MACS, 0x0800, ipv4({ src, dst, protocol: UDP }, udp({ src, dst, sport, dport }, Buffer.from("x"))));

beforeAll(() => {
  const there = packet("192.168.10.5", 40000, "192.168.10.50", 80);
  const back = packet("192.168.10.50", 80, "192.168.10.5", 40000);
  const other = packet("192.168.10.6", 40001, "192.168.10.50", 80);
  const at = [0, 1, 2, 3, 600, 601, 7200];
  const bytes = [there, back, other, there, there, back, other];
  writeFileSync(capture, pcapFile(bytes.map((data, i) => ({ seconds: NOON + at[i]!, fraction: 0, bytes: data }))));
});

/** number:name of the packets that are not benign, and what was said. */
async function named(content: string): Promise<{ records: string[]; said: string[] }> {
  const said: string[] = [];
  const [labels] = await resolvedLabels(
    [parseLabels(content, "l.csv")],
    { paths: [capture], recursive: false },
    (text) => said.push(text),
  );
  return { records: (labels as RecordLabels).records.map(({ number, name }) => `${number}:${name}`), said };
}

const CICIDS =
  "Flow ID, Source IP, Source Port, Destination IP, Destination Port, Protocol, Timestamp, Flow Duration, Total Fwd Packets, Label\n";
const row = (src: string, sport: number, time: string, micro: number, label: string) =>
  `id,${src},${sport},192.168.10.50,80,17,${time},${micro},2,${label}\n`;

describe("CICFlowMeter's columns", () => {
  it("join by ends, protocol and time, both directions", async () => {
    const rows =
      row("192.168.10.5", 40000, "05/07/2017 15:30:00", 3_000_000, "BENIGN") +
      row("192.168.10.5", 40000, "05/07/2017 15:40:00", 1_000_000, "DoS Hulk") +
      row("192.168.10.6", 40001, "05/07/2017 15:30:02", 0, "BENIGN") +
      row("192.168.10.6", 40001, "05/07/2017 17:30:00", 0, "PortScan");
    expect(await named(CICIDS + rows)).toEqual({ records: ["5:DoS Hulk", "6:DoS Hulk", "7:PortScan"], said: [] });
  });

  it("take a clock of another zone, minutes only and twelve hours, and say so", async () => {
    const rows =
      row("192.168.10.5", 40000, "5/7/2017 12:30", 3_000_000, "BENIGN") +
      row("192.168.10.5", 40000, "5/7/2017 12:40", 1_000_000, "DoS Hulk") +
      row("192.168.10.6", 40001, "5/7/2017 2:30", 0, "PortScan");
    const { records, said } = await named(CICIDS + rows);
    expect(records).toEqual(["5:DoS Hulk", "6:DoS Hulk", "7:PortScan"]);
    expect(said).toEqual([
      "l.csv: its clock is -3 h from the captures' (a zone of its own): taken into account",
      "l.csv: 1 of 7 IP packets are in none of its flows: benign",
    ]);
  });

  it("are refused where they are of another capture, and where a value is none", async () => {
    const elsewhere = CICIDS + row("10.9.9.9", 1, "05/07/2017 15:30:00", 0, "PortScan");
    await expect(named(elsewhere)).rejects.toThrow(
      "none of the 7 packets is in one of its 1 flows: other addresses or ports",
    );
    const zoned = `src_ip,dst_ip,timestamp,duration,label\n192.168.10.5,192.168.10.50,2017-07-09T15:30:00Z,1,DoS\n`;
    await expect(named(zoned)).rejects.toThrow("addresses and ports are there, at other times");
    const wrong = CICIDS + row("192.168.10.5", 99_999, "yesterday", 0, "x");
    expect(() => parseLabels(wrong, "l.csv")).toThrow('l.csv:2:17: sourcePort: "99999", expected a port');
    expect(() =>
      parseLabels(CICIDS + row("192.168.10.5", 1, "now", 0, "x").replace(",17,", ",ax.25,"), "l.csv"),
    ).toThrow(`protocol: "ax.25", expected a protocol's name or number`);
    expect(() => parseLabels(wrong, "l.csv")).toThrow('begin: "yesterday", expected a time');
    expect(() => parseLabels("src_ip,dst_ip\n10.0.0.1,10.0.0.2\n", "l.csv")).toThrow("without a column label");
  });
});

it("Zeek's conn.log with labels behind it", async () => {
  const log = `#separator \\x09
#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\ttunnel_parents   label   detailed-label
#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tinterval\tset[string]   string   string
${NOON}.000000\tC1\t192.168.10.5\t40000\t192.168.10.50\t80\tudp\t3.0\t-   Benign   -
${NOON + 600}.000000\tC2\t192.168.10.5\t40000\t192.168.10.50\t80\tudp\t-\t-   Malicious   C&C
`;
  const { records } = await named(log);
  expect(records).toEqual(["5:C&C", "6:C&C"]);
});

it("addresses alone are enough, where a file has no more", async () => {
  const { records } = await named("src,dst,label\n192.168.10.50,192.168.10.6,scan\n");
  expect(records).toEqual(["3:scan", "7:scan"]);
});

describe("files of labels and captures", () => {
  const flow = (src: string, label: string) => parseLabels(`src,dst,label\n${src},192.168.10.50,${label}\n`, label);
  const two = join(folder, "two");
  beforeAll(() => {
    mkdirSync(join(two, "inside"), { recursive: true });
    const of = (src: string) => [{ seconds: NOON, fraction: 0, bytes: packet(src, 1, "192.168.10.50", 80) }];
    writeFileSync(join(two, "a.pcap"), pcapFile(of("192.168.10.5")));
    writeFileSync(join(two, "b.pcap"), pcapFile([...of("192.168.10.7"), ...of("192.168.10.6")]));
    writeFileSync(join(two, "inside", "c.pcap"), pcapFile(of("192.168.10.8")));
  });
  const resolve = async (files: Labels[], paths: string[], recursive = false) => {
    const said: string[] = [];
    const labels = await resolvedLabels(files, { paths, recursive }, (text) => said.push(text));
    const named = labels.flatMap((one) =>
      one.kind === "records" ? one.records.map(({ number, name }) => `${number}:${name}`) : ["times"],
    );
    return { named, said };
  };

  it("pair without those that label times", async () => {
    const times = parseLabels("start,end,label\n0,1,strike\n", "times.csv");
    for (const files of [
      [times, flow("192.168.10.6", "scan")],
      [flow("192.168.10.6", "scan"), times],
    ])
      expect((await resolve(files, [capture])).named.sort()).toEqual(["3:scan", "7:scan", "times"]);
  });

  it("pair with the captures of a folder, as these are read; what is said comes in their order", async () => {
    const files = [flow("192.168.10.5", "one"), flow("192.168.10.6", "two")];
    expect(await resolve(files, [two])).toEqual({
      named: ["1:one", "2:two"],
      said: ["two: 1 of 2 IP packets are in none of its flows: benign"],
    });
    const three = [...files, flow("192.168.10.8", "three")];
    await expect(resolve(three, [two])).rejects.toThrow("3 label files for 2 captures: expected one for the whole run");
    expect((await resolve(three, [two], true)).named).toEqual(["1:one", "2:two", "1:three"]);
    expect((await resolve([flow("192.168.10.8", "three")], [two], true)).named).toEqual(["4:three"]);
  });
});

it("protocols have numbers, or names that are theirs", () => {
  expect(["17", "TCP", "icmpv6", "gre", "255"].map(protocolOf)).toEqual([17, 6, 58, 47, 255]);
  expect(["constructor", "toString", "__proto__", "256", ""].map(protocolOf)).toEqual(Array(5).fill(undefined));
});
