// Filters against tcpdump, packet by packet: expressions of people and random ones, on captures of each link type.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { hasShared, sharedPath } from "../../lib/testing/shared.ts";
import { Filter } from "./filter.ts";
import { LINK, LINKS } from "./link.ts";
import { parseFilter } from "./parse.ts";
import { compile } from "./program.ts";
import { EXPRESSIONS } from "./testing/expressions.ts";
import { cleanUp, type Frame, framesOf, hasTcpdump, numbered, ours, relinked, theirs } from "./testing/tcpdump.ts";

afterAll(cleanUp);

const CAPTURES = sharedPath("conformance");
const hasCaptures = hasShared("conformance");
const site = framesOf("fixtures/site.pcap")!.frames.slice(0, 3000);
const normal = framesOf("fixtures/normal.pcap")!.frames.slice(0, 1000);
const own = [...site, ...normal];

/** With tags in front of the type: one, two, 802.1ad, and what is no tag. */
const tagged = own.slice(0, 600).map(({ bytes, original }, n): Frame => {
  const tag = (type: number, id: number) => Buffer.from([type >> 8, type & 255, id >> 8, id & 255]);
  const tags = [[tag(0x8100, 12)], [tag(0x88a8, 5), tag(0x8100, 12)], [tag(0x9100, 0x600c)], [tag(0x8200, 12)]][n & 3]!;
  const whole = Buffer.concat([bytes.subarray(0, 12), ...tags, bytes.subarray(12)]);
  return { bytes: whole, original: original + 4 * tags.length };
});

/** Labels, sessions of PPPoE and its discovery, spanning tree, protocols that only routers speak. */
const wrapped = own.slice(0, 700).flatMap(({ bytes, original }, n): Frame[] => {
  const type = bytes.readUInt16BE(12);
  const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
  const put = (head: Buffer) => {
    const whole = Buffer.concat([bytes.subarray(0, 12), head, bytes.subarray(14)]);
    return [{ bytes: whole, original: original + head.length - 2 }];
  };
  if (n % 7 === 6) return put(hex(n & 1 ? "0026 424203 0000" : "8863 1109 0000 0004 0101 0000"));
  if (type === 0x0800 && n % 7 === 5) {
    const copy = Buffer.from(bytes);
    copy[23] = [50, 51, 103, 112, 9, 89][n % 6]!;
    return [{ bytes: copy, original }];
  }
  const ppp = type === 0x86dd ? "0057" : "0021";
  const heads = [
    "8847 00010140",
    "8847 00010040 00011140",
    "8847 00011140 00010140",
    `8864 1100 0007 0040 ${ppp}`,
    "8864 1100 0009 0040 0281",
  ];
  return put(hex(n & 8 ? heads[n % 5]! : `8100 000c ${heads[n % 5]!}`));
});

/** IPv4 options, fragments, IPv6 with a fragment header. */
const odd = own.slice(0, 800).flatMap(({ bytes, original }, n): Frame[] => {
  const copy = Buffer.from(bytes);
  const type = copy.readUInt16BE(12);
  if (type === 0x0800 && n & 1) copy.writeUInt16BE([1, 0x2000, 0x4000, 0x1fff][(n >> 1) & 3]!, 20);
  else if (type === 0x0800) copy[14] = 0x40 | ((n >> 1) % 16);
  else if (type === 0x86dd) {
    const inner = copy[20]!;
    copy[20] = 44;
    const fragment = Buffer.from([inner, 0, 0, 0, 0, 0, 0, 1]);
    return [{ bytes: Buffer.concat([copy.subarray(0, 54), fragment, copy.subarray(54)]), original: original + 8 }];
  }
  return [{ bytes: copy, original }];
});

/** Cut anywhere, also within the headers. */
const cut = [...own.slice(0, 400), ...tagged.slice(0, 100), ...wrapped.slice(0, 200), ...odd].map(
  ({ bytes, original }, n) => ({
    bytes: bytes.subarray(0, (n * 7) % 64),
    original,
  }),
);

/** tcpdump takes BSD loopback headers in the order of bytes of the file, weir in either. */
const sameLoopback = (link: number, { bytes }: Frame) => link !== LINK.NULL || bytes[0] !== 0;

/** One file for each link type: a look at all of them costs as many runs of tcpdump for each expression. */
const captures = LINKS.map((link) => {
  const made =
    link === LINK.ETHERNET
      ? [...own.slice(0, 2500), ...tagged, ...wrapped, ...odd]
      : relinked([...own.slice(0, 600), ...odd], link);
  return { link, path: numbered([...made, ...real(link)], link) };
});

