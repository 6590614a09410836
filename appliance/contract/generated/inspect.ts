// Generated from appliance/contract/layouts/inspect.ts by `npm run generate`: do not edit.
//
// What the sections of inspect's part hold.
import { Layout } from "../layout.ts";

/** Bits of InspectSettings.flags. */
export const InspectFlag = {
  IGNORE_CHECKSUMS: 1, // wrong checksums are no anomaly
  KNOWN_HOSTS: 2, // HOSTS is a list to hold sources against; without it every source is known
  KNOWN_SERVICES: 4, // the same of SERVICES
  LEARN: 8, // detectors that learn do so, and export what they learned as baseline entries
  UNGROUPED: 16, // every finding is an alert of its own (evaluation)
  SCORES: 32, // every finding is an event of kind SCORE too (evaluation)
  ANY_RECORDER: 64, // whatever looks like Chapter 10 over UDP is taken for a recorder's; else RECORDERS says whose is
  ANY_TUNNEL: 128, // what any host wraps is opened and judged; else TUNNELS says between whom
  JOIN_VLANS: 256, // the same addresses and ports in two VLANs are one flow; else two
} as const;

export interface InspectSettingsFields {
  flags: number; // InspectFlag
  anomaliesPerSecond: number; // events: more are counted only
  theta0: number; // share of a benign source's first contacts that succeed
  theta1: number; // the same of a scanner's
  alpha: number; // wanted false-positive probability
  power: number; // wanted detection probability
  scanAction: number; // Action: what verdict a source called a scanner gets, beside the alert; never DROP
  hostAction: number; // Action: the same of a new host
  serviceAction: number; // Action: the same of a new service
  year: number; // of recorders that date by the day of the year: since 1969; 0 = not given
  exportEvery: number; // s: LEARN: record time between two exports; 0 = at the end only
}

/**
 * 48 bytes. The scan detector's parameters are those of Jung et al. 2004: 0 < theta1 < theta0 < 1, 0 < alpha < power <
 * 1.
 */
export class InspectSettings extends Layout<InspectSettingsFields> implements InspectSettingsFields {
  static readonly SIZE = 48;
  static readonly AT = {
    flags: 0,
    anomaliesPerSecond: 4,
    theta0: 8,
    theta1: 16,
    alpha: 24,
    power: 32,
    scanAction: 40,
    hostAction: 41,
    serviceAction: 42,
    year: 43,
    exportEvery: 44,
  } as const;
  get flags(): number {
    return this.view.getUint32(this.at, true);
  }
  set flags(value: number) {
    this.view.setUint32(this.at, value, true);
  }
  get anomaliesPerSecond(): number {
    return this.view.getUint32(this.at + 4, true);
  }
  set anomaliesPerSecond(value: number) {
    this.view.setUint32(this.at + 4, value, true);
  }
  get theta0(): number {
    return this.view.getFloat64(this.at + 8, true);
  }
  set theta0(value: number) {
    this.view.setFloat64(this.at + 8, value, true);
  }
  get theta1(): number {
    return this.view.getFloat64(this.at + 16, true);
  }
  set theta1(value: number) {
    this.view.setFloat64(this.at + 16, value, true);
  }
  get alpha(): number {
    return this.view.getFloat64(this.at + 24, true);
  }
  set alpha(value: number) {
    this.view.setFloat64(this.at + 24, value, true);
  }
  get power(): number {
    return this.view.getFloat64(this.at + 32, true);
  }
  set power(value: number) {
    this.view.setFloat64(this.at + 32, value, true);
  }
  get scanAction(): number {
    return this.view.getUint8(this.at + 40);
  }
  set scanAction(value: number) {
    this.view.setUint8(this.at + 40, value);
  }
  get hostAction(): number {
    return this.view.getUint8(this.at + 41);
  }
  set hostAction(value: number) {
    this.view.setUint8(this.at + 41, value);
  }
  get serviceAction(): number {
    return this.view.getUint8(this.at + 42);
  }
  set serviceAction(value: number) {
    this.view.setUint8(this.at + 42, value);
  }
  get year(): number {
    return this.view.getUint8(this.at + 43);
  }
  set year(value: number) {
    this.view.setUint8(this.at + 43, value);
  }
  get exportEvery(): number {
    return this.view.getUint32(this.at + 44, true);
  }
  set exportEvery(value: number) {
    this.view.setUint32(this.at + 44, value, true);
  }
}

export interface DetectorSettingFields {
  detector: number; // Detector: detectors/onboard/catalogue.ts
  action: number; // Action: the verdict on what is found, beside the alert; never DROP
  scale: number; // factor on its thresholds, >= 0; Infinity = off
}

