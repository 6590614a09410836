// REQ-DECODE-031
// IEEE 802.11 data frames (clause 9.3.2.1): frame control (2), duration (2), three addresses, sequence control (2);
// a fourth address between two access points, QoS control (2), HT control (4). Then LLC. Little-endian; bits as sent.
//   radiotap (radiotap.org)   version 0, 0, length (2): in front of the frame, and how the radio heard it
// What is protected cannot be seen; parts of a frame and aggregates of several are not put together, or taken apart.
import { be64 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { Is, Packet, need, note } from "./packet";
import { Protocol } from "./generated/protocol";

const TO_DS: u32 = 0x0100,
  FROM_DS: u32 = 0x0200,
  MORE_FRAGMENTS: u32 = 0x0400,
  PROTECTED: u32 = 0x4000,
  HT_CONTROL: u32 = 0x8000;
const DATA: u32 = 2; // type; of its subtypes 4 says that there is no data, 8 that there is QoS control
const AGGREGATE: u32 = 0x80;

let isPadded: bool = false; // the radio filled the header of the frame at hand up to a multiple of 4 bytes

export function radiotap(k: Packet): u32 {
  if (!need(k, 8, Anomaly.RADIOTAP_HEADER)) return Protocol.NONE;
  const length = <u32>load<u16>(k.at, 2);
  if (load<u8>(k.at) != 0 || length < 8) {
    note(k, Anomaly.RADIOTAP_HEADER);
    return Protocol.NONE;
  }
  if (!need(k, length, Anomaly.RADIOTAP_HEADER)) return Protocol.NONE;
  const flags = radioFlags(k.at, length);
  k.at += length;
  if (flags & 0x40) return Protocol.NONE; // the radio heard it with a wrong check sequence
  if (flags & 0x10 && k.wire >= k.at + 4) {
    k.wire -= 4; // the frame's check sequence is behind it
    if (k.end > k.wire) k.end = k.wire;
  }
  isPadded = (flags & 0x20) != 0;
  return Protocol.WLAN;
}

/**
 * The field of flags, or 0: behind the words that say which fields there are, of vendors' too, and the radio's clock (8
 * bytes). Those of the first word are radiotap's own and come first.
 */
function radioFlags(p: usize, length: u32): u32 {
  let at: u32 = 4;
  const present = load<u32>(p, 4);
  while (at + 4 <= length && load<u32>(p + at) & 0x80000000) at += 4;
  at += 4;
  if (!(present & 2)) return 0;
  if (present & 1) at = ((at + 7) & ~7) + 8;
  return at < length ? <u32>load<u8>(p + at) : 0;
}

export function wlan(k: Packet): u32 {
  const padding: u32 = isPadded ? 3 : 0;
  isPadded = false;
  if (!need(k, 10, Anomaly.WLAN_TOO_SMALL)) return Protocol.NONE; // an acknowledgment has no more
  const p = k.at,
    control = <u32>load<u16>(p),
    subtype = (control >> 4) & 15;
  if ((control & 3) != 0 || ((control >> 2) & 3) != DATA) return Protocol.NONE; // management, control
  let header: u32 = 24;
  const isBetween = (control & (TO_DS | FROM_DS)) == (TO_DS | FROM_DS);
  if (isBetween) header += 6;
  if (subtype & 8) header += control & HT_CONTROL ? 6 : 2;
  header = (header + padding) & ~padding;
  if (!need(k, header, Anomaly.WLAN_TOO_SMALL)) return Protocol.NONE;
  const destination = be64(p + (control & TO_DS ? 16 : 4)) >> 16;
  if (k.ips == 0) {
    k.macDst = destination;
    k.macSrc = be64(p + (isBetween ? 24 : control & FROM_DS ? 16 : 10)) >> 16;
    if ((destination >> 40) & 1) k.flags |= Is.MULTICAST;
  }
  k.at = p + header;
  if (control & PROTECTED) {
    k.flags |= Is.ENCRYPTED;
    return Protocol.NONE;
  }
  const qos = subtype & 8 ? <u32>load<u16>(p + (isBetween ? 30 : 24)) : 0;
  if (subtype & 4 || control & MORE_FRAGMENTS || load<u8>(p, 22) & 15 || qos & AGGREGATE) return Protocol.NONE;
  return Protocol.LLC;
}
