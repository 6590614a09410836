// UDP (RFC 768): ports, length, checksum. UDP-Lite (RFC 3828): coverage, no length. Tunnels: proof.ts, named.ts.
import { be16 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { checkTransport } from "./checksum";
import { openUdp } from "./named";
import { Is, Packet, innermost, limit, need, note, rest } from "./packet";
import { Protocol } from "./generated/protocol";
import { ports, tooSmall } from "./tcp";

export function udp(k: Packet): u32 {
  if (!need(k, 8, tooSmall(k, Anomaly.UDP_HLEN_SMALL))) {
    ports(k);
    return Protocol.NONE;
  }
  const p = k.at;
  ports(k);
  const length = be16(p + 4),
    available = rest(k);
  k.udpLength = <u16>length;
  if (k.destPort == 0) note(k, Anomaly.UDP_PORT_ZERO); // a source port of 0 says that no answer is wanted
  if (k.flags & Is.FRAGMENT)
    k.flags |= Is.UNVERIFIED; // the rest comes with other fragments
  else if (length != 0 && length < 8) {
    note(k, Anomaly.UDP_LEN);
    return Protocol.NONE;
  } else if (length == 0 && available <= 65535) {
    note(k, Anomaly.UDP_LEN);
    if (innermost(k).version == 4) return Protocol.NONE;
  } else if (length > available) note(k, Anomaly.UDP_TOO_SMALL);
  else {
    if (length != 0 && length < available) {
      note(k, Anomaly.UDP_HLEN);
      limit(k, length);
    }
    checksum(k, rest(k));
  }
  k.at = p + 8;
  let tunnel = tunnelOn(<u32>k.destPort);
  if (tunnel == Protocol.NONE) tunnel = answersFrom(<u32>k.sourcePort);
  tunnel = openUdp(k, tunnel);
  if ((tunnel != Protocol.GTP && tunnel != Protocol.GTP_CONTROL) || k.at >= k.end) return tunnel;
  // these ports are in the range that hosts pick from: another version than GTP has is somebody else's datagram
  const first = <u32>load<u8>(k.at);
  return first >> 4 == 3 || (tunnel == Protocol.GTP_CONTROL && first >> 5 == 2) ? tunnel : Protocol.NONE;
}

/** 0 means that there is none: allowed in IPv4; in IPv6 for tunnels only (RFC 6935). */
function checksum(k: Packet, length: u32): void {
  if (load<u16>(k.at, 6) != 0) checkTransport(k, length, length, 17, Anomaly.UDP_CHECKSUM);
  else if (innermost(k).version == 6 && tunnelOn(<u32>k.destPort) == Protocol.NONE) note(k, Anomaly.UDP_NO_CHECKSUM);
}

/** IANA port numbers. */
function tunnelOn(port: u32): u32 {
  switch (port) {
    case 4789:
      return Protocol.VXLAN;
    case 4790:
      return Protocol.VXLAN_GPE;
    case 4754:
      return Protocol.GRE;
    case 6635:
      return Protocol.MPLS;
    case 2123:
      return Protocol.GTP_CONTROL;
    case 3386:
      return Protocol.GTP_PRIME;
    case 6081:
      return Protocol.GENEVE;
    case 2152:
      return Protocol.GTP;
    case 3544:
      return Protocol.TEREDO;
    case 1701:
      return Protocol.L2TP_UDP;
    default:
      return Protocol.NONE;
  }
}

/** Tunnels whose answers come from the known port; of the others it is the destination port only that tells. */
function answersFrom(port: u32): u32 {
  const tunnel = tunnelOn(port);
  return tunnel == Protocol.TEREDO ||
    tunnel == Protocol.L2TP_UDP ||
    tunnel == Protocol.GTP ||
    tunnel == Protocol.GTP_CONTROL ||
    tunnel == Protocol.GTP_PRIME
    ? tunnel
    : Protocol.NONE;
}

export function udplite(k: Packet): u32 {
  if (!need(k, 8, tooSmall(k, Anomaly.UDPLITE_TOO_SMALL))) {
    ports(k);
    return Protocol.NONE;
  }
  ports(k);
  const coverage = be16(k.at + 4),
    length = rest(k);
  if (coverage != 0 && (coverage < 8 || coverage > length)) note(k, Anomaly.UDPLITE_COVERAGE);
  else checkTransport(k, length, coverage == 0 ? length : coverage, 136, Anomaly.UDPLITE_CHECKSUM);
  k.at += 8;
  return Protocol.NONE;
}
