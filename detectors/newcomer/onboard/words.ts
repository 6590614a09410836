// What an alert says of hosts and services that the policy does not list.
import { Text, byte, ipv4, ipv6, lit, unsigned } from "../../../lib/onboard/text";
import { writeTransport } from "../../../ip/onboard/eve";
import { Detector } from "../../onboard/catalogue";
import { Finding } from "../../onboard/finding";

export function expected(t: Text, f: Finding): void {
  lit(t, f.detector == Detector.NEW_HOST ? "a source that the policy lists" : "a service that the policy lists");
}

export function seen(t: Text, f: Finding): void {
  if (f.detector == Detector.NEW_HOST) {
    address(t, f.version, f.srcHi, f.srcLo);
    lit(t, " for the first time");
    return;
  }
  writeTransport(t, f.protocol);
  byte(t, 32);
  address(t, f.version, f.dstHi, f.dstLo);
  lit(t, " port ");
  unsigned(t, f.port);
  lit(t, " used for the first time");
}

function address(t: Text, version: u32, hi: u64, lo: u64): void {
  if (version == 4) ipv4(t, <u32>lo);
  else ipv6(t, hi, lo);
}
