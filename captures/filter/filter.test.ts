// Filters against tcpdump, packet by packet: the expressions of people, random ones from the grammar, on captures of each link type.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { INPUT_SIZE } from "../../appliance/abi/abi.ts";
import { CaptureReader } from "../reader.ts";
import { Filter, LINKS } from "./filter.ts";
import { FilterError, parseFilter } from "./parse.ts";
import { compile } from "./program.ts";

const hasTcpdump = (() => {
  try {
    execFileSync("tcpdump", ["--version"], { stdio: "pipe" });
    return true;
  } catch {
    console.log("skipped: filters against tcpdump: no tcpdump");
    return false;
  }
})();
const dir = mkdtempSync(join(tmpdir(), "weir-filter-"));

/** Numbers of the packets that match. */
async function ours(path: string, words: string): Promise<number[]> {
  const reader = await CaptureReader.open([path], { filter: await Filter.create(words) });
  const buffer = new Uint8Array(INPUT_SIZE);
  const view = new DataView(buffer.buffer);
  const numbers: number[] = [];
  for (let length = await reader.fill(buffer); length; length = await reader.fill(buffer))
    for (let at = 0; at < length; at += 32 + ((view.getUint32(at + 16, true) + 7) & ~7))
      numbers.push(view.getUint32(at + 8, true));
  await reader.close();
  return numbers;
}

/** A capture whose packets are numbered by their time, in seconds: so tcpdump's output says which they are. */
function numbered(path: string, most = 2000, least = 0): string {
  const file = readFileSync(path);
  const little = file.readUInt32LE(0) === 0xa1b2c3d4 || file.readUInt32LE(0) === 0xa1b23c4d;
  const u32 = (at: number) => (little ? file.readUInt32LE(at) : file.readUInt32BE(at));
  const out: Buffer[] = [];
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(262144, 16);
  head.writeUInt32LE(u32(20), 20);
  out.push(head);
  for (let at = 24; at + 16 <= file.length && out.length <= 2 * most; ) {
    const captured = u32(at + 8);
    if (at + 16 + captured > file.length) break;
    const record = Buffer.alloc(16);
    record.writeUInt32LE((out.length + 1) >> 1, 0);
    record.writeUInt32LE(captured, 8);
    record.writeUInt32LE(u32(at + 12), 12);
    if (captured >= least) out.push(record, file.subarray(at + 16, at + 16 + captured));
    at += 16 + captured;
  }
  const to = join(dir, `${out.length}-${path.replaceAll("/", "_").slice(-80)}.pcap`);
  writeFileSync(to, Buffer.concat(out));
  return to;
}

function theirs(path: string, words: string): number[] | string {
  const { status, stdout, stderr } = spawnSync("tcpdump", ["-r", path, "-w", "-", words], { maxBuffer: 1e9 });
  if (status !== 0) return stderr.toString();
  const numbers: number[] = [];
  for (let at = 24; at + 16 <= stdout.length; at += 16 + stdout.readUInt32LE(at + 8))
    numbers.push(stdout.readUInt32LE(at));
  return numbers;
}

