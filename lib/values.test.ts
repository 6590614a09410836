// Small values that people write and read: addresses, ranges, rates, durations, days, numbers of starts. Both sides of each form.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { z } from "zod";
import * as addresses from "./addresses.ts";
import { firstNotBefore } from "./ordered.ts";
import { printable } from "./printable.ts";
import { protocol } from "./protocols.ts";
import { exposed } from "./secrets.ts";
import { nextStart, numbersIn, stateFolder } from "./starts.ts";
import { isDay, secondsOf } from "./timestamp.ts";

/** What a schema makes of values; what it says of those that it refuses. */
const taken = (schema: z.ZodType, values: readonly unknown[]) =>
  values.map((value) => {
    const { success, data, error } = schema.safeParse(value);
    return success ? data : error!.issues.map(({ message, path }) => [...path, message].join(": ")).join("; ");
  });

const { parseNetwork, networkText, boundsOf, maskOf } = addresses;
it.each([
  ["10.1.2.3", { version: 4, hi: 0n, lo: 0x0a010203n, bits: 32 }, "10.1.2.3", 0x0a010203n],
  ["10.1.2.0/23", { version: 4, hi: 0n, lo: 0x0a010200n, bits: 23 }, "10.1.2.0/23", 0x0a0103ffn],
  [
    "10.1.3.9/23",
    { version: 4, hi: 0n, lo: 0x0a010200n, bits: 23, hostBits: "10.1.3.9/23" },
    "10.1.2.0/23",
    0x0a0103ffn,
  ],
  ["0.0.0.0/0", { version: 4, hi: 0n, lo: 0n, bits: 0 }, "0.0.0.0/0", 0xffffffffn],
  ["fd00::1", { version: 6, hi: 0xfdn << 56n, lo: 1n, bits: 128 }, "fd00::1", (0xfdn << 120n) | 1n],
  ["fd00::/63", { version: 6, hi: 0xfdn << 56n, lo: 0n, bits: 63 }, "fd00::/63", (0xfdn << 120n) | ((1n << 65n) - 1n)],
  ["::/0", { version: 6, hi: 0n, lo: 0n, bits: 0 }, "::/0", (1n << 128n) - 1n],
] as const)("the network %s", (text, network, written, last) => {
  expect(parseNetwork(text)).toEqual(network);
  expect(networkText(network)).toBe(written);
  expect(boundsOf(network)).toEqual([(network.hi << 64n) | network.lo, last]);
});

it("what is no network", () => {
  for (const text of ["", "10.1.2", "10.1.2.256", "10.1.2.3/33", "fd00::/129", "fe80::1%eth0", "host", "10.1.2.3-9"])
    expect(parseNetwork(text), text).toBeUndefined();
  expect([maskOf({ version: 4, bits: 1 }), maskOf({ version: 6, bits: 1 }), maskOf({ version: 4, bits: 0 })]).toEqual([
    ...[0x80000000n, 1n << 127n, 0n],
  ]);
});

