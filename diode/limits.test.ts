// Each key of a policy: the values at both sides of its limits, what is taken and what is refused, with which words.
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { DETECTOR_NAMES, FIXED } from "../detectors/catalogue.ts";
import { policySchema } from "./policy/schema.ts";
import { compilePolicyText, Problems } from "./policy.ts";

const KEY = "0".repeat(64);
const rule = { name: "a", action: "allow", protocol: "udp", from: "any", to: "any", ports: 1, rate: "1/s" };
const message = { name: "a", action: "allow", channel: 1, rt: 1, sa: 1, direction: "receive", words: 1 };
const check = { word: 1, range: "0-1", step: 1 };

/** A policy in which every section is, so that a value at any path is looked at. */
const WHOLE = {
  weir: 1,
  interfaces: {
    in: {},
    out: { "next-hop": "52:54:00:77:00:12", rate: "10/s" },
    log: { address: "10.0.9.2", collector: { address: "10.0.9.1", mac: "52:54:00:77:00:13" } },
  },
  rules: [
    { ...rule, payload: "mil1553" },
    { ...rule, name: "b", ports: 2, payload: "transfer" },
    { name: "c", action: "allow", protocol: "icmp", from: "any", to: "any" },
  ],
  messages: [
    { ...message, from: { rt: 2, sa: 1 }, data: [check] },
    { name: "m", action: "deny", mode: 1 },
  ],
  transfer: { in: { key: KEY }, out: { key: KEY } },
  learn: {},
  flows: {},
  detectors: { scan: {}, newcomer: { services: [{ protocol: "udp", address: "any" }] } },
  quarantine: { for: "1s" },
  maintenance: [{ from: "2026-03-02T09:00Z", to: "2026-03-02T10:00Z", why: "x" }],
};

