// Generated from appliance/contract/layouts/guard.ts by `npm run generate`: do not edit.
//
// What the sections of guard's part hold.
import { Layout } from "../layout.ts";

export const MAX_RULES = 128;
export const MAX_MTU = 9000; // bytes
export const MAX_QUEUE = 1024; // frames
export const ANY_PROTOCOL = 255; // reserved by IANA, so free to stand for every one
export const UNTAGGED = 4096; // in a Range of VLANs: no 802.1Q tag
export const MAX_MESSAGE_RULES = 64;
export const MAX_CHECKS = 512;
export const EXTENSIONS = 16; // that TransferSettings has room for
export const EXTENSION = 8; // bytes of each

/** Bits of GuardSettings.flags. */
export const GuardFlag = {
  IGNORE_CHECKSUMS: 1, // frames with wrong checksums pass as others do; what leaves has right ones
  PADDING: 2, // `out` has a frame in each interval, all of one length: where there is none to send, padding
} as const;

export interface GuardSettingsFields {
  outMac: bigint; // 48 bits, first byte highest
  nextHopMac: bigint;
  flags: number; // GuardFlag
  mtu: number; // bytes: longest IP packet on `out`; at most MAX_MTU
  ttl: number; // time to live (hop limit) of what leaves, 1-255
  rules: number; // how many: RULES and NAMES must agree
  quarantineTime: bigint; // ns: how long a source stays shut out
  quarantineRate: number; // new entries a minute at most; 0 = no quarantine
  protectedTerminals: number; // bit n: terminal n is never quarantined
  interval: bigint; // ns: between frames on `out`; 0 = no limit
  slack: bigint; // ns: that a burst may run ahead of it
  tightened: bigint; // ns: between frames of a source whose rate is tightened; 0 = none is
  queue: number; // frames that may wait for `out`'s rate, at most MAX_QUEUE; 0 = what is too early is dropped
  paddingPort: number; // of padding: UDP port, and both addresses (IPv4)
  paddingFrom: number;
  paddingTo: number;
}

/** 88 bytes. */
export class GuardSettings extends Layout<GuardSettingsFields> implements GuardSettingsFields {
  static readonly SIZE = 88;
  static readonly AT = {
    outMac: 0,
    nextHopMac: 8,
    flags: 16,
    mtu: 20,
    ttl: 24,
    rules: 28,
    quarantineTime: 32,
    quarantineRate: 40,
    protectedTerminals: 44,
    interval: 48,
    slack: 56,
    tightened: 64,
    queue: 72,
    paddingPort: 76,
    paddingFrom: 80,
    paddingTo: 84,
  } as const;
  get outMac(): bigint {
    return this.view.getBigUint64(this.at, true);
  }
  set outMac(value: bigint) {
    this.view.setBigUint64(this.at, value, true);
  }
  get nextHopMac(): bigint {
    return this.view.getBigUint64(this.at + 8, true);
  }
  set nextHopMac(value: bigint) {
    this.view.setBigUint64(this.at + 8, value, true);
  }
  get flags(): number {
    return this.view.getUint32(this.at + 16, true);
  }
  set flags(value: number) {
    this.view.setUint32(this.at + 16, value, true);
  }
  get mtu(): number {
    return this.view.getUint32(this.at + 20, true);
  }
  set mtu(value: number) {
    this.view.setUint32(this.at + 20, value, true);
  }
  get ttl(): number {
    return this.view.getUint32(this.at + 24, true);
  }
  set ttl(value: number) {
    this.view.setUint32(this.at + 24, value, true);
  }
  get rules(): number {
    return this.view.getUint32(this.at + 28, true);
  }
  set rules(value: number) {
    this.view.setUint32(this.at + 28, value, true);
  }
  get quarantineTime(): bigint {
    return this.view.getBigUint64(this.at + 32, true);
  }
  set quarantineTime(value: bigint) {
    this.view.setBigUint64(this.at + 32, value, true);
  }
  get quarantineRate(): number {
    return this.view.getUint32(this.at + 40, true);
  }
  set quarantineRate(value: number) {
    this.view.setUint32(this.at + 40, value, true);
  }
  get protectedTerminals(): number {
    return this.view.getUint32(this.at + 44, true);
  }
  set protectedTerminals(value: number) {
    this.view.setUint32(this.at + 44, value, true);
  }
  get interval(): bigint {
    return this.view.getBigUint64(this.at + 48, true);
  }
  set interval(value: bigint) {
    this.view.setBigUint64(this.at + 48, value, true);
  }
  get slack(): bigint {
    return this.view.getBigUint64(this.at + 56, true);
  }
  set slack(value: bigint) {
    this.view.setBigUint64(this.at + 56, value, true);
  }
  get tightened(): bigint {
    return this.view.getBigUint64(this.at + 64, true);
  }
  set tightened(value: bigint) {
    this.view.setBigUint64(this.at + 64, value, true);
  }
  get queue(): number {
    return this.view.getUint32(this.at + 72, true);
  }
  set queue(value: number) {
    this.view.setUint32(this.at + 72, value, true);
  }
  get paddingPort(): number {
    return this.view.getUint32(this.at + 76, true);
  }
  set paddingPort(value: number) {
    this.view.setUint32(this.at + 76, value, true);
  }
  get paddingFrom(): number {
    return this.view.getUint32(this.at + 80, true);
  }
  set paddingFrom(value: number) {
    this.view.setUint32(this.at + 80, value, true);
  }
  get paddingTo(): number {
    return this.view.getUint32(this.at + 84, true);
  }
  set paddingTo(value: number) {
    this.view.setUint32(this.at + 84, value, true);
  }
}

