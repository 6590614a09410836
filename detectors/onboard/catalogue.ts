// Generated from detectors/registry.ts and the declarations that it names by `npm run generate`: do not edit.
// Every detector of the appliance: its number, which alerts carry as signature_id - FIRST_SIGNATURE, its section of the
// policy, and its words for Suricata's readers.
import { Text, lit, unsigned } from "../../lib/onboard/text";

export const FIRST_SIGNATURE: u32 = 7700000;
export const DETECTORS: u32 = 40; // numbers are below

/** Whether a detector is for MIL-STD-1553. */
@inline export function ofBus(detector: u32): bool {
  return detector >= 20 && detector != 30 && detector != 31;
}

export const enum Detector {
  NONE = 0,
  SCAN = 1, // port or host scan
  NEW_HOST = 2, // a source that policy or baseline does not list
  NEW_SERVICE = 3, // a service that they do not list
  NEW_PAIR = 4, // two hosts that were never seen talking to each other
  FLOOD = 5, // SYN, UDP or ICMP flood towards one host
  ARP = 6, // an address that moves to another MAC, answers nobody asked for
  DNS_TUNNEL = 7, // data in names and answers of DNS
  ICMP_TUNNEL = 8, // data in ICMP echoes
  BEACON = 9, // regular connections of a host that was not known to make them
  SILENCE = 10, // periodic traffic that stops
  RATE = 11, // packets or bytes of a host or a service outside of what was learned
  SHAPE = 12, // the traffic's whole feature vector
  ND = 13, // an IPv6 address that neighbour discovery moves to another MAC
  ROGUE_ROUTER = 14, // a router advertisement of a router that was not there, or that takes another's place
  RA_FLOOD = 15, // more router advertisements than routers send
  CONTENT = 16, // what a known conversation never said: functions, objects, values; counters of publishers
  DHCP_STARVATION = 17, // DHCP clients that are too many, or never come
  ROGUE_DHCP = 18, // answers of a DHCP server that was not there
  NXDOMAIN = 19, // domains that do not exist
  BUS_MESSAGE = 20, // a 1553 message that is not in the inventory
  BUS_PERIOD = 21, // a known message too early, too late, or not any more
  BUS_ORDER = 22, // a known message behind one that it never followed
  BUS_RESPONSE = 23, // response time of a terminal
  BUS_GAP = 24, // intermessage gap
  BUS_ERROR = 25, // more errors of a terminal or a bus than is normal there
  BUS_STATUS = 26, // status bits that this terminal never sets
  BUS_DATA = 27, // a data word outside of its profile
  BUS_MODE = 28, // a mode code that this bus does not use
  BUS_LOAD = 29, // load of a bus
}

/** Tags of sections of inspect's part of the policy, by the family that learned what is in them. */
export const enum Section {
  BUS = 32,
  FLOOD = 33,
  ARP = 34,
  NEW_PAIR = 35,
  RATE = 36,
  BEACON = 37,
  SILENCE = 38,
  TUNNEL = 39,
  SHAPE = 40,
  CONTENT = 45,
}

export function writeDetector(t: Text, detector: u32): void {
  switch (detector) {
    case Detector.SCAN:
      lit(t, "scan");
      return;
    case Detector.NEW_HOST:
      lit(t, "new-host");
      return;
    case Detector.NEW_SERVICE:
      lit(t, "new-service");
      return;
    case Detector.NEW_PAIR:
      lit(t, "new-pair");
      return;
    case Detector.FLOOD:
      lit(t, "flood");
      return;
    case Detector.ARP:
      lit(t, "arp");
      return;
    case Detector.DNS_TUNNEL:
      lit(t, "dns-tunnel");
      return;
    case Detector.ICMP_TUNNEL:
      lit(t, "icmp-tunnel");
      return;
    case Detector.BEACON:
      lit(t, "beacon");
      return;
    case Detector.SILENCE:
      lit(t, "silence");
      return;
    case Detector.RATE:
      lit(t, "rate");
      return;
    case Detector.SHAPE:
      lit(t, "shape");
      return;
    case Detector.ND:
      lit(t, "nd");
      return;
    case Detector.ROGUE_ROUTER:
      lit(t, "rogue-router");
      return;
    case Detector.RA_FLOOD:
      lit(t, "ra-flood");
      return;
    case Detector.CONTENT:
      lit(t, "content");
      return;
    case Detector.DHCP_STARVATION:
      lit(t, "dhcp-starvation");
      return;
    case Detector.ROGUE_DHCP:
      lit(t, "rogue-dhcp");
      return;
    case Detector.NXDOMAIN:
      lit(t, "nxdomain");
      return;
    case Detector.BUS_MESSAGE:
      lit(t, "bus-message");
      return;
    case Detector.BUS_PERIOD:
      lit(t, "bus-period");
      return;
    case Detector.BUS_ORDER:
      lit(t, "bus-order");
      return;
    case Detector.BUS_RESPONSE:
      lit(t, "bus-response");
      return;
    case Detector.BUS_GAP:
      lit(t, "bus-gap");
      return;
    case Detector.BUS_ERROR:
      lit(t, "bus-error");
      return;
    case Detector.BUS_STATUS:
      lit(t, "bus-status");
      return;
    case Detector.BUS_DATA:
      lit(t, "bus-data");
      return;
    case Detector.BUS_MODE:
      lit(t, "bus-mode");
      return;
    case Detector.BUS_LOAD:
      lit(t, "bus-load");
      return;
    default:
      lit(t, "none");
  }
}

