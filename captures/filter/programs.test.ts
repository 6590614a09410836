// The programs that filter words become, on each link type: the very ones that filter.test.ts has compared with tcpdump. A line for
// each expression: a digest of its programs, or why there is none (npx vitest run captures/filter -u writes it anew, for a diff,
// which counts only where tcpdump is at hand).
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import type { Instruction } from "./bpf.ts";
import { LINKS } from "./link.ts";
import { NAMED } from "./names.ts";
import { parseFilter } from "./parse.ts";
import { compile } from "./program.ts";
import { EXPRESSIONS } from "./testing/expressions.ts";

const PROTOCOLS = ["", "ether", "ip", "ip6", "arp", "rarp", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp"];
const DIRECTIONS = ["", "src", "dst", "src or dst", "src and dst"];
const VALUES = [
  ...["host 10.0.0.5", "host fd00::5", "host 02:00:00:00:00:05", "net 10.0.0.0/9", "net 10.1", "net fd00::/33"],
  ...[
    "port 53",
    "port 65535",
    "portrange 5-7",
    "portrange 7-5",
    "proto 6",
    "proto 0x800",
    "proto icmp6",
    "multicast",
    "broadcast",
  ],
];

const text = (program: readonly Instruction[]) =>
  program.map(({ code, jt, jf, k }) => [code, jt, jf, k].join()).join(";");

/** Programs, or what is said, of link types in a row that have the same. */
function line(words: string): string {
  const of = (link: number) => {
    try {
      return text(compile(parseFilter(words), link));
    } catch (error) {
      return (error as Error).message.split("\n")[0]!;
    }
  };
  const all = LINKS.map(of);
  if (all.every((one) => one === all[0] && !/^\d/.test(one))) return `${words}: ${all[0]}`;
  const hash = createHash("sha256").update(all.join("\n")).digest("hex");
  return `${words}: ${hash.slice(0, 12)}`;
}

it("of words as people write them, of each protocol with each direction and value, and of each name", async () => {
  const built = PROTOCOLS.flatMap((protocol) =>
    DIRECTIONS.flatMap((direction) => VALUES.map((value) => [protocol, direction, value].filter(Boolean).join(" "))),
  );
  const tagged = [
    "vlan",
    "vlan 5",
    "vlan and ip",
    "vlan 5 and vlan 6 and port 53",
    "vlan and ether host 02:00:00:00:00:05",
  ];
  const names = Object.keys(NAMED).map((name) => `icmp[0] = ${name} and len > 5`);
  const lines = [...EXPRESSIONS, ...built, ...tagged, ...names].map(line);
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("testing/golden/programs.txt");
});
