// Policies by somebody who wants the command to hang, to crash, to read a device, or to write elsewhere.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { noise, Sandbox, times } from "./command.ts";

const HEAD = "weir: 1\ninterfaces: { out: { next-hop: 52:54:00:77:00:12 } }\n";

/** Nine aliases of nine aliases, nine levels deep: 387,420,489 items. */
const LAUGHS = `a0: &a0 ["x"]\n${times(9, (i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(", ")}]\n`)}`;

const HOSTILE: [string, string | Uint8Array, RegExp][] = [
  ["aliases of aliases (billion laughs)", `${HEAD}${LAUGHS}rules: *a9\n`, /:\d+:\d+: .*alias/],
  ["an alias of itself", `${HEAD}rules: &r [ *r ]\n`, /:3:\d+: rules\.0: a list/],
  ["a hundred thousand aliases", `${HEAD}rules: [&a x${times(100_000, ", *a")}]\n`, /alias/],
  ["lists 100,000 deep", `${HEAD}rules: ${times(100_000, "[")}\n`, /within each other/],
  ["mappings 50,000 deep", `${HEAD}rules: ${times(50_000, "{a: ")}\n`, /within each other/],
  ["block lists 50,000 deep", times(50_000, "- "), /within each other/],
  ["50,000 unknown keys", `${HEAD}rules: []\n${times(50_000, (i) => `k${i}: 1\n`)}`, /k0: unknown key/],
  ["the same key twice", `${HEAD}rules: []\nrules: []\n`, /:4:1: Map keys must be unique/],
  ["20,000 rules", `${HEAD}rules:\n${times(20_000, (i) => `  - { name: r${i}, action: deny }\n`)}`, /too many rules/],
  [
    "a rule with 30,000 networks",
    `${HEAD}rules: [{ name: a, action: allow, protocol: udp, ports: 5, to: any, from: [${times(30_000, (i) => `10.0.${i >> 8}.${i & 255}, `)}] }]\n`,
    /too many/,
  ],
  [
    "numbers beyond all bounds",
    `${HEAD}rules: [{ name: a, action: allow, protocol: 1e999, ports: ${times(400, "9")}, from: any, to: any, rate: 99999999999999999999/s, size: 0x${times(40, "f")} }]\n`,
    /protocol: Infinity/,
  ],
  [
    "__proto__ and constructor as keys",
    `${HEAD}rules: []\n__proto__: { x: 1 }\nconstructor: { prototype: { x: 1 } }\n`,
    /__proto__: unknown key/,
  ],
  ["__proto__ in a rule", `${HEAD}rules:\n  - __proto__: { name: a, action: allow }\n`, /:4:\d+: rules\.0/],
  ["a merge key", `${HEAD}rules: []\n<<: { checksums: ignore }\n`, /<<: unknown key/],
  ["tags of other languages", `${HEAD}rules: !!js/function 'process.exit(7)'\n`, /Unresolved tag/],
  ["NUL bytes", `${HEAD}rules: []\nchecksums: \0\0\0\n`, /checksums: /],
  [
    "bytes that are no UTF-8",
    Buffer.concat([Buffer.from(`${HEAD}rules: []\nchecksums: `), Buffer.from([0xff, 0xfe, 0xc3, 0x28])]),
    /checksums: /,
  ],
  [
    "control characters, quoted in the message",
    `${HEAD}rules: []\nchecksums: "\\e]0;owned\\a\\e[2J\\u202e"\n`,
    /checksums: /,
  ],
  ["control characters as they are", `${HEAD}rules: []\n\x1b[2J\x9b31m: 1\n`, /unknown key/],
  ["noise", noise(100_000), /:\d+:\d+: /],
  ["a line of 5 MB", `${HEAD}rules: []\nchecksums: ${times(5_000_000, "x")}\n`, /checksums: "x{60}\.\.\."/],
  ["20 MB", times(20_000_000, "#"), /expected at most 16777216 bytes/],
  ["a device as baseline", `${HEAD}rules: []\nbaseline: /dev/zero\n`, /:4:11: baseline: \/dev\/zero: a device/],
  [
    "a device as threshold.config",
    `${HEAD}rules: []\nalerts: { thresholds: /dev/zero }\n`,
    /alerts\.thresholds: .*a device/,
  ],
  ["a pipe as baseline", `${HEAD}rules: []\nbaseline: pipe\n`, /baseline: .*a device or a pipe/],
  [
    "a pipe as key",
    `weir: 1\ninterfaces: { out: { next-hop: 52:54:00:77:00:12 }, log: { key-file: pipe } }\nrules: []\n`,
    /key-file: .*a device or a pipe/,
  ],
  ["a folder as baseline", `${HEAD}rules: []\nbaseline: /\n`, /baseline: /],
  ["a name with NUL in it", `${HEAD}rules: []\nbaseline: "a\\0b"\n`, /baseline: /],
  [
    "a file of somebody else's as key",
    `weir: 1\ninterfaces: { out: { next-hop: 52:54:00:77:00:12 }, log: { key-file: ../outside/victim.txt } }\nrules: []\n`,
    /expected 64 hexadecimal digits/,
  ],
  ["nothing at all", "", /missing, expected a mapping/],
];

// REQ-GROUND-001, REQ-GROUND-003, REQ-GROUND-005
describe("hostile policies", () => {
  const box = new Sandbox();
  execFileSync("mkfifo", [join(box.work, "pipe")]);
  afterAll(() => box.remove());

  const paths = new Map(HOSTILE.map(([name, content], n) => [name, box.file(`policy${n}.yaml`, content)]));
  const message = new Map(HOSTILE.map(([name, , message]) => [name, message]));
  const before = box.state();

  it.concurrent.each([...paths.keys()])("%s: refused with its place, in time", async (name) => {
    const { stderr } = await box.weir(["policy", "check", paths.get(name)!], 1);
    expect(stderr.slice(0, 5000)).toMatch(message.get(name)!);
    expect(stderr).not.toContain("not to be touched");
  });

  it("none of them wrote anything", () => {
    expect(box.state()).toEqual(before);
  });

  it("a hostile policy stops every command that takes one, before it writes", async () => {
    const policy = box.file("laughs.yaml", `${HEAD}${LAUGHS}rules: *a9\n`);
    const capture = join(ROOT, "fixtures/site.pcap");
    const before = box.state();
    const commands = [
      ["replay", "-r", capture, "-c", policy, "-l", "log"],
      ["build", "-c", policy, "-o", "out.elf"],
      ["page", "-r", capture, "-c", policy, "--out", "page.html"],
      ["replay", "-r", capture, "-c", policy, "--html", "replay.html"],
      ["tune", "-r", capture, "-c", policy, "--max-alarms-per-hour", "1", "-o", "tuned.yaml"],
      ["evaluate", "-r", capture, "-c", policy, "--labels", join(ROOT, "fixtures/site.labels.csv")],
    ];
    for (const words of commands) await box.weir(words, 1);
    expect(box.state()).toEqual(before);
  });

  it("--set takes no more than a policy does", async () => {
    const policy = join(ROOT, "fixtures/policy.yaml");
    for (const set of [
      "__proto__.x=1",
      "constructor.prototype.x=1",
      "rules=*a",
      `detectors=${times(20_000, "[")}`,
      "rules.4294967295=x",
      "rules.4294967294=x",
      "a..b=1",
    ])
      await box.weir(["replay", "-r", join(ROOT, "fixtures/site.pcap"), "-c", policy, "--set", set], 1);
  });
});
