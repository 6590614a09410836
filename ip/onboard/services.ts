// Services that are known to be such: those that the policy lists, those of the baseline's conversations, and where
// handshakes were seen to end.
//
// The list is looked up by protocol and port: entries of a port follow one another in a chain. The others are in
// a cache (lib/onboard/recent.ts). Who forges a handshake with its answer can have a port of his choice remembered:
// then who serves is decided by it only between two packets that nothing else tells.
import { Network, Tag } from "../../appliance/contract/onboard/config";
import { spareBehind, takeNetworks } from "../../appliance/contract/onboard/networks";
import { wide3 } from "../../lib/onboard/keyed";
import { isRecent, wasRecent } from "../../lib/onboard/recent";
import { isInside } from "../../lib/onboard/networks";
import { addressKey } from "./address";

const LISTED: u32 = 512; // networks at most
const LEARNED: u32 = 1024; // a power of two
const CHAINS: u32 = 256; // a power of two
const listed: usize = memory.data(LISTED * offsetof<Network>(), 8);
const firsts: usize = memory.data(CHAINS * 2, 8); // 1 + index of the first entry of a chain
const nexts: usize = memory.data(LISTED * 2, 8);
const learned: usize = memory.data(LEARNED * 4, 8);
let count: u32 = 0;
let isLearned: bool = false;
let isLearnedOfDatagrams: bool = false; // from a baseline only: a datagram proves nothing

/** Copies the policy's list; false when it is malformed, or too long. What was learned is forgotten. */
export function configureServices(part: usize): bool {
  const taken = takeNetworks(part, Tag.SERVICES, listed, LISTED);
  if (taken < 0) return false;
  count = taken;
  memory.fill(firsts, 0, CHAINS * 2);
  for (let i = count; i > 0; --i) {
    const first = chainOf(listedAt(i - 1).port, listedAt(i - 1).protocol);
    store<u16>(nexts + ((<usize>(i - 1)) << 1), load<u16>(first));
    store<u16>(first, <u16>i);
  }
  if (isLearned) memory.fill(learned, 0, LEARNED * 4);
  isLearned = false;
  isLearnedOfDatagrams = false;
  return true;
}

/** What the policy's list leaves free stays untouched. */
export function spareServices(): void {
  spareBehind(listed, count, LISTED);
}

export function serviceKey(version: u32, hi: u64, lo: u64, port: u32, protocol: u32): u64 {
  return serviceOf(addressKey(version, hi, lo), port, protocol);
}
@inline function serviceOf(host: u64, port: u32, protocol: u32): u64 {
  return wide3(host, ((<u64>port) << 8) | protocol, 0);
}

@inline function listedAt(index: u32): Network {
  return changetype<Network>(listed + <usize>index * offsetof<Network>());
}
@inline function chainOf(port: u32, protocol: u32): usize {
  return firsts + ((<usize>((port ^ (port >> 8) ^ (protocol * 31)) & (CHAINS - 1))) << 1);
}

function isAmong(port: u32, version: u32, hi: u64, lo: u64, protocol: u32): bool {
  for (let i = <u32>load<u16>(chainOf(port, protocol)); i != 0; i = <u32>load<u16>(nexts + ((<usize>(i - 1)) << 1))) {
    const n = listedAt(i - 1);
    if (<u32>n.protocol != protocol || <u32>n.port != port) continue;
    if (isInside(n.version, n.bits, n.hi, n.lo, version, hi, lo)) return true;
  }
  return false;
}

/** Whether the policy lists the service; port 0 in the list stands for any. */
export function isListed(version: u32, hi: u64, lo: u64, port: u32, protocol: u32): bool {
  return isAmong(port, version, hi, lo, protocol) || isAmong(0, version, hi, lo, protocol);
}

/** Whether the policy lists it, at this port and not at any, or the baseline has it, or a handshake ended at it. */
export function isService(version: u32, hi: u64, lo: u64, port: u32, protocol: u32): bool {
  if (isAmong(port, version, hi, lo, protocol)) return true;
  if (protocol == 6 ? !isLearned : !isLearnedOfDatagrams) return false;
  return isRecent(learned, LEARNED, serviceKey(version, hi, lo, port, protocol));
}

/** A handshake ended at it. */
export function learnService(version: u32, hi: u64, lo: u64, port: u32): void {
  remember(serviceKey(version, hi, lo, port, 6));
}

/** The baseline has it, at the host of this key (addressKey()); after configureServices(). */
export function knowService(host: u64, port: u32, protocol: u32): void {
  remember(serviceOf(host, port, protocol));
  if (protocol != 6) isLearnedOfDatagrams = true;
}

function remember(key: u64): void {
  wasRecent(learned, LEARNED, key);
  isLearned = true;
}