export const RuleAction = {
  DENY: 0,
  ALLOW: 1,
} as const;

export const RulePayload = {
  ZERO: 0, // the payload's length passes, its bytes become zeros
  COPY: 1,
  MIL1553: 2, // Chapter 10 over UDP: 1553 messages that MESSAGES allow and time packets pass, made anew
  TRANSFER: 3, // frames of a transfer (transfer/onboard/sizes.ts): TRANSFER says what of it crosses, made anew
} as const;

export interface RuleFields {
  action: number; // RuleAction
  protocol: number; // IP protocol number, or ANY_PROTOCOL
  payload: number; // RulePayload
  sizeFirst: number; // bytes: of payload behind the transport header, both included
  sizeLast: number;
  fromAt: number; // index into NETWORKS
  fromCount: number;
  toAt: number;
  toCount: number;
  portsAt: number; // index into RANGES; destination port, or the type of an ICMP message
  portsCount: number;
  sourcesAt: number; // source port
  sourcesCount: number;
  vlansAt: number;
  vlansCount: number;
  interval: bigint; // ns: between frames of this rule; 0 = no limit
  slack: bigint; // ns: that a burst may run ahead of it
}

/** 48 bytes. An empty list (count 0) matches everything; of a list with entries one must match. */
export class Rule extends Layout<RuleFields> implements RuleFields {
  static readonly SIZE = 48;
  static readonly AT = {
    action: 0,
    protocol: 1,
    payload: 2,
    pad: 3,
    sizeFirst: 4,
    sizeLast: 6,
    fromAt: 8,
    fromCount: 10,
    toAt: 12,
    toCount: 14,
    portsAt: 16,
    portsCount: 18,
    sourcesAt: 20,
    sourcesCount: 22,
    vlansAt: 24,
    vlansCount: 26,
    behind: 28,
    interval: 32,
    slack: 40,
  } as const;
  get action(): number {
    return this.view.getUint8(this.at);
  }
  set action(value: number) {
    this.view.setUint8(this.at, value);
  }
  get protocol(): number {
    return this.view.getUint8(this.at + 1);
  }
  set protocol(value: number) {
    this.view.setUint8(this.at + 1, value);
  }
  get payload(): number {
    return this.view.getUint8(this.at + 2);
  }
  set payload(value: number) {
    this.view.setUint8(this.at + 2, value);
  }
  get sizeFirst(): number {
    return this.view.getUint16(this.at + 4, true);
  }
  set sizeFirst(value: number) {
    this.view.setUint16(this.at + 4, value, true);
  }
  get sizeLast(): number {
    return this.view.getUint16(this.at + 6, true);
  }
  set sizeLast(value: number) {
    this.view.setUint16(this.at + 6, value, true);
  }
  get fromAt(): number {
    return this.view.getUint16(this.at + 8, true);
  }
  set fromAt(value: number) {
    this.view.setUint16(this.at + 8, value, true);
  }
  get fromCount(): number {
    return this.view.getUint16(this.at + 10, true);
  }
  set fromCount(value: number) {
    this.view.setUint16(this.at + 10, value, true);
  }
  get toAt(): number {
    return this.view.getUint16(this.at + 12, true);
  }
  set toAt(value: number) {
    this.view.setUint16(this.at + 12, value, true);
  }
  get toCount(): number {
    return this.view.getUint16(this.at + 14, true);
  }
  set toCount(value: number) {
    this.view.setUint16(this.at + 14, value, true);
  }
  get portsAt(): number {
    return this.view.getUint16(this.at + 16, true);
  }
  set portsAt(value: number) {
    this.view.setUint16(this.at + 16, value, true);
  }
  get portsCount(): number {
    return this.view.getUint16(this.at + 18, true);
  }
  set portsCount(value: number) {
    this.view.setUint16(this.at + 18, value, true);
  }
  get sourcesAt(): number {
    return this.view.getUint16(this.at + 20, true);
  }
  set sourcesAt(value: number) {
    this.view.setUint16(this.at + 20, value, true);
  }
  get sourcesCount(): number {
    return this.view.getUint16(this.at + 22, true);
  }
  set sourcesCount(value: number) {
    this.view.setUint16(this.at + 22, value, true);
  }
  get vlansAt(): number {
    return this.view.getUint16(this.at + 24, true);
  }
  set vlansAt(value: number) {
    this.view.setUint16(this.at + 24, value, true);
  }
  get vlansCount(): number {
    return this.view.getUint16(this.at + 26, true);
  }
  set vlansCount(value: number) {
    this.view.setUint16(this.at + 26, value, true);
  }
  get interval(): bigint {
    return this.view.getBigUint64(this.at + 32, true);
  }
  set interval(value: bigint) {
    this.view.setBigUint64(this.at + 32, value, true);
  }
  get slack(): bigint {
    return this.view.getBigUint64(this.at + 40, true);
  }
  set slack(value: bigint) {
    this.view.setBigUint64(this.at + 40, value, true);
  }
}