/** 16 bytes. What the policy says of one detector; those it does not name alert at the thresholds they have. */
export class DetectorSetting extends Layout<DetectorSettingFields> implements DetectorSettingFields {
  static readonly SIZE = 16;
  static readonly AT = { detector: 0, action: 1, pad: 2, scale: 8 } as const;
  get detector(): number {
    return this.view.getUint8(this.at);
  }
  set detector(value: number) {
    this.view.setUint8(this.at, value);
  }
  get action(): number {
    return this.view.getUint8(this.at + 1);
  }
  set action(value: number) {
    this.view.setUint8(this.at + 1, value);
  }
  get scale(): number {
    return this.view.getFloat64(this.at + 8, true);
  }
  set scale(value: number) {
    this.view.setFloat64(this.at + 8, value, true);
  }
}

export interface NamedRecorderFields {
  hi: bigint; // of a network, from which the datagrams come
  lo: bigint;
  version: number; // 4 or 6
  bits: number;
  firstPort: number; // UDP destination; both included
  lastPort: number;
  firstChannel: number; // Chapter 10 channels whose messages are judged; the others are reported; both included
  lastChannel: number;
}

/** 32 bytes. Whose Chapter 10 over UDP is believed. */
export class NamedRecorder extends Layout<NamedRecorderFields> implements NamedRecorderFields {
  static readonly SIZE = 32;
  static readonly AT = {
    hi: 0,
    lo: 8,
    version: 16,
    bits: 17,
    firstPort: 18,
    lastPort: 20,
    firstChannel: 22,
    lastChannel: 24,
    pad: 26,
  } as const;
  get hi(): bigint {
    return this.view.getBigUint64(this.at, true);
  }
  set hi(value: bigint) {
    this.view.setBigUint64(this.at, value, true);
  }
  get lo(): bigint {
    return this.view.getBigUint64(this.at + 8, true);
  }
  set lo(value: bigint) {
    this.view.setBigUint64(this.at + 8, value, true);
  }
  get version(): number {
    return this.view.getUint8(this.at + 16);
  }
  set version(value: number) {
    this.view.setUint8(this.at + 16, value);
  }
  get bits(): number {
    return this.view.getUint8(this.at + 17);
  }
  set bits(value: number) {
    this.view.setUint8(this.at + 17, value);
  }
  get firstPort(): number {
    return this.view.getUint16(this.at + 18, true);
  }
  set firstPort(value: number) {
    this.view.setUint16(this.at + 18, value, true);
  }
  get lastPort(): number {
    return this.view.getUint16(this.at + 20, true);
  }
  set lastPort(value: number) {
    this.view.setUint16(this.at + 20, value, true);
  }
  get firstChannel(): number {
    return this.view.getUint16(this.at + 22, true);
  }
  set firstChannel(value: number) {
    this.view.setUint16(this.at + 22, value, true);
  }
  get lastChannel(): number {
    return this.view.getUint16(this.at + 24, true);
  }
  set lastChannel(value: number) {
    this.view.setUint16(this.at + 24, value, true);
  }
}

/** Those from VXLAN on are recognised by a UDP port. */
export const TunnelKind = {
  NONE: 0,
  GRE: 1, // and ERSPAN, NVGRE, WCCP in it
  IP: 2, // IPv4 or IPv6 in IPv4 or IPv6
  ETHERNET: 3, // IP protocol 143
  MPLS: 4, // IP protocol 137
  VXLAN: 5,
  VXLAN_GPE: 6,
  GENEVE: 7,
  TEREDO: 8,
  GTP: 9,
  GRE_IN_UDP: 10,
  MPLS_IN_UDP: 11,
  L2TP: 12,
} as const;

export interface NamedTunnelFields {
  hi: bigint; // of a network
  lo: bigint;
  version: number; // 4 or 6
  bits: number;
  kind: number; // TunnelKind
  group: number; // source and destination are in networks of the same
  port: number; // UDP; 0 where the kind has none
}

/** 24 bytes. One end of a tunnel that is opened: its ends are the entries of the same group. */
export class NamedTunnel extends Layout<NamedTunnelFields> implements NamedTunnelFields {
  static readonly SIZE = 24;
  static readonly AT = { hi: 0, lo: 8, version: 16, bits: 17, kind: 18, group: 19, port: 20, pad: 22 } as const;
  get hi(): bigint {
    return this.view.getBigUint64(this.at, true);
  }
  set hi(value: bigint) {
    this.view.setBigUint64(this.at, value, true);
  }
  get lo(): bigint {
    return this.view.getBigUint64(this.at + 8, true);
  }
  set lo(value: bigint) {
    this.view.setBigUint64(this.at + 8, value, true);
  }
  get version(): number {
    return this.view.getUint8(this.at + 16);
  }
  set version(value: number) {
    this.view.setUint8(this.at + 16, value);
  }
  get bits(): number {
    return this.view.getUint8(this.at + 17);
  }
  set bits(value: number) {
    this.view.setUint8(this.at + 17, value);
  }
  get kind(): number {
    return this.view.getUint8(this.at + 18);
  }
  set kind(value: number) {
    this.view.setUint8(this.at + 18, value);
  }
  get group(): number {
    return this.view.getUint8(this.at + 19);
  }
  set group(value: number) {
    this.view.setUint8(this.at + 19, value);
  }
  get port(): number {
    return this.view.getUint16(this.at + 20, true);
  }
  set port(value: number) {
    this.view.setUint16(this.at + 20, value, true);
  }
}

