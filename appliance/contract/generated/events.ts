// Generated from appliance/contract/events/events.ts by `npm run generate`: do not edit.

/** What inspect counted since boot. */
export interface InspectCounters {
  /** the policy's digest, its first eight bytes */
  policy: string;
  /** that came in */
  frames: number;
  /** bytes: on the wire of the frames that came in */
  bytes: number;
  /** frames of which less was captured than was on the wire */
  cut: number;
  /** MIL-STD-1553 messages */
  messages_1553: number;
  /** Ethernet frames inside recordings */
  frames_recorded: number;
  /** open now */
  flows: number;
  /** flows that were closed early to make room */
  flows_forced: number;
  /** written */
  alerts: number;
  /** findings that became part of an alert instead of one of their own */
  findings_held: number;
  /** findings that a line of the threshold.config held back */
  findings_suppressed: number;
  /** findings of a record that had too many */
  findings_lost: number;
  /** entries of detectors' tables that were forgotten to make room */
  evictions: number;
  /** packets that the shape detector scored */
  scores: number;
  /** over the bits of the shape score of every packet so far */
  scores_digest: string;
  /** found by the decoders */
  anomalies: number;
  /** of them, that did not become an event */
  anomalies_unreported: number;
  /** alerts that were left out: too many of their detector in a time */
  alerts_unreported: number;
  /** flows that ended and did not become an event: too many in a time */
  flows_unreported: number;
  /** events for which there was no room */
  events_lost: number;
}

/** What guard counted since boot. */
export interface GuardCounters {
  /** the policy's digest, its first eight bytes */
  policy: string;
  /** that came in */
  frames: number;
  /** frames */
  forwarded: number;
  /** frames */
  dropped: number;
  /** sources, flows, terminals and messages that are shut out now */
  quarantined: number;
  /** drops without an event of their own */
  suppressed: number;
  /** records whose time was before that of an earlier one */
  backwards: number;
  /** frames in the queue of `out`: with a queue */
  waiting?: number;
  /** frames sent that only fill a place: with a queue */
  padding?: number;
  /** places of the rate that nothing was sent in: with a queue */
  slots_forgone?: number;
  /** frames of the transfer that left: with a transfer */
  relayed?: number;
  /** 1553 messages that could not be read: with rules for messages */
  messages_malformed?: number;
  /** 1553 messages that no rule names: with rules for messages */
  messages_unlisted?: number;
  /** 1553 messages whose data a rule refuses: with rules for messages */
  messages_data?: number;
  /** 1553 messages of a quarantined terminal: with rules for messages */
  messages_quarantined?: number;
  /** Chapter 10 packets of other data types: with rules for messages */
  packets_other?: number;
}

/** Frames that a NIC had no room for, since boot. */
export interface LostFrames {
  /** frames */
  in: number;
  /** frames */
  out: number;
  /** frames */
  log: number;
}

/** What the journal counted since boot. */
export interface JournalCounters {
  /** records of the log before this one */
  records: number;
  /** Frames that a NIC had no room for, since boot. */
  lost: LostFrames;
}

/** Of the frame. */
export interface EtherAddresses {
  /** source */
  src_mac: string;
  /** destination */
  dest_mac: string;
  /** of the payload */
  ether_type?: number;
}

/** The terminal that transmits, of a message between terminals. */
export interface Mil1553Sender {
  /** command word */
  command?: string;
  /** remote terminal */
  rt?: number;
  /** subaddress */
  sa?: number;
  /** as the terminal sees it */
  direction?: "receive" | "transmit";
  /** data words that the command asks for */
  word_count?: number;
  /** of a mode command, in place of word_count */
  mode_code?: number;
  /** what the mode code is called */
  mode?: string;
}

/** A 1553 message, or what is known of one that is not at hand, or a bus. */
export interface Mil1553Message {
  /** Chapter 10 channel */
  channel: number;
  /** of the channel, from the recording's TMATS */
  name?: string;
  /** of the redundant pair */
  bus?: "A" | "B";
  /** 100 ns: the recorder's relative time counter */
  rtc?: number;
  /** of the message: BC-RT, RT-RT, mode command, ... */
  format?: string;
  /** command word */
  command?: string;
  /** remote terminal */
  rt?: number;
  /** subaddress */
  sa?: number;
  /** as the terminal sees it */
  direction?: "receive" | "transmit";
  /** data words that the command asks for */
  word_count?: number;
  /** of a mode command, in place of word_count */
  mode_code?: number;
  /** what the mode code is called */
  mode?: string;
  /** The terminal that transmits, of a message between terminals. */
  from?: Mil1553Sender;
  /** status word */
  status?: string;
  /** the sender's status word, of a message between terminals */
  from_status?: string;
  /** Chapter 10 block status word */
  block_status?: string;
  /** us: of the terminal */
  response_us?: number;
  /** us: of the second terminal, of a message between terminals */
  second_response_us?: number;
}

