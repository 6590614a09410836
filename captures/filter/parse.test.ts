// What is refused, and how it is said; what it is compared with tcpdump in filter.test.ts.
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { parseFilter } from "./parse.ts";
import { compile } from "./program.ts";
import { hasTcpdump } from "./testing/tcpdump.ts";
import { FilterError } from "./words.ts";

it("VLANs inside of labels and sessions are refused", () => {
  for (const words of ["mpls and vlan 3", "pppoes and vlan"])
    expect(() => compile(parseFilter(words), 1)).toThrow("vlan does not go behind mpls or pppoes");
});

/** Words that are wrong to tcpdump as well, the column of the mark, and what is said. */
const REFUSED: [words: string, column: number, why: string][] = [
  [
    "prot tcp",
    1,
    "unknown, expected one of host, net, port, portrange, proto, src, dst, ether, ip, ip6, arp, rarp, tcp, udp, icmp, icmp6, sctp, igmp, pim, vrrp, " +
      "carp, igrp, esp, ah, stp, vlan, mpls, pppoed, pppoes, multicast, broadcast, less, greater, len, PROTOCOL[INDEX:SIZE], a number",
  ],
  ["port 70000", 6, "expected a port"],
  ["tcp and", 8, "unknown, expected one of"],
  ["(tcp", 5, "expected )"],
  ["tcp)", 4, "expected and, or, or the end"],
  ["tcp udp", 5, "expected and, or, or the end"],
  ["tcp 80", 5, "expected and, or, or the end"],
  ["10.0.0.5", 1, "expected host, net or port in front of it"],
  ["tcp or 443", 8, "expected host, net or port in front of it"],
  ["port 80 or tcp or 443", 19, "expected host, net or port in front of it"],
  ["(port 80) or 443", 14, "expected host, net or port in front of it"],
  ["len > 5 or 10", 12, "expected host, net or port in front of it"],
  ["tcp host 10.0.0.1", 10, "tcp does not go with this address"],
  ["ip6 host 10.0.0.1", 10, "ip6 does not go with this address"],
  ["net 10.0.0.1/24", 5, "has bits behind its prefix"],
  ["host 10.0.0.0/24", 6, "expected net in front of it"],
  ["host 10.0.0.256", 6, "expected an address such as 10.0.0.1 or fe80::1"],
  ["src 02:00:00:00:00:05", 5, "expected an address"],
  ["port 80 or 443-500", 12, "expected a port"],
  ["icmp port 5", 11, "icmp has no ports"],
  ["ether port 80", 12, "ether has no ports"],
  ["src proto 1", 5, "src and dst do not go with proto"],
  ["ip proto", 9, "more words expected"],
  ["tcp proto 1", 11, "proto goes with ether, ip or ip6"],
  ["ether", 6, "expected host, src, dst, proto"],
  ["ip6 broadcast", 1, "only ether broadcast"],
  ["arp multicast", 1, "only ether, ip, ip6 multicast"],
  ["vlan 4096", 6, "a VLAN is 0 to 4095"],
  ["mpls 1048576", 6, "an MPLS label is 0 to 1048575"],
  ["pppoes 65536", 8, "a PPPoE session is 0 to 65535"],
  ["net 10.0.0.1 mask 255.255.255.0", 5, "has bits behind its prefix"],
  ["net 10 mask 255.0.0.0", 5, "mask goes with an IPv4 address"],
  ["net fd00:: mask ffff::", 5, "mask goes with an IPv4 address"],
  ["net 10.0.0.0/8 mask 255.0.0.0", 5, "mask goes with an IPv4 address"],
  ["esp[0] = 1", 4, "expected and, or, or the end"],
  ["esp host 10.0.0.1", 10, "esp does not go with this address"],
  ["vrrp port 5", 11, "vrrp has no ports"],
  ["tcp[0:3] = 1", 7, "expected 1, 2 or 4 bytes"],
  ["tcp[13]", 8, "expected one of > <"],
  ["tcp[13] & 2", 12, "expected one of > <"],
  ["ip[0] / 0 = 1", 7, "division by zero"],
  ["ip[0] << 40 = 0", 7, "a shift is at most 31"],
  ["len = 4294967296", 7, "unknown"],
  ["TCP", 1, "unknown"],
  ["\ttcp\nand prot 80", 5, "unknown"],
];

/** Words that tcpdump takes, and weir does not. */
const NOT_KNOWN: [words: string, column: number, why: string][] = [
  ["ip broadcast", 4, "ip broadcast needs a netmask"],
  ["port gopher", 6, "expected a number, or a service such as domain"],
  ["host localhost", 6, "expected an address"],
  ["gateway 10.0.0.1", 1, "unknown"],
  ["net 10.0.0.0 mask 255.0.255.0", 19, "expected a mask such as 255.255.255.0"],
  ["ether proto 100", 13, "802.2 LLC and SNAP are not known"],
  ["ether proto 0x809b", 13, "802.2 LLC and SNAP are not known"],
  ["ip[0] % 4 * 2 = 2", 7, "libpcap gives % no rank: expected ( ) around it"],
  ["1 + ip[0] ^ 2 = 2", 11, "libpcap gives ^ no rank: expected ( ) around it"],
];

it.each([...REFUSED, ...NOT_KNOWN])("refuses %j, and says why and where", (words, column, why) => {
  let message = "";
  try {
    compile(parseFilter(words), 1);
  } catch (error) {
    expect(error).toBeInstanceOf(FilterError);
    message = (error as Error).message;
  }
  const [first, line, mark] = message.split("\n");
  expect(first).toContain(why);
  expect(first).toMatch(new RegExp(`^filter:[12]:${column}: `));
  expect(line!.slice(2)).toBe(words.split("\n").at(-1));
  expect(mark).toBe(`${" ".repeat(column + 1)}^`);
});

it.skipIf(!hasTcpdump)("refuses no less than tcpdump", () => {
  const taken = (words: string) => spawnSync("tcpdump", ["-y", "EN10MB", "-d", "--", words]).status === 0;
  expect(REFUSED.map(([words]) => words).filter(taken)).toEqual([]);
  expect(
    NOT_KNOWN.map(([words]) => words).filter((words) => !/localhost|gateway/.test(words) && !taken(words)),
  ).toEqual([]);
});

it("deep and long words come to an end", () => {
  const nested = `${"(".repeat(400)}tcp${")".repeat(400)}`;
  expect(parseFilter(nested)).toEqual({ kind: "protocol", name: "tcp" });
  const ports = Array.from({ length: 100 }, (_, n) => `port ${n}`).join(" or ");
  expect(compile(parseFilter(ports), 1).length).toBeGreaterThan(1000);
  expect(() => compile(parseFilter(Array(3000).fill("ip[0] = ip[1]").join(" or ")), 1)).toThrow(
    /^filter: \d+ instructions, at most 4096$/,
  );
  const deep = (n: number): string => (n === 0 ? "ip[0]" : `(ip[${n}] - ${deep(n - 1)})`);
  expect(compile(parseFilter(`${deep(14)} = 1`), 1).length).toBeGreaterThan(40);
  expect(() => compile(parseFilter(`${deep(40)} = 1`), 1)).not.toThrow();
  const sum = (values: number) => () => compile(parseFilter(`${Array(values).fill("ip[0]").join(" + ")} = 1`), 1);
  expect(sum(17)).not.toThrow();
  expect(sum(18)).toThrow(new FilterError("filter: an expression of more than 17 values: compare fewer at once"));
});
