/** A policy with its defaults filled in, lists joined and names turned to numbers: what is compiled, linted and shown. */
import { MAX_MTU, UNTAGGED } from "../../appliance/contract/config.ts";
import { DETECTOR_NAMES, type DetectorName } from "../../detectors/catalogue.ts";
import type { Network, Range } from "../../lib/addresses.ts";
import { type MessageRule, messageRuleOf } from "./messages.ts";
import { ECHO, type PolicyFile, type RuleFile, TUNNEL_PORTS } from "./schema.ts";
import { type KeyFile, type Transfer, transferOf } from "./transfer.ts";

export interface Rate {
  interval: bigint;
  /** ns that a burst may run ahead. */
  slack: bigint;
  text: string;
}

export interface Rule {
  name: string;
  allow: boolean;
  /** undefined: every protocol (rules that deny only). */
  protocol: number | undefined;
  /** Empty: every address, of both families. */
  from: Network[];
  to: Network[];
  /** Empty: every port. Of ICMP the types. */
  ports: Range[];
  sourcePorts: Range[];
  vlans: Range[];
  size: Range;
  payload: "copy" | "zero" | "mil1553" | "transfer";
  rate: Rate | undefined;
}

export interface Service {
  protocol: number;
  network: Network;
  /** 0: any. */
  port: number;
}

/** What a detector's finding leads to, beside the alert. */
export type DetectorAction =
  | "alert"
  | "drop"
  | "tighten"
  | "quarantine"
  | "quarantine-flow"
  | "quarantine-terminal"
  | "quarantine-message";

export interface Tuning {
  name: DetectorName;
  /** Factor on its thresholds; Infinity: off. */
  threshold: number;
  action: DetectorAction;
}

/** Whose Chapter 10 over UDP is believed. */
export interface Recorder {
  name: string;
  addresses: Network[];
  ports: Range[];
  channels: Range[];
}

/** Which tunnels are opened. */
export interface Tunnel {
  name: string;
  kind: keyof typeof TUNNEL_PORTS;
  /** 0: the kind has none. */
  port: number;
  between: Network[];
}

/** Constant rate: what leaves where there is nothing to send. */
export interface Padding {
  from: number;
  to: number;
  port: number;
}

export interface Policy {
  in: { mac: bigint };
  out: {
    mac: bigint;
    nextHop: bigint;
    mtu: number;
    ttl: number;
    rate: Rate | undefined;
    queue: number;
    padding: Padding | undefined;
  };
  log: {
    mac: bigint;
    hostname: string;
    address: number;
    port: number;
    collector: { address: number; mac: bigint; port: number } | undefined;
    /** Seconds after which the image ends when the device of `log` takes nothing; 0: never. */
    silence: number;
    /** What authenticates the log; never shown. */
    key: KeyFile | undefined;
  };
  ignoreChecksums: boolean;
  rules: Rule[];
  /** For 1553 messages in what a rule with payload: mil1553 lets out. */
  messages: MessageRule[];
  /** For what a rule with payload: transfer lets out. */
  transfer: Transfer | undefined;
  scan: {
    theta0: number;
    theta1: number;
    alpha: number;
    power: number;
    action: DetectorAction;
    /** Whose scans are wanted. */
    scanners: Network[];
  };
  newcomer: {
    hosts: Network[] | undefined;
    services: Service[] | undefined;
    action: DetectorAction;
  };
  /** What the file says of the other detectors. */
  tuning: Tuning[];
  /** Path as the file gives it. */
  baseline: string | undefined;
  /** Path of a threshold.config as the file gives it. */
  thresholds: string | undefined;
  learn: { every: bigint } | undefined;
  /** Every finding is an alert of its own: for evaluation, not to be had from a file. */
  ungrouped: boolean;
  /** Every finding's numbers beside the alerts: the same. */
  scores: boolean;
  anomaliesPerSecond: number;
  protectedSources: Network[];
  /** "any": whatever looks like one. Those that a rule with payload: mil1553 names are among them. */
  recorders: Recorder[] | "any";
  /** Of recorders that date by the day of the year. */
  recorderYear: number | undefined;
  tunnels: Tunnel[] | "any";
  maintenance: Maintenance[];
  /** VLANs are no part of what tells flows apart. */
  joinsVlans: boolean;
  quarantine: { time: bigint; perMinute: number; tightened: Rate | undefined; protectedTerminals: Range[] } | undefined;
}

/** A span of time, ns since 1970, in which a person works on what is watched. */
export interface Maintenance {
  from: bigint;
  to: bigint;
  why: string;
  detectors: DetectorName[];
}

/** Defaults of detectors.scan: Jung et al. 2004, section 4. */
export const SCAN = { theta0: 0.8, theta1: 0.2, alpha: 1e-5, power: 0.99 };

