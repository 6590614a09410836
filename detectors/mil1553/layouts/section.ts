// What the baseline says of MIL-STD-1553, as a section of inspect's part of the policy: a header, then its buses, identities
// and responses, one record behind the other. ../ground/section.ts writes it, ../onboard/section/ reads it.
import {
  constants,
  enumeration,
  f32,
  i32,
  layouts,
  struct,
  u8,
  u16,
  u32,
  zero,
} from "../../../appliance/contract/generate/declare.ts";

const RECORD = { packed: true, accessors: true };

const SectionHeader = struct(
  "SectionHeader",
  32,
  "Then so many BusRecord, IdentityRecord, ResponseRecord, ControllerRecord.",
  {
    magic: u32("MAGIC"),
    version: u16("VERSION"),
    buses: u16("at most BUSES"),
    identities: u16("at most IDENTITIES"),
    responses: u16("at most RESPONSES"),
    controllers: u16("at most CONTROLLERS"),
    pad: zero(2),
    length: u32("of all", "bytes"),
    novelty: f32("limit of the surprise of what is new", "bits"),
    order: f32("limit of the surprise of the order", "bits"),
    responseTimes: f32("limit of the cumulative sums of response times", "deviations"),
  },
);

const BusRecord = struct(
  "BusRecord",
  108,
  "Times are in 0.1 us; a load is the 0.1 us in a second that the bus was busy. Then so many TerminalRecord.",
  {
    channel: u16(),
    flags: u8("", "BusFlag"),
    patience: u8("periods that a message may be missing where commands could not be believed"),
    terminals: u8("at most 32"),
    gap: i32("shortest dead time between messages"),
    gapTolerance: i32(),
    silence: u32("longest from the end of a message to the next"),
    loadLeast: u32(),
    loadMost: u32("0 = not known"),
    countLeast: u32("messages in a second"),
    countMost: u32(),
    loadTolerance: u32(),
    countTolerance: u32(),
    newBits: f32("surprise of a new message", "bits"),
    newLeak: f32("what each message takes away of the sum of these", "bits"),
    modeBits: f32("surprise of a new mode code", "bits"),
    modeLeak: f32("", "bits"),
    terminalBits: f32("surprise of a command to a new terminal", "bits"),
    sideBits: f32("surprise of a known message on the other side (bus A, bus B)", "bits"),
    sideLeak: f32("", "bits"),
    failure: f32("what a failed message adds to the test of failures", "nats"),
    success: f32("what another adds: at most 0", "nats"),
    burstFailure: f32("the same for bursts, in which most messages fail", "nats"),
    burstSuccess: f32("", "nats"),
    limit: f32("of both", "nats"),
    newErrorBits: f32("surprise of a kind of error that is not among knownErrors", "bits"),
    knownErrors: u16("error bits of the block status that were seen"),
    mask: u32("terminals that were ever commanded, a bit each"),
    longestBreak: u32("longest time without messages that is a break"),
    messagesABreak: u32("messages that came for each"),
    breaks: u8("that were learned"),
  },
  RECORD,
);

const TerminalRecord = struct("TerminalRecord", 20, "", {
  address: u8("0 .. 31"),
  known: u8("", "Known"),
  bits: u16("status bits that were seen; bit 15: another terminal's address"),
  newBits: f32("surprise of another status bit; of a mute terminal, of an answer", "bits"),
  failure: f32("what a failed message adds to the test of failures", "nats"),
  success: f32("what another adds: at most 0", "nats"),
  limit: f32("", "nats"),
});

const IdentityRecord = struct(
  "IdentityRecord",
  13,
  "A message identity. Then so many IntervalRecord, or a RateRecord; SuccessorRecord, and words (WordKind).",
  {
    bus: u16("place of its BusRecord"),
    command: u16("command word"),
    command2: u16("of an RT-RT transfer (IdentityFlag.PAIR) the second one"),
    flags: u8("", "IdentityFlag"),
    intervals: u8("at most RANGES"),
    successors: u8(),
    words: u8("at most 32"),
    order: u16("surprise of a successor that was never seen, 1/256", "bits"),
    constant: u8("surprise of a constant that changes, 1/8", "bits"),
  },
  RECORD,
);

const IntervalRecord = struct("IntervalRecord", 12, "Intervals of an identity that are normal, 0.1 us.", {
  least: u32(),
  most: u32(),
  tolerance: u32("how far beyond the two"),
});

const RateRecord = struct("RateRecord", 12, "IdentityFlag.RATE: an identity without a schedule.", {
  often: f32("messages in 0.1 us, at most what is usual"),
  limit: f32("of the cumulative sum of those that come too often", "nats"),
  absence: f32("after which it is missing, 0.1 us"),
});

const SuccessorRecord = struct("SuccessorRecord", 4, "A message that came behind this one.", {
  identity: u16("place of its IdentityRecord"),
  bits: u8("surprise, 1/8", "bits"),
  pad: zero(1),
});

const ConstantWord = struct(
  "ConstantWord",
  3,
  "A data word that never changed.",
  { kind: u8("", "WordKind"), value: u16() },
  RECORD,
);