it("addresses of policies", () => {
  expect(taken(addresses.networks(), ["any", "10.0.0.0/8", ["10.0.0.1", "x", 7], [], 7])).toMatchInlineSnapshot(`
    [
      [
        {
          "bits": 0,
          "hi": 0n,
          "lo": 0n,
          "version": 4,
        },
        {
          "bits": 0,
          "hi": 0n,
          "lo": 0n,
          "version": 6,
        },
      ],
      [
        {
          "bits": 8,
          "hi": 0n,
          "lo": 167772160n,
          "version": 4,
        },
      ],
      "1: "x", expected an address or network such as 10.0.0.0/24 or fd00::/64, a list of them, or any; 2: 7, expected an address or network such as 10.0.0.0/24 or fd00::/64, a list of them, or any",
      "an empty list, expected an address or network such as 10.0.0.0/24 or fd00::/64, a list of them, or any",
      "7, expected an address or network such as 10.0.0.0/24 or fd00::/64, a list of them, or any",
    ]
  `);
  expect(taken(addresses.address4(), ["10.0.9.2", "10.0.9.0/24", "fd00::1", 7])).toMatchInlineSnapshot(`
    [
      167774466,
      ""10.0.9.0/24", expected an IPv4 address such as 10.0.9.2",
      ""fd00::1", expected an IPv4 address such as 10.0.9.2",
      "7, expected an IPv4 address such as 10.0.9.2",
    ]
  `);
  const macs = [
    "52:54:00:77:00:12",
    "53:54:00:77:00:12",
    "00:00:00:00:00:00",
    "FF:54:00:77:00:1A",
    "52:54:00:77:00",
    7,
  ];
  expect(taken(addresses.mac(), macs)).toMatchInlineSnapshot(`
    [
      90520738529298n,
      91620250157074n,
      0n,
      280736250134554n,
      ""52:54:00:77:00", expected a MAC address such as 52:54:00:77:00:12",
      "7, expected a MAC address such as 52:54:00:77:00:12",
    ]
  `);
  expect(taken(addresses.mac("single"), macs)).toMatchInlineSnapshot(`
    [
      90520738529298n,
      ""53:54:00:77:00:12", expected the MAC address of one interface (first byte even)",
      ""00:00:00:00:00:00", expected the MAC address of one interface (first byte even)",
      ""FF:54:00:77:00:1A", expected the MAC address of one interface (first byte even)",
      ""52:54:00:77:00", expected the MAC address of one interface (first byte even)",
      "7, expected the MAC address of one interface (first byte even)",
    ]
  `);
  expect([0n, 0x01n, 0xfe54_0077_001an].map(addresses.macText)).toEqual([
    ...["00:00:00:00:00:00", "00:00:00:00:00:01", "fe:54:00:77:00:1a"],
  ]);
});

it("ranges, joined", () => {
  const words = { untagged: [{ first: 4096, last: 4096 }] };
  const of = addresses.ranges("a VLAN", 1, 4094, words);
  const values = [
    7,
    "7",
    "3-5",
    "3 - 5",
    "5-3",
    0,
    4095,
    1.5,
    true,
    "1000000",
    [5, 1, "2-3", 4, 9],
    [8, "untagged"],
    "untagged",
  ];
  expect(taken(of, [...values, [7, "x"], []])).toMatchInlineSnapshot(`
    [
      [
        {
          "first": 7,
          "last": 7,
        },
      ],
      [
        {
          "first": 7,
          "last": 7,
        },
      ],
      [
        {
          "first": 3,
          "last": 5,
        },
      ],
      [
        {
          "first": 3,
          "last": 5,
        },
      ],
      ""5-3", expected a VLAN from 1 to 4094, a range such as 1-4094, a list or untagged",
      "0, expected a VLAN from 1 to 4094, a range such as 1-4094, a list or untagged",
      "4095, expected a VLAN from 1 to 4094, a range such as 1-4094, a list or untagged",
      "1.5, expected a VLAN from 1 to 4094, a range such as 1-4094, a list or untagged",
      "true, expected a VLAN from 1 to 4094, a range such as 1-4094, a list or untagged",
      ""1000000", expected a VLAN from 1 to 4094, a range such as 1-4094, a list or untagged",
      [
        {
          "first": 1,
          "last": 5,
        },
        {
          "first": 9,
          "last": 9,
        },
      ],
      [
        {
          "first": 8,
          "last": 8,
        },
        {
          "first": 4096,
          "last": 4096,
        },
      ],
      [
        {
          "first": 4096,
          "last": 4096,
        },
      ],
      "1: "x", expected a VLAN from 1 to 4094, a range such as 1-4094, a list or untagged",
      "an empty list, expected a VLAN from 1 to 4094, a range such as 1-4094, a list or untagged",
    ]
  `);
  expect(taken(addresses.singleRange("a size", 1, 9), ["1-9", 9, 10, [1]])).toMatchInlineSnapshot(`
    [
      {
        "first": 1,
        "last": 9,
      },
      {
        "first": 9,
        "last": 9,
      },
      "10, expected a size from 1 to 9, or a range such as 1-9",
      "a list, expected a size from 1 to 9, or a range such as 1-9",
    ]
  `);
  const range = (first: number, last: number) => ({ first, last });
  expect(addresses.joined([range(5, 9), range(1, 2), range(3, 3), range(6, 7), range(11, 12)])).toEqual([
    ...[range(1, 3), range(5, 9), range(11, 12)],
  ]);
  expect([range(1, 1), range(1, 2)].map(addresses.rangeText)).toEqual(["1", "1-2"]);
});

