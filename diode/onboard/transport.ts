// REQ-FILTER-004
// First checker, form: UDP, TCP and ICMP echo; other protocols are opaque payload.
import { be16, be32, fold16, sum16 } from "../../lib/onboard/bytes";
import { Fields, Known } from "./fields";
import { Reason } from "./generated/reasons";

export const enum Protocol {
  ICMP = 1,
  TCP = 6,
  UDP = 17,
  ICMP6 = 58,
}

const enum Tcp {
  FIN = 1,
  SYN = 2,
  RST = 4,
  PSH = 8,
  ACK = 16,
  URG = 32,
}

/** `pseudo` is the sum over the pseudo header of UDP and TCP (RFC 768, 9293, 8200 section 8.1), also of ICMPv6. */
export function parseTransport(f: Fields, p: usize, length: u32, pseudo: u64, ignoreChecksums: bool): u32 {
  f.payload = p;
  f.payloadLength = length;
  if (f.protocol == Protocol.UDP) return parseUdp(f, p, length, pseudo, ignoreChecksums);
  if (f.protocol == Protocol.TCP) return parseTcp(f, p, length, pseudo, ignoreChecksums);
  if (f.protocol == Protocol.ICMP && f.version == 4) return parseEcho(f, p, length, 0, 8, 0, ignoreChecksums);
  if (f.protocol == Protocol.ICMP6 && f.version == 6) return parseEcho(f, p, length, pseudo, 128, 129, ignoreChecksums);
  // ICMP of the other version is no message of either.
  return f.protocol == Protocol.ICMP || f.protocol == Protocol.ICMP6 ? Reason.ICMP_TYPE : Reason.NONE;
}

function parseUdp(f: Fields, p: usize, length: u32, pseudo: u64, ignoreChecksums: bool): u32 {
  if (length < 8) return Reason.TOO_SHORT;
  f.srcPort = be16(p);
  f.dstPort = be16(p + 2);
  f.known = Known.PORTS;
  f.payload = p + 8;
  f.payloadLength = length - 8;
  if (be16(p + 4) != length) return Reason.UDP_LENGTH;
  if (load<u16>(p, 6) == 0) {
    // Over IPv4 the sender may leave it out (RFC 768); over IPv6 it must not (RFC 8200).
    if (f.version == 6 && !ignoreChecksums) return Reason.CHECKSUM;
  } else if (!ignoreChecksums && fold16(sum16(p, length, pseudo)) != 0xffff) return Reason.CHECKSUM;
  return f.srcPort == 0 || f.dstPort == 0 ? Reason.PORT : Reason.NONE;
}

function parseTcp(f: Fields, p: usize, length: u32, pseudo: u64, ignoreChecksums: bool): u32 {
  if (length < 20) return Reason.TOO_SHORT;
  f.srcPort = be16(p);
  f.dstPort = be16(p + 2);
  f.known = Known.PORTS;
  const header = ((<u32>load<u8>(p, 12)) >> 4) * 4;
  if (header < 20 || header > length || (load<u8>(p, 12) & 15) != 0) return Reason.TCP_HEADER;
  f.payload = p + header;
  f.payloadLength = length - header;
  const flags = (<u32>load<u8>(p, 13)) & 0x3f;
  if (!saneFlags(flags)) return Reason.TCP_FLAGS;
  if (!ignoreChecksums && fold16(sum16(p, length, pseudo)) != 0xffff) return Reason.CHECKSUM;
  f.sequence = be32(p + 4);
  f.acknowledgement = flags & Tcp.ACK ? be32(p + 8) : 0;
  f.flags = flags;
  f.window = be16(p + 14);
  return f.srcPort == 0 || f.dstPort == 0 ? Reason.PORT : Reason.NONE;
}

/** RFC 9293 section 3.10: a segment has SYN, or RST, or ACK; SYN goes with neither FIN nor RST. */
function saneFlags(flags: u32): bool {
  if (flags & Tcp.URG) return false;
  if (flags & Tcp.SYN) return (flags & (Tcp.FIN | Tcp.RST)) == 0;
  return (flags & (Tcp.RST | Tcp.ACK)) != 0;
}

/** RFC 792, RFC 4443 section 4: echo only, whose format is the same in both. */
function parseEcho(
  f: Fields,
  p: usize,
  length: u32,
  pseudo: u64,
  request: u32,
  reply: u32,
  ignoreChecksums: bool,
): u32 {
  if (length < 8) return Reason.TOO_SHORT;
  const type = <u32>load<u8>(p);
  f.dstPort = type;
  f.payload = p + 8;
  f.payloadLength = length - 8;
  if ((type != request && type != reply) || load<u8>(p, 1) != 0) return Reason.ICMP_TYPE;
  if (!ignoreChecksums && fold16(sum16(p, length, pseudo)) != 0xffff) return Reason.CHECKSUM;
  f.sequence = be32(p + 4);
  return Reason.NONE;
}
