// REQ-DETECT-004
// What a detector says of its finding: which module has the words, and what Suricata's readers call it.
import { Text, lit, unsigned } from "../../../../lib/onboard/text";
import { Detector, FIRST_OF_BUS } from "../../../../detectors/onboard/catalogue";
import { Finding } from "../../../../detectors/onboard/finding";
import * as ip from "../../../../detectors/ip/onboard/index";
import * as mil1553 from "../../../../detectors/mil1553/onboard/words";
import * as newcomer from "../../../../detectors/newcomer/onboard/words";
import * as shape from "../../../../detectors/shape/onboard/index";
import * as scan from "../../../../detectors/scan/onboard/words";

/** What was expected, without quotes. */
export function writeExpected(t: Text, f: Finding): void {
  switch (f.detector) {
    case Detector.SCAN:
      scan.expected(t);
      return;
    case Detector.NEW_HOST:
    case Detector.NEW_SERVICE:
      newcomer.expected(t, f);
      return;
    case Detector.SHAPE:
      shape.expected(t, f);
      return;
    default:
      if (f.detector >= FIRST_OF_BUS) mil1553.expected(t, f);
      else ip.expected(t, f);
  }
}

/** What was seen instead, without quotes. */
export function writeSeen(t: Text, f: Finding): void {
  switch (f.detector) {
    case Detector.SCAN:
      scan.seen(t, f);
      return;
    case Detector.NEW_HOST:
    case Detector.NEW_SERVICE:
      newcomer.seen(t, f);
      return;
    case Detector.SHAPE:
      shape.seen(t, f);
      return;
    default:
      if (f.detector >= FIRST_OF_BUS) mil1553.seen(t, f);
      else ip.seen(t, f);
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
    case Detector.BUS_LOAD:
    case Detector.BUS_ERROR:
      lit(t, "Detection of a Denial of Service Attack");
      return;
    case Detector.ARP:
    case Detector.DNS_TUNNEL:
    case Detector.ICMP_TUNNEL:
    case Detector.BUS_MODE:
    case Detector.BUS_RESPONSE:
      lit(t, "Potentially Bad Traffic");
      return;
    default:
      lit(t, "Misc activity");
  }
}