it("rates and durations", () => {
  const rates = ["20/s", "600 / min", "5/h", "10000000/s", "10000001/s", "0/s", "1/d", 7, "9999999999/h"];
  expect(
    taken(addresses.rate(), rates).map((one) =>
      typeof one === "object" ? String((one as { interval: bigint }).interval) : one,
    ),
  ).toMatchInlineSnapshot(`
    [
      "50000000",
      "100000000",
      "720000000000",
      "100",
      ""10000001/s", expected a rate such as 20/s, 600/min or 5/h, at most 10000000/s",
      ""0/s", expected a rate such as 20/s, 600/min or 5/h, at most 10000000/s",
      ""1/d", expected a rate such as 20/s, 600/min or 5/h, at most 10000000/s",
      "7, expected a rate such as 20/s, 600/min or 5/h, at most 10000000/s",
      "360",
    ]
  `);
  const durations = ["500ms", "30s", "10 min", "1h", "60min", "3601s", "2h", "0s", "1d", 7];
  expect(taken(addresses.duration("1h"), durations).map(String)).toMatchInlineSnapshot(`
    [
      "500000000",
      "30000000000",
      "600000000000",
      "3600000000000",
      "3600000000000",
      ""3601s", expected a duration such as 500ms, 30s, 10min or 1h, at most 1h",
      ""2h", expected a duration such as 500ms, 30s, 10min or 1h, at most 1h",
      ""0s", expected a duration such as 500ms, 30s, 10min or 1h, at most 1h",
      ""1d", expected a duration such as 500ms, 30s, 10min or 1h, at most 1h",
      "7, expected a duration such as 500ms, 30s, 10min or 1h, at most 1h",
    ]
  `);
  expect(
    [1n, 1000n, 1500n, 60_000n, 90_000n, 3_600_000n, 7_200_000n].map((ms) => addresses.durationText(ms * 1_000_000n)),
  ).toEqual([...["1ms", "1s", "1500ms", "1min", "90s", "1h", "2h"]]);
});

it("protocols", () => {
  const values = [
    "udp",
    "tcp",
    "icmp",
    "icmp6",
    "sctp",
    0,
    1,
    252,
    253,
    43,
    44,
    51,
    60,
    135,
    139,
    140,
    1.5,
    "17",
    "toString",
  ];
  expect(taken(protocol, values)).toMatchInlineSnapshot(`
    [
      17,
      6,
      1,
      58,
      ""sctp", expected udp, tcp, icmp, icmp6, or a protocol number from 1 to 252",
      "0, expected udp, tcp, icmp, icmp6, or a protocol number from 1 to 252",
      1,
      252,
      "253, expected udp, tcp, icmp, icmp6, or a protocol number from 1 to 252",
      "43 is a header, not a payload, expected udp, tcp, icmp, icmp6, or a protocol number from 1 to 252",
      "44 is a header, not a payload, expected udp, tcp, icmp, icmp6, or a protocol number from 1 to 252",
      "51 is a header, not a payload, expected udp, tcp, icmp, icmp6, or a protocol number from 1 to 252",
      "60 is a header, not a payload, expected udp, tcp, icmp, icmp6, or a protocol number from 1 to 252",
      "135 is a header, not a payload, expected udp, tcp, icmp, icmp6, or a protocol number from 1 to 252",
      "139 is a header, not a payload, expected udp, tcp, icmp, icmp6, or a protocol number from 1 to 252",
      "140 is a header, not a payload, expected udp, tcp, icmp, icmp6, or a protocol number from 1 to 252",
      "1.5, expected udp, tcp, icmp, icmp6, or a protocol number from 1 to 252",
      ""17", expected udp, tcp, icmp, icmp6, or a protocol number from 1 to 252",
      ""toString", expected udp, tcp, icmp, icmp6, or a protocol number from 1 to 252",
    ]
  `);
});

it.each([
  ["2026-02-28", true],
  ["2026-02-28T09:00:00Z", true],
  ["2024-02-29", true],
  ["2026-02-29", false],
  ["2026-13-01", false],
  ["26-02-28", false],
  ["on 2026-02-28", false],
])("%s begins with a day: %s", (text, expected) => expect(isDay(text)).toBe(expected));