/** Frames of real captures, where these are: a few of each file. */
function real(link: number): Frame[] {
  if (!hasCaptures) return [];
  const found: Frame[][] = [];
  for (const name of readdirSync(CAPTURES, { recursive: true, encoding: "utf8" }).sort()) {
    const file = /\.(pcap|cap|dump)$/.test(name) && found.length < 30 ? framesOf(join(CAPTURES, name)) : undefined;
    if (file?.link === link) found.push(file.frames.filter((frame) => sameLoopback(link, frame)).slice(0, 100));
  }
  console.log(`link type ${link}: ${found.flat().length} frames of ${found.length} real captures`);
  return found.flat();
}

async function differences(list: readonly string[], files: typeof captures, ...options: string[]) {
  const wrong: string[] = [];
  let [compared, matched, refused] = [0, 0, 0];
  for (const [n, words] of list.entries()) {
    const filter = await Filter.create(words);
    for (const [f, capture] of files.entries()) {
      if (capture.link !== LINK.ETHERNET && (n + f) % 2) continue; // half of them, for time
      const expected = theirs(capture.path, words, ...options);
      // Of an operation whose right side is a field libpcap 1.10 checks the number of the field as if it were the value
      if (typeof expected === "string" && /division by zero|shift by more/.test(expected)) continue;
      if (typeof expected === "string") {
        // What tcpdump has no program for, weir has none for
        refused++;
        const why = capture.link === LINK.ETHERNET ? expected : missing(words, capture.link);
        if (why) wrong.push(`${words} on link type ${capture.link}: ${why}: ${expected}`);
        continue;
      }
      compared++;
      matched += expected.length;
      const found = await ours(capture.path, filter);
      if (found.join() === expected.join()) continue;
      const odd = found.find((n) => !expected.includes(n)) ?? expected.find((n) => !found.includes(n));
      wrong.push(`${words} on link type ${capture.link}: packet ${odd}; ${found.length} of ${expected.length}`);
    }
  }
  return { wrong, compared, matched, refused };
}

function missing(words: string, link: number): string {
  try {
    compile(parseFilter(words), link);
    return "taken here";
  } catch {
    return "";
  }
}

// REQ-DECODE-013
describe.skipIf(!hasTcpdump)("the same packets as tcpdump", () => {
  it(`${EXPRESSIONS.length} expressions on each link type`, async () => {
    const { wrong, compared, matched, refused } = await differences(EXPRESSIONS, captures);
    console.log(
      `${compared} comparisons with tcpdump on ${captures.length} captures: ${matched} matches, ${refused} refused by both`,
    );
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(500);
    expect(matched).toBeGreaterThan(10_000);
  });

  // Its optimiser leaves out loads whose outcome changes nothing, so that a frame cut there may match; without it
  // (-O) the same fields are looked at in the same order as here.
  it("frames cut anywhere", async () => {
    const { wrong } = await differences(
      EXPRESSIONS.filter((words) => !/::\/|0 - 1/.test(words)), // its optimiser changes what these look at
      [{ link: LINK.ETHERNET, path: numbered(cut, LINK.ETHERNET) }],
      "-O",
    );
    expect(wrong).toEqual([]);
  });

  it("random expressions", async () => {
    const some = own.filter((_, n) => n % 3 === 0);
    const path = numbered(
      [...some.slice(0, 500), ...tagged.slice(0, 200), ...odd.slice(0, 300), ...cut.slice(0, 400)],
      1,
    );
    const { wrong, compared } = await differences(
      fc.sample(expressions().filter(known), { numRuns: 300, seed: 20 }),
      [{ link: LINK.ETHERNET, path }],
      "-O",
    );
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(290);
  });
});

/** A shift by what comes to more than 31 is refused here before it runs, `1 << 7 * 6`. */
function known(words: string): boolean {
  try {
    return parseFilter(words) !== undefined;
  } catch (error) {
    if (!/a shift is at most 31|division by zero/.test((error as Error).message)) throw error;
    return false;
  }
}