const ChangingWord = struct(
  "ChangingWord",
  4,
  "A data word that changes. Then, in this order, what its flags say is known of it.",
  {
    kind: u8("", "WordKind"),
    flags: u8("", "Holds"),
    longest: u16("times in a row that the value may be the same"),
  },
);
const RangeOfWord = struct("RangeOfWord", 6, "Holds.RANGE: values on the circle of 65,536.", {
  base: u16("the least"),
  width: u16("the largest is so many values from it"),
  margin: u16("how far beyond them a value may be"),
});
const MovesOfWord = struct("MovesOfWord", 2, "Holds.MOVES.", { farthest: u16("largest move") });
const CounterOfWord = struct("CounterOfWord", 4, "Holds.COUNTER: one or two moves.", { stepA: u16(), stepB: u16() });
const FixedOfWord = struct("FixedOfWord", 4, "Holds.FIXED.", {
  mask: u16("bits that never changed"),
  value: u16("what they are"),
});
const DriftOfWord = struct("DriftOfWord", 12, "Holds.DRIFT: a mean that is steady.", {
  mean: f32(),
  deviation: f32(),
  limit: f32("of the cumulative sums", "deviations"),
});

const ResponseRecord = struct(
  "ResponseRecord",
  15,
  "Response times of a terminal, 0.1 us, in answers of one kind.",
  {
    terminal: u16("place of the BusRecord * 32 + address"),
    answer: u8("", "Answer"),
    least: u8("seen"),
    most: u8(),
    tolerance: u8("how far beyond the two"),
    alone: u8("1: one time outside is enough; else two close together"),
    mean: f32(),
    deviation: f32(),
  },
  RECORD,
);

const ControllerRecord = struct(
  "ControllerRecord",
  4,
  "What gives a bus controller away. Then so many PauseRecord and ClockRecord.",
  { bus: u16("place of its BusRecord"), pauses: u8("at most GAP_RANGES"), clocks: u8("0 or 1") },
  RECORD,
);

const PauseRecord = struct(
  "PauseRecord",
  7,
  "Pauses of a range (../onboard/controller.ts): means of many, 1/64 of 0.1 us.",
  { range: u8(), least: u16(), most: u16(), tolerance: u16("how far beyond the two") },
  RECORD,
);

const ClockRecord = struct(
  "ClockRecord",
  14,
  "The period of a message with a schedule, 0.1 us.",
  {
    identity: u16("place of its IdentityRecord"),
    least: f32(),
    most: f32(),
    step: f32("change in a few seconds that is allowed, 1/1,000,000"),
  },
  RECORD,
);

export default layouts(
  "What a baseline says of MIL-STD-1553",
  "The section BASELINE_1553 of inspect's part of the policy. Records lie one behind the other, with no gaps.",
  ["onboard", "ground"],
  [
    constants("", {
      MAGIC: [0x33353531, '"1553"'],
      VERSION: 1,
      SECTION_LARGEST: [60 * 1024, "bytes"],
      BUSES: 32,
      IDENTITIES: 1280,
      WORDS: [12288, "data words of all identities"],
      CHANGING_WORDS: [2560, "of these, words that change"],
      SUCCESSORS: [6144, "of all identities"],
      RESPONSES: 192,
      CONTROLLERS: [16, "buses whose controller is looked at"],
      GAP_RANGES: [10, "of pauses, half an octave apart"],
      RANGES: [6, "kinds of interval of one identity"],
      NOISY_SHARE: [128, "a bus is noisy where more than one message in so many fails"],
    }),
    SectionHeader,
    enumeration("BusFlag", "", {
      INCOMPLETE: [1, "not all identities found room: what is new raises nothing"],
      NO_ORDER: [2, "not all transitions found room"],
      NOISY: [4, "failures are part of every interval"],
    }),
    BusRecord,
    enumeration("Known", "What is known of a terminal.", {
      STATUS: [1, "its status words"],
      FAILURES: [2, "how often messages with it fail"],
      MUTE: [4, "it never answered, though asked often"],
    }),
    TerminalRecord,
    enumeration("IdentityFlag", "", {
      PAIR: [1, "two command words"],
      ON_A: [2, "was seen on bus A"],
      ON_B: [4, "was seen on bus B"],
      REGULAR: [8, "has a schedule"],
      NEVER_REPEATS: [16, "no block of data words came a second time"],
      FAILS: [32, "so often that its failures belong to the schedule"],
      RATE: [64, "has no schedule, but a RateRecord"],
    }),
    IdentityRecord,
    IntervalRecord,
    RateRecord,
    SuccessorRecord,
    enumeration("WordKind", "What the first byte of a data word says.", {
      CONSTANT: [0, "ConstantWord"],
      UNKNOWN: [1, "nothing is known of it, nothing follows"],
      CHANGING: [2, "ChangingWord"],
    }),
    ConstantWord,
    ChangingWord,
    enumeration("Holds", "What is known of a data word that changes.", {
      RANGE: [1, "RangeOfWord"],
      MOVES: [2, "MovesOfWord"],
      ONE_JUMP: [4, "one larger move is enough; else two within 256 values"],
      COUNTER: [8, "CounterOfWord"],
      RUN: [16, "ChangingWord.longest"],
      DRIFT: [32, "DriftOfWord, the last"],
      FIXED: [64, "FixedOfWord"],
    }),
    RangeOfWord,
    MovesOfWord,
    CounterOfWord,
    FixedOfWord,
    DriftOfWord,
    enumeration("Answer", "What an answer is to.", {
      RECEIVE: [0, "a receive command"],
      TRANSMIT: 1,
      MODE: [2, "a mode code"],
      RT_RT: [3, "as the receiver of an RT-RT transfer"],
    }),
    ResponseRecord,
    ControllerRecord,
    PauseRecord,
    ClockRecord,
  ],
);
