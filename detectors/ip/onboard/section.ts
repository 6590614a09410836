// REQ-DETECT-008
// A detector's section of the policy, as ../section.ts packs it. Untrusted until open() and each index was checked.
//
//    0  u16 IPv4 addresses, u16 MAC addresses, u16 IPv6 addresses, u16 records
//    8  the hosts in this order: u32 each, u64 each (48 bits), u64 hi and u64 lo each
//       records x stride, the detector's own; one that names a conversation begins with
//         u16 client, u16 server (indices of hosts; OUTSIDE = any external address), u16 service, u8 protocol, u8
//         unordered
import { addressCheck, addressKey } from "../../../ip/onboard/address";
import { conversationCheck, conversationKey } from "./endpoints";
import { ANY } from "./known";

export const OUTSIDE: u32 = 65535;
const HEAD: u32 = 8;

let at: usize = 0; // the section's hosts
let fours: u32 = 0; // how many of each kind
let macs: u32 = 0;
let hosts: u32 = 0; // of all
let body: usize = 0; // its records
let count: u32 = 0;
let step: u32 = 0;

/** Bytes that the section at the beginning of these has, as its head says; more than `length` when it is cut. */
export function sectionSize(from: usize, length: u32, stride: u32): u32 {
  if (length < HEAD) return HEAD;
  const a = <u32>load<u16>(from),
    b = <u32>load<u16>(from, 2),
    c = <u32>load<u16>(from, 4);
  return HEAD + a * 4 + b * 8 + c * 16 + <u32>load<u16>(from, 6) * stride;
}

/** Whether the bytes are such a section, with records of this size; the functions below are about it then. */
export function openSection(from: usize, length: u32, stride: u32): bool {
  at = from + HEAD;
  hosts = 0;
  count = 0;
  step = stride;
  if (length < HEAD) return false;
  const a = <u32>load<u16>(from),
    b = <u32>load<u16>(from, 2),
    c = <u32>load<u16>(from, 4),
    n = <u32>load<u16>(from, 6);
  if (a + b + c >= OUTSIDE || sectionSize(from, length, stride) != length) return false;
  for (let i: u32 = 0; i < b; ++i) if (load<u64>(at + <usize>(a * 4 + i * 8)) >> 48 != 0) return false;
  fours = a;
  macs = b;
  hosts = a + b + c;
  body = at + <usize>(a * 4 + b * 8 + c * 16);
  count = n;
  return true;
}

export function records(): u32 {
  return count;
}
export function recordAt(i: u32): usize {
  return body + <usize>(i * step);
}
export function versionOf(i: u32): u32 {
  return i < fours ? 4 : i < fours + macs ? 0 : 6;
}
export function hiOf(i: u32): u64 {
  return i < fours + macs ? 0 : load<u64>(at + <usize>(fours * 4 + macs * 8 + (i - fours - macs) * 16));
}
export function loOf(i: u32): u64 {
  if (i < fours) return load<u32>(at + <usize>(i * 4));
  if (i < fours + macs) return load<u64>(at + <usize>(fours * 4 + (i - fours) * 8));
  return load<u64>(at + <usize>(fours * 4 + macs * 8 + (i - fours - macs) * 16), 8);
}
export function isHost(i: u32): bool {
  return i < hosts;
}
export function keyOf(i: u32): u64 {
  return i == OUTSIDE ? ANY : addressKey(versionOf(i), hiOf(i), loOf(i));
}
export function checkOf(i: u32): u64 {
  return addressCheck(versionOf(i), hiOf(i), loOf(i));
}

/** A conversation as a section names it. */
@unmanaged
export class Named {
  key: u64;
  check: u64;
  client: u32; // indices of hosts
  server: u32;
  service: u32;
  protocol: u32; // of IP, or EtherType; 0 = neither side of them serves, or nobody knows
}
const NAMED: usize = memory.data(offsetof<Named>(), 8);

/** What the record at p names, until the next call; 0 when it names no conversation that can be. */
export function readConversation(p: usize): usize {
  let client = <u32>load<u16>(p),
    server = <u32>load<u16>(p, 2);
  const service = <u32>load<u16>(p, 4),
    protocol = <u32>load<u8>(p, 6),
    unordered = <u32>load<u8>(p, 7);
  if ((!isHost(client) && client != OUTSIDE) || (!isHost(server) && server != OUTSIDE) || unordered > 1) return 0;
  if (client == OUTSIDE && (server == OUTSIDE || unordered)) return 0;
  if (server == OUTSIDE && unordered) return 0;
  if (client != OUTSIDE && server != OUTSIDE && versionOf(client) != versionOf(server)) return 0;
  if (unordered && (hiOf(client) > hiOf(server) || (hiOf(client) == hiOf(server) && loOf(client) > loOf(server)))) {
    const c = client;
    client = server;
    server = c;
  }
  const named = changetype<Named>(NAMED);
  named.client = client;
  named.server = server;
  named.service = service;
  named.protocol = unordered ? 0 : protocol;
  named.key = conversationKey(keyOf(client), keyOf(server), protocol, service);
  named.check = conversationCheck(keyOf(client), keyOf(server), protocol, service);
  return NAMED;
}

/** A finite number above 0, at most 1e12. */
@inline export function sane(x: f32): bool {
  return x > 0 && x <= 1e12;
}

/** From 16 bits: 2^(code / 1024), at most 2^64; 0 stays 0. */
export function unfold(code: u32): f32 {
  return code == 0 ? 0 : <f32>NativeMath.exp2(<f64>code / 1024);
}
