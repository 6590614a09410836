// The events that the appliance writes as JSON (EVE): each member once, with its type, unit and meaning. From here come
// schema/eve-weir.schema.json, the types that readers use (../generated/events.ts) and the tables of schema/README.md; the
// writers are inspect's heartbeat.ts, alerts.ts, bus.ts, learning.ts, suppression.ts, guard's report.ts, the journal's index.ts,
// and events.test.ts holds what they write against this. anomaly, flow and drop records of IP packets are Suricata's alone.
import {
  count,
  event,
  flag,
  hex,
  integer,
  list,
  object,
  of,
  open,
  optional,
  real,
  text,
  time,
  word,
} from "./declare.ts";

const pcapCount = count("number of the packet, or of the 1553 message, from 1");

// ---- heartbeat
const inspect = object("InspectCounters", "What inspect counted since boot.", {
  policy: hex(16, "the policy's digest, its first eight bytes"),
  frames: count("that came in"),
  bytes: count("on the wire of the frames that came in", "bytes"),
  cut: count("frames of which less was captured than was on the wire"),
  messages_1553: count("MIL-STD-1553 messages"),
  frames_recorded: count("Ethernet frames inside recordings"),
  flows: count("open now"),
  flows_forced: count("flows that were closed early to make room"),
  alerts: count("written"),
  findings_held: count("findings that became part of an alert instead of one of their own"),
  findings_suppressed: count("findings that a line of the threshold.config held back"),
  findings_lost: count("findings of a record that had too many"),
  evictions: count("entries of detectors' tables that were forgotten to make room"),
  scores: count("packets that the shape detector scored"),
  scores_digest: hex(16, "over the bits of the shape score of every packet so far"),
  anomalies: count("found by the decoders"),
  anomalies_unreported: count("of them, that did not become an event"),
  alerts_unreported: count("alerts that were left out: too many of their detector in a time"),
  flows_unreported: count("flows that ended and did not become an event: too many in a time"),
  events_lost: count("events for which there was no room"),
});

const guard = object("GuardCounters", "What guard counted since boot.", {
  policy: hex(16, "the policy's digest, its first eight bytes"),
  frames: count("that came in"),
  forwarded: count("frames"),
  dropped: count("frames"),
  quarantined: count("sources, flows, terminals and messages that are shut out now"),
  suppressed: count("drops without an event of their own"),
  backwards: count("records whose time was before that of an earlier one"),
  waiting: optional(count("frames in the queue of `out`: with a queue")),
  padding: optional(count("frames sent that only fill a place: with a queue")),
  slots_forgone: optional(count("places of the rate that nothing was sent in: with a queue")),
  relayed: optional(count("frames of the transfer that left: with a transfer")),
  messages_malformed: optional(count("1553 messages that could not be read: with rules for messages")),
  messages_unlisted: optional(count("1553 messages that no rule names: with rules for messages")),
  messages_data: optional(count("1553 messages whose data a rule refuses: with rules for messages")),
  messages_quarantined: optional(count("1553 messages of a quarantined terminal: with rules for messages")),
  packets_other: optional(count("Chapter 10 packets of other data types: with rules for messages")),
});

const lost = object("LostFrames", "Frames that a NIC had no room for, since boot.", {
  in: count("frames"),
  out: count("frames"),
  log: count("frames"),
});

const journal = object("JournalCounters", "What the journal counted since boot.", {
  records: count("records of the log before this one"),
  lost: of(lost),
});

// ---- alert
const ether = object("EtherAddresses", "Of the frame.", {
  src_mac: text("source"),
  dest_mac: text("destination"),
  ether_type: optional(integer(0, 0xffff, "of the payload")),
});

const command = {
  command: optional(hex(4, "command word")),
  rt: optional(integer(0, 31, "remote terminal")),
  sa: optional(integer(0, 31, "subaddress")),
  direction: optional(word(["receive", "transmit"], "as the terminal sees it")),
  word_count: optional(integer(1, 32, "data words that the command asks for")),
  mode_code: optional(integer(0, 31, "of a mode command, in place of word_count")),
  mode: optional(text("what the mode code is called")),
};

const from = object("Mil1553Sender", "The terminal that transmits, of a message between terminals.", command);

