// Tunnels through DNS and through ICMP, with one section of limits, and names that do not exist.
import { Is, Packet } from "../../../ip/onboard/packet";
import { Text } from "../../../lib/onboard/text";
import { Endpoints } from "../../ip/onboard/endpoints";
import { Detector } from "../../onboard/catalogue";
import { Finding } from "../../onboard/finding";
import * as dns from "./dns";
import * as icmp from "./icmp";
import { forgetLimits } from "./limits";
import * as missing from "./missing";

export { configure } from "./limits";

const DNS_PORT: u32 = 53;
let ofDns: bool = true; // an export is at the entries of DNS

export function reset(): void {
  forgetLimits();
  dns.reset();
  icmp.reset();
  missing.reset();
  ofDns = true;
}

/** In learning too. */
export function check(k: Packet, e: Endpoints): void {
  if (e.key == 0) return;
  if (k.flags & Is.PORTS) {
    if (k.destPort != DNS_PORT && k.sourcePort != DNS_PORT) return;
    dns.check(k, e);
    missing.check(k, e);
  } else if (e.protocol == 1 || e.protocol == 58) icmp.check(k, e);
}

export function exportNext(t: Text): bool {
  if (ofDns && dns.exportNext(t)) return true;
  ofDns = false;
  if (icmp.exportNext(t)) return true;
  ofDns = true;
  return false;
}

export function evictions(): u64 {
  return dns.evictions() + icmp.evictions() + missing.evictions();
}

export function expected(t: Text, f: Finding): void {
  if (f.detector == Detector.DNS_TUNNEL) dns.expected(t, f);
  else if (f.detector == Detector.NXDOMAIN) missing.expected(t, f);
  else icmp.expected(t, f);
}

export function seen(t: Text, f: Finding): void {
  if (f.detector == Detector.DNS_TUNNEL) dns.seen(t, f);
  else if (f.detector == Detector.NXDOMAIN) missing.seen(t, f);
  else icmp.seen(t, f);
}
