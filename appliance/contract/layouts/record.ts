// The record, the event and the frame: what compartments and their hosts give each other. The rules of use are in
// ../onboard/abi.ts.
import { bits, constants, enumeration, f64, layouts, struct, u8, u16, u32, u64, zero } from "../generate/declare.ts";

const RecordHeader = struct(
  "RecordHeader",
  32,
  "In front of a record: one frame (or tick, or stretch of Chapter 10 bytes) with its circumstances.",
  {
    time: u64("since 1970-01-01T00:00:00Z", "ns"),
    number: u64("1, 2, ... over everything that came in"),
    captured: u32("that follow, then zeros up to a multiple of 8; at most MAX_CAPTURED", "bytes"),
    original: u32("the frame had on the wire; >= captured, larger when the capture or the host cut it", "bytes"),
    link: u16("a LINKTYPE_ number (tcpdump.org/linktypes.html); meaningful for kind FRAME"),
    kind: u8("", "RecordKind"),
    source: u8("which interface of the capture (0 for the image's `in`)"),
    verdict: u32("into inspect: 0. Into guard: what inspect said of this record and of nothing else", "Verdict"),
  },
  { c: "weir_record" },
);

const EventHeader = struct("EventHeader", 16, "In front of an event, in an events buffer.", {
  record: u32("offset in input of the record it belongs to; the journal merges inspect's and guard's by it"),
  json: u16("of the JSON object (EVE, no line end)", "bytes"),
  text: u16("of the short form for the console, behind the JSON; 0 = not for the console", "bytes"),
  severity: u8("RFC 5424: 1 alert, 4 warning, 5 notice, 6 informational"),
  kind: u8("", "EventKind"),
  pad: zero(6),
});

const Score = struct("Score", 48, "What a detector found in a record: the body of an event of kind SCORE.", {
  time: u64("of the record", "ns"),
  number: u64("of the record at hand, or of the 1553 message on its bus; 0 = none was"),
  key: u64("findings of a detector with the same key are about the same thing"),
  score: f64("finite, >= 0"),
  threshold: f64("finite, > 0: the policy's factor is in it"),
  detector: u32("", "Detector"),
  pad: zero(4),
});

const FrameHeader = struct(
  "FrameHeader",
  16,
  "In front of a frame, in a frames buffer. guard: for `out`; journal: for `log`, and the JSON and text it was made of.",
  {
    length: u32("of the frame", "bytes"),
    record: u32(
      "guard: offset of the record it came from; journal: 1 for a heartbeat, for which the host keeps room on `log`, else 0",
    ),
    json: u32("journal: of JSON behind the frame (the host that has no `log` takes it from here)", "bytes"),
    text: u32("journal: of console text behind the JSON", "bytes"),
  },
  { c: "weir_frame" },
);

const Action = enumeration("Action", "inspect can only make guard stricter.", {
  PASS: [0, "nothing against it; guard's rules decide"],
  DROP: [1, "do not forward this record"],
  QUARANTINE_SOURCE: [2, "for the time the policy gives, nothing that bears this source address (and MAC address)"],
  QUARANTINE_FLOW: [3, "nothing of this flow (addresses, protocol, ports, this way round)"],
  QUARANTINE_TERMINAL: [4, "no 1553 message to or from this terminal, of this channel and source address"],
  QUARANTINE_MESSAGE: [5, "no 1553 message of this terminal, direction and subaddress"],
  TIGHTEN: [6, "from this source address only as much as the policy's `tightened` rate allows"],
  TIGHTEN_FLOW: [7, "the same of this flow; a policy says TIGHTEN"],
});

const Measure = struct(
  "Measure",
  56,
  "What inspect asks guard to do about somebody, who need not have sent the record with which it was found.",
  {
    record: u32("offset in input of that record: guard takes the measure before it"),
    action: u8("QUARANTINE_SOURCE or a later one", "Action"),
    detector: u8("the detector that asked for it"),
    version: u8("of the addresses: 4 or 6"),
    protocol: u8("of a flow"),
    srcHi: u64("whose: the source, or the recorder that a terminal or a message is of"),
    srcLo: u64(),
    dstHi: u64("of a flow"),
    dstLo: u64(),
    mac: u64("of a source: only with this MAC address as its sender; 0 = with any"),
    srcPort: u16("of a flow"),
    dstPort: u16("of ICMP: type"),
    channel: u16("of a terminal or a message"),
    command: u16("a command word of theirs"),
  },
  { c: "weir_measure" },
);

const MeasureList = struct("MeasureList", 8, "Where guard finds them: this, then as many Measures.", {
  count: u32("at most MEASURES"),
  taken: u32("the host writes 0 with each new list"),
});

export default layouts(
  "Records, events, frames",
  "What compartments and their hosts give each other, each at a multiple of 8. The rules of use are in onboard/abi.ts.",
  ["onboard", "ground", "c"],
  [
    constants("", {
      ABI_VERSION: 2,
      RECORD_HEADER: [RecordHeader.size, "bytes"],
      MAX_CAPTURED: [66560, "bytes: the largest IPv4 packet with room for link layers; the host cuts longer ones"],
      INPUT_SIZE: [131072, "bytes that a compartment's input has"],
      EVENT_HEADER: [EventHeader.size, "bytes"],
      MAX_EVENT: [1112, "JSON bytes of one event: with all headers a datagram stays under 1,400 bytes"],
      FRAME_HEADER: [FrameHeader.size, "bytes"],
      COUNTERS: [4, "u64s at countersAt()"],
      VERDICTS: [128, "records of one inspect.run: keeps what they cause within the journal's input"],
      MEASURES: [128, "of one inspect.run"],
      ACTIONS: [Action.members.length, "values of Action"],
      LINK_ETHERNET: [1, "tcpdump.org/linktypes.html"],
    }),
    RecordHeader,
    enumeration(
      "RecordKind",
      "",
      {
        FRAME: [0, "a link-layer frame"],
        TICK: [1, "time went on and nothing came; captured = 0"],
        CHAPTER10: [2, "the next bytes of a Chapter 10 file, cut anywhere"],
        END: [3, "nothing will follow: report what is still open; captured = 0"],
      },
      ["weir_record_kind", "WEIR_RECORD_"],
    ),
    bits("Verdict", "What inspect says of a record: whether it may go on. Guard drops what is neither PASS nor DROP.", {
      action: [4, "Action: PASS or DROP"],
      detector: [28, "the detector that asked for it"],
    }),
    Measure,
    MeasureList,
    Action,
    EventHeader,
    enumeration("EventKind", "", {
      EVENT: 0,
      STATS: [1, "a part of the heartbeat; the journal joins those of one record into one object"],
      SCORE: [2, "in place of JSON a Score; only where the policy asks for scores (InspectFlag.SCORES)"],
    }),
    Score,
    FrameHeader,
    enumeration(
      "Refusal",
      "Why configure() refused a part of the policy.",
      {
        NONE: [0, "", "accepted"],
        MISSING: [1, "empty", "missing"],
        NOT_OURS: [2, "no magic number", "not a Weir policy"],
        VERSION: [3, "", "made for another version"],
        LENGTH: [4, "says another length than it has", "of another length than it says"],
        DAMAGED: [5, "", "damaged: its checksum does not match"],
        CONTENT: [6, "a field is out of its range, or a table larger than the compartment's", "out of range"],
      },
      ["weir_refusal", "WEIR_REFUSAL_"],
    ),
  ],
);
