// REQ-DECODE-005
// Checksums of transports: the Internet checksum with a pseudo-header (RFC 9293 section 3.1, RFC 8200 section 8.1).
import { fold16, sum16 } from "../../lib/onboard/bytes";
import { Is, Packet, Seen, innermost, note } from "./packet";

/** Whether all `length` bytes from k.at on can be checked; if not, the packet is marked as unverified. */
export function verifiable(k: Packet, length: u32): bool {
  if (k.flags & (Is.NO_CHECKSUMS | Is.FRAGMENT) || k.at + length > k.end || k.seen & Seen.REWRITTEN) {
    k.flags |= Is.UNVERIFIED;
    return false;
  }
  return true;
}

/** Marks the packet when its checksum over `length` bytes from k.at on, pseudo-header included, is wrong. */
export function checkTransport(k: Packet, length: u32, covered: u32, protocol: u32, anomaly: u32): void {
  if (!verifiable(k, length)) return;
  const ip = innermost(k);
  const header = k.base + ip.offset;
  let sum = <u64>bswap<u32>(length) + ((<u64>protocol) << 8); // in the byte order of memory, as sum16
  sum = ip.version == 4 ? sum16(header + 12, 8, sum) : sum16(header + 8, 32, sum);
  finish(k, sum16(k.at, covered, sum), anomaly);
}

/** The same without a pseudo-header. */
export function checkPlain(k: Packet, length: u32, anomaly: u32): void {
  if (verifiable(k, length)) finish(k, sum16(k.at, length, 0), anomaly);
}

@inline function finish(k: Packet, sum: u64, anomaly: u32): void {
  if (fold16(sum) != 0xffff) bad(k, anomaly);
}

export function bad(k: Packet, anomaly: u32): void {
  k.flags |= Is.BAD_CHECKSUM;
  note(k, anomaly);
}
