// REQ-DETECT-006
// New hosts and new services, against the lists in the policy (later: in the baseline).
//
// Expected: every address that sends belongs to a known network; every service that is used (protocol, port, at an
// address) is listed. What was judged once is remembered, so each newcomer is announced once; memory is a two-way cache
// of JUDGED keys: under a flood of forged addresses an old one can be announced again, never missed.
import { Network, Tag, section, sectionLength } from "../../../appliance/contract/onboard/config";
import { wide3 } from "../../../lib/onboard/keyed";
import { isInside } from "../../../lib/onboard/networks";
import { addressKey } from "../../../ip/onboard/address";

const JUDGED: u32 = 4096;
const LISTED: u32 = 512; // networks in each list at most
const judged: usize = memory.data(JUDGED * 8, 8);
const hosts: usize = memory.data(LISTED * offsetof<Network>(), 8);
const services: usize = memory.data(LISTED * offsetof<Network>(), 8);
let hostCount: u32 = 0;
let serviceCount: u32 = 0;

/** Copies the policy's lists; false when one is malformed, or too long. */
export function configureLists(part: usize): bool {
  const hostBytes = sectionLength(part, Tag.HOSTS),
    serviceBytes = sectionLength(part, Tag.SERVICES);
  const size = <u32>offsetof<Network>();
  if (hostBytes % size || serviceBytes % size) return false;
  hostCount = hostBytes / size;
  serviceCount = serviceBytes / size;
  if (hostCount > LISTED || serviceCount > LISTED) return false;
  if (hostBytes) memory.copy(hosts, section(part, Tag.HOSTS), hostBytes);
  if (serviceBytes) memory.copy(services, section(part, Tag.SERVICES), serviceBytes);
  return true;
}

/** Whether this key comes for the first time (as far as memory goes). */
export function first(key: u64): bool {
  const set = judged + ((<usize>((<u32>(key >> 24)) & (JUDGED / 2 - 1))) << 4);
  const front = load<u64>(set);
  if (front == key) return false;
  const back = load<u64>(set, 8);
  store<u64>(set, front, 8);
  store<u64>(set, key);
  return back != key;
}

export function serviceKey(version: u32, hi: u64, lo: u64, port: u32, protocol: u32): u64 {
  return wide3(addressKey(version, hi, lo), ((<u64>port) << 8) | protocol, 0);
}

@inline function inside(n: Network, version: u32, hi: u64, lo: u64): bool {
  return isInside(n.version, n.bits, n.hi, n.lo, version, hi, lo);
}

/** Whether a network of the list of hosts holds the address. */
export function known(version: u32, hi: u64, lo: u64): bool {
  for (let i: u32 = 0; i < hostCount; ++i) {
    if (inside(changetype<Network>(hosts + <usize>i * offsetof<Network>()), version, hi, lo)) return true;
  }
  return false;
}

/** Whether the list of services holds this one; port 0 in the list stands for any. */
export function served(version: u32, hi: u64, lo: u64, port: u32, protocol: u32): bool {
  for (let i: u32 = 0; i < serviceCount; ++i) {
    const n = changetype<Network>(services + <usize>i * offsetof<Network>());
    if (<u32>n.protocol == protocol && (n.port == 0 || <u32>n.port == port) && inside(n, version, hi, lo)) return true;
  }
  return false;
}
