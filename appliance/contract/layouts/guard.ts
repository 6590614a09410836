import { bytes, constants, enumeration, layouts, struct, u8, u16, u32, u64, zero } from "../generate/declare.ts";

const EXTENSIONS = 16;
const EXTENSION = 8;

const GuardSettings = struct("GuardSettings", 88, "", {
  outMac: u64("48 bits, first byte highest"),
  nextHopMac: u64(),
  flags: u32("", "GuardFlag"),
  mtu: u32("longest IP packet on `out`; at most MAX_MTU", "bytes"),
  ttl: u32("time to live (hop limit) of what leaves, 1-255"),
  rules: u32("how many: RULES and NAMES must agree"),
  quarantineTime: u64("how long a source stays shut out", "ns"),
  quarantineRate: u32("new entries a minute at most; 0 = no quarantine"),
  protectedTerminals: u32("bit n: terminal n is never quarantined"),
  interval: u64("between frames on `out`; 0 = no limit", "ns"),
  slack: u64("that a burst may run ahead of it", "ns"),
  tightened: u64("between frames of a source whose rate is tightened; 0 = none is", "ns"),
  queue: u32("frames that may wait for `out`'s rate, at most MAX_QUEUE; 0 = what is too early is dropped"),
  paddingPort: u32("of padding: UDP port, and both addresses (IPv4)"),
  paddingFrom: u32(),
  paddingTo: u32(),
});

const Rule = struct("Rule", 48, "An empty list (count 0) matches everything; of a list with entries one must match.", {
  action: u8("", "RuleAction"),
  protocol: u8("IP protocol number, or ANY_PROTOCOL"),
  payload: u8("", "RulePayload"),
  pad: zero(1),
  sizeFirst: u16("of payload behind the transport header, both included", "bytes"),
  sizeLast: u16(),
  fromAt: u16("index into NETWORKS"),
  fromCount: u16(),
  toAt: u16(),
  toCount: u16(),
  portsAt: u16("index into RANGES; destination port, or the type of an ICMP message"),
  portsCount: u16(),
  sourcesAt: u16("source port"),
  sourcesCount: u16(),
  vlansAt: u16(),
  vlansCount: u16(),
  behind: zero(4),
  interval: u64("between frames of this rule; 0 = no limit", "ns"),
  slack: u64("that a burst may run ahead of it", "ns"),
});

const MessageRule = struct(
  "MessageRule",
  32,
  "Of transfers and mode commands between bus controller and terminals, terminal, subaddress, direction and count are those of\nthe command word; of a transfer between terminals those of the receive command, and the sender's stand in from. Masks: bit\nn = n is matched.",
  {
    action: u8("", "RuleAction"),
    mode: u8("0: transfers, 1: mode commands"),
    directions: u8("bit 0: the terminal receives, bit 1: it transmits"),
    buses: u8("bit 0: A, bit 1: B"),
    terminals: u32(),
    subaddresses: u32(),
    counts: u32("bit n & 31: n words; of mode commands bit c: mode code c"),
    fromTerminals: u32("0 = no transfers between terminals, else only those"),
    fromSubaddresses: u32(),
    channelsAt: u16("index into RANGES; an empty list matches every channel"),
    channelsCount: u16(),
    checksAt: u16("index into CHECKS; all must hold, or the message is dropped"),
    checksCount: u16(),
  },
);

const DataCheck = struct("DataCheck", 8, "", {
  word: u8("0-31: which data word; a message that has none there fails"),
  kind: u8("", "Check"),
  low: u16(),
  high: u16(),
  pad: zero(2),
});

const TransferSettings = struct("TransferSettings", 240, "What may cross of files and streams (transfer/onboard).", {
  mostBytes: u64("of a file", "bytes"),
  ascii: u32("1: text only"),
  extensions: u32("how many of EXTENSIONS, 0 = every name"),
  data: u32("shards of data and of parity in a block, blocks that are interleaved"),
  parity: u32(),
  interleave: u32(),
  pad: zero(4),
  keyIn: bytes(32),
  keyOut: bytes(32),
  names: bytes(EXTENSIONS * EXTENSION, "8 bytes each, ASCII, zeros behind"),
  total: u64("of all files since the start, and of their names", "bytes"),
  tolerance: u64("between the sender's clock and ours: sessions that are older need a sign of life", "nanoseconds"),
});

export default layouts(
  "guard's part of the policy",
  "What the sections of guard's part hold.",
  ["onboard", "ground"],
  [
    constants("", {
      MAX_RULES: 128,
      MAX_MTU: [9000, "bytes"],
      MAX_QUEUE: [1024, "frames"],
      ANY_PROTOCOL: [255, "reserved by IANA, so free to stand for every one"],
      UNTAGGED: [4096, "in a Range of VLANs: no 802.1Q tag"],
      MAX_MESSAGE_RULES: 64,
      MAX_CHECKS: 512,
      EXTENSIONS: [EXTENSIONS, "that TransferSettings has room for"],
      EXTENSION: [EXTENSION, "bytes of each"],
    }),
    enumeration("GuardFlag", "Bits of GuardSettings.flags.", {
      IGNORE_CHECKSUMS: [1, "frames with wrong checksums pass as others do; what leaves has right ones"],
      PADDING: [2, "`out` has a frame in each interval, all of one length: where there is none to send, padding"],
    }),
    GuardSettings,
    enumeration("RuleAction", "", { DENY: 0, ALLOW: 1 }),
    enumeration("RulePayload", "", {
      ZERO: [0, "the payload's length passes, its bytes become zeros"],
      COPY: 1,
      MIL1553: [2, "Chapter 10 over UDP: 1553 messages that MESSAGES allow and time packets pass, made anew"],
      TRANSFER: [3, "frames of a transfer (transfer/onboard/sizes.ts): TRANSFER says what of it crosses, made anew"],
    }),
    Rule,
    MessageRule,
    enumeration("Check", "", {
      RANGE: [0, "low <= word <= high"],
      SIGNED: [1, "the same in two's complement"],
      MASK: [2, "word & low == high"],
      STEP: [3, "differs from the same word of the last message that passed by at most low, either way round 2^16"],
    }),
    DataCheck,
    TransferSettings,
  ],
);
