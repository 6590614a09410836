// REQ-GROUND-013
/** A policy as the parts that the compartments take: the layouts of appliance/contract/onboard/config.ts. */
import { Action } from "../../appliance/contract/abi.ts";
import * as config from "../../appliance/contract/config.ts";
import {
  InspectFlag,
  NAME_SIZE,
  Part,
  packPart,
  RuleAction,
  RulePayload,
  Tag,
} from "../../appliance/contract/config.ts";
import { packed } from "../../appliance/contract/layout.ts";
import { DETECTOR, type DetectorName } from "../../detectors/catalogue.ts";
import type { Network, Range } from "../../lib/addresses.ts";
import type { AlertRule } from "../suppression/config.ts";
import { messageTablesOf } from "./message-tables.ts";
import type { DataCheck, MessageRule } from "./messages.ts";
import type { DetectorAction, Policy, Rule, Service, Tuning, Tunnel } from "./model.ts";

const ACTIONS: Record<DetectorAction, number> = {
  alert: Action.PASS,
  drop: Action.DROP,
  tighten: Action.TIGHTEN,
  quarantine: Action.QUARANTINE_SOURCE,
  "quarantine-flow": Action.QUARANTINE_FLOW,
  "quarantine-terminal": Action.QUARANTINE_TERMINAL,
  "quarantine-message": Action.QUARANTINE_MESSAGE,
};

/** @param baseline sections made of what was learned */
export function inspectPart(policy: Policy, baseline: readonly config.Section[] = []): Uint8Array {
  const { scan, newcomer, learn } = policy;
  const flags =
    (policy.ignoreChecksums ? InspectFlag.IGNORE_CHECKSUMS : 0) |
    (newcomer.hosts ? InspectFlag.KNOWN_HOSTS : 0) |
    (newcomer.services ? InspectFlag.KNOWN_SERVICES : 0) |
    (learn ? InspectFlag.LEARN : 0) |
    (policy.ungrouped ? InspectFlag.UNGROUPED : 0) |
    (policy.scores ? InspectFlag.SCORES : 0) |
    (policy.recorders === "any" ? InspectFlag.ANY_RECORDER : 0) |
    (policy.tunnels === "any" ? InspectFlag.ANY_TUNNEL : 0) |
    (policy.joinsVlans ? InspectFlag.JOIN_VLANS : 0);
  const settings = packed(config.InspectSettings, {
    flags,
    anomaliesPerSecond: policy.anomaliesPerSecond,
    theta0: scan.theta0,
    theta1: scan.theta1,
    alpha: scan.alpha,
    power: scan.power,
    scanAction: ACTIONS[scan.action],
    hostAction: ACTIONS[newcomer.action],
    serviceAction: ACTIONS[newcomer.action],
    year: policy.recorderYear ? policy.recorderYear - 1969 : 0,
    exportEvery: learn ? Number(learn.every / 1_000_000_000n) : 0,
  });
  return packPart(Part.INSPECT, [
    { tag: Tag.SETTINGS, bytes: settings },
    { tag: Tag.HOSTS, bytes: joined((newcomer.hosts ?? []).map((n) => network(n))) },
    { tag: Tag.SERVICES, bytes: joined((newcomer.services ?? []).map((s) => network(s.network, s))) },
    { tag: Tag.DETECTORS, bytes: joined(policy.tuning.map((t) => detectorSetting(t, ACTIONS[t.action]))) },
    ...named(
      Tag.SCANNERS,
      scan.scanners.map((n) => network(n)),
    ),
    ...named(Tag.RECORDERS, packRecorders(policy)),
    ...named(Tag.TUNNELS, packTunnels(policy)),
    ...named(
      Tag.MAINTENANCE,
      policy.maintenance.map(({ from, to, detectors }) =>
        packed(config.MaintenanceWindow, { from, to, detectors: bitsOf(detectors) }),
      ),
    ),
    ...baseline,
  ]);
}

const bitsOf = (detectors: readonly DetectorName[]) =>
  detectors.reduce((bits, name) => bits | (1n << BigInt(DETECTOR[name])), 0n);

const named = (tag: number, entries: readonly Uint8Array[]) =>
  entries.length ? [{ tag, bytes: joined(entries) }] : [];

/** Each address with each range of ports and of channels; how many there may be is lint's. */
export function packRecorders({ recorders }: Policy): Uint8Array[] {
  if (recorders === "any") return [];
  return recorders.flatMap(({ addresses, ports, channels }) =>
    addresses.flatMap(({ hi, lo, version, bits }) =>
      ports.flatMap(({ first: firstPort, last: lastPort }) =>
        channels.map(({ first: firstChannel, last: lastChannel }) =>
          packed(config.NamedRecorder, { hi, lo, version, bits, firstPort, lastPort, firstChannel, lastChannel }),
        ),
      ),
    ),
  );
}