const message = object("Mil1553Message", "A 1553 message, or what is known of one that is not at hand, or a bus.", {
  channel: count("Chapter 10 channel"),
  name: optional(text("of the channel, from the recording's TMATS")),
  bus: optional(word(["A", "B"], "of the redundant pair")),
  rtc: optional(count("the recorder's relative time counter", "100 ns")),
  format: optional(text("of the message: BC-RT, RT-RT, mode command, ...")),
  ...command,
  from: optional(of(from)),
  status: optional(hex(4, "status word")),
  from_status: optional(hex(4, "the sender's status word, of a message between terminals")),
  block_status: optional(hex(4, "Chapter 10 block status word")),
  response_us: optional(real("of the terminal", "us")),
  second_response_us: optional(real("of the second terminal, of a message between terminals", "us")),
});

const said = object(
  "ApplicationMessage",
  "The message of an application that an alert of content is about, as a baseline has it.",
  {
    app_proto: text("the protocol, as Suricata calls it where it knows it; failed: none that is known"),
    new: word(["function", "object", "value"], "which of it was never there; of a new function all that it is about"),
    from: word(["client", "server"], "who sent it; of two equal ones the client is the one with the smaller address"),
    proto: integer(0, 255, "IP protocol; 0: frames without IP"),
    service: integer(0, 65535, "the server's port, 49152: any from there on; without ports the EtherType, or 0"),
    either: optional(flag("neither of them serves")),
    app: integer(0, 15, "number of the protocol"),
    function: integer(0, 2 ** 32 - 1, "number of the function: ip/onboard/application says how it is made"),
    about: optional(hex(16, "what it is about; missing: nothing that is told apart, or its value is new")),
    shape: optional(hex(16, "its layout, where an octet's value is new, or octets are there")),
    octets: optional(
      text("what a new function, or one about something new, carried: up to 50 octets of its body, in hexadecimal"),
    ),
    octet: optional(
      integer(0, 51, "where its value is new: which octet of its body; 50 and 51 are those of its length"),
    ),
    value: optional(integer(0, 255, "of that octet")),
  },
);

const context = object("AlertContext", "Why the detector alarmed.", {
  detector: text("its name"),
  score: real("the strongest, of those that the alert stands for"),
  threshold: real("which the score exceeds; the policy's factor is in it"),
  count: optional(integer(2, Infinity, "findings that it stands for, where they are more than one")),
  parts: optional(
    integer(2, 65535, "of a 1553 bus: messages, terminals and the bus itself, in which one cause showed within 10 s"),
  ),
  terminals: optional(integer(0, 32, "that these have to do with")),
  since: optional(time("when the first of them, or what was seen, began")),
  expected: text("what the detector expected, with units"),
  seen: text("what it saw, with units"),
  maintenance: optional(integer(1, 16, "which window of the policy's maintenance it came in: nothing was done for it")),
  message: optional(of(said)),
});

const signature = object("AlertSignature", "As Suricata writes it; context is ours.", {
  action: word(["allowed"], "an alert as such stops nothing: drops have events of their own"),
  gid: integer(1, 1, "generator"),
  signature_id: count("a number for each detector"),
  rev: integer(1, 1, "revision"),
  signature: text("what was found"),
  category: text("kind of attack"),
  severity: integer(2, 3, "1 is the highest; 3: in maintenance"),
  context: of(context),
});

const alert = event("alert", "Alert", "A detector's score exceeded its threshold.", {
  flow_id: optional(count("the same in all events of a flow")),
  pcap_cnt: optional(pcapCount),
  vlan: optional(list(integer(0, 4095, "VLAN"), "tags, outermost first")),
  src_ip: optional(text("source")),
  src_port: optional(integer(0, 65535, "source")),
  dest_ip: optional(text("destination")),
  dest_port: optional(integer(0, 65535, "destination")),
  proto: optional(text("transport protocol, by name or three digits")),
  icmp_type: optional(integer(0, 255, "ICMP")),
  icmp_code: optional(integer(0, 255, "ICMP")),
  ip_v: optional(integer(4, 6, "version of IP")),
  ether: optional(of(ether)),
  mil1553: optional(of(message)),
  alert: of(signature),
});

// ---- of our own
const line = object("ThresholdLine", "What a line of the threshold.config did.", {
  line: integer(1, Infinity, "number of the line"),
  matched: count("findings that it was about"),
  held: count("of them, that became no alert because of it"),
});

const end = object("BaselineEnd", "The export is complete.", {
  entries: count("that were exported"),
  packets: count("that were learned"),
  messages: count("1553 messages that were learned"),
  evictions: count("entries of tables that were forgotten to make room"),
  seconds: count("of traffic", "s"),
});

