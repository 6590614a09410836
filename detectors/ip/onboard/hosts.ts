// Hosts at present, one record for each address. A detector that follows hosts has an array of its own beside this
// table, with as many places: the state of the host in slot n is its n-th. `owned` tells whether that is this host's
// state or what another left there.
//
//   if (!(host.owned & OWN)) { host.owned |= OWN; memory.fill(state, 0, SIZE); }    OWN = 1 << the detector's number
//
// Rule when full: of eight neighbours the one seen longest ago is forgotten (../../onboard/table.ts). A sweep over many
// addresses displaces idle hosts first; what the baseline knows of a host is not here and is found again (known.ts).
import { addressCheck, addressKey } from "../../../ip/onboard/address";
import { TABLE, Table, find, nth, open, peek } from "../../onboard/table";
import { learning, roomIn } from "./area";
import { HOSTS, LEARNED_HOSTS } from "./capacity";
import { findHost } from "./known";

/** Of the host itself; what a detector makes of it is not here. */
@unmanaged
export class Host {
  key: u64;
  check: u64;
  touch: u64;
  hi: u64;
  lo: u64;
  owned: u32; // bit n: detector n has state of this host
  known: u16; // index + 1 in known.ts
  version: u8;
  sends: u8; // 1 = it sent a packet
  mac: u64; // with BORNE: that sent the last frame with this address; CONTESTED: another one did before. 0 = none did
}

const CONTESTED: u64 = 1 << 63;
const BORNE: u64 = 1 << 62; // so that 00:00:00:00:00:00 is a MAC address like another

const STRIDE: u32 = offsetof<Host>();
const TABLE_AT: usize = memory.data(TABLE, 8);
const base: usize = memory.data(HOSTS * offsetof<Host>(), 8);

@inline function table(): Table {
  return changetype<Table>(TABLE_AT);
}

export function openHosts(): void {
  open(table(), base, learning() ? LEARNED_HOSTS : HOSTS, STRIDE);
}
export function hostEvictions(): u64 {
  return table().evictions;
}

/** The host's record. Never 0. */
export function host(key: u64, check: u64, version: u32, hi: u64, lo: u64): Host {
  const h = changetype<Host>(find(table(), key, check));
  if (table().fresh == 0) return h;
  h.version = <u8>version;
  h.hi = hi;
  h.lo = lo;
  if (!learning()) h.known = <u16>findHost(key, check);
  return h;
}

/** A frame with this MAC address as its sender bears the host's address. */
@inline export function borne(h: Host, mac: u64): void {
  const bearer = mac | BORNE;
  if ((h.mac & ~CONTESTED) == bearer) return;
  h.mac = bearer | (h.mac != 0 ? CONTESTED : 0);
}

/** The MAC address that bears the host's address; 0 where none is known. */
@inline export function bearerOf(h: Host): u64 {
  return h.mac & ~(CONTESTED | BORNE);
}

/** Whether several MAC addresses have borne the address, as far as memory goes: who it is is not sure then. */
@inline export function isContested(h: Host): bool {
  return (h.mac & CONTESTED) != 0;
}

/** Learning: memory of the records that only operation has (area.ts). */
export function roomOfHosts(bytes: u32): usize {
  return roomIn(base + LEARNED_HOSTS * STRIDE, (HOSTS - LEARNED_HOSTS) * STRIDE, bytes);
}

/** The record of an address, or 0; nothing changes. */
export function hostOf(version: u32, hi: u64, lo: u64): usize {
  return peek(table(), addressKey(version, hi, lo), addressCheck(version, hi, lo));
}

@inline export function hostSlot(h: Host): u32 {
  return <u32>(changetype<usize>(h) - base) / STRIDE;
}

export function hostAt(slot: u32): usize {
  return nth(table(), slot);
}
