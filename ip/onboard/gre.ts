// GRE (RFC 2784, RFC 2890; version 1: PPTP, RFC 2637): flags and version, protocol, then by flags checksum, key,
// sequence.
//   version 0   C R K S s recursion(3) flags(5) version(3)     R and s: source routes of RFC 1701
//   version 1   the same, A (acknowledgment number) among the flags; the key holds payload length and call
import { be16, be32, fold16, sum16 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { bad, verifiable } from "./checksum";
import { fromEtherType } from "./generated/numbers";
import { Packet, need, note, rest } from "./packet";
import { Protocol } from "./generated/protocol";

const CHECKSUM: u32 = 0x8000,
  ROUTING: u32 = 0x4000,
  KEY: u32 = 0x2000,
  SEQUENCE: u32 = 0x1000,
  STRICT: u32 = 0x0800;
const ACKNOWLEDGE: u32 = 0x0080;
const MAX_ROUTES: u32 = 16;

export function gre(k: Packet): u32 {
  if (!need(k, 4, Anomaly.GRE_TOO_SMALL)) return Protocol.NONE;
  const flags = be16(k.at),
    type = be16(k.at + 2);
  k.greProtocol = <u16>type;
  if ((flags & 7) == 0) return version0(k, flags, type);
  if ((flags & 7) == 1) return version1(k, flags, type);
  note(k, Anomaly.GRE_VERSION);
  return Protocol.NONE;
}

function version0(k: Packet, flags: u32, type: u32): u32 {
  if (flags & 0x0700) note(k, Anomaly.GRE_V0_RECUR);
  if (flags & 0x00f8) note(k, Anomaly.GRE_V0_FLAGS);
  const length = rest(k);
  let header: u32 = 4;
  if (flags & (CHECKSUM | ROUTING)) header += 4;
  if (flags & KEY) header += 4;
  if (flags & SEQUENCE) header += 4;
  if (!need(k, header, Anomaly.GRE_V0_TOO_BIG)) return Protocol.NONE;
  if (flags & CHECKSUM && verifiable(k, length) && fold16(sum16(k.at, length, 0)) != 0xffff)
    bad(k, Anomaly.GRE_CHECKSUM);
  if (flags & KEY) k.tunnelId = be32(k.at + (flags & (CHECKSUM | ROUTING) ? 8 : 4));
  k.at += header;
  if (flags & ROUTING && !sourceRoutes(k)) return Protocol.NONE;
  switch (type) {
    case 0x88be:
      return flags & SEQUENCE ? Protocol.ERSPAN : Protocol.ERSPAN_I; // type I has neither header nor sequence
    case 0x22eb:
      return Protocol.ERSPAN;
    case 0x883e:
      return wccp(k);
    case 0x880b:
      return Protocol.PPP;
    case 0x00fe:
      return Protocol.ISIS;
    case 0x8909:
      return Protocol.CMD_GRE;
    default:
      return fromEtherType(type);
  }
}

/** RFC 1701: family (2), offset, length, data; ended by length 0. */
function sourceRoutes(k: Packet): bool {
  for (let n: u32 = 0; n < MAX_ROUTES; ++n) {
    if (!need(k, 4, Anomaly.GRE_V0_SRE)) return false;
    const length = <u32>load<u8>(k.at, 3);
    k.at += 4;
    if (length == 0) return true;
    if (!need(k, length, Anomaly.GRE_V0_SRE)) return false;
    k.at += length;
  }
  note(k, Anomaly.GRE_V0_SRE);
  return false;
}

/** Web cache redirection: version 1 has no header of its own, version 2 one of 4 bytes, told by the first nibble. */
function wccp(k: Packet): u32 {
  if (!need(k, 1, Anomaly.GRE_TOO_SMALL)) return Protocol.NONE;
  if (load<u8>(k.at) >> 4 != 4) k.at += 4;
  return Protocol.IP;
}

function version1(k: Packet, flags: u32, type: u32): u32 {
  if (flags & CHECKSUM) note(k, Anomaly.GRE_V1_CHKSUM);
  if (flags & ROUTING) note(k, Anomaly.GRE_V1_ROUTE);
  if (flags & STRICT) note(k, Anomaly.GRE_V1_SSR);
  if (flags & 0x0700) note(k, Anomaly.GRE_V1_RECUR);
  if (flags & 0x0078) note(k, Anomaly.GRE_V1_FLAGS);
  if (!(flags & KEY)) note(k, Anomaly.GRE_V1_NO_KEY);
  if (type != 0x880b) {
    note(k, Anomaly.GRE_V1_PROTOCOL);
    return Protocol.NONE;
  }
  let header: u32 = 4;
  if (flags & KEY) header += 4;
  if (flags & SEQUENCE) header += 4;
  if (flags & ACKNOWLEDGE) header += 4;
  if (!need(k, header, Anomaly.GRE_V1_TOO_BIG)) return Protocol.NONE;
  if (flags & KEY) k.tunnelId = be32(k.at + 4);
  k.at += header;
  return rest(k) == 0 ? Protocol.NONE : Protocol.PPP; // an acknowledgment carries nothing
}