const baseline = object("BaselinePart", "An entry of what was learned, or the end of an export.", {
  export: integer(1, Infinity, "number of the export"),
  n: integer(1, Infinity, "number of the entry in it"),
  entry: optional(open(["detector"], "see each detector's README")),
  end: optional(of(end)),
});

const rule = object("RuleCounters", "What came of a rule, or of a reason of drops, since boot.", {
  rule: text("its name"),
  action: word(["allow", "deny", "drop"], "drop: a reason that is no rule"),
  frames: optional(count("frames")),
  messages: optional(count("of a rule for 1553 messages, in place of frames")),
  limited: optional(count("frames that the rule's rate dropped, beside them")),
});

const shutOut = object("QuarantineEntry", "Who is shut out.", {
  of: word(["source", "flow", "terminal", "message", "rate"], "what; rate: tightened instead of shut out"),
  until: time("record time at which it ends"),
  detector: text("that asked for it"),
  mac: optional(text("of a source: only with this MAC address as its sender, because several bear the address")),
  channel: optional(integer(0, 65535, "Chapter 10 channel: of a terminal or message")),
  rt: optional(integer(0, 31, "remote terminal")),
  tr: optional(integer(0, 1, "1: it transmits; of a message")),
  sa: optional(integer(0, 31, "subaddress; of a message")),
});

const anomaly = object("Mil1553Anomaly", "What is wrong.", {
  type: word(["decode"], "found by a decoder"),
  event: text("name of the anomaly"),
  layer: word(["mil1553", "chapter10"], "where"),
});

const container = object("Chapter10Anomaly", "Where in the recording or the stream.", {
  channel: optional(count("Chapter 10 channel")),
  detail: count("a number whose meaning depends on the anomaly (mil1553/onboard/anomalies.ts)"),
});

const response = object("ResponseTimes", "Of terminals.", {
  min: real("shortest", "us"),
  mean: real("mean", "us"),
  max: real("longest", "us"),
});

const statistics = object("BusStatistics", "Of one bus, since its last statistics.", {
  channel: count("Chapter 10 channel"),
  name: optional(text("of the channel, from the recording's TMATS")),
  messages: count("messages"),
  bus_b: count("of them, on bus B"),
  words: count("on the bus"),
  per_second: optional(real("messages", "1/s")),
  load_percent: optional(real("share of the time in which the bus was busy", "%")),
  errors: count("messages that the recorder marked as damaged"),
  no_response: count("messages without a response"),
  anomalous: count("messages with an anomaly"),
  doubtful: count("messages whose format is a guess"),
  response_us: optional(of(response)),
});

export const EVENTS = [
  event(
    "heartbeat",
    "Heartbeat",
    "Each second of record time in which a record came, and at the end. Too long for one record it is two: inspect's part, then the others.",
    { inspect: optional(of(inspect)), guard: optional(of(guard)), journal: optional(of(journal)) },
    [["inspect", "guard", "journal"], ["inspect"], ["guard", "journal"], ["inspect", "journal"]],
  ),
  alert,
  event("weir_thresholds", "Thresholds", "At the end: what each line of the threshold.config did.", {
    lines: list(of(line), "each line that is a rule"),
  }),
  event("weir_baseline", "BaselineEvent", "While learning: what was learned.", { baseline: of(baseline) }),
  event("weir_rules", "Rules", "Frames by rule and by reason of drop, since boot; only what changed.", {
    rules: list(of(rule), "counters"),
  }),
  event("weir_quarantine", "Quarantine", "guard shut somebody out for the policy's time.", {
    pcap_cnt: pcapCount,
    src_ip: text("source"),
    src_port: optional(integer(0, 65535, "source; of a flow")),
    dest_ip: optional(text("destination; of a flow")),
    dest_port: optional(integer(0, 65535, "destination; of a flow")),
    proto: optional(text("transport protocol; of a flow")),
    quarantine: of(shutOut),
  }),
  event(
    "anomaly",
    "Mil1553AnomalyEvent",
    "Of a 1553 message or of the Chapter 10 container (those of IP packets are as Suricata's schema has them).",
    {
      pcap_cnt: count("number of the 1553 message, from 1; of the container: messages so far"),
      anomaly: of(anomaly),
      mil1553: optional(of(message)),
      anomalies: optional(list(text("name"), "all of the message")),
      chapter10: optional(of(container)),
    },
    [["mil1553", "anomalies"], ["chapter10"]],
  ),
  event("mil1553_stats", "BusStatisticsEvent", "Of one bus, for each second of bus time and at the end.", {
    pcap_cnt: count("1553 messages so far"),
    mil1553: of(statistics),
  }),
];
