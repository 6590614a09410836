// Policies as the compartments get them, byte by byte: each key, each default, each option (npx vitest run diode/compiled -u writes
// testing/golden/compiled.txt anew, for a diff).
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { Action } from "../appliance/contract/abi.ts";
import { DetectorSetting, Tag } from "../appliance/contract/config.ts";
import { DETECTOR } from "../detectors/catalogue.ts";
import { problemLine } from "../lib/yaml.ts";
import { type CompileOptions, compilePolicyText } from "./policy.ts";
import { alertRuleText, parseThresholds } from "./suppression/config.ts";
import { EVERYTHING, LEAST } from "./testing/everything.ts";
import { sectionsOf } from "./testing/guard.ts";

const BELIEVED = `weir: 1
interfaces: { out: { next-hop: 52:54:00:77:00:12, rate: 7/min } }
rules:
  - { name: a, action: allow, protocol: udp, from: [10.0.0.1, 10.0.0.4/30], to: 10.0.1.9, ports: [5, 1-3], payload: zero }
  - { name: b, action: allow, protocol: icmp6, from: any, to: any, types: echo-request }
recorders: [{ name: r, address: [10.0.0.1, fd00::/64], port: [5000, 6000-6009], channels: [1, 3-4] }, { name: s, address: 10.0.0.9, port: 7 }]
tunnels:
  - { name: t, kind: gre, between: [10.0.0.1, 10.0.0.2] }
  - { name: u, kind: vxlan, between: [10.0.0.0/24, fd00::1], port: 4790 }
  - { name: v, kind: teredo, between: [10.0.0.1, 10.0.0.2] }
detectors:
  scan: { detection: 0.999, false-positive: 0.002, benign-success: 0.7, scanner-success: 0.1, action: tighten }
  rate: off
quarantine: { for: 1h, tightened: 5/s }
`;
const POLICIES: [string, string, CompileOptions][] = [
  ["everything", EVERYTHING, { boot: 0x0102030405060708n }],
  ["least", LEAST, {}],
  ["recorders and tunnels", BELIEVED, {}],
];
/** Each by itself: what of the parts is another. */
const OPTIONS: CompileOptions[] = [
  { ignoreChecksums: true },
  { learn: true },
  { ungrouped: true },
  { scores: true },
  { keyless: true },
  { threshold: 3 },
  { boot: 1n },
  { sets: ["detectors.scan.detection=0.98", "interfaces.out.ttl=9"] },
];

const tagOf = (tag: number) => Object.entries(Tag).find(([, number]) => number === tag)?.[0] ?? String(tag);
const named = (part: string, tag: number) => `${part} ${tag === 1 ? "SETTINGS" : tagOf(tag)}`;

function sections(text: string, options: CompileOptions): Map<string, string> {
  const { parts } = compilePolicyText(text, "p", options);
  return new Map(
    Object.entries(parts).flatMap(([part, bytes]) =>
      sectionsOf(bytes).map(({ tag, bytes }): [string, string] => [
        named(part, tag),
        Buffer.from(bytes).toString("hex"),
      ]),
    ),
  );
}

/** Long ones by their length and digest. */
const short = (hex: string) =>
  hex.length <= 1024
    ? hex.replaceAll(/(.{128})(?=.)/g, "$1\n    ")
    : `${hex.length / 2} bytes ${createHash("sha256").update(hex).digest("hex")}`;

it("each section of each part; what the manifest gets; what each option changes", async () => {
  const lines = POLICIES.flatMap(([name, text, options]) => {
    const { interfaces, logSilence, ruleNames, holdsKey, warnings } = compilePolicyText(text, "p", options);
    const plain = sections(text, options);
    return [
      name,
      ...interfaces.map((one) => `  ${Object.values(one).join(" ")}`),
      `  ${JSON.stringify({ logSilence, ruleNames, holdsKey })}`,
      ...warnings.map((warning) => `  ${problemLine(warning)}`),
      ...[...plain].map(([section, hex]) => `  ${section}:\n    ${short(hex)}`),
      ...OPTIONS.map((option) => {
        const other = sections(text, { ...options, ...option });
        const changed = [...new Set([...plain.keys(), ...other.keys()])].filter(
          (key) => plain.get(key) !== other.get(key),
        );
        const shown = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);
        const what = changed.map(
          (key) =>
            `${key} ${createHash("sha256")
              .update(other.get(key) ?? "")
              .digest("hex")
              .slice(0, 12)}`,
        );
        return `  ${JSON.stringify(option, shown)}: ${what.join(", ") || "nothing"}`;
      }),
    ];
  });
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("testing/golden/compiled.txt");
});