/** The policy with a value at a path; a number is an element of a list. */
function withValue(path: string, value: unknown): string {
  const policy = structuredClone(WHOLE) as Record<string, unknown>;
  const keys = path.split(".");
  let at = policy;
  for (const key of keys.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  at[keys.at(-1)!] = value;
  return JSON.stringify(policy);
}

/** What is said of that path, or of what is in it. */
function said(path: string, value: unknown): string[] {
  try {
    compilePolicyText(withValue(path, value), "p");
  } catch (error) {
    if (!(error instanceof Problems)) throw error;
    const lines = error.message.split("\n").map((line) => line.replace(/^p:\d+:\d+: /, ""));
    return lines.filter((line) => line.startsWith(`${path}: `) || line.startsWith(`${path}.`));
  }
  return [];
}

type Limit = [path: string, taken: unknown[], refused: unknown[], expected: string];

const whole = (least: number, most: number) => `a whole number from ${least} to ${most}`;
const between = (path: string, least: number, most: number): Limit => [
  path,
  [least, most],
  [least - 1, most + 1, least + 0.5, "1", true],
  whole(least, most),
];
const listed = (path: string, what: string, least: number, most: number, words = ""): Limit => [
  path,
  [least, most, `${least}-${most}`, [least, `${most - 1} - ${most}`]],
  [least - 1, most + 1, `${least}-${most + 1}`, `${least + 1}-${least}`, []],
  `${what} from ${least} to ${most}, a range such as ${least}-${most}, a list${words}`,
];
const word16 = "a number from 0 to 65535, such as 0xff00";
const RATE = "a rate such as 20/s, 600/min or 5/h, at most 10000000/s";
const rated = (path: string): Limit => [
  path,
  ["10000000/s", "600000000/min", "1/h"],
  ["10000001/s", "600000001/min", "0/s", "01/s", "1/d", 1],
  RATE,
];
const lasting = (path: string): Limit => [
  path,
  ["24h", "1440min", "86400s", "1ms", "86400000ms"],
  ["25h", "1441min", "86401s", "86400001ms", "0s", 5, "1d"],
  "a duration such as 500ms, 30s, 10min or 1h, at most 24h",
];
const NETWORKS = "an address or network such as 10.0.0.0/24 or fd00::/64, a list of them, or any";
const networks = (path: string): Limit => [
  path,
  ["any", "10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "fd00::/128", ["10.0.0.1/32", "fd00::1"]],
  ["10.0.0.1/33", "10.0.0.256", "fd00::/129", [], 5, ["any"]],
  NETWORKS,
];
const address = (path: string): Limit => [
  path,
  ["10.0.9.2", "255.255.255.255"],
  ["10.0.9.0/24", "fd00::1", "10.0.9", 5],
  "an IPv4 address such as 10.0.9.2",
];
const oneMac = (path: string): Limit => [
  path,
  ["52:54:00:77:00:aa", "02:00:00:00:00:00"],
  ["53:54:00:77:00:aa", "00:00:00:00:00:00", "52:54:00:77:00", 5],
  "the MAC address of one interface (first byte even)",
];
const name = (path: string, dashes = "dashes and underscores"): Limit => [
  path,
  ["x", "x".repeat(31), "0.-"],
  ["", "x".repeat(32), "-x", "a b", 5],
  `1 to 31 letters, digits, dots${dashes === "dashes" ? " and" : ","} ${dashes}`,
];
const words = (path: string, all: string[]): Limit => [
  path,
  all,
  ["Allow", "", 1, null],
  [all.slice(0, -1).join(", "), all.at(-1)].join(" or "),
];
const key = (path: string): Limit => [
  path,
  [KEY, "aF".repeat(32)],
  [KEY.slice(1), `${KEY}0`, "g".repeat(64), 5],
  "64 hexadecimal digits",
];
const share = (path: string): Limit => [path, [0.02, 0.98], [0, 1, "0.5"], "a number above 0 and below 1"];
const IP_ACTIONS = ["alert", "tighten", "quarantine", "quarantine-flow"];
const BUS_ACTIONS = ["alert", "tighten", "quarantine", "quarantine-terminal", "quarantine-message"];
const SILENCE = "whole seconds or minutes such as 30s or 2min, from 15s to 3600s";

const MOMENT = "a time with its zone such as 2026-03-02T09:00Z or 2026-03-02T10:00+01:00";
const LIMITS: Limit[] = [
  ["weir", [1], [0, 2, "1"], "weir: 1, the version of this format"],
  oneMac("interfaces.in.mac"),
  oneMac("interfaces.out.mac"),
  oneMac("interfaces.log.mac"),
  [
    "interfaces.out.next-hop",
    ["52:54:00:77:00:12", "ff:ff:ff:ff:ff:ff"],
    ["52:54:00:77:00:1", "52-54-00-77-00-12", 5],
    "a MAC address such as 52:54:00:77:00:12",
  ],
  between("interfaces.out.mtu", 68, 9000),
  between("interfaces.out.ttl", 1, 255),
  rated("interfaces.out.rate"),
  between("interfaces.out.burst", 1, 65536),
  between("interfaces.out.queue", 1, 1024),
  address("interfaces.out.padding.from"),
  address("interfaces.out.padding.to"),
  between("interfaces.out.padding.port", 1, 65535),
  name("interfaces.log.hostname", "dashes"),
  address("interfaces.log.address"),
  between("interfaces.log.port", 1, 65535),
  address("interfaces.log.collector.address"),
  [
    "interfaces.log.collector.mac",
    ["52:54:00:77:00:12"],
    ["52:54:00:77:00:1", 5],
    "a MAC address such as 52:54:00:77:00:12",
  ],
  between("interfaces.log.collector.port", 1, 65535),
  ["interfaces.log.stop-when-silent", ["15s", "3600s", "60min", "1h"], ["14s", "3601s", "61min", "2h", 30], SILENCE],
  key("interfaces.log.key"),
  words("checksums", ["verify", "ignore"]),
  words("flows.vlans", ["apart", "together"]),
  networks("detectors.scan.scanners"),
  [
    "maintenance.0.from",
    ["1970-01-01T00:00Z", "2026-03-02T10:59:59+01:00"],
    ["1969-12-31T23:59Z", "2026-03-02", "2026-02-30T09:00Z", 5],
    MOMENT,
  ],
  ["maintenance.0.to", ["2026-03-02T09:00:01Z", "2099-12-31T23:59Z"], ["2026-02-30", "tomorrow"], MOMENT],
  ["maintenance.0.why", ["x", "x".repeat(200)], ["", "  ", "x".repeat(201), 5], "words that say why"],
  [
    "maintenance.0.detectors",
    [["scan"], ["arp", "bus-gap"]],
    [["none"]],
    DETECTOR_NAMES.join(", ").replace(/, ([^,]*)$/, " or $1"),
  ],
  ["maintenance", [[]], [5, "x"], "a list of spans of time"],
  ["recorder-year", [1970, 2224], [1969, 2225, "2024", 2000.5], "a whole number from 1970 to 2224"],
  name("rules.0.name"),
  words("rules.0.action", ["allow", "deny"]),
  [
    "rules.0.protocol",
    ["udp", "tcp", "icmp", "icmp6", 1, 252],
    [0, 253, 1.5, "gre", "constructor"],
    "udp, tcp, icmp, icmp6, or a protocol number from 1 to 252",
  ],
  networks("rules.0.from"),
  networks("rules.0.to"),
  listed("rules.0.ports", "a port", 1, 65535),
  listed("rules.0.source-ports", "a port", 1, 65535),
  [
    "rules.2.types",
    ["echo-request", "echo-reply", ["echo-reply", "echo-request"]],
    ["echo", 8, []],
    "echo-request, echo-reply, or a list of both",
  ],
  listed("rules.0.vlan", "a VLAN", 0, 4094, " or untagged or any"),
  [
    "rules.0.size",
    [0, 65535, "0-65535", "1-1"],
    [-1, 65536, "0-65536", "2-1", [1]],
    "payload bytes from 0 to 65535, or a range such as 0-65535",
  ],
  words("rules.0.payload", ["copy", "zero", "mil1553", "transfer"]),
  rated("rules.0.rate"),
  between("rules.0.burst", 1, 65536),
  name("messages.0.name"),
  words("messages.0.action", ["allow", "deny"]),
  listed("messages.0.channel", "a channel", 0, 65535),
  words("messages.0.bus", ["A", "B"]),
  listed("messages.1.rt", "a terminal", 0, 31),
  listed("messages.1.sa", "a subaddress", 0, 31),
  words("messages.1.direction", ["transmit", "receive"]),
  listed("messages.0.words", "a number of words", 1, 32),
  listed("messages.1.mode", "a mode code", 0, 31, " or any"),
  listed("messages.0.from.rt", "a terminal", 0, 30),
  listed("messages.0.from.sa", "a subaddress", 1, 30),
  between("messages.0.data.0.word", 1, 32),
  [
    "messages.0.data.0.range",
    ["0-65535", "5-5", [-32768, 32767], [0, 65535], [-1, 0]],
    ["0-65536", "2-1", [-32769, 0], [-1, 32768], [0, 65536], [1], "-1-1", [0.5, 1]],
    "a range such as 0-1000, or signed as [-90, 90]",
  ],
  ["messages.0.data.0.value", [0, 65535], [-1, 65536, 0.5, "1"], word16],
  ["messages.0.data.0.step", [0, 65535], [-1, 65536, 0.5, "1"], word16],
  words("transfer.profile", ["files", "records"]),
  key("transfer.in.key"),
  key("transfer.out.key"),
  between("transfer.largest", 1, Number.MAX_SAFE_INTEGER),
  between("transfer.total", 1, Number.MAX_SAFE_INTEGER),
  lasting("transfer.tolerance"),
  [
    "transfer.extensions",
    [[], ["a"], ["12345678"], Array(16).fill("txt")],
    [["123456789"], [""], [".txt"], [5]],
    "a file name's extension of 1 to 8 letters and digits",
  ],
  words("transfer.content", ["bytes", "ascii"]),
  lasting("learn.every"),
  networks("protected"),
  lasting("quarantine.for"),
  between("quarantine.per-minute", 1, 60_000),
  rated("quarantine.tightened"),
  listed("quarantine.protected-terminals", "a terminal", 0, 31),
  share("detectors.scan.benign-success"),
  share("detectors.scan.scanner-success"),
  share("detectors.scan.false-positive"),
  share("detectors.scan.detection"),
  words("detectors.scan.action", IP_ACTIONS),
  networks("detectors.newcomer.hosts"),
  words("detectors.newcomer.action", ["alert", "drop", "tighten", "quarantine", "quarantine-flow"]),
  [
    "detectors.newcomer.services.0.protocol",
    ["udp", 1, 252],
    [0, 253, "gre"],
    "udp, tcp, icmp, icmp6, or a protocol number from 1 to 252",
  ],
  networks("detectors.newcomer.services.0.address"),
  between("detectors.newcomer.services.0.port", 1, 65535),
  between("detectors.anomalies.per-second", 0, 1_000_000),
  ...DETECTOR_NAMES.filter((one) => !FIXED.includes(one)).flatMap((one): Limit[] => [
    [`detectors.${one}.threshold`, [0.01, 100], [0.009, 100.1, 0, "1"], "a factor from 0.01 to 100"],
    words(`detectors.${one}.action`, one.startsWith("bus-") ? BUS_ACTIONS : IP_ACTIONS),
    [`detectors.${one}.off`, [true, false], ["off", 1], "true or false"],
  ]),
];

/** Of those that a value is refused with together with others, what is said of the type of the value alone. */
const isOfRange = (expected: string) => (line: string) =>
  line.endsWith(`, expected ${expected}`) || line.endsWith(` expected ${expected}`);

describe.each(LIMITS)("%s", (path, taken, refused, expected) => {
  it.each(taken.map((value) => [value]))("takes %j", (value) => {
    expect(said(path, value).filter(isOfRange(expected))).toEqual([]);
  });
  it.each(refused.map((value) => [value]))("refuses %j", (value) => {
    expect(said(path, value).filter(isOfRange(expected)).length).toBeGreaterThan(0);
  });
});

describe("how many there may be", () => {
  const some = (count: number, of: object) => Array.from({ length: count }, (_, n) => ({ ...of, name: `r${n}` }));
  const deny = { action: "deny", protocol: "udp", ports: 1 };
  const data = (count: number) => ({ ...message, data: Array(count).fill({ word: 1, value: 1 }) });
  it.each([
    ["rules", some(128, deny), some(129, deny), "rules: too many rules, expected at most 128"],
    ["messages", some(64, message), some(65, message), "messages: too many rules, expected at most 64"],
    [
      "detectors.scan.scanners",
      Array(64).fill("10.0.0.1"),
      Array(65).fill("10.0.0.1"),
      "detectors.scan.scanners: 65 networks, expected at most 64",
    ],
    ["messages", [data(512)], [data(513)], "messages: more than 512 checks of data words"],
    [
      "transfer.extensions",
      Array(16).fill("a"),
      Array(17).fill("a"),
      "transfer.extensions: too many, expected at most 16",
    ],
  ])("%s", (path, most, more, words) => {
    expect(said(path, most)).toEqual([]);
    expect(said(path, more)).toEqual([words]);
  });
});

/** Lists with readers of their own, whose tests have their limits. */
const OTHERS = ["recorders", "tunnels"];

/** Paths of the schema's values, lists' elements as their first. */
function pathsOf(schema: z.ZodType, path: string[] = []): string[] {
  const { def } = schema as unknown as { def: Record<string, unknown> };
  const next = ["innerType", "in", "schema"].map((key) => def[key]).find((one) => one && typeof one === "object");
  if (def.shape) return Object.entries(def.shape as object).flatMap(([key, one]) => pathsOf(one, [...path, key]));
  if (def.element) return pathsOf(def.element as z.ZodType, [...path, "0"]);
  // z.preprocess is a transform in front of its schema
  if (def.type === "pipe" && (def.in as { def: { type: string } }).def.type === "transform")
    return pathsOf(def.out as z.ZodType, path);
  return next ? pathsOf(next as z.ZodType, path) : [path.join(".")];
}

it("every key of a policy is above, but for paths of files, and those whose limits others say", () => {
  const tried = new Set(LIMITS.map(([path]) => path.replaceAll(/\.\d+/g, "")));
  const free = [
    "interfaces.log.key-file",
    "transfer.in.key-file",
    "transfer.out.key-file",
    "baseline",
    "alerts.thresholds",
  ];
  const left = pathsOf(policySchema)
    .map((path) => path.replaceAll(/\.\d+/g, ""))
    .filter((path) => !tried.has(path) && !free.includes(path) && !OTHERS.includes(path));
  // A mask is of no use without a value, and may have no bit less than that
  expect(left).toEqual(["messages.data.mask"]);
  expect(said("messages.0.data.0", { word: 1, value: 0, mask: 65535 })).toEqual([]);
  expect(said("messages.0.data.0", { word: 1, value: 0, mask: 65536 })[0]).toContain(word16);
});
