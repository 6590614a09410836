// Whom a finding of IP accuses: ../../README.md, "Who is accused".
import { Packet, innermost } from "../../../ip/onboard/packet";
import { Accused, Finding } from "../../onboard/finding";
import { Endpoints } from "./endpoints";
import { Host, hostOf, isContested } from "./hosts";

/**
 * This packet alone shows it: its source, and where others bear that address too, only as this packet bears it: nobody
 * where its MAC address is 0, which in a Measure means any.
 */
export function accuseSender(f: Finding, k: Packet, e: Endpoints): void {
  const contested = isContested(changetype<Host>(e.source));
  if (e.version == 0 || (contested && k.macSrc == 0)) return;
  f.accused = Accused.SOURCE;
  f.mac = contested ? k.macSrc : 0;
}

/** It is a sum over packets of this packet's source: an address that several bear is not accused of what they sent. */
export function accuseCounted(f: Finding, e: Endpoints): void {
  if (e.version != 0 && !isContested(changetype<Host>(e.source))) f.accused = Accused.SOURCE;
}

/** The same of a flow: of what several sent in one name nobody can tell whose it was. */
export function accuseCountedFlow(f: Finding, e: Endpoints): void {
  if (e.version == 0 || !isContested(changetype<Host>(e.source))) f.accused = Accused.FLOW;
}

/** The same where the packet's endpoints are not at hand. */
export function accuseFlowOf(f: Finding, k: Packet): void {
  if (k.ips != 0) {
    const ip = innermost(k),
      host = hostOf(ip.version, ip.srcHi, ip.srcLo);
    if (host != 0 && isContested(changetype<Host>(host))) return;
  }
  f.accused = Accused.FLOW;
}

/** Somebody else may have brought it about: only this packet's addresses, protocol and ports, this way round. */
export function accuseFlow(f: Finding): void {
  f.accused = Accused.FLOW;
}
