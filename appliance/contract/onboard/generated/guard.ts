// Generated from appliance/contract/layouts/guard.ts by `npm run generate`: do not edit.
//
// What the sections of guard's part hold.

export const MAX_RULES: u32 = 128;
export const MAX_MTU: u32 = 9000; // bytes
export const MAX_QUEUE: u32 = 1024; // frames
export const ANY_PROTOCOL: u32 = 255; // reserved by IANA, so free to stand for every one
export const UNTAGGED: u32 = 4096; // in a Range of VLANs: no 802.1Q tag
export const MAX_MESSAGE_RULES: u32 = 64;
export const MAX_CHECKS: u32 = 512;
export const EXTENSIONS: u32 = 16; // that TransferSettings has room for
export const EXTENSION: u32 = 8; // bytes of each

/** Bits of GuardSettings.flags. */
export const enum GuardFlag {
  IGNORE_CHECKSUMS = 1, // frames with wrong checksums pass as others do; what leaves has right ones
  PADDING = 2, // `out` has a frame in each interval, all of one length: where there is none to send, padding
}

/** 88 bytes. */
@unmanaged
export class GuardSettings {
  outMac: u64; // 48 bits, first byte highest
  nextHopMac: u64;
  flags: u32; // GuardFlag
  mtu: u32; // bytes: longest IP packet on `out`; at most MAX_MTU
  ttl: u32; // time to live (hop limit) of what leaves, 1-255
  rules: u32; // how many: RULES and NAMES must agree
  quarantineTime: u64; // ns: how long a source stays shut out
  quarantineRate: u32; // new entries a minute at most; 0 = no quarantine
  protectedTerminals: u32; // bit n: terminal n is never quarantined
  interval: u64; // ns: between frames on `out`; 0 = no limit
  slack: u64; // ns: that a burst may run ahead of it
  tightened: u64; // ns: between frames of a source whose rate is tightened; 0 = none is
  queue: u32; // frames that may wait for `out`'s rate, at most MAX_QUEUE; 0 = what is too early is dropped
  paddingPort: u32; // of padding: UDP port, and both addresses (IPv4)
  paddingFrom: u32;
  paddingTo: u32;
}

export const enum RuleAction {
  DENY = 0,
  ALLOW = 1,
}

export const enum RulePayload {
  ZERO = 0, // the payload's length passes, its bytes become zeros
  COPY = 1,
  MIL1553 = 2, // Chapter 10 over UDP: 1553 messages that MESSAGES allow and time packets pass, made anew
  TRANSFER = 3, // frames of a transfer (transfer/onboard/sizes.ts): TRANSFER says what of it crosses, made anew
}

/** 48 bytes. An empty list (count 0) matches everything; of a list with entries one must match. */
@unmanaged
export class Rule {
  action: u8; // RuleAction
  protocol: u8; // IP protocol number, or ANY_PROTOCOL
  payload: u8; // RulePayload
  pad: u8; // zero
  sizeFirst: u16; // bytes: of payload behind the transport header, both included
  sizeLast: u16;
  fromAt: u16; // index into NETWORKS
  fromCount: u16;
  toAt: u16;
  toCount: u16;
  portsAt: u16; // index into RANGES; destination port, or the type of an ICMP message
  portsCount: u16;
  sourcesAt: u16; // source port
  sourcesCount: u16;
  vlansAt: u16;
  vlansCount: u16;
  behind: u32; // zero
  interval: u64; // ns: between frames of this rule; 0 = no limit
  slack: u64; // ns: that a burst may run ahead of it
}

/**
 * 32 bytes. Of transfers and mode commands between bus controller and terminals, terminal, subaddress, direction and
 * count are those of
 * the command word; of a transfer between terminals those of the receive command, and the sender's stand in from.
 * Masks: bit
 * n = n is matched.
 */
@unmanaged
export class MessageRule {
  action: u8; // RuleAction
  mode: u8; // 0: transfers, 1: mode commands
  directions: u8; // bit 0: the terminal receives, bit 1: it transmits
  buses: u8; // bit 0: A, bit 1: B
  terminals: u32;
  subaddresses: u32;
  counts: u32; // bit n & 31: n words; of mode commands bit c: mode code c
  fromTerminals: u32; // 0 = no transfers between terminals, else only those
  fromSubaddresses: u32;
  channelsAt: u16; // index into RANGES; an empty list matches every channel
  channelsCount: u16;
  checksAt: u16; // index into CHECKS; all must hold, or the message is dropped
  checksCount: u16;
}

export const enum Check {
  RANGE = 0, // low <= word <= high
  SIGNED = 1, // the same in two's complement
  MASK = 2, // word & low == high
  STEP = 3, // differs from the same word of the last message that passed by at most low, either way round 2^16
}

/** 8 bytes. */
@unmanaged
export class DataCheck {
  word: u8; // 0-31: which data word; a message that has none there fails
  kind: u8; // Check
  low: u16;
  high: u16;
  pad: u16; // zero
}

/** 240 bytes. What may cross of files and streams (transfer/onboard). */
@unmanaged
export class TransferSettings {
  mostBytes: u64; // bytes: of a file
  ascii: u32; // 1: text only
  extensions: u32; // how many of EXTENSIONS, 0 = every name
  data: u32; // shards of data and of parity in a block, blocks that are interleaved
  parity: u32;
  interleave: u32;
  pad: u32; // zero
  keyIn: u64;
  keyIn1: u64;
  keyIn2: u64;
  keyIn3: u64;
  keyOut: u64;
  keyOut1: u64;
  keyOut2: u64;
  keyOut3: u64;
  names: u64; // 8 bytes each, ASCII, zeros behind
  names1: u64;
  names2: u64;
  names3: u64;
  names4: u64;
  names5: u64;
  names6: u64;
  names7: u64;
  names8: u64;
  names9: u64;
  names10: u64;
  names11: u64;
  names12: u64;
  names13: u64;
  names14: u64;
  names15: u64;
  total: u64; // bytes: of all files since the start, and of their names
  tolerance: u64; // nanoseconds: between the sender's clock and ours: sessions that are older need a sign of life
}