/** The message of an application that an alert of content is about, as a baseline has it. */
export interface ApplicationMessage {
  /** the protocol, as Suricata calls it where it knows it; failed: none that is known */
  app_proto: string;
  /** which of it was never there; of a new function all that it is about */
  new: "function" | "object" | "value";
  /** who sent it; of two equal ones the client is the one with the smaller address */
  from: "client" | "server";
  /** IP protocol; 0: frames without IP */
  proto: number;
  /** the server's port, 49152: any from there on; without ports the EtherType, or 0 */
  service: number;
  /** neither of them serves */
  either?: true;
  /** number of the protocol */
  app: number;
  /** number of the function: ip/onboard/application says how it is made */
  function: number;
  /** what it is about; missing: nothing that is told apart, or its value is new */
  about?: string;
  /** its layout, where an octet's value is new, or octets are there */
  shape?: string;
  /** what a new function, or one about something new, carried: up to 50 octets of its body, in hexadecimal */
  octets?: string;
  /** where its value is new: which octet of its body; 50 and 51 are those of its length */
  octet?: number;
  /** of that octet */
  value?: number;
}

/** Why the detector alarmed. */
export interface AlertContext {
  /** its name */
  detector: string;
  /** the strongest, of those that the alert stands for */
  score: number;
  /** which the score exceeds; the policy's factor is in it */
  threshold: number;
  /** findings that it stands for, where they are more than one */
  count?: number;
  /** of a 1553 bus: messages, terminals and the bus itself, in which one cause showed within 10 s */
  parts?: number;
  /** that these have to do with */
  terminals?: number;
  /** when the first of them, or what was seen, began */
  since?: string;
  /** what the detector expected, with units */
  expected: string;
  /** what it saw, with units */
  seen: string;
  /** which window of the policy's maintenance it came in: nothing was done for it */
  maintenance?: number;
  /** The message of an application that an alert of content is about, as a baseline has it. */
  message?: ApplicationMessage;
}

/** As Suricata writes it; context is ours. */
export interface AlertSignature {
  /** an alert as such stops nothing: drops have events of their own */
  action: "allowed";
  /** generator */
  gid: number;
  /** a number for each detector */
  signature_id: number;
  /** revision */
  rev: number;
  /** what was found */
  signature: string;
  /** kind of attack */
  category: string;
  /** 1 is the highest; 3: in maintenance */
  severity: number;
  /** Why the detector alarmed. */
  context: AlertContext;
}

/** What a line of the threshold.config did. */
export interface ThresholdLine {
  /** number of the line */
  line: number;
  /** findings that it was about */
  matched: number;
  /** of them, that became no alert because of it */
  held: number;
}

/** The export is complete. */
export interface BaselineEnd {
  /** that were exported */
  entries: number;
  /** that were learned */
  packets: number;
  /** 1553 messages that were learned */
  messages: number;
  /** entries of tables that were forgotten to make room */
  evictions: number;
  /** s: of traffic */
  seconds: number;
}

/** An entry of what was learned, or the end of an export. */
export interface BaselinePart {
  /** number of the export */
  export: number;
  /** number of the entry in it */
  n: number;
  /** see each detector's README */
  entry?: Record<string, unknown>;
  /** The export is complete. */
  end?: BaselineEnd;
}

/** What came of a rule, or of a reason of drops, since boot. */
export interface RuleCounters {
  /** its name */
  rule: string;
  /** drop: a reason that is no rule */
  action: "allow" | "deny" | "drop";
  /** frames */
  frames?: number;
  /** of a rule for 1553 messages, in place of frames */
  messages?: number;
  /** frames that the rule's rate dropped, beside them */
  limited?: number;
}

/** Who is shut out. */
export interface QuarantineEntry {
  /** what; rate: tightened instead of shut out */
  of: "source" | "flow" | "terminal" | "message" | "rate";
  /** record time at which it ends */
  until: string;
  /** that asked for it */
  detector: string;
  /** of a source: only with this MAC address as its sender, because several bear the address */
  mac?: string;
  /** Chapter 10 channel: of a terminal or message */
  channel?: number;
  /** remote terminal */
  rt?: number;
  /** 1: it transmits; of a message */
  tr?: number;
  /** subaddress; of a message */
  sa?: number;
}

/** What is wrong. */
export interface Mil1553Anomaly {
  /** found by a decoder */
  type: "decode";
  /** name of the anomaly */
  event: string;
  /** where */
  layer: "mil1553" | "chapter10";
}

