// Generated from appliance/contract/layouts/inspect.ts by `npm run generate`: do not edit.
//
// What the sections of inspect's part hold.

/** Bits of InspectSettings.flags. */
export const enum InspectFlag {
  IGNORE_CHECKSUMS = 1, // wrong checksums are no anomaly
  KNOWN_HOSTS = 2, // HOSTS is a list to hold sources against; without it every source is known
  KNOWN_SERVICES = 4, // the same of SERVICES
  LEARN = 8, // detectors that learn do so, and export what they learned as baseline entries
  UNGROUPED = 16, // every finding is an alert of its own (evaluation)
  SCORES = 32, // every finding is an event of kind SCORE too (evaluation)
  ANY_RECORDER = 64, // whatever looks like Chapter 10 over UDP is taken for a recorder's; else RECORDERS says whose is
  ANY_TUNNEL = 128, // what any host wraps is opened and judged; else TUNNELS says between whom
  JOIN_VLANS = 256, // the same addresses and ports in two VLANs are one flow; else two
}

/**
 * 48 bytes. The scan detector's parameters are those of Jung et al. 2004: 0 < theta1 < theta0 < 1, 0 < alpha < power <
 * 1.
 */
@unmanaged
export class InspectSettings {
  flags: u32; // InspectFlag
  anomaliesPerSecond: u32; // events: more are counted only
  theta0: f64; // share of a benign source's first contacts that succeed
  theta1: f64; // the same of a scanner's
  alpha: f64; // wanted false-positive probability
  power: f64; // wanted detection probability
  scanAction: u8; // Action: what verdict a source called a scanner gets, beside the alert; never DROP
  hostAction: u8; // Action: the same of a new host
  serviceAction: u8; // Action: the same of a new service
  year: u8; // of recorders that date by the day of the year: since 1969; 0 = not given
  exportEvery: u32; // s: LEARN: record time between two exports; 0 = at the end only
}

/** 16 bytes. What the policy says of one detector; those it does not name alert at the thresholds they have. */
@unmanaged
export class DetectorSetting {
  detector: u8; // Detector: detectors/onboard/catalogue.ts
  action: u8; // Action: the verdict on what is found, beside the alert; never DROP
  pad: u16; // zero
  pad1: u32;
  scale: f64; // factor on its thresholds, >= 0; Infinity = off
}

/** 32 bytes. Whose Chapter 10 over UDP is believed. */
@unmanaged
export class NamedRecorder {
  hi: u64; // of a network, from which the datagrams come
  lo: u64;
  version: u8; // 4 or 6
  bits: u8;
  firstPort: u16; // UDP destination; both included
  lastPort: u16;
  firstChannel: u16; // Chapter 10 channels whose messages are judged; the others are reported; both included
  lastChannel: u16;
  pad: u16; // zero
  pad1: u32;
}

/** Those from VXLAN on are recognised by a UDP port. */
export const enum TunnelKind {
  NONE = 0,
  GRE = 1, // and ERSPAN, NVGRE, WCCP in it
  IP = 2, // IPv4 or IPv6 in IPv4 or IPv6
  ETHERNET = 3, // IP protocol 143
  MPLS = 4, // IP protocol 137
  VXLAN = 5,
  VXLAN_GPE = 6,
  GENEVE = 7,
  TEREDO = 8,
  GTP = 9,
  GRE_IN_UDP = 10,
  MPLS_IN_UDP = 11,
  L2TP = 12,
}

/** 24 bytes. One end of a tunnel that is opened: its ends are the entries of the same group. */
@unmanaged
export class NamedTunnel {
  hi: u64; // of a network
  lo: u64;
  version: u8; // 4 or 6
  bits: u8;
  kind: u8; // TunnelKind
  group: u8; // source and destination are in networks of the same
  port: u16; // UDP; 0 where the kind has none
  pad: u16; // zero
}

/** 24 bytes. When a person works on what is watched: alerts are marked, nothing is done for them. */
@unmanaged
export class MaintenanceWindow {
  from: u64; // ns since 1970
  to: u64; // from which on it is over; later than `from`
  detectors: u64; // bit n: detector n; not 0
}

export const MAX_MAINTENANCE: u32 = 16; // MaintenanceWindows
export const MAX_RECORDERS: u32 = 64; // NamedRecorders
export const MAX_SCANNERS: u32 = 64; // Networks of SCANNERS
export const MAX_TUNNELS: u32 = 64; // NamedTunnels
export const MAX_ALERT_RULES: u32 = 128;
export const MAX_ALERT_NETWORKS: u32 = 256;

export const enum AlertKind {
  SUPPRESS = 0, // none of them leaves
  LIMIT = 1, // the first `count` in `seconds`
  THRESHOLD = 2, // every `count`-th in `seconds`
  BOTH = 3, // one in `seconds`, when `count` have come
  PASS = 4, // rate_filter, new_action pass: for `timeout` seconds none, once `count` came in `seconds`
}

export const enum Track {
  RULE = 0,
  SOURCE = 1,
  DESTINATION = 2,
  EITHER = 3,
  BOTH = 4,
}

/** 24 bytes. A line of a threshold.config: what becomes of alerts, never of frames. */
@unmanaged
export class AlertRule {
  kind: u8; // AlertKind
  track: u8; // Track
  detector: u8; // Detector: 0 = of every detector
  pad: u8; // zero
  networksAt: u16; // SUPPRESS: index into ALERT_NETWORKS, of the tracked address; an empty list matches all
  networksCount: u16;
  count: u32;
  seconds: u32;
  timeout: u32; // s
  line: u32; // of the file, for reports
}