const EXPRESSIONS = [
  "ip",
  "ip6",
  "arp",
  "rarp",
  "tcp",
  "udp",
  "icmp",
  "icmp6",
  "sctp",
  "igmp",
  "not ip",
  "tcp or udp",
  "ip and not tcp",
  "host 10.0.0.5",
  "src host 10.0.0.5",
  "dst host 10.0.1.9",
  "src 10.0.0.5 and dst 10.0.1.9",
  "src or dst host 10.0.0.20",
  "src and dst host 10.0.0.5",
  "ip host 10.0.0.10",
  "arp host 10.0.0.10",
  "host fd00::20",
  "dst host fd00::2",
  "ip6 host fd00::20",
  "net 10.0.0.0/24",
  "src net 10.0.1.0/24",
  "dst net 10",
  "net 10.0",
  "net 0.0.0.0/0",
  "net fd00::/64",
  "net 192.168.0.0/16",
  "port 53",
  "tcp port 80",
  "udp port 5000",
  "src port 53",
  "dst port 502",
  "tcp src port 80",
  "portrange 1-100",
  "udp portrange 5000-6000",
  "ip port 53",
  "ip6 port 53",
  "port 53 or 80",
  "port 53 or 80 or 502 and host 10.0.0.20",
  "tcp port 80 or 502",
  "host 10.0.0.5 or 10.0.0.10",
  "src host 10.0.0.5 or 10.0.0.66",
  "not port 5000",
  "not (tcp or udp)",
  "!tcp && !udp",
  "(port 53 or port 80) and not host 10.0.0.20",
  "ether host 02:00:00:00:00:05",
  "ether src 02:00:00:00:00:66",
  "ether dst ff:ff:ff:ff:ff:ff",
  "ether broadcast",
  "ether multicast",
  "broadcast",
  "multicast",
  "ip multicast",
  "ip6 multicast",
  "ether proto 0x806",
  "ether proto \\ip",
  "ip proto 17",
  "ip proto \\tcp",
  "ip6 proto 58",
  "proto 1",
  "less 64",
  "greater 100",
  "len > 60 and len < 200",
  "len = 60",
  "tcp[13] & 2 != 0",
  "tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn",
  "tcp[tcpflags] == tcp-syn",
  "ip[6:2] & 0x1fff = 0",
  "ip[0] & 0xf != 5",
  "ip[8] < 64",
  "icmp[icmptype] = icmp-echo",
  "icmp[icmptype] != icmp-echo and icmp",
  "udp[4:2] > 100",
  "ether[0] & 1 = 1",
  "ip6[6] = 17",
  "tcp[2:2] = 80",
  "ip[2:2] + 14 = len",
  "(tcp[12] >> 4) * 4 > 20",
  "tcp[(tcp[12] >> 4) * 4] = 0x47",
  "ip[9] = 6 or ip[9] = 17",
  "len - 14 >= 100",
  "ip[16] = 10 and ip[19] % 2 = 0",
  "10.0.0.5",
  "dst 10.0.1.9",
  "icmp6[0] = 135",
  "ip[1] ^ 0xff = 0xff",
  "vlan",
  "vlan 12",
  "vlan and ip",
  "vlan 12 and udp port 5004",
  "not vlan",
  "arp[6:2] = 1",
  "-1 + len > 60",
  "tcp[100] = 1 or udp",
  "len / 10 = 6",
];

const CAPTURES = join("..", "shared", "captures", "conformance");
let files: { path: string; link: number }[] = [];

beforeAll(() => {
  const real = existsSync(CAPTURES)
    ? readdirSync(CAPTURES, { recursive: true, encoding: "utf8" })
        .filter((name) => /\.(pcap|cap|dump)$/.test(name))
        .map((name) => join(CAPTURES, name))
    : [];
  if (!real.length) console.log("only the project's fixtures: no captures at ../shared");
  const counts = new Map<number, number>();
  const chosen = real.filter((path) => {
    const head = readFileSync(path).subarray(0, 24);
    if (head.length < 24 || ![0xa1b2c3d4, 0xd4c3b2a1].includes(head.readUInt32LE(0))) return false;
    const link = head.readUInt32LE(0) === 0xa1b2c3d4 ? head.readUInt32LE(20) : head.readUInt32BE(20);
    const most = link === 1 ? 14 : 6;
    if (!LINKS.includes(link) || (counts.get(link) ?? 0) >= most) return false;
    counts.set(link, (counts.get(link) ?? 0) + 1);
    return true;
  });
  files = ["fixtures/site.pcap", "fixtures/normal.pcap", ...chosen].map((path) => {
    const to = numbered(path, chosen.includes(path) ? 300 : 2000);
    return { path: to, link: readFileSync(to).readUInt32LE(20) };
  });
});

/** Families of a BSD loopback differ by system, and tcpdump here knows its own: there IPv6 is not compared. */
const comparable = (words: string, link: number) =>
  link !== 0 || !/ip6|icmp6|::|^not|^!|port|tcp|udp|sctp|proto/.test(words);

