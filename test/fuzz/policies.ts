/**
 * The policies that mutants are run under: between them they turn on everything a policy can. Written with what the fixtures
 * teach, so that detectors have something to hold traffic against.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packContainer } from "../../appliance/build/container.ts";
import type { Parts } from "../../appliance/contract/abi.ts";
import { writeBaseline } from "../../detectors/baseline/file.ts";
import { baselineOf } from "../../detectors/baseline/merge.ts";
import { DETECTOR, DETECTOR_NAMES, isOfBus } from "../../detectors/catalogue.ts";
import { compilePolicy, compilePolicyText } from "../../diode/policy.ts";
import { ALL } from "../../diode/testing/stream.ts";
import { RULES as VECTOR_RULES } from "../../diode/testing/vectors.ts";
import { learnCapture } from "../../tuning/learn/learn.ts";

export interface FuzzPolicy {
  name: string;
  yaml: string;
  /** A frame that it let out, it lets out again: nothing in it depends on how often or when. */
  again: boolean;
}

/** Of the sender of transfers: mutants are sealed with it. */
export const TRANSFER_KEY = Buffer.from(Array.from({ length: 32 }, (_, n) => n * 7 + 1));
export const TRANSFER = { from: "10.0.0.7", to: "10.0.1.7", port: 6100 };

const KEYED = `\n    key: "${"5a".repeat(32)}"`;
const interfaces = (out = "", log = "") => `weir: 1
interfaces:
  out: { mac: 52:54:00:77:00:02, next-hop: 52:54:00:77:00:12${out} }
  log:
    mac: 52:54:00:77:00:03
    address: 10.0.9.2
    collector: { address: 10.0.9.1, mac: 52:54:00:77:00:13 }${log}`;

/** Rules that let out again what they let out: it comes untagged, and no shorter. */
const PLAIN = VECTOR_RULES.replace("vlan: 12-13", "vlan: any");
const BUS = `  - { name: bus, action: allow, protocol: udp, from: [192.0.2.52/30, 192.0.2.56], to: 239.255.0.10, ports: 2000, payload: mil1553 }
  - { name: bus-six, action: allow, protocol: udp, from: "fd00::/16", to: "fd00::/16", ports: 2000, payload: mil1553 }`;
const MESSAGES = `messages:
${ALL.replace(/^/gm, "  ")}`;
/** Every check of data words, in front of the rules that let all pass. */
const CHECKED = `messages:
  - { name: no-five, action: deny, rt: 5, sa: 3 }
  - { name: steps, action: allow, channel: 2, rt: 5, sa: 1, direction: transmit, words: 28, data: [{ word: 1, step: 9 }, { word: 2, range: [-90, 90] }] }
  - { name: masked, action: allow, rt: 1-9, sa: 1-9, direction: receive, words: 1-32, data: [{ word: 1, mask: 0xff00, value: 0 }, { word: 2, range: 0-40000 }] }
${ALL.replace(/^/gm, "  ")}`;
const QUARANTINE = "quarantine: { for: 2s, per-minute: 600, tightened: 10/s, protected-terminals: [0, 9] }";

/** All detectors at a hundredth of their thresholds, each asking for another verdict. */
function nervous(): string {
  const verdicts = [
    ["alert", "tighten", "quarantine", "quarantine-flow"],
    ["quarantine-terminal", "quarantine-message", "tighten", "alert"],
  ] as const;
  const lines = DETECTOR_NAMES.filter((name) => !["scan", "new-host", "new-service"].includes(name)).map((name, n) => {
    const action = verdicts[isOfBus(DETECTOR[name]) ? 1 : 0]![n % 4]!;
    return `  ${name}: { threshold: 0.01, action: ${action} }`;
  });
  return `detectors:
${lines.join("\n")}
  scan: { action: quarantine, detection: 0.6, false-positive: 0.3 }
  newcomer: { action: tighten, hosts: [10.0.0.0/28, "fd00::/64"], services: [{ protocol: udp, address: 10.0.1.9, port: 5000 }] }
  anomalies: { per-second: 3 }`;
}