export interface MessageRuleFields {
  action: number; // RuleAction
  mode: number; // 0: transfers, 1: mode commands
  directions: number; // bit 0: the terminal receives, bit 1: it transmits
  buses: number; // bit 0: A, bit 1: B
  terminals: number;
  subaddresses: number;
  counts: number; // bit n & 31: n words; of mode commands bit c: mode code c
  fromTerminals: number; // 0 = no transfers between terminals, else only those
  fromSubaddresses: number;
  channelsAt: number; // index into RANGES; an empty list matches every channel
  channelsCount: number;
  checksAt: number; // index into CHECKS; all must hold, or the message is dropped
  checksCount: number;
}

/**
 * 32 bytes. Of transfers and mode commands between bus controller and terminals, terminal, subaddress, direction and
 * count are those of
 * the command word; of a transfer between terminals those of the receive command, and the sender's stand in from.
 * Masks: bit
 * n = n is matched.
 */
export class MessageRule extends Layout<MessageRuleFields> implements MessageRuleFields {
  static readonly SIZE = 32;
  static readonly AT = {
    action: 0,
    mode: 1,
    directions: 2,
    buses: 3,
    terminals: 4,
    subaddresses: 8,
    counts: 12,
    fromTerminals: 16,
    fromSubaddresses: 20,
    channelsAt: 24,
    channelsCount: 26,
    checksAt: 28,
    checksCount: 30,
  } as const;
  get action(): number {
    return this.view.getUint8(this.at);
  }
  set action(value: number) {
    this.view.setUint8(this.at, value);
  }
  get mode(): number {
    return this.view.getUint8(this.at + 1);
  }
  set mode(value: number) {
    this.view.setUint8(this.at + 1, value);
  }
  get directions(): number {
    return this.view.getUint8(this.at + 2);
  }
  set directions(value: number) {
    this.view.setUint8(this.at + 2, value);
  }
  get buses(): number {
    return this.view.getUint8(this.at + 3);
  }
  set buses(value: number) {
    this.view.setUint8(this.at + 3, value);
  }
  get terminals(): number {
    return this.view.getUint32(this.at + 4, true);
  }
  set terminals(value: number) {
    this.view.setUint32(this.at + 4, value, true);
  }
  get subaddresses(): number {
    return this.view.getUint32(this.at + 8, true);
  }
  set subaddresses(value: number) {
    this.view.setUint32(this.at + 8, value, true);
  }
  get counts(): number {
    return this.view.getUint32(this.at + 12, true);
  }
  set counts(value: number) {
    this.view.setUint32(this.at + 12, value, true);
  }
  get fromTerminals(): number {
    return this.view.getUint32(this.at + 16, true);
  }
  set fromTerminals(value: number) {
    this.view.setUint32(this.at + 16, value, true);
  }
  get fromSubaddresses(): number {
    return this.view.getUint32(this.at + 20, true);
  }
  set fromSubaddresses(value: number) {
    this.view.setUint32(this.at + 20, value, true);
  }
  get channelsAt(): number {
    return this.view.getUint16(this.at + 24, true);
  }
  set channelsAt(value: number) {
    this.view.setUint16(this.at + 24, value, true);
  }
  get channelsCount(): number {
    return this.view.getUint16(this.at + 26, true);
  }
  set channelsCount(value: number) {
    this.view.setUint16(this.at + 26, value, true);
  }
  get checksAt(): number {
    return this.view.getUint16(this.at + 28, true);
  }
  set checksAt(value: number) {
    this.view.setUint16(this.at + 28, value, true);
  }
  get checksCount(): number {
    return this.view.getUint16(this.at + 30, true);
  }
  set checksCount(value: number) {
    this.view.setUint16(this.at + 30, value, true);
  }
}

