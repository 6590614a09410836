// TCP (RFC 9293 section 3.1): ports, sequence, acknowledgment, offset and flags, window, checksum, urgent, options.
import { be16, be32 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { checkTransport } from "./checksum";
import { Is, Packet, innermost, need, note, rest } from "./packet";
import { Protocol } from "./generated/protocol";
import { tcpOptions } from "./tcp-options";

export const FIN: u32 = 1,
  SYN: u32 = 2,
  RST: u32 = 4,
  PSH: u32 = 8,
  ACK: u32 = 16,
  URG: u32 = 32;

export function tcp(k: Packet): u32 {
  if (!need(k, 20, tooSmall(k, Anomaly.TCP_TOO_SMALL))) {
    ports(k);
    if (k.at + 8 <= k.end) k.seq = be32(k.at + 4);
    return Protocol.NONE;
  }
  const p = k.at;
  ports(k);
  const place = be16(p + 12);
  const header = (place >> 12) << 2;
  k.seq = be32(p + 4);
  k.ack = be32(p + 8);
  k.tcpFlags = <u16>(place & 0xfff);
  k.window = <u16>be16(p + 14);
  k.urgent = <u16>be16(p + 18);
  k.tcpHeader = <u8>header;
  sanity(k, place & 0xfff);
  if (header < 20) {
    note(k, Anomaly.TCP_HLEN);
    return Protocol.NONE;
  }
  if (!need(k, header, Anomaly.TCP_HLEN)) {
    if (header <= rest(k)) k.at = p + header; // only the capture ends before the payload
    return Protocol.NONE;
  }
  checkTransport(k, rest(k), rest(k), 6, Anomaly.TCP_CHECKSUM);
  if (header > 20) tcpOptions(k, p + 20, p + header);
  k.at = p + header;
  return Protocol.NONE;
}

/** A first fragment that ends inside the transport's header hides it (RFC 1858, RFC 7112). */
export function tooSmall(k: Packet, anomaly: u32): u32 {
  if (!(k.flags & Is.FRAGMENT)) return anomaly;
  return innermost(k).version == 4 ? Anomaly.IPV4_FRAG_TINY : Anomaly.IPV6_FRAG_TINY;
}

/** Reads the ports when at least they are at hand. */
export function ports(k: Packet): void {
  if (k.at + 4 > k.end) return;
  k.sourcePort = <u16>be16(k.at);
  k.destPort = <u16>be16(k.at + 2);
  k.flags |= Is.PORTS;
}

/** Combinations that no TCP sends, but scanners and stack fingerprinters do. */
function sanity(k: Packet, flags: u32): void {
  const f = flags & 63;
  if (f == 0) note(k, Anomaly.TCP_NO_FLAGS);
  if ((f & (SYN | FIN)) == (SYN | FIN)) note(k, Anomaly.TCP_SYN_FIN);
  if ((f & (SYN | RST)) == (SYN | RST)) note(k, Anomaly.TCP_SYN_RST);
  if ((f & (FIN | RST)) == (FIN | RST)) note(k, Anomaly.TCP_FIN_RST);
  if ((f & (FIN | PSH | URG)) == (FIN | PSH | URG)) note(k, Anomaly.TCP_XMAS);
  else if ((f & (FIN | ACK | SYN | RST)) == FIN) note(k, Anomaly.TCP_FIN_NO_ACK);
  if (flags & 0xe00) note(k, Anomaly.TCP_RESERVED);
  if (!(f & URG) && k.urgent != 0) note(k, Anomaly.TCP_URG);
  if (k.sourcePort == 0 || k.destPort == 0) note(k, Anomaly.TCP_PORT_ZERO);
}
