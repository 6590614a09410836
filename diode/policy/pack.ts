// REQ-GROUND-013
/** A policy as the parts that the compartments take: the layouts of appliance/contract/onboard/config.ts. */
import * as config from "../../appliance/contract/config.ts";
import {
  Action,
  InspectFlag,
  NAME_SIZE,
  Part,
  packPart,
  RuleAction,
  RulePayload,
  SIZES,
  Tag,
} from "../../appliance/contract/config.ts";
import { DETECTOR } from "../../detectors/catalogue.ts";
import type { Network, Range } from "../../lib/addresses.ts";
import type { AlertRule } from "../suppression/config.ts";
import { messageTablesOf } from "./message-tables.ts";
import type { DataCheck, MessageRule } from "./messages.ts";
import type { DetectorAction, Policy, Rule, Service, Tuning } from "./model.ts";
import { struct } from "./struct.ts";

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
    (policy.scores ? InspectFlag.SCORES : 0);
  const settings = struct(SIZES.inspect, (s) => {
    s.u32(flags).u32(policy.anomaliesPerSecond);
    s.f64(scan.theta0).f64(scan.theta1).f64(scan.alpha).f64(scan.power);
    s.u8(ACTIONS[scan.action]).u8(ACTIONS[newcomer.action]).u8(ACTIONS[newcomer.action]).u8(0);
    s.u32(learn ? Number(learn.every / 1_000_000_000n) : 0);
  });
  return packPart(Part.INSPECT, [
    { tag: Tag.SETTINGS, bytes: settings },
    { tag: Tag.HOSTS, bytes: joined((newcomer.hosts ?? []).map((n) => network(n))) },
    { tag: Tag.SERVICES, bytes: joined((newcomer.services ?? []).map((s) => network(s.network, s))) },
    { tag: Tag.DETECTORS, bytes: joined(policy.tuning.map((t) => detectorSetting(t, ACTIONS[t.action]))) },
    ...baseline,
  ]);
}