const KINDS: Record<Tunnel["kind"], number> = {
  gre: config.TunnelKind.GRE,
  "ip-in-ip": config.TunnelKind.IP,
  "ethernet-in-ip": config.TunnelKind.ETHERNET,
  "mpls-in-ip": config.TunnelKind.MPLS,
  vxlan: config.TunnelKind.VXLAN,
  "vxlan-gpe": config.TunnelKind.VXLAN_GPE,
  geneve: config.TunnelKind.GENEVE,
  teredo: config.TunnelKind.TEREDO,
  gtp: config.TunnelKind.GTP,
  "gre-in-udp": config.TunnelKind.GRE_IN_UDP,
  "mpls-in-udp": config.TunnelKind.MPLS_IN_UDP,
  l2tp: config.TunnelKind.L2TP,
};

/** The ends of each; how many there may be is lint's. */
export function packTunnels({ tunnels }: Policy): Uint8Array[] {
  if (tunnels === "any") return [];
  return tunnels.flatMap(({ kind, port, between }, group) =>
    between.map(({ hi, lo, version, bits }) =>
      packed(config.NamedTunnel, { hi, lo, version, bits, kind: KINDS[kind], group, port }),
    ),
  );
}

/** @param more sections that are made elsewhere */
export function guardPart(
  policy: Policy,
  checker: { formats: Uint8Array; tables: Uint8Array },
  more: readonly config.Section[] = [],
): Uint8Array {
  const { out, quarantine, rules } = policy;
  const { IGNORE_CHECKSUMS, PADDING } = config.GuardFlag;
  const settings = packed(config.GuardSettings, {
    outMac: out.mac,
    nextHopMac: out.nextHop,
    flags: (policy.ignoreChecksums ? IGNORE_CHECKSUMS : 0) | (out.padding ? PADDING : 0),
    mtu: out.mtu,
    ttl: out.ttl,
    rules: rules.length,
    quarantineTime: quarantine?.time ?? 0n,
    quarantineRate: quarantine?.perMinute ?? 0,
    protectedTerminals: mask(quarantine?.protectedTerminals ?? []),
    interval: out.rate?.interval ?? 0n,
    slack: out.rate?.slack ?? 0n,
    tightened: quarantine?.tightened?.interval ?? 0n,
    queue: out.queue,
    paddingPort: out.padding?.port ?? 0,
    paddingFrom: out.padding?.from ?? 0,
    paddingTo: out.padding?.to ?? 0,
  });
  const networks = new Pool<Network>(network);
  const ranges = new Pool<Range>(range);
  const lines = rules.map((rule) => packRule(rule, networks, ranges));
  const messages = packMessages(policy.messages, ranges);
  return packPart(Part.GUARD, [
    { tag: Tag.SETTINGS, bytes: settings },
    { tag: Tag.RULES, bytes: joined(lines) },
    { tag: Tag.NAMES, bytes: joined(rules.map(({ name }) => ascii(name, NAME_SIZE))) },
    { tag: Tag.NETWORKS, bytes: joined(networks.items) },
    { tag: Tag.RANGES, bytes: joined(ranges.items) },
    { tag: Tag.PROTECTED, bytes: joined(policy.protectedSources.map((n) => network(n))) },
    { tag: Tag.FORMATS, bytes: checker.formats },
    { tag: Tag.TABLES, bytes: checker.tables },
    ...messages,
    ...more,
  ]);
}

/**
 * @param boot tells this start of the image from others in the log, where the host does not
 * @param key 32 bytes that authenticate the log
 */
export function journalPart({ log }: Policy, boot: bigint, key?: Uint8Array): Uint8Array {
  const settings = packed(config.JournalSettings, {
    boot,
    sourceMac: log.mac,
    collectorMac: log.collector?.mac ?? 0n,
    sourceIp: log.address,
    collectorIp: log.collector?.address ?? 0,
    sourcePort: log.port,
    collectorPort: log.collector?.port ?? 0,
    flags: key ? config.JournalFlag.KEYED : 0,
    hostname: ascii(log.hostname, 32),
    key: key ?? new Uint8Array(0),
  });
  return packPart(Part.JOURNAL, [{ tag: Tag.SETTINGS, bytes: settings }]);
}

const PAYLOADS = {
  copy: RulePayload.COPY,
  zero: RulePayload.ZERO,
  mil1553: RulePayload.MIL1553,
  transfer: RulePayload.TRANSFER,
};

function packMessage(rule: MessageRule, ranges: Pool<Range>, checksAt: number): Uint8Array {
  const { at, count } = ranges.add(rule.channels);
  const { directions, buses, terminals, subaddresses, counts, fromTerminals, fromSubaddresses } = rule;
  return packed(config.MessageRule, {
    action: rule.allow ? RuleAction.ALLOW : RuleAction.DENY,
    mode: rule.mode ? 1 : 0,
    ...{ directions, buses, terminals, subaddresses, counts, fromTerminals, fromSubaddresses },
    channelsAt: at,
    channelsCount: count,
    checksAt,
    checksCount: rule.checks.length,
  });
}