it.each([
  ["2026-03-02T09:00:30.000226+0000", Date.UTC(2026, 2, 2, 9, 0, 30) / 1000 + 0.000226],
  ["2026-03-02T09:00:30.5+0000", Date.UTC(2026, 2, 2, 9, 0, 30) / 1000 + 0.5],
  ["2026-03-02T09:00:30+0000", Date.UTC(2026, 2, 2, 9, 0, 30) / 1000],
])("seconds of %s", (text, seconds) => expect(secondsOf(text)).toBe(seconds));

it("what does not show on a terminal is written out", () => {
  const hidden =
    "\x00\x08\t\n\x0b\x1f \x7f\x9f\xa0\u061c\u200d\u200e\u200f\u2027\u2028\u202e\u202f\u2065\u2066\u2069\u206a~";
  expect(printable(hidden)).toBe(
    "\\x00\\x08\t\n\\x0b\\x1f \\x7f\\x9f\xa0\\u061c\u200d\\u200e\\u200f\u2027\\u2028\\u202e\u202f\u2065\\u2066\\u2069\u206a~",
  );
});

it("halving finds the first that is not before", () => {
  for (const count of [0, 1, 2, 3, 8, 9])
    for (let first = 0; first <= count; first++) expect(firstNotBefore(count, (at) => at < first)).toBe(first);
});

it.skipIf(process.platform === "win32")("a file that others can read holds no secret", () => {
  expect([0o100600, 0o600, 0o700].map(exposed)).toEqual([undefined, undefined, undefined]);
  for (const mode of [0o640, 0o620, 0o610, 0o604, 0o602, 0o601])
    expect(exposed(mode)).toBe(`holds a key and has mode 0${mode.toString(8)}: expected 0600 (chmod 600)`);
});

it("numbers of starts grow by one from the least on, and four of them stay", () => {
  const folder = join(mkdtempSync(join(tmpdir(), "weir-starts-")), "inner");
  onTestFinished(() => rmSync(join(folder, ".."), { recursive: true }));
  const next = (least: bigint, most = 1000n) => nextStart(folder, least, most);
  expect([next(5n), next(5n), next(3n), next(100n), next(7n), next(101n)]).toEqual([5n, 6n, 7n, 100n, 101n, 102n]);
  expect(numbersIn(folder)).toEqual([102n, 101n, 100n, 7n]);
  expect(next(1n, 103n)).toBe(103n);
  expect(() => next(1n, 103n)).toThrow(`${folder}: contains 103, expected numbers below 103`);
  for (const name of ["0", "01", "x1", "12345678901234567890", "1234567890123456789"])
    writeFileSync(join(folder, name), "");
  expect(numbersIn(folder)[0]).toBe(1234567890123456789n);
  writeFileSync(join(folder, "9.key"), "");
  expect(numbersIn(folder, ".key")).toEqual([9n]);
  expect(readdirSync(folder)).toContain("9.key");
});

it("a folder where no number can be kept says so", () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-starts-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "file"), "");
  mkdirSync(join(folder, "here"));
  expect(() => nextStart(join(folder, "file"), 1n, 9n)).toThrow(
    `${join(folder, "file")}: the number of this start cannot be kept there (EEXIST)`,
  );
});

it("what outlives a program is where XDG says, root's where the system's is", () => {
  const { XDG_STATE_HOME: before, HOME: home } = process.env;
  const uid = process.getuid;
  onTestFinished(() => {
    Object.assign(process, { getuid: uid });
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
    if (home === undefined) delete process.env.HOME;
    else process.env.HOME = home;
  });
  process.env.HOME = "/home/ann";
  const folder = (state: string | undefined, own: number) => {
    if (state === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = state;
    Object.assign(process, { getuid: () => own });
    return stateFolder("starts", "a");
  };
  expect(folder("/state", 0)).toBe("/state/weir/starts/a");
  expect(folder("relative", 0)).toBe("/var/lib/weir/starts/a");
  expect(folder(undefined, 0)).toBe("/var/lib/weir/starts/a");
  expect(folder(undefined, 7)).toBe("/home/ann/.local/state/weir/starts/a");
});