/** @param more sections that are made elsewhere */
export function guardPart(
  policy: Policy,
  checker: { formats: Uint8Array; tables: Uint8Array },
  more: readonly config.Section[] = [],
): Uint8Array {
  const { out, quarantine, rules } = policy;
  const settings = struct(SIZES.guard, (s) => {
    s.u64(out.mac).u64(out.nextHop);
    const { IGNORE_CHECKSUMS, PADDING } = config.GuardFlag;
    s.u32((policy.ignoreChecksums ? IGNORE_CHECKSUMS : 0) | (out.padding ? PADDING : 0))
      .u32(out.mtu)
      .u32(out.ttl)
      .u32(rules.length);
    s.u64(quarantine?.time ?? 0n)
      .u32(quarantine?.perMinute ?? 0)
      .u32(mask(quarantine?.protectedTerminals ?? []));
    s.u64(out.rate?.interval ?? 0n).u64(out.rate?.slack ?? 0n);
    s.u64(quarantine?.tightened?.interval ?? 0n).u32(out.queue);
    s.u32(out.padding?.port ?? 0)
      .u32(out.padding?.from ?? 0)
      .u32(out.padding?.to ?? 0);
  });
  const networks = new Pool<Network>(network);
  const ranges = new Pool<Range>(range);
  const packed = rules.map((rule) => packRule(rule, networks, ranges));
  const messages = packMessages(policy.messages, ranges);
  return packPart(Part.GUARD, [
    { tag: Tag.SETTINGS, bytes: settings },
    { tag: Tag.RULES, bytes: joined(packed) },
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
  const settings = struct(SIZES.journal, (s) => {
    s.u64(boot)
      .u64(log.mac)
      .u64(log.collector?.mac ?? 0n);
    s.u32(log.address).u32(log.collector?.address ?? 0);
    s.u16(log.port)
      .u16(log.collector?.port ?? 0)
      .u32(key ? config.JournalFlag.KEYED : 0);
    s.bytes(ascii(log.hostname, 32));
    if (key) s.bytes(key);
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
  return struct(SIZES.message, (s) => {
    s.u8(rule.allow ? RuleAction.ALLOW : RuleAction.DENY).u8(rule.mode ? 1 : 0);
    s.u8(rule.directions).u8(rule.buses);
    s.u32(rule.terminals).u32(rule.subaddresses).u32(rule.counts).u32(rule.fromTerminals).u32(rule.fromSubaddresses);
    const { at, count } = ranges.add(rule.channels);
    s.u16(at).u16(count).u16(checksAt).u16(rule.checks.length);
  });
}

function packMessages(rules: readonly MessageRule[], ranges: Pool<Range>): config.Section[] {
  let checks = 0;
  const packed = rules.map((rule) => {
    const bytes = packMessage(rule, ranges, checks);
    checks += rule.checks.length;
    return bytes;
  });
  const check = ({ word, kind, low, high }: DataCheck) =>
    struct(SIZES.dataCheck, (s) => s.u8(word).u8(kind).u16(low).u16(high));
  return [
    { tag: Tag.MESSAGES, bytes: joined(packed) },
    { tag: Tag.MESSAGE_NAMES, bytes: joined(rules.map(({ name }) => ascii(name, NAME_SIZE))) },
    { tag: Tag.CHECKS, bytes: joined(rules.flatMap((rule) => rule.checks.map(check))) },
    { tag: Tag.MESSAGE_TABLES, bytes: messageTablesOf(rules) },
  ];
}

function packRule(rule: Rule, networks: Pool<Network>, ranges: Pool<Range>): Uint8Array {
  return struct(SIZES.rule, (s) => {
    s.u8(rule.allow ? RuleAction.ALLOW : RuleAction.DENY).u8(rule.protocol ?? config.ANY_PROTOCOL);
    s.u8(PAYLOADS[rule.payload]).u8(0);
    s.u16(rule.size.first).u16(rule.size.last);
    for (const list of [networks.add(rule.from), networks.add(rule.to)]) s.u16(list.at).u16(list.count);
    for (const list of [rule.ports, rule.sourcePorts, rule.vlans].map((r) => ranges.add(r)))
      s.u16(list.at).u16(list.count);
    s.u32(0)
      .u64(rule.rate?.interval ?? 0n)
      .u64(rule.rate?.slack ?? 0n);
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

function network({ hi, lo, version, bits }: Network, service?: Pick<Service, "port" | "protocol">): Uint8Array {
  return struct(SIZES.network, (s) => {
    s.u64(hi)
      .u64(lo)
      .u8(version)
      .u8(bits)
      .u16(service?.port ?? 0)
      .u8(service?.protocol ?? 0);
  });
}

const detectorSetting = ({ name, threshold }: Tuning, action: number) =>
  struct(SIZES.detector, (s) => s.u8(DETECTOR[name]).u8(action).u16(0).u32(0).f64(threshold));

/** @throws RangeError when there are more addresses than inspect has room for */
export function alertSections(rules: readonly AlertRule[]): config.Section[] {
  const networks = rules.flatMap((rule) => rule.networks);
  if (networks.length > MAX_ALERT_NETWORKS)
    throw new RangeError(`${networks.length} addresses in suppressions, expected at most ${MAX_ALERT_NETWORKS}`);
  let at = 0;
  const packed = rules.map((rule) =>
    struct(SIZES.alertRule, (s) => {
      s.u8(rule.kind).u8(rule.track).u8(rule.detector).u8(0).u16(at).u16(rule.networks.length);
      s.u32(rule.count).u32(rule.seconds).u32(rule.timeout).u32(rule.line);
      at += rule.networks.length;
    }),
  );
  const bytes = networks.map(({ network: n, not }) => network(n, { port: not ? 1 : 0, protocol: 0 }));
  return [
    { tag: Tag.ALERTS, bytes: joined(packed) },
    { tag: Tag.ALERT_NETWORKS, bytes: joined(bytes) },
  ];
}

const MAX_ALERT_NETWORKS = 256;

/** Bit n for each number of the ranges. */
const mask = (ranges: readonly Range[]): number =>
  ranges.reduce((bits, { first, last }) => bits | (2 ** (last + 1) - 2 ** first), 0) >>> 0;

const range = ({ first, last }: Range) => struct(SIZES.range, (s) => s.u16(first).u16(last));

function ascii(text: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(Buffer.from(text, "latin1").subarray(0, size));
  return bytes;
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