export function modelOf(file: PolicyFile): Policy {
  const { interfaces, detectors } = file;
  const { out, log } = interfaces;
  const scan = detectors?.scan;
  const newcomer = detectors?.newcomer;
  return {
    in: { mac: interfaces.in?.mac ?? 0x525400770001n },
    out: {
      mac: out.mac,
      nextHop: out["next-hop"],
      mtu: Math.min(out.mtu ?? 1500, MAX_MTU),
      ttl: out.ttl ?? 64,
      rate: rateOf(out.rate, out.burst),
      queue: out.queue ?? (out.padding ? 64 : 0),
      padding: out.padding && { ...out.padding, port: out.padding.port ?? 9 },
    },
    log: {
      mac: log?.mac ?? 0x525400770003n,
      hostname: log?.hostname ?? "weir",
      address: log?.address ?? 0,
      port: log?.port ?? 514,
      collector: log?.collector && { ...log.collector, port: log.collector.port ?? 514 },
      silence: log?.["stop-when-silent"] ?? 0,
      key:
        log && (log.key ?? log["key-file"]) !== undefined ? { key: log.key, "key-file": log["key-file"] } : undefined,
    },
    ignoreChecksums: file.checksums === "ignore",
    rules: file.rules.map(ruleOf),
    transfer: file.transfer && transferOf(file.transfer),
    messages: (file.messages ?? []).map(messageRuleOf),
    scan: {
      theta0: scan?.["benign-success"] ?? SCAN.theta0,
      theta1: scan?.["scanner-success"] ?? SCAN.theta1,
      alpha: scan?.["false-positive"] ?? SCAN.alpha,
      power: scan?.detection ?? SCAN.power,
      action: scan?.action ?? "alert",
      scanners: scan?.scanners ?? [],
    },
    newcomer: {
      hosts: newcomer?.hosts,
      services: newcomer?.services?.flatMap(({ protocol, address, port }) =>
        address.map((network) => ({ protocol, network, port: port ?? 0 })),
      ),
      action: newcomer?.action ?? "alert",
    },
    tuning: DETECTOR_NAMES.flatMap((name): Tuning[] => {
      const set = (
        detectors as Partial<Record<string, { off?: boolean; threshold?: number; action?: Tuning["action"] }>>
      )?.[name];
      if (!set || name === "scan") return [];
      return [{ name, threshold: set.off ? Infinity : (set.threshold ?? 1), action: set.action ?? "alert" }];
    }),
    baseline: file.baseline,
    thresholds: file.alerts?.thresholds,
    learn: file.learn && { every: file.learn.every ?? 0n },
    ungrouped: false,
    scores: false,
    anomaliesPerSecond: detectors?.anomalies?.["per-second"] ?? 20,
    protectedSources: file.protected ?? [],
    recorders: recordersOf(file),
    recorderYear: file["recorder-year"],
    tunnels:
      file.tunnels === "any"
        ? "any"
        : (file.tunnels ?? []).map((t) => ({ ...t, port: t.port ?? TUNNEL_PORTS[t.kind] ?? 0 })),
    maintenance: (file.maintenance ?? []).map((window) => ({
      ...window,
      detectors: window.detectors ?? [...DETECTOR_NAMES],
    })),
    joinsVlans: file.flows?.vlans === "together",
    quarantine: file.quarantine && {
      time: file.quarantine.for,
      perMinute: file.quarantine["per-minute"] ?? 30,
      tightened: rateOf(file.quarantine.tightened),
      protectedTerminals: file.quarantine["protected-terminals"] ?? [],
    },
  };
}

const isEverywhere = (networks: Network[]) =>
  [4, 6].every((v) => networks.some((n) => n.version === v && n.bits === 0));

/** The same for every detector, on top of what the file says. */
export function scaledTuning(tuning: readonly Tuning[], factor: number): Tuning[] {
  return DETECTOR_NAMES.map((name) => {
    const { threshold, action } = tuning.find((t) => t.name === name) ?? { threshold: 1, action: "alert" as const };
    return { name, threshold: threshold * factor, action };
  });
}

const EVERY_CHANNEL = [{ first: 0, last: 65535 }];
const EVERYWHERE: Network[] = [4, 6].map((version) => ({ version, bits: 0, hi: 0n, lo: 0n }) as Network);

/** Those of the list; without one those whose messages a rule lets out, by its addresses and ports. */
function recordersOf({ recorders, rules }: PolicyFile): Policy["recorders"] {
  if (recorders === "any") return "any";
  if (recorders)
    return recorders.map(({ name, address, port, channels }) => ({
      ...{ name, addresses: address, ports: port, channels: channels ?? EVERY_CHANNEL },
    }));
  return rules
    .filter(({ action, payload }) => action === "allow" && payload === "mil1553")
    .map(({ name, from, ports }) => ({
      ...{
        name,
        addresses: from && !isEverywhere(from) ? from : EVERYWHERE,
        ports: ports ?? [],
        channels: EVERY_CHANNEL,
      },
    }));
}

function ruleOf(rule: RuleFile): Rule {
  const { protocol } = rule;
  const icmp = protocol === 1 || protocol === 58;
  return {
    name: rule.name,
    allow: rule.action === "allow",
    protocol,
    from: rule.from && !isEverywhere(rule.from) ? rule.from : [],
    to: rule.to && !isEverywhere(rule.to) ? rule.to : [],
    ports: icmp ? typesOf(rule.types, protocol) : (rule.ports ?? []),
    sourcePorts: rule["source-ports"] ?? [],
    vlans: rule.vlan ?? [{ first: UNTAGGED, last: UNTAGGED }],
    size: rule.size ?? { first: 0, last: 65535 },
    // The data of an echo serves nothing but to be sent back: a covert channel at no use, so by default it is zeroed.
    payload: rule.payload ?? (icmp ? "zero" : "copy"),
    rate: rateOf(rule.rate, rule.burst),
  };
}

function typesOf(types: RuleFile["types"], protocol: 1 | 58): Range[] {
  return (types ?? (["echo-request", "echo-reply"] as const)).map((name) => {
    const type = ECHO[name][protocol];
    return { first: type, last: type };
  });
}

function rateOf(rate: RuleFile["rate"], burst = 1): Rate | undefined {
  if (!rate) return undefined;
  const text = burst > 1 ? `${rate.text}, burst ${burst}` : rate.text;
  return { interval: rate.interval, slack: rate.interval * BigInt(burst - 1), text };
}
