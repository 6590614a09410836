// REQ-FILTER-005, REQ-FILTER-006
// The protocol break: a new frame from Fields. Nothing but the payload is copied, and that only where the rule says so.
//
// Ethernet: our address to the next hop's, untagged. IP: no options, traffic class and flow label 0, time to live from
// the policy. IPv4 may be fragmented on its way (no "too big" message could ever come back), so it has an
// identification, a counter. UDP always has a checksum. TCP: no options, no urgent pointer, ECN flags 0.
import { fold16, put16, put32, sum16 } from "../../lib/onboard/bytes";
import { Fields } from "./fields";
import { Protocol } from "./transport";

const ETHERNET: u32 = 14;
const MINIMUM: u32 = 60;

/** Bytes of the IP packet that remake() would write. */
export function packetLength(f: Fields): u32 {
  return (f.version == 4 ? 20 : 40) + headerLength(f.protocol) + f.payloadLength;
}

function headerLength(protocol: u32): u32 {
  if (protocol == Protocol.TCP) return 20;
  return protocol == Protocol.UDP || protocol == Protocol.ICMP || protocol == Protocol.ICMP6 ? 8 : 0;
}

/** Writes the frame at `out`, where there is room, and returns its length, padded with zeros to Ethernet's minimum. */
export function remake(
  out: usize,
  f: Fields,
  copyPayload: bool,
  source: u64,
  nextHop: u64,
  ttl: u32,
  identification: u32,
): u32 {
  const ip = out + ETHERNET;
  const header: u32 = f.version == 4 ? 20 : 40;
  const transport = ip + header;
  const transportHeader = headerLength(f.protocol);
  const length = transportHeader + f.payloadLength;
  memory.fill(out, 0, max<u32>(ETHERNET + header + transportHeader, MINIMUM));
  put48(out, nextHop);
  put48(out + 6, source);
  const payload = transport + transportHeader;
  if (copyPayload) memory.copy(payload, f.payload, f.payloadLength);
  else memory.fill(payload, 0, f.payloadLength);
  if (f.version == 4) makeIpv4(ip, f, header + length, ttl, identification);
  else makeIpv6(ip, f, length, ttl);
  makeTransport(transport, f, length, pseudoSum(ip, f, length));
  return max<u32>(ETHERNET + header + length, MINIMUM);
}

function put48(p: usize, mac: u64): void {
  put16(p, <u32>(mac >> 32));
  put32(p + 2, <u32>mac);
}

function put64(p: usize, v: u64): void {
  store<u64>(p, bswap<u64>(v));
}

function makeIpv4(p: usize, f: Fields, total: u32, ttl: u32, identification: u32): void {
  put16(p - 2, 0x0800);
  put32(p, 0x45000000 | total);
  put16(p + 4, identification);
  store<u8>(p, <u8>ttl, 8);
  store<u8>(p, <u8>f.protocol, 9);
  put32(p + 12, <u32>f.srcLo);
  put32(p + 16, <u32>f.dstLo);
  store<u16>(p, <u16>~fold16(sum16(p, 20, 0)), 10);
}

function makeIpv6(p: usize, f: Fields, length: u32, ttl: u32): void {
  put16(p - 2, 0x86dd);
  put32(p, 0x60000000);
  put16(p + 4, length);
  store<u8>(p, <u8>f.protocol, 6);
  store<u8>(p, <u8>ttl, 7);
  put64(p + 8, f.srcHi);
  put64(p + 16, f.srcLo);
  put64(p + 24, f.dstHi);
  put64(p + 32, f.dstLo);
}

function pseudoSum(ip: usize, f: Fields, length: u32): u64 {
  if (f.protocol == Protocol.ICMP) return 0;
  const rest = <u64>bswap<u16>(<u16>f.protocol) + <u64>bswap<u16>(<u16>length);
  return f.version == 4 ? sum16(ip + 12, 8, rest) : sum16(ip + 8, 32, rest);
}

function makeTransport(p: usize, f: Fields, length: u32, pseudo: u64): void {
  if (f.protocol == Protocol.UDP) {
    put16(p, f.srcPort);
    put16(p + 2, f.dstPort);
    put16(p + 4, length);
    const sum = <u16>~fold16(sum16(p, length, pseudo));
    store<u16>(p, sum == 0 ? 0xffff : sum, 6);
  } else if (f.protocol == Protocol.TCP) {
    put16(p, f.srcPort);
    put16(p + 2, f.dstPort);
    put32(p + 4, f.sequence);
    put32(p + 8, f.acknowledgement);
    put16(p + 12, 0x5000 | f.flags);
    put16(p + 14, f.window);
    store<u16>(p, <u16>~fold16(sum16(p, length, pseudo)), 16);
  } else if (f.protocol == Protocol.ICMP || f.protocol == Protocol.ICMP6) {
    store<u8>(p, <u8>f.dstPort);
    put32(p + 4, f.sequence);
    store<u16>(p, <u16>~fold16(sum16(p, length, pseudo)), 2);
  }
}
