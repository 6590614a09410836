// REQ-FILTER-014
import { bytes, constants, enumeration, layouts, struct, u8, u16, u32, u64, zero } from "../generate/declare.ts";

const PartHeader = struct(
  "PartHeader",
  48,
  "In front of a compartment's part. Behind it sections, one behind the other to the very end.",
  {
    magic: u32("PART_MAGIC"),
    version: u16("FORMAT_VERSION"),
    part: u16("for which compartment", "Part"),
    length: u32("of all, this header included; a multiple of 8", "bytes"),
    zero: u32("0"),
    digest: bytes(32, "SHA-256 over the 16 bytes before and everything behind"),
  },
);

const SectionHeader = struct("SectionHeader", 8, "Behind it that many bytes, then zeros up to a multiple of 8.", {
  tag: u32("each at most once in a part", "Tag"),
  length: u32("that follow", "bytes"),
});

export default layouts(
  "A part of the policy",
  "A compartment's part of the policy: how it is framed, and what several compartments share of it. Little-endian. Each\ncompartment checks its part itself, in configure(): it believes neither the launcher nor the runtime.",
  ["onboard", "ground"],
  [
    constants("", {
      FORMAT_VERSION: 1,
      PART_MAGIC: [0x52494557, 'the bytes "WEIR"'],
      PART_HEADER: [PartHeader.size, "bytes"],
      SECTION_HEADER: [SectionHeader.size, "bytes"],
      TAGS: [64, "tags are below"],
      NAME_SIZE: [32, "bytes: ASCII, zeros behind"],
    }),
    PartHeader,
    enumeration("Part", "", { INSPECT: 1, GUARD: 2, JOURNAL: 3 }),
    SectionHeader,
    enumeration("Tag", "A section's tag; what SETTINGS means depends on the part.", {
      SETTINGS: [1, "InspectSettings, GuardSettings or JournalSettings"],
      HOSTS: [2, "inspect: Network[], whose addresses are known senders"],
      SERVICES: [3, "inspect: Network[] with protocol and port, what may be used where"],
      RECORDERS: [4, "inspect: NamedRecorder[], whose Chapter 10 is believed"],
      TUNNELS: [5, "inspect: NamedTunnel[], which tunnels are opened"],
      DETECTORS: [8, "inspect: DetectorSetting[]"],
      ALERTS: [9, "inspect: AlertRule[], which alerts leave"],
      ALERT_NETWORKS: [10, "inspect: Network[] that AlertRule refers to; port 1 = all but this"],
      SCANNERS: [11, "inspect: Network[], whose scans are wanted"],
      MAINTENANCE: [12, "inspect: MaintenanceWindow[]"],
      RULES: [16, "guard: Rule[], the first that matches decides"],
      NAMES: [17, "guard: NAME_SIZE bytes for each rule, ASCII, zeros behind"],
      NETWORKS: [18, "guard: Network[], what the rules' from and to refer to"],
      RANGES: [19, "guard: Range[], what the rules' ports, source ports and VLANs refer to"],
      PROTECTED: [20, "guard: Network[], sources that are never quarantined"],
      FORMATS: [21, "guard, second checker: its program (diode/onboard/second.ts)"],
      TABLES: [22, "guard, second checker: its classification tables"],
      MESSAGES: [24, "guard: MessageRule[], for what RulePayload.MIL1553 lets out; the first that matches decides"],
      MESSAGE_NAMES: [25, "guard: NAME_SIZE bytes for each"],
      CHECKS: [26, "guard: DataCheck[]"],
      MESSAGE_TABLES: [27, "guard, second checker: its tables for 1553 messages (diode/onboard/messages/second.ts)"],
      TRANSFER: [28, "guard: TransferSettings, for what RulePayload.TRANSFER lets out"],
      BASELINE_1553: [32, "inspect: what the baseline says of MIL-STD-1553 (detectors/mil1553/ground/section.ts)"],
      FLOOD: [33, "inspect, what the baseline says of IP (detectors/ip/section.ts): most in a second of each host"],
      ARP: [34, "MAC addresses of hosts, limits of MAC addresses"],
      PAIRS: [35, "who talks to whom about what"],
      RATE: [36, "packets and bytes of hosts and talks"],
      BEACON: [37, "regular connections that are known"],
      SILENCE: [38, "talks that are periodic"],
      TUNNEL: [39, "domains and echoes that are known"],
      BASELINE_SHAPE: [40, "inspect: model of the traffic's shape (detectors/shape/onboard/model.ts)"],
    }),
    struct(
      "Network",
      24,
      "A network: the first `bits` of hi:lo count, the rest is zero. An IPv4 address has hi = 0, lo = its 32 bits.",
      {
        hi: u64(),
        lo: u64(),
        version: u8("4 or 6"),
        bits: u8(),
        port: u16("SERVICES only; 0 = any"),
        protocol: u8("SERVICES only"),
        pad: zero(3),
      },
    ),
    struct("Range", 4, "first <= last, both included.", { first: u16(), last: u16() }),
  ],
);