it("a threshold.config, for people: each kind of line, each side", () => {
  const text = [
    "suppress gen_id 0, sig_id 0",
    "suppress gen_id 1, sig_id 7700004, track by_src, ip [10.0.0.0/8,!10.0.0.9]",
    "suppress gen_id 1, sig_id 7700004, track by_dst, ip ![fd00::1, !fd00::2]",
    "suppress gen_id 1, sig_id 7700004, track by_either, ip !10.0.0.1",
    "threshold gen_id 1, sig_id 7700001, type limit, track by_src, count 1, seconds 60",
    "event_filter gen_id 1, sig_id 7700029, type threshold, track by_dst, count 2, seconds 61",
    "threshold gen_id 1, sig_id 0, type both, track by_both, count 3, seconds 62",
    "rate_filter gen_id 1, sig_id 0, track by_rule, count 50, seconds 10, new_action pass, timeout 0",
  ].join("\n");
  const rules = parseThresholds(text, "t");
  expect(rules.map(alertRuleText)).toEqual([
    "every detector: none",
    "new-pair: none by source in 10.0.0.0/8, not 10.0.0.9",
    "new-pair: none by destination in not fd00::1, fd00::2",
    "new-pair: none by either address in not 10.0.0.1, 0.0.0.0/0, ::/0",
    "scan: at most 1 in 60 s by source",
    "bus-load: one for each 2 in 61 s by destination",
    "every detector: one in 62 s, once 3 came by both addresses",
    "every detector: none for 0 s, once 50 came in 10 s",
  ]);
  expect(rules.map(({ line, count, seconds, timeout }) => [line, count, seconds, timeout])).toEqual([
    ...[1, 2, 3, 4].map((line) => [line, 0, 0, 0]),
    ...[
      [5, 1, 60, 0],
      [6, 2, 61, 0],
      [7, 3, 62, 0],
      [8, 50, 10, 0],
    ],
  ]);
});

it.each([
  ["bus-mode", "alert", "PASS"],
  ["bus-mode", "tighten", "TIGHTEN"],
  ["bus-mode", "quarantine", "QUARANTINE_SOURCE"],
  ["bus-mode", "quarantine-terminal", "QUARANTINE_TERMINAL"],
  ["bus-mode", "quarantine-message", "QUARANTINE_MESSAGE"],
  ["rate", "quarantine-flow", "QUARANTINE_FLOW"],
] as const)("%s: action: %s", (name, action, flown) => {
  const detectors = `detectors: { ${name}: { action: ${action}, threshold: 2 } }`;
  const text = LEAST.replace("rules: []", `rules: []\n${detectors}`).replace(
    "for: 500ms",
    "for: 500ms, tightened: 1/s",
  );
  const setting = new DetectorSetting(Buffer.from(sections(text, {}).get("inspect DETECTORS")!, "hex"));
  expect([setting.detector, setting.action, setting.scale]).toEqual([DETECTOR[name], Action[flown], 2]);
});

const FILES =
  "{ name: files, action: allow, protocol: udp, from: 10.0.0.1, to: 10.0.1.9, ports: 1, payload: transfer }";
const KEYS = `transfer: { in: { key: "${"ca".repeat(32)}" }, out: { key: "${"fe".repeat(32)}" } }`;
it.each([
  ["a rule for files, and keys", FILES, KEYS, []],
  ["a rule for files alone", FILES, "", ["p:3:8: rules: payload: transfer: expected a section transfer"]],
  ["keys alone", "", KEYS, ["p:4:11: transfer: does nothing: no rule has payload: transfer (warning)"]],
  ["neither", "", "", []],
])("transfers: %s", (_, rule, keys, expected) => {
  const text = `weir: 1\ninterfaces: { out: { next-hop: 52:54:00:77:00:12 } }\nrules: [${rule}]\n${keys}\n`;
  const said = () => {
    try {
      return compilePolicyText(text, "p").warnings.map((one) => `${problemLine(one)} (warning)`);
    } catch (error) {
      return (error as Error).message.split("\n");
    }
  };
  expect(said()).toEqual(expected);
});