export function policies(baseline: { ip: string; bus: string }): FuzzPolicy[] {
  const indented = (rules: string) => rules.replace(/^/gm, "  ");
  return [
    {
      name: "plain",
      again: true,
      yaml: `${interfaces()}\nrules:\n${indented(PLAIN)}\ndetectors: { anomalies: { per-second: 1000 } }`,
    },
    {
      name: "strict",
      again: false,
      yaml: `${interfaces(", rate: 200/s, burst: 4, queue: 16", KEYED)}
rules:
  - { name: slow, action: allow, protocol: udp, from: any, to: any, ports: 5000-5004, rate: 20/s, burst: 3 }
${indented(PLAIN)}
${QUARANTINE}
protected: [10.0.0.9]
baseline: ${baseline.ip}
${nervous()}`,
    },
    {
      name: "padded",
      again: false,
      yaml: `${interfaces(", mtu: 1500, rate: 1000/s, padding: { from: 10.0.1.1, to: 10.0.1.9 }")}
rules:
  - { name: files, action: allow, protocol: udp, from: ${TRANSFER.from}, to: ${TRANSFER.to}, ports: ${TRANSFER.port}, payload: transfer }
${indented(PLAIN)}
transfer: { in: { key: "${TRANSFER_KEY.toString("hex")}" }, out: { key: "${"a5".repeat(32)}" }, extensions: [txt, bin], largest: 100000, content: ascii }`,
    },
    {
      name: "learning",
      again: true,
      yaml: `${interfaces()}\nchecksums: ignore\nlearn: { every: 1s }\nrules:\n${BUS}\n${indented(PLAIN)}\n${MESSAGES}`,
    },
    {
      name: "bus",
      again: true,
      yaml: `${interfaces(", mtu: 9000")}\nrules:\n${BUS}\n${CHECKED}\n${QUARANTINE}\nbaseline: ${baseline.bus}\n${nervous()}`,
    },
    {
      name: "relay",
      again: false,
      yaml: `${interfaces()}
rules:
  - { name: files, action: allow, protocol: udp, from: ${TRANSFER.from}, to: ${TRANSFER.to}, ports: ${TRANSFER.port}, payload: transfer }
transfer: { profile: records, in: { key: "${TRANSFER_KEY.toString("hex")}" }, out: { key: "${"a5".repeat(32)}" } }`,
    },
  ];
}

async function learned(capture: string): Promise<ReturnType<typeof baselineOf>> {
  const policy = compilePolicy("fixtures/watch.yaml", { learn: true });
  const lesson = await learnCapture(capture, policy, () => ({ stop: () => {} }));
  return baselineOf([lesson.capture], lesson.entries, { rate: 0.1 });
}

/** Of both captures, once: each set of policies is written with the same. */
let lessons: Promise<{ ip: ReturnType<typeof baselineOf>; bus: ReturnType<typeof baselineOf> }> | undefined;
async function learnt() {
  return { ip: await learned("fixtures/normal.pcap"), bus: await learned("fixtures/mil1553/clean.ch10") };
}

export interface Compiled {
  policies: (FuzzPolicy & { parts: Parts; container: Uint8Array })[];
}

/** All of them, compiled. @param change what of their text shall be another */
export async function compilePolicies(change = (yaml: string): string => yaml): Promise<Compiled["policies"]> {
  const folder = mkdtempSync(join(tmpdir(), "weir-fuzz-"));
  try {
    const baseline = { ip: join(folder, "ip.baseline"), bus: join(folder, "bus.baseline") };
    lessons ??= learnt();
    const { ip, bus } = await lessons;
    writeBaseline(baseline.ip, ip);
    writeBaseline(baseline.bus, bus);
    return policies(baseline).map((one) => {
      const policy = { ...one, yaml: change(one.yaml) };
      writeFileSync(join(folder, `${policy.name}.yaml`), policy.yaml);
      const { parts } = compilePolicyText(policy.yaml, join(folder, `${policy.name}.yaml`));
      return { ...policy, parts, container: packContainer(parts) };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
