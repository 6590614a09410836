// Generated from appliance/contract/layouts/policy.ts by `npm run generate`: do not edit.
//
// A compartment's part of the policy: how it is framed, and what several compartments share of it. Little-endian. Each
// compartment checks its part itself, in configure(): it believes neither the launcher nor the runtime.

export const FORMAT_VERSION: u32 = 1;
export const PART_MAGIC: u32 = 0x52494557; // the bytes "WEIR"
export const PART_HEADER: u32 = 48; // bytes
export const SECTION_HEADER: u32 = 8; // bytes
export const TAGS: u32 = 64; // tags are below
export const NAME_SIZE: u32 = 32; // bytes: ASCII, zeros behind

/** 48 bytes. In front of a compartment's part. Behind it sections, one behind the other to the very end. */
@unmanaged
export class PartHeader {
  magic: u32; // PART_MAGIC
  version: u16; // FORMAT_VERSION
  part: u16; // Part: for which compartment
  length: u32; // bytes: of all, this header included; a multiple of 8
  zero: u32; // 0
  digest: u64; // SHA-256 over the 16 bytes before and everything behind
  digest1: u64;
  digest2: u64;
  digest3: u64;
}

export const enum Part {
  INSPECT = 1,
  GUARD = 2,
  JOURNAL = 3,
}

/** 8 bytes. Behind it that many bytes, then zeros up to a multiple of 8. */
@unmanaged
export class SectionHeader {
  tag: u32; // Tag: each at most once in a part
  length: u32; // bytes: that follow
}

/** A section's tag; what SETTINGS means depends on the part. */
export const enum Tag {
  SETTINGS = 1, // InspectSettings, GuardSettings or JournalSettings
  HOSTS = 2, // inspect: Network[], whose addresses are known senders
  SERVICES = 3, // inspect: Network[] with protocol and port, what may be used where
  RECORDERS = 4, // inspect: NamedRecorder[], whose Chapter 10 is believed
  TUNNELS = 5, // inspect: NamedTunnel[], which tunnels are opened
  DETECTORS = 8, // inspect: DetectorSetting[]
  ALERTS = 9, // inspect: AlertRule[], which alerts leave
  ALERT_NETWORKS = 10, // inspect: Network[] that AlertRule refers to; port 1 = all but this
  SCANNERS = 11, // inspect: Network[], whose scans are wanted
  MAINTENANCE = 12, // inspect: MaintenanceWindow[]
  RULES = 16, // guard: Rule[], the first that matches decides
  NAMES = 17, // guard: NAME_SIZE bytes for each rule, ASCII, zeros behind
  NETWORKS = 18, // guard: Network[], what the rules' from and to refer to
  RANGES = 19, // guard: Range[], what the rules' ports, source ports and VLANs refer to
  PROTECTED = 20, // guard: Network[], sources that are never quarantined
  FORMATS = 21, // guard, second checker: its program (diode/onboard/second.ts)
  TABLES = 22, // guard, second checker: its classification tables
  MESSAGES = 24, // guard: MessageRule[], for what RulePayload.MIL1553 lets out; the first that matches decides
  MESSAGE_NAMES = 25, // guard: NAME_SIZE bytes for each
  CHECKS = 26, // guard: DataCheck[]
  MESSAGE_TABLES = 27, // guard, second checker: its tables for 1553 messages (diode/onboard/messages/second.ts)
  TRANSFER = 28, // guard: TransferSettings, for what RulePayload.TRANSFER lets out
  BASELINE_1553 = 32, // inspect: what the baseline says of MIL-STD-1553 (detectors/mil1553/ground/section.ts)
  FLOOD = 33, // inspect, what the baseline says of IP (detectors/ip/section.ts): most in a second of each host
  ARP = 34, // MAC addresses of hosts, limits of MAC addresses
  PAIRS = 35, // who talks to whom about what
  RATE = 36, // packets and bytes of hosts and talks
  BEACON = 37, // regular connections that are known
  SILENCE = 38, // talks that are periodic
  TUNNEL = 39, // domains and echoes that are known
  BASELINE_SHAPE = 40, // inspect: model of the traffic's shape (detectors/shape/onboard/model.ts)
}

/**
 * 24 bytes. A network: the first `bits` of hi:lo count, the rest is zero. An IPv4 address has hi = 0, lo = its 32 bits.
 */
@unmanaged
export class Network {
  hi: u64;
  lo: u64;
  version: u8; // 4 or 6
  bits: u8;
  port: u16; // SERVICES only; 0 = any
  protocol: u8; // SERVICES only
  pad: u8; // zero
  pad1: u16;
}

/** 4 bytes. first <= last, both included. */
@unmanaged
export class Range {
  first: u16;
  last: u16;
}