describe.skipIf(!hasTcpdump)("the same packets as tcpdump", () => {
  it(`${EXPRESSIONS.length} expressions`, { timeout: 120_000 }, async () => {
    const wrong: string[] = [];
    let compared = 0;
    for (const [n, words] of EXPRESSIONS.entries())
      for (const [f, { path, link }] of files.entries()) {
        // Every expression on the fixtures and on a third of the others
        if (f > 1 && (n + f) % 3) continue;
        if (!comparable(words, link)) continue;
        const expected = theirs(path, words);
        if (typeof expected === "string") continue; // tcpdump refuses it for this link type
        compared++;
        const found = await ours(path, words);
        if (found.join() !== expected.join())
          wrong.push(`${words} on ${path}: ${found.length}, tcpdump ${expected.length}`);
      }
    console.log(`${compared} comparisons on ${files.length} captures`);
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(150);
  });

  it("random expressions", { timeout: 120_000 }, async () => {
    const number = fc.constantFrom("0", "1", "2", "6", "17", "53", "60", "80", "255", "0x800", "500");
    const base = fc.constantFrom("ip", "tcp", "udp", "icmp", "ether", "ip6", "arp");
    const load = fc.tuple(base, fc.nat(20), fc.constantFrom("", ":2", ":4")).map(([b, i, s]) => `${b}[${i}${s}]`);
    const term = fc.oneof(number, load, fc.constant("len"));
    const sum = fc
      .tuple(term, fc.constantFrom("+", "-", "*", "&", "|", "^", ">>"), fc.constantFrom("1", "2", "3", "7"))
      .map((x) => x.join(" "));
    const relation = fc
      .tuple(fc.oneof(term, sum), fc.constantFrom("=", "!=", ">", "<", ">=", "<="), number)
      .map((x) => x.join(" "));
    const primitive = fc.oneof(
      relation,
      fc.constantFrom(...EXPRESSIONS.slice(0, 60).filter((words) => !/ or | and |\(|vlan|^ip6? port/.test(words))),
    );
    const { test } = fc.letrec<{ test: string }>((tie) => ({
      test: fc.oneof(
        { maxDepth: 3, depthSize: "small" },
        primitive.map((p) => `(${p})`),
        fc.tuple(tie("test"), fc.constantFrom("and", "or"), tie("test")).map((x) => `(${x.join(" ")})`),
        tie("test").map((t) => `not ${t}`),
      ),
    }));
    // Not of frames shorter than the fields asked for: libpcap's optimiser leaves out looks that change nothing else
    const site = numbered("fixtures/site.pcap", 2000, 60);
    const wrong: string[] = [];
    for (const words of fc.sample(test, { numRuns: 300, seed: 20 })) {
      const expected = theirs(site, words);
      // libpcap refuses what it can tell beforehand: "expression rejects all packets"
      if (typeof expected === "string") {
        if (!/rejects all/.test(expected)) wrong.push(`${words}: ${expected}`);
        continue;
      }
      const found = await ours(site, words);
      if (found.join() !== expected.join()) wrong.push(`${words}: ${found.length}, tcpdump ${expected.length}`);
    }
    expect(wrong).toEqual([]);
  });
});

it.each([
  ["", "unknown, expected one of"],
  ["prot tcp", "unknown, expected one of host"],
  ["port http", "expected a number (names are not looked up)"],
  ["host example.org", "expected an address"],
  ["port 70000", "expected a port"],
  ["tcp and", "unknown, expected one of"],
  ["(tcp", "expected )"],
  ["tcp udp", "expected and, or, or the end"],
  ["ip broadcast", "ip broadcast needs a netmask"],
  ["net 10.0.0.1/24", "has bits behind its prefix"],
  ["tcp[0:3] = 1", "expected 1, 2 or 4 bytes"],
  ["gateway 10.0.0.1", "unknown"],
  ["icmp port 5", "icmp has no ports"],
])("refuses %j, and says why and where", (words, why) => {
  let message = "";
  try {
    compile(parseFilter(words), 1);
  } catch (error) {
    expect(error).toBeInstanceOf(FilterError);
    message = (error as Error).message;
  }
  expect(message).toContain(why);
  expect(message).toMatch(/\n {2}.*\n {2} *\^$/);
});

it("numbers stay those of the capture; a run without a match ends", async () => {
  const [first] = await ours("fixtures/site.pcap", "tcp port 502");
  expect(first).toBeGreaterThan(1);
  expect(await ours("fixtures/site.pcap", "len > 60000")).toEqual([]);
});

it("random programs that the check accepts never trap", async () => {
  const instruction = fc.record({
    op: fc.nat(28),
    yes: fc.oneof(fc.nat(4), fc.nat(0xffffffff)),
    no: fc.oneof(fc.nat(4), fc.nat(0xffffffff)),
    k: fc.oneof(fc.nat(70), fc.nat(0xffffffff)),
  });
  const reader = await CaptureReader.open(["fixtures/site.pcap"]);
  const buffer = new Uint8Array(INPUT_SIZE);
  const length = Math.min(await reader.fill(buffer), 4000 & ~7);
  let [run, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.array(instruction, { maxLength: 12 }), async (list) => {
      try {
        const filter = await Filter.of([[1, [...list, { op: 0, yes: 0, no: 0, k: 1 }]]]);
        filter.run(buffer.slice(), length);
        run++;
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        refused++;
      }
    }),
    { numRuns: 400, seed: 4 },
  );
  expect(run).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(20);
});
