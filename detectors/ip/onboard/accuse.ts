// Whom a finding of IP accuses: ../../README.md, "Who is accused".
import { Packet } from "../../../ip/onboard/packet";
import { Accused, Finding } from "../../onboard/finding";
import { Endpoints } from "./endpoints";
import { Host, isContested } from "./hosts";

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

/** Somebody else may have brought it about: only this packet's addresses, protocol and ports, this way round. */
export function accuseFlow(f: Finding): void {
  f.accused = Accused.FLOW;
}