export const Check = {
  RANGE: 0, // low <= word <= high
  SIGNED: 1, // the same in two's complement
  MASK: 2, // word & low == high
  STEP: 3, // differs from the same word of the last message that passed by at most low, either way round 2^16
} as const;

export interface DataCheckFields {
  word: number; // 0-31: which data word; a message that has none there fails
  kind: number; // Check
  low: number;
  high: number;
}

/** 8 bytes. */
export class DataCheck extends Layout<DataCheckFields> implements DataCheckFields {
  static readonly SIZE = 8;
  static readonly AT = { word: 0, kind: 1, low: 2, high: 4, pad: 6 } as const;
  get word(): number {
    return this.view.getUint8(this.at);
  }
  set word(value: number) {
    this.view.setUint8(this.at, value);
  }
  get kind(): number {
    return this.view.getUint8(this.at + 1);
  }
  set kind(value: number) {
    this.view.setUint8(this.at + 1, value);
  }
  get low(): number {
    return this.view.getUint16(this.at + 2, true);
  }
  set low(value: number) {
    this.view.setUint16(this.at + 2, value, true);
  }
  get high(): number {
    return this.view.getUint16(this.at + 4, true);
  }
  set high(value: number) {
    this.view.setUint16(this.at + 4, value, true);
  }
}

export interface TransferSettingsFields {
  mostBytes: bigint; // bytes: of a file
  ascii: number; // 1: text only
  extensions: number; // how many of EXTENSIONS, 0 = every name
  data: number; // shards of data and of parity in a block, blocks that are interleaved
  parity: number;
  interleave: number;
  keyIn: Uint8Array;
  keyOut: Uint8Array;
  names: Uint8Array; // 8 bytes each, ASCII, zeros behind
  total: bigint; // bytes: of all files since the start, and of their names
  tolerance: bigint; // nanoseconds: between the sender's clock and ours: sessions that are older need a sign of life
}

/** 240 bytes. What may cross of files and streams (transfer/onboard). */
export class TransferSettings extends Layout<TransferSettingsFields> implements TransferSettingsFields {
  static readonly SIZE = 240;
  static readonly AT = {
    mostBytes: 0,
    ascii: 8,
    extensions: 12,
    data: 16,
    parity: 20,
    interleave: 24,
    pad: 28,
    keyIn: 32,
    keyOut: 64,
    names: 96,
    total: 224,
    tolerance: 232,
  } as const;
  get mostBytes(): bigint {
    return this.view.getBigUint64(this.at, true);
  }
  set mostBytes(value: bigint) {
    this.view.setBigUint64(this.at, value, true);
  }
  get ascii(): number {
    return this.view.getUint32(this.at + 8, true);
  }
  set ascii(value: number) {
    this.view.setUint32(this.at + 8, value, true);
  }
  get extensions(): number {
    return this.view.getUint32(this.at + 12, true);
  }
  set extensions(value: number) {
    this.view.setUint32(this.at + 12, value, true);
  }
  get data(): number {
    return this.view.getUint32(this.at + 16, true);
  }
  set data(value: number) {
    this.view.setUint32(this.at + 16, value, true);
  }
  get parity(): number {
    return this.view.getUint32(this.at + 20, true);
  }
  set parity(value: number) {
    this.view.setUint32(this.at + 20, value, true);
  }
  get interleave(): number {
    return this.view.getUint32(this.at + 24, true);
  }
  set interleave(value: number) {
    this.view.setUint32(this.at + 24, value, true);
  }
  get keyIn(): Uint8Array {
    return this.bytesAt(32, 32);
  }
  set keyIn(value: Uint8Array) {
    this.setBytesAt(32, 32, value);
  }
  get keyOut(): Uint8Array {
    return this.bytesAt(64, 32);
  }
  set keyOut(value: Uint8Array) {
    this.setBytesAt(64, 32, value);
  }
  get names(): Uint8Array {
    return this.bytesAt(96, 128);
  }
  set names(value: Uint8Array) {
    this.setBytesAt(96, 128, value);
  }
  get total(): bigint {
    return this.view.getBigUint64(this.at + 224, true);
  }
  set total(value: bigint) {
    this.view.setBigUint64(this.at + 224, value, true);
  }
  get tolerance(): bigint {
    return this.view.getBigUint64(this.at + 232, true);
  }
  set tolerance(value: bigint) {
    this.view.setBigUint64(this.at + 232, value, true);
  }
}
