// REQ-DECODE-024
// UDP datagrams that IP has cut into fragments: libraries write datagrams of 32 KB and leave the cutting to IP. What is
// wrong with fragments is said where IP is decoded (ip/onboard/fragments.ts); here are the bytes of recorders only.
//
// They wait in the slots and blocks of packets under reassembly (slots.ts), so they need no memory of their own, and
// are forgotten as those are, though unnamed. A datagram that is whole is put together in the buffer of recordings,
// which is free where datagrams come: while a packet of a recording is half read, none is put together. Fragments that
// overlap cost the datagram, whatever they say (RFC 5722); the same fragment again changes nothing.
// When full: of AT_ONCE datagrams the one that got nothing for longest is given up. So whoever can send as a recorder
// can keep its fragments from being read, as he can by sending in its place; nobody else gets in here.
import { be16 } from "../../../lib/onboard/bytes";
import { PACKET_CAPACITY, SLOTS } from "../capacity";
import { freeBuffer } from "../chapter10/sync";
import { NO_CHANNEL } from "../waiting";
import { FRAGMENTED, Insert, NO_SLOT, Slot, copyOut, exists, insert, openSlot, reach, release, slotAt } from "./slots";
import { feedTick } from "./udp";

const AT_ONCE: u32 = 8;
const UDP_HEADER: u32 = 8;

let length: u32 = 0;

/**
 * Takes `bytes` (untrusted, at p) from byte `from` of the datagram that `identity` tells from others. `isLast`: no more
 * fragments are behind these. Returns the first byte of its UDP header once all have come, else 0, also where that says
 * that there are more; its datagramLength() bytes stay in place until the next call, or until a recording is fed.
 */
export function feedFragment(identity: u64, from: u32, p: usize, bytes: u32, isLast: bool, now: u64): usize {
  feedTick(now);
  const to = from + bytes;
  if (bytes == 0 || to > PACKET_CAPACITY || (!isLast && bytes & 7)) return 0;
  const s = slotOf((<u32>identity) | FRAGMENTED, <u32>(identity >> 32), now);
  if (isLast && ((s.total != 0 && s.total != to) || reach(s) > to)) {
    release(s);
    return 0;
  }
  if (isLast) s.total = to;
  if (insert(s, from, p, bytes, now) != Insert.COMPLETE) return 0;
  const came = s.total,
    at = came < UDP_HEADER ? 0 : freeBuffer();
  if (at != 0) copyOut(s, at);
  release(s);
  length = at != 0 ? be16(at + 4) : 0;
  return length >= UDP_HEADER && length <= came ? at : 0;
}

/** Bytes of the datagram that came last, with its header. */
export function datagramLength(): u32 {
  return length;
}

function slotOf(low: u32, high: u32, now: u64): Slot {
  let idle = NO_SLOT;
  let open: u32 = 0;
  for (let i: u32 = 0; i < SLOTS; ++i) {
    const s = slotAt(i);
    if ((s.flow & FRAGMENTED) == 0) continue;
    if (s.flow == low && s.key == high) return s;
    ++open;
    if (!exists(idle) || s.touched < idle.touched) idle = s;
  }
  if (open == AT_ONCE) release(idle);
  const s = openSlot(low - 1, NO_CHANNEL, high, now);
  s.headed = 1; // a datagram has no header of a packet in front
  return s;
}
