// Generated from appliance/contract/layouts/policy.ts by `npm run generate`: do not edit.
//
// A compartment's part of the policy: how it is framed, and what several compartments share of it. Little-endian. Each
// compartment checks its part itself, in configure(): it believes neither the launcher nor the runtime.
import { Layout } from "../layout.ts";

export const FORMAT_VERSION = 1;
export const PART_MAGIC = 0x52494557; // the bytes "WEIR"
export const PART_HEADER = 48; // bytes
export const SECTION_HEADER = 8; // bytes
export const TAGS = 64; // tags are below
export const NAME_SIZE = 32; // bytes: ASCII, zeros behind

export interface PartHeaderFields {
  magic: number; // PART_MAGIC
  version: number; // FORMAT_VERSION
  part: number; // Part: for which compartment
  length: number; // bytes: of all, this header included; a multiple of 8
  zero: number; // 0
  digest: Uint8Array; // SHA-256 over the 16 bytes before and everything behind
}

/** 48 bytes. In front of a compartment's part. Behind it sections, one behind the other to the very end. */
export class PartHeader extends Layout<PartHeaderFields> implements PartHeaderFields {
  static readonly SIZE = 48;
  static readonly AT = { magic: 0, version: 4, part: 6, length: 8, zero: 12, digest: 16 } as const;
  get magic(): number {
    return this.view.getUint32(this.at, true);
  }
  set magic(value: number) {
    this.view.setUint32(this.at, value, true);
  }
  get version(): number {
    return this.view.getUint16(this.at + 4, true);
  }
  set version(value: number) {
    this.view.setUint16(this.at + 4, value, true);
  }
  get part(): number {
    return this.view.getUint16(this.at + 6, true);
  }
  set part(value: number) {
    this.view.setUint16(this.at + 6, value, true);
  }
  get length(): number {
    return this.view.getUint32(this.at + 8, true);
  }
  set length(value: number) {
    this.view.setUint32(this.at + 8, value, true);
  }
  get zero(): number {
    return this.view.getUint32(this.at + 12, true);
  }
  set zero(value: number) {
    this.view.setUint32(this.at + 12, value, true);
  }
  get digest(): Uint8Array {
    return this.bytesAt(16, 32);
  }
  set digest(value: Uint8Array) {
    this.setBytesAt(16, 32, value);
  }
}

export const Part = {
  INSPECT: 1,
  GUARD: 2,
  JOURNAL: 3,
} as const;

export interface SectionHeaderFields {
  tag: number; // Tag: each at most once in a part
  length: number; // bytes: that follow
}

/** 8 bytes. Behind it that many bytes, then zeros up to a multiple of 8. */
export class SectionHeader extends Layout<SectionHeaderFields> implements SectionHeaderFields {
  static readonly SIZE = 8;
  static readonly AT = { tag: 0, length: 4 } as const;
  get tag(): number {
    return this.view.getUint32(this.at, true);
  }
  set tag(value: number) {
    this.view.setUint32(this.at, value, true);
  }
  get length(): number {
    return this.view.getUint32(this.at + 4, true);
  }
  set length(value: number) {
    this.view.setUint32(this.at + 4, value, true);
  }
}

/** A section's tag; what SETTINGS means depends on the part. */
export const Tag = {
  SETTINGS: 1, // InspectSettings, GuardSettings or JournalSettings
  HOSTS: 2, // inspect: Network[], whose addresses are known senders
  SERVICES: 3, // inspect: Network[] with protocol and port, what may be used where
  RECORDERS: 4, // inspect: NamedRecorder[], whose Chapter 10 is believed
  TUNNELS: 5, // inspect: NamedTunnel[], which tunnels are opened
  DETECTORS: 8, // inspect: DetectorSetting[]
  ALERTS: 9, // inspect: AlertRule[], which alerts leave
  ALERT_NETWORKS: 10, // inspect: Network[] that AlertRule refers to; port 1 = all but this
  SCANNERS: 11, // inspect: Network[], whose scans are wanted
  MAINTENANCE: 12, // inspect: MaintenanceWindow[]
  RULES: 16, // guard: Rule[], the first that matches decides
  NAMES: 17, // guard: NAME_SIZE bytes for each rule, ASCII, zeros behind
  NETWORKS: 18, // guard: Network[], what the rules' from and to refer to
  RANGES: 19, // guard: Range[], what the rules' ports, source ports and VLANs refer to
  PROTECTED: 20, // guard: Network[], sources that are never quarantined
  FORMATS: 21, // guard, second checker: its program (diode/onboard/second.ts)
  TABLES: 22, // guard, second checker: its classification tables
  MESSAGES: 24, // guard: MessageRule[], for what RulePayload.MIL1553 lets out; the first that matches decides
  MESSAGE_NAMES: 25, // guard: NAME_SIZE bytes for each
  CHECKS: 26, // guard: DataCheck[]
  MESSAGE_TABLES: 27, // guard, second checker: its tables for 1553 messages (diode/onboard/messages/second.ts)
  TRANSFER: 28, // guard: TransferSettings, for what RulePayload.TRANSFER lets out
  BASELINE_1553: 32, // inspect: what the baseline says of MIL-STD-1553 (detectors/mil1553/ground/section.ts)
  FLOOD: 33, // inspect, what the baseline says of IP (detectors/ip/section.ts): most in a second of each host
  ARP: 34, // MAC addresses of hosts, limits of MAC addresses
  PAIRS: 35, // who talks to whom about what
  RATE: 36, // packets and bytes of hosts and talks
  BEACON: 37, // regular connections that are known
  SILENCE: 38, // talks that are periodic
  TUNNEL: 39, // domains and echoes that are known
  BASELINE_SHAPE: 40, // inspect: model of the traffic's shape (detectors/shape/onboard/model.ts)
} as const;

export interface NetworkFields {
  hi: bigint;
  lo: bigint;
  version: number; // 4 or 6
  bits: number;
  port: number; // SERVICES only; 0 = any
  protocol: number; // SERVICES only
}

/**
 * 24 bytes. A network: the first `bits` of hi:lo count, the rest is zero. An IPv4 address has hi = 0, lo = its 32 bits.
 */
export class Network extends Layout<NetworkFields> implements NetworkFields {
  static readonly SIZE = 24;
  static readonly AT = { hi: 0, lo: 8, version: 16, bits: 17, port: 18, protocol: 20, pad: 21 } as const;
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
  get port(): number {
    return this.view.getUint16(this.at + 18, true);
  }
  set port(value: number) {
    this.view.setUint16(this.at + 18, value, true);
  }
  get protocol(): number {
    return this.view.getUint8(this.at + 20);
  }
  set protocol(value: number) {
    this.view.setUint8(this.at + 20, value);
  }
}

export interface RangeFields {
  first: number;
  last: number;
}

/** 4 bytes. first <= last, both included. */
export class Range extends Layout<RangeFields> implements RangeFields {
  static readonly SIZE = 4;
  static readonly AT = { first: 0, last: 2 } as const;
  get first(): number {
    return this.view.getUint16(this.at, true);
  }
  set first(value: number) {
    this.view.setUint16(this.at, value, true);
  }
  get last(): number {
    return this.view.getUint16(this.at + 2, true);
  }
  set last(value: number) {
    this.view.setUint16(this.at + 2, value, true);
  }
}
