// Whom a finding of IP accuses: ../../README.md, "Who is accused".
import { Packet } from "../../../ip/onboard/packet";
import { Accused, Finding } from "../../onboard/finding";
import { Endpoints } from "./endpoints";
import { Host, isContested } from "./hosts";

/** This packet alone shows it: its source, and where others bear that address too, only as this packet bears it. */
export function accuseSender(f: Finding, k: Packet, e: Endpoints): void {
  if (e.version == 0) return;
  f.accused = Accused.SOURCE;
  f.mac = isContested(changetype<Host>(e.source)) ? k.macSrc : 0;
}

/** It is a sum over packets of this packet's source: an address that several bear is not accused of what they sent. */
export function accuseCounted(f: Finding, e: Endpoints): void {
  if (e.version != 0 && !isContested(changetype<Host>(e.source))) f.accused = Accused.SOURCE;
}

/** Somebody else may have brought it about: only this packet's addresses, protocol and ports, this way round. */
export function accuseFlow(f: Finding): void {
  f.accused = Accused.FLOW;
}