function packMessages(rules: readonly MessageRule[], ranges: Pool<Range>): config.Section[] {
  let checks = 0;
  const lines = rules.map((rule) => {
    const bytes = packMessage(rule, ranges, checks);
    checks += rule.checks.length;
    return bytes;
  });
  const check = ({ word, kind, low, high }: DataCheck) => packed(config.DataCheck, { word, kind, low, high });
  return [
    { tag: Tag.MESSAGES, bytes: joined(lines) },
    { tag: Tag.MESSAGE_NAMES, bytes: joined(rules.map(({ name }) => ascii(name, NAME_SIZE))) },
    { tag: Tag.CHECKS, bytes: joined(rules.flatMap((rule) => rule.checks.map(check))) },
    { tag: Tag.MESSAGE_TABLES, bytes: messageTablesOf(rules) },
  ];
}

function packRule(rule: Rule, networks: Pool<Network>, ranges: Pool<Range>): Uint8Array {
  const [from, to] = [networks.add(rule.from), networks.add(rule.to)];
  const [ports, sources, vlans] = [ranges.add(rule.ports), ranges.add(rule.sourcePorts), ranges.add(rule.vlans)];
  return packed(config.Rule, {
    action: rule.allow ? RuleAction.ALLOW : RuleAction.DENY,
    protocol: rule.protocol ?? config.ANY_PROTOCOL,
    payload: PAYLOADS[rule.payload],
    sizeFirst: rule.size.first,
    sizeLast: rule.size.last,
    fromAt: from.at,
    fromCount: from.count,
    toAt: to.at,
    toCount: to.count,
    portsAt: ports.at,
    portsCount: ports.count,
    sourcesAt: sources.at,
    sourcesCount: sources.count,
    vlansAt: vlans.at,
    vlansCount: vlans.count,
    interval: rule.rate?.interval ?? 0n,
    slack: rule.rate?.slack ?? 0n,
  });
}

/** Entries of all rules in one array; a list that is there already is not put in again. */
class Pool<T> {
  readonly items: Uint8Array[] = [];
  readonly #known = new Map<string, number>();
  readonly #pack: (item: T) => Uint8Array;
  constructor(pack: (item: T) => Uint8Array) {
    this.#pack = pack;
  }
  add(list: readonly T[]): { at: number; count: number } {
    const packed = list.map((item) => this.#pack(item));
    const key = Buffer.from(joined(packed)).toString("base64");
    let at = this.#known.get(key);
    if (at === undefined) {
      at = this.items.length;
      this.#known.set(key, at);
      this.items.push(...packed);
    }
    return { at, count: list.length };
  }
}

const network = ({ hi, lo, version, bits }: Network, service?: Pick<Service, "port" | "protocol">): Uint8Array =>
  packed(config.Network, { hi, lo, version, bits, port: service?.port ?? 0, protocol: service?.protocol ?? 0 });

const detectorSetting = ({ name, threshold }: Tuning, action: number) =>
  packed(config.DetectorSetting, { detector: DETECTOR[name], action, scale: threshold });

/** @throws RangeError when there are more addresses than inspect has room for */
export function alertSections(rules: readonly AlertRule[]): config.Section[] {
  const networks = rules.flatMap((rule) => rule.networks);
  if (networks.length > config.MAX_ALERT_NETWORKS)
    throw new RangeError(
      `${networks.length} addresses in all its lines, expected at most ${config.MAX_ALERT_NETWORKS}`,
    );
  let at = 0;
  const lines = rules.map(({ kind, track, detector, count, seconds, timeout, line, networks: tracked }) => {
    at += tracked.length;
    const networksAt = at - tracked.length;
    const networksCount = tracked.length;
    return packed(config.AlertRule, {
      ...{ kind, track, detector, networksAt, networksCount, count, seconds, timeout, line },
    });
  });
  const bytes = networks.map(({ network: n, not }) => network(n, { port: not ? 1 : 0, protocol: 0 }));
  return [
    { tag: Tag.ALERTS, bytes: joined(lines) },
    { tag: Tag.ALERT_NETWORKS, bytes: joined(bytes) },
  ];
}

/** Bit n for each number of the ranges. */
const mask = (ranges: readonly Range[]): number =>
  ranges.reduce((bits, { first, last }) => bits | (2 ** (last + 1) - 2 ** first), 0) >>> 0;

const range = ({ first, last }: Range) => packed(config.Range, { first, last });

function ascii(text: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(Buffer.from(text, "latin1").subarray(0, size));
  return bytes;
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