/** Where in the recording or the stream. */
export interface Chapter10Anomaly {
  /** Chapter 10 channel */
  channel?: number;
  /** a number whose meaning depends on the anomaly (mil1553/onboard/anomalies.ts) */
  detail: number;
}

/** Of terminals. */
export interface ResponseTimes {
  /** us: shortest */
  min: number;
  /** us: mean */
  mean: number;
  /** us: longest */
  max: number;
}

/** Of one bus, since its last statistics. */
export interface BusStatistics {
  /** Chapter 10 channel */
  channel: number;
  /** of the channel, from the recording's TMATS */
  name?: string;
  /** messages */
  messages: number;
  /** of them, on bus B */
  bus_b: number;
  /** on the bus */
  words: number;
  /** 1/s: messages */
  per_second?: number;
  /** %: share of the time in which the bus was busy */
  load_percent?: number;
  /** messages that the recorder marked as damaged */
  errors: number;
  /** messages without a response */
  no_response: number;
  /** messages with an anomaly */
  anomalous: number;
  /** messages whose format is a guess */
  doubtful: number;
  /** Of terminals. */
  response_us?: ResponseTimes;
}

/**
 * Each second of record time in which a record came, and at the end. Too long for one record it is two: inspect's part,
 * then the others.
 */
export interface Heartbeat {
  timestamp: string;
  event_type: "heartbeat";
  /** What inspect counted since boot. */
  inspect?: InspectCounters;
  /** What guard counted since boot. */
  guard?: GuardCounters;
  /** What the journal counted since boot. */
  journal?: JournalCounters;
}

/** A detector's score exceeded its threshold. */
export interface Alert {
  timestamp: string;
  event_type: "alert";
  /** the same in all events of a flow */
  flow_id?: number;
  /** number of the packet, or of the 1553 message, from 1 */
  pcap_cnt?: number;
  /** tags, outermost first */
  vlan?: number[];
  /** source */
  src_ip?: string;
  /** source */
  src_port?: number;
  /** destination */
  dest_ip?: string;
  /** destination */
  dest_port?: number;
  /** transport protocol, by name or three digits */
  proto?: string;
  /** ICMP */
  icmp_type?: number;
  /** ICMP */
  icmp_code?: number;
  /** version of IP */
  ip_v?: number;
  /** Of the frame. */
  ether?: EtherAddresses;
  /** A 1553 message, or what is known of one that is not at hand, or a bus. */
  mil1553?: Mil1553Message;
  /** As Suricata writes it; context is ours. */
  alert: AlertSignature;
}

/** At the end: what each line of the threshold.config did. */
export interface Thresholds {
  timestamp: string;
  event_type: "weir_thresholds";
  /** each line that is a rule */
  lines: ThresholdLine[];
}

/** While learning: what was learned. */
export interface BaselineEvent {
  timestamp: string;
  event_type: "weir_baseline";
  /** An entry of what was learned, or the end of an export. */
  baseline: BaselinePart;
}

/** Frames by rule and by reason of drop, since boot; only what changed. */
export interface Rules {
  timestamp: string;
  event_type: "weir_rules";
  /** counters */
  rules: RuleCounters[];
}

/** guard shut somebody out for the policy's time. */
export interface Quarantine {
  timestamp: string;
  event_type: "weir_quarantine";
  /** number of the packet, or of the 1553 message, from 1 */
  pcap_cnt: number;
  /** source */
  src_ip: string;
  /** source; of a flow */
  src_port?: number;
  /** destination; of a flow */
  dest_ip?: string;
  /** destination; of a flow */
  dest_port?: number;
  /** transport protocol; of a flow */
  proto?: string;
  /** Who is shut out. */
  quarantine: QuarantineEntry;
}

/** Of a 1553 message or of the Chapter 10 container (those of IP packets are as Suricata's schema has them). */
export interface Mil1553AnomalyEvent {
  timestamp: string;
  event_type: "anomaly";
  /** number of the 1553 message, from 1; of the container: messages so far */
  pcap_cnt: number;
  /** What is wrong. */
  anomaly: Mil1553Anomaly;
  /** A 1553 message, or what is known of one that is not at hand, or a bus. */
  mil1553?: Mil1553Message;
  /** all of the message */
  anomalies?: string[];
  /** Where in the recording or the stream. */
  chapter10?: Chapter10Anomaly;
}

/** Of one bus, for each second of bus time and at the end. */
export interface BusStatisticsEvent {
  timestamp: string;
  event_type: "mil1553_stats";
  /** 1553 messages so far */
  pcap_cnt: number;
  /** Of one bus, since its last statistics. */
  mil1553: BusStatistics;
}