export interface MaintenanceWindowFields {
  from: bigint; // ns since 1970
  to: bigint; // from which on it is over; later than `from`
  detectors: bigint; // bit n: detector n; not 0
}

/** 24 bytes. When a person works on what is watched: alerts are marked, nothing is done for them. */
export class MaintenanceWindow extends Layout<MaintenanceWindowFields> implements MaintenanceWindowFields {
  static readonly SIZE = 24;
  static readonly AT = { from: 0, to: 8, detectors: 16 } as const;
  get from(): bigint {
    return this.view.getBigUint64(this.at, true);
  }
  set from(value: bigint) {
    this.view.setBigUint64(this.at, value, true);
  }
  get to(): bigint {
    return this.view.getBigUint64(this.at + 8, true);
  }
  set to(value: bigint) {
    this.view.setBigUint64(this.at + 8, value, true);
  }
  get detectors(): bigint {
    return this.view.getBigUint64(this.at + 16, true);
  }
  set detectors(value: bigint) {
    this.view.setBigUint64(this.at + 16, value, true);
  }
}

export const MAX_MAINTENANCE = 16; // MaintenanceWindows
export const MAX_RECORDERS = 64; // NamedRecorders
export const MAX_SCANNERS = 64; // Networks of SCANNERS
export const MAX_TUNNELS = 64; // NamedTunnels
export const MAX_ALERT_RULES = 128;
export const MAX_ALERT_NETWORKS = 256;

export const AlertKind = {
  SUPPRESS: 0, // none of them leaves
  LIMIT: 1, // the first `count` in `seconds`
  THRESHOLD: 2, // every `count`-th in `seconds`
  BOTH: 3, // one in `seconds`, when `count` have come
  PASS: 4, // rate_filter, new_action pass: for `timeout` seconds none, once `count` came in `seconds`
} as const;

export const Track = {
  RULE: 0,
  SOURCE: 1,
  DESTINATION: 2,
  EITHER: 3,
  BOTH: 4,
} as const;

export interface AlertRuleFields {
  kind: number; // AlertKind
  track: number; // Track
  detector: number; // Detector: 0 = of every detector
  networksAt: number; // SUPPRESS: index into ALERT_NETWORKS, of the tracked address; an empty list matches all
  networksCount: number;
  count: number;
  seconds: number;
  timeout: number; // s
  line: number; // of the file, for reports
}

/** 24 bytes. A line of a threshold.config: what becomes of alerts, never of frames. */
export class AlertRule extends Layout<AlertRuleFields> implements AlertRuleFields {
  static readonly SIZE = 24;
  static readonly AT = {
    kind: 0,
    track: 1,
    detector: 2,
    pad: 3,
    networksAt: 4,
    networksCount: 6,
    count: 8,
    seconds: 12,
    timeout: 16,
    line: 20,
  } as const;
  get kind(): number {
    return this.view.getUint8(this.at);
  }
  set kind(value: number) {
    this.view.setUint8(this.at, value);
  }
  get track(): number {
    return this.view.getUint8(this.at + 1);
  }
  set track(value: number) {
    this.view.setUint8(this.at + 1, value);
  }
  get detector(): number {
    return this.view.getUint8(this.at + 2);
  }
  set detector(value: number) {
    this.view.setUint8(this.at + 2, value);
  }
  get networksAt(): number {
    return this.view.getUint16(this.at + 4, true);
  }
  set networksAt(value: number) {
    this.view.setUint16(this.at + 4, value, true);
  }
  get networksCount(): number {
    return this.view.getUint16(this.at + 6, true);
  }
  set networksCount(value: number) {
    this.view.setUint16(this.at + 6, value, true);
  }
  get count(): number {
    return this.view.getUint32(this.at + 8, true);
  }
  set count(value: number) {
    this.view.setUint32(this.at + 8, value, true);
  }
  get seconds(): number {
    return this.view.getUint32(this.at + 12, true);
  }
  set seconds(value: number) {
    this.view.setUint32(this.at + 12, value, true);
  }
  get timeout(): number {
    return this.view.getUint32(this.at + 16, true);
  }
  set timeout(value: number) {
    this.view.setUint32(this.at + 16, value, true);
  }
  get line(): number {
    return this.view.getUint32(this.at + 20, true);
  }
  set line(value: number) {
    this.view.setUint32(this.at + 20, value, true);
  }
}
