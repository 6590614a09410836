// A detector's section of the policy, as ../section.ts packs it. Untrusted until open() and each index was checked.
//
//    0  u32 hosts, u32 records
//    8  hosts x 24    u64 hi, u64 lo, u8 version (4, 6; 0 = MAC address), 7 bytes zero
//       records x stride, the detector's own; one that names a talk begins with
//         u16 client, u16 server (indices of hosts; OUTSIDE = any external address), u16 service, u8 protocol, u8 unordered
import { hostCheck, hostKey, talkCheck, talkKey } from "./who";
import { ANY } from "./known";

export const OUTSIDE: u32 = 65535;
const HEAD: u32 = 8;
const HOST: u32 = 24;

let at: usize = 0;
let hosts: u32 = 0;
let count: u32 = 0;
let step: u32 = 0;

/** Whether the bytes are such a section, with records of this size; the functions below are about it then. */
export function openSection(from: usize, length: u32, stride: u32): bool {
  at = from;
  hosts = 0;
  count = 0;
  step = stride;
  if (length < HEAD) return false;
  const h = load<u32>(from), n = load<u32>(from, 4);
  if (h >= OUTSIDE || n >= OUTSIDE || HEAD + h * HOST + n * stride != length) return false;
  for (let i: u32 = 0; i < h; ++i) {
    const p = from + HEAD + <usize>(i * HOST);
    const version = load<u64>(p, 16);
    const hi = load<u64>(p), lo = load<u64>(p, 8);
    if (version != 0 && version != 4 && version != 6) return false;
    if (version == 4 && (hi != 0 || lo >> 32 != 0) || version == 0 && (hi != 0 || lo >> 48 != 0)) return false;
  }
  hosts = h;
  count = n;
  return true;
}

export function records(): u32 { return count; }
export function recordAt(i: u32): usize { return at + HEAD + <usize>(hosts * HOST + i * step); }
// @ts-ignore: decorator
@inline function hostAt(i: u32): usize { return at + HEAD + <usize>(i * HOST); }
export function versionOf(i: u32): u32 { return <u32>load<u8>(hostAt(i), 16); }
export function hiOf(i: u32): u64 { return load<u64>(hostAt(i)); }
export function loOf(i: u32): u64 { return load<u64>(hostAt(i), 8); }
export function isHost(i: u32): bool { return i < hosts; }
export function keyOf(i: u32): u64 { return i == OUTSIDE ? ANY : hostKey(versionOf(i), hiOf(i), loOf(i)); }
export function checkOf(i: u32): u64 { return hostCheck(versionOf(i), hiOf(i), loOf(i)); }

/** A talk as a section names it: call readTalk, then ask for what it found. */
export let talkHash: u64 = 0;
export let talkSecond: u64 = 0;
export let talkClient: u32 = 0;
export let talkServer: u32 = 0;

/** False when the record at p names no talk that there can be. */
export function readTalk(p: usize): bool {
  let client = <u32>load<u16>(p), server = <u32>load<u16>(p, 2);
  const service = <u32>load<u16>(p, 4), protocol = <u32>load<u8>(p, 6), unordered = <u32>load<u8>(p, 7);
  if (!isHost(client) && client != OUTSIDE || !isHost(server) && server != OUTSIDE || unordered > 1) return false;
  if (client == OUTSIDE && (server == OUTSIDE || unordered)) return false;
  if (server == OUTSIDE && unordered) return false;
  if (client != OUTSIDE && server != OUTSIDE && versionOf(client) != versionOf(server)) return false;
  if (unordered && keyOf(client) > keyOf(server)) { const c = client; client = server; server = c; }
  talkClient = client;
  talkServer = server;
  talkHash = talkKey(keyOf(client), keyOf(server), protocol, service);
  talkSecond = talkCheck(keyOf(client), keyOf(server), protocol, service);
  return true;
}

/** A finite number above 0, at most 1e12. */
// @ts-ignore: decorator
@inline export function sane(x: f32): bool { return x > 0 && x <= 1e12; }

/** From 16 bits: 2^(code / 1024), at most 2^64; 0 stays 0. */
export function unfold(code: u32): f32 { return code == 0 ? 0 : <f32>NativeMath.exp2(<f64>code / 1024); }
