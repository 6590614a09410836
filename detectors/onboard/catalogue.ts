// Every detector of the appliance: its number, which alerts carry as signature_id - FIRST_SIGNATURE, and its name.
import { Text, lit } from "../../lib/onboard/text";

export const FIRST_SIGNATURE: u32 = 7700000;
export const DETECTORS: u32 = 40; // numbers are below
export const FIRST_OF_BUS: u32 = 20; // from here on the detectors are for MIL-STD-1553

export const enum Detector {
  NONE = 0,
  SCAN = 1, // port or host scan
  NEW_HOST = 2, // a source that policy or baseline does not list
  NEW_SERVICE = 3, // a service that they do not list
  NEW_PAIR = 4, // two hosts that were never seen talking to each other
  FLOOD = 5, // SYN, UDP or ICMP flood towards one host
  ARP = 6, // an address that moves to another MAC, answers nobody asked for
  DNS_TUNNEL = 7,
  ICMP_TUNNEL = 8,
  BEACON = 9, // regular connections of a host that was not known to make them
  SILENCE = 10, // periodic traffic that stops
  RATE = 11, // packets or bytes of a host or a service outside of what was learned
  SHAPE = 12, // the traffic's whole feature vector
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

export function writeDetector(t: Text, d: u32): void {
  switch (d) {
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