/** Words from the whole grammar of README.md, except what tcpdump refuses. */
function expressions(): fc.Arbitrary<string> {
  const number = fc.constantFrom("0", "1", "2", "6", "17", "53", "60", "80", "255", "0x800", "500", "4294967295");
  const base = fc.constantFrom("ip", "tcp", "udp", "icmp", "ether", "ip6", "arp", "icmp6");
  const size = fc.constantFrom("", ":1", ":2", ":4");
  const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((list) => list.join(" "));
  const load = fc.tuple(base, fc.nat(60), size).map(([b, i, s]) => `${b}[${i}${s}]`);
  const indirect = fc.tuple(base, base, fc.nat(20), size).map(([b, c, i, s]) => `${b}[${c}[${i}] & 31${s}]`);
  const term = fc.oneof(number, load, indirect, fc.constant("len"), fc.constant("(- len)"));
  const sum = joined(
    term,
    fc.constantFrom("+", "-", "*", "&", "|", "<<", ">>", "/"),
    fc.constantFrom("1", "2", "3", "7"),
  );
  const mixed = joined(load, fc.constantFrom("+", "-", "*", "&", "|", "^", "%", "/"), load);
  const deep = joined(sum, fc.constantFrom("+", "-", "*", "&", "|"), term);
  const value = fc.oneof(term, sum, mixed, deep);
  const relation = joined(value, fc.constantFrom("=", "!=", ">", "<", ">=", "<=", "=="), fc.oneof(number, value));
  const side = fc.constantFrom("", "src ", "dst ", "src or dst ", "src and dst ", "dst or src ");
  const address = fc.constantFrom("10.0.0.5", "10.0.0.10", "10.0.0.20", "10.0.1.9", "fd00::20", "fd00::2");
  const net = fc.constantFrom(
    "10",
    "10.0",
    "10.0.1",
    "10.0.0.0/24",
    "10.0.0.0/31",
    "fd00::/100",
    "fd00::20/127",
    "0.0.0.0/0",
  );
  const port = fc.constantFrom("53", "80", "502", "5000", "443", "0");
  const listed = (one: fc.Arbitrary<string>) =>
    fc.oneof(
      { weight: 3, arbitrary: one },
      fc.tuple(one, fc.constantFrom("or", "and", "or not"), one).map((x) => x.join(" ")),
      fc.tuple(one, one).map((x) => `(${x.join(" or ")})`),
    );
  const with2 = (front: fc.Arbitrary<string>, back: fc.Arbitrary<string>) =>
    fc.tuple(front, back).map((x) => x.join(""));
  const primitive = fc.oneof(
    { weight: 4, arbitrary: relation },
    with2(
      side,
      listed(address).map((a) => `host ${a}`),
    ),
    with2(
      side,
      listed(net).map((n) => `net ${n}`),
    ),
    with2(
      fc.constantFrom("", "tcp ", "udp ", "sctp "),
      with2(
        side,
        listed(port).map((p) => `port ${p}`),
      ),
    ),
    with2(fc.constantFrom("", "tcp ", "udp "), with2(side, fc.constantFrom("portrange 1-100", "portrange 53-5000"))),
    with2(
      fc.constantFrom("ip proto ", "ip6 proto ", "proto "),
      listed(fc.constantFrom("1", "6", "17", "58", "44", "\\tcp")),
    ),
    fc.constantFrom("ip", "ip6", "arp", "tcp", "udp", "icmp", "icmp6", "sctp", "igmp", "vlan", "vlan 12", "vlan 5"),
    fc.constantFrom("broadcast", "multicast", "ip multicast", "ip6 multicast", "less 64", "greater 100", "rarp"),
    fc.constantFrom("ether src 02:00:00:00:00:05", "ether host 02:00:00:00:00:66", "ether proto 0x86dd"),
  );
  return fc.letrec<{ test: string }>((tie) => ({
    test: fc.oneof(
      { maxDepth: 4, depthSize: "medium" },
      primitive,
      fc.tuple(tie("test"), fc.constantFrom("and", "or", "&&", "||"), tie("test")).map((x) => x.join(" ")),
      tie("test").map((t) => `(${t})`),
      tie("test").map((t) => `not (${t})`),
      primitive.map((p) => `not ${p}`),
    ),
  })).test;
}

it("numbers stay those of the capture; a run without a match ends", async () => {
  const [first] = await ours("fixtures/site.pcap", "tcp port 502");
  expect(first).toBeGreaterThan(1);
  expect(await ours("fixtures/site.pcap", "len > 60000")).toEqual([]);
});

it("what it cannot look at is told", async () => {
  const filter = await Filter.create("ether host 02:00:00:00:00:05 or port 80");
  const links = new Map([
    [LINK.ETHERNET, 5],
    [LINK.RAW, 7],
    [105, 9],
  ]);
  expect(filter.notes({ links, chapter10: 0 })).toEqual([
    "filter: 7 RAW frames left out: ether host needs Ethernet",
    "filter: 9 IEEE802_11 frames left out: only ETHERNET, LINUX_SLL, LINUX_SLL2, NULL, LOOP, RAW, IPV4, IPV6 are known",
  ]);
  expect(filter.notes({ links: new Map(), chapter10: 8 })).toHaveLength(1);
  expect((await Filter.create("port 80")).notes({ links: new Map([[LINK.RAW, 7]]), chapter10: 0 })).toEqual([]);
});