/** Whom findings of a detector may accuse: bit n of each Accused (finding.ts). */
export function accuses(detector: u32): u32 {
  switch (detector) {
    case Detector.SCAN:
    case Detector.ARP:
    case Detector.BEACON:
      return 3;
    case Detector.NEW_HOST:
      return 2;
    case Detector.NEW_SERVICE:
    case Detector.SHAPE:
      return 4;
    case Detector.NEW_PAIR:
      return 6;
    case Detector.FLOOD:
    case Detector.SILENCE:
    case Detector.ND:
    case Detector.ROGUE_ROUTER:
    case Detector.RA_FLOOD:
    case Detector.DHCP_STARVATION:
    case Detector.ROGUE_DHCP:
    case Detector.NXDOMAIN:
    case Detector.BUS_ORDER:
    case Detector.BUS_GAP:
    case Detector.BUS_LOAD:
      return 1;
    case Detector.DNS_TUNNEL:
    case Detector.ICMP_TUNNEL:
    case Detector.RATE:
      return 7;
    case Detector.CONTENT:
      return 5;
    case Detector.BUS_MESSAGE:
    case Detector.BUS_DATA:
    case Detector.BUS_MODE:
      return 16;
    case Detector.BUS_PERIOD:
      return 17;
    case Detector.BUS_RESPONSE:
    case Detector.BUS_ERROR:
      return 9;
    case Detector.BUS_STATUS:
      return 8;
    default:
      return 1;
  }
}

/** The alert's title. */
export function writeSignature(t: Text, detector: u32): void {
  switch (detector) {
    case Detector.SCAN:
      lit(t, "port or host scan");
      return;
    case Detector.NEW_HOST:
      lit(t, "new host");
      return;
    case Detector.NEW_SERVICE:
      lit(t, "new service");
      return;
    case Detector.NEW_PAIR:
      lit(t, "hosts that never talked to each other");
      return;
    case Detector.FLOOD:
      lit(t, "flood");
      return;
    case Detector.ARP:
      lit(t, "ARP spoofing");
      return;
    case Detector.DNS_TUNNEL:
      lit(t, "tunnel through DNS");
      return;
    case Detector.ICMP_TUNNEL:
      lit(t, "tunnel through ICMP");
      return;
    case Detector.BEACON:
      lit(t, "beaconing");
      return;
    case Detector.SILENCE:
      lit(t, "periodic traffic stopped");
      return;
    case Detector.RATE:
      lit(t, "unusual rate");
      return;
    case Detector.SHAPE:
      lit(t, "unusual traffic");
      return;
    case Detector.ND:
      lit(t, "ND spoofing");
      return;
    case Detector.ROGUE_ROUTER:
      lit(t, "rogue router advertisement");
      return;
    case Detector.RA_FLOOD:
      lit(t, "flood of router advertisements");
      return;
    case Detector.CONTENT:
      lit(t, "unusual content");
      return;
    case Detector.DHCP_STARVATION:
      lit(t, "DHCP starvation");
      return;
    case Detector.ROGUE_DHCP:
      lit(t, "rogue DHCP server");
      return;
    case Detector.NXDOMAIN:
      lit(t, "many domains that do not exist");
      return;
    case Detector.BUS_MESSAGE:
      lit(t, "unknown 1553 message");
      return;
    case Detector.BUS_PERIOD:
      lit(t, "1553 message out of schedule");
      return;
    case Detector.BUS_ORDER:
      lit(t, "1553 messages out of order");
      return;
    case Detector.BUS_RESPONSE:
      lit(t, "unusual 1553 response time");
      return;
    case Detector.BUS_GAP:
      lit(t, "unusual 1553 intermessage gap");
      return;
    case Detector.BUS_ERROR:
      lit(t, "unusual 1553 errors");
      return;
    case Detector.BUS_STATUS:
      lit(t, "unusual 1553 status bits");
      return;
    case Detector.BUS_DATA:
      lit(t, "unusual 1553 data");
      return;
    case Detector.BUS_MODE:
      lit(t, "unusual 1553 mode code");
      return;
    case Detector.BUS_LOAD:
      lit(t, "unusual 1553 bus load");
      return;
    default:
      lit(t, "detector ");
      unsigned(t, detector);
  }
}

/** One of Suricata's classifications (its classification.config). */
export function writeCategory(t: Text, detector: u32): void {
  switch (detector) {
    case Detector.SCAN:
      lit(t, "Detection of a Network Scan");
      return;
    case Detector.FLOOD:
    case Detector.BUS_ERROR:
    case Detector.BUS_LOAD:
      lit(t, "Detection of a Denial of Service Attack");
      return;
    case Detector.ARP:
    case Detector.DNS_TUNNEL:
    case Detector.ICMP_TUNNEL:
    case Detector.ND:
    case Detector.ROGUE_ROUTER:
    case Detector.CONTENT:
    case Detector.ROGUE_DHCP:
    case Detector.NXDOMAIN:
    case Detector.BUS_RESPONSE:
    case Detector.BUS_MODE:
      lit(t, "Potentially Bad Traffic");
      return;
    case Detector.RA_FLOOD:
    case Detector.DHCP_STARVATION:
      lit(t, "Attempted Denial of Service");
      return;
    default:
      lit(t, "Misc activity");
  }
}
