// ICMPv6 (RFC 4443): type, code, checksum, 4 bytes by type. Errors (types below 128) quote the packet that caused them;
// neighbour discovery (RFC 4861) and listener discovery (RFC 2710, RFC 3810) have rules of their own on the hop limit.
import { Anomaly } from "./generated/anomaly";
import { checkTransport } from "./checksum";
import { Packet, innermost, need, note, rest } from "./packet";
import { Protocol } from "./generated/protocol";
import { quoteIpv6 } from "./quotation";
import { tooSmall } from "./tcp";

export function icmpv6(k: Packet): u32 {
  if (!need(k, 4, tooSmall(k, Anomaly.ICMPV6_TOO_SMALL))) return Protocol.NONE;
  const p = k.at;
  const type = <u32>load<u8>(p),
    code = <u32>load<u8>(p, 1);
  k.icmpType = <u8>type;
  k.icmpCode = <u8>code;
  if (innermost(k).version == 6) checkTransport(k, rest(k), rest(k), 58, Anomaly.ICMPV6_CHECKSUM);
  if (!need(k, 8, tooSmall(k, Anomaly.ICMPV6_TOO_SMALL))) return Protocol.NONE;
  if (type >= 133 && type <= 137) neighbour(k, type, code);
  else if (type == 130 || type == 131 || type == 132 || type == 143) {
    if (innermost(k).ttl != 1) note(k, Anomaly.ICMPV6_MLD_HOP_LIMIT);
  }
  k.at = p + 8;
  classify(k, type, code);
  if (type >= 1 && type <= 4) quoteIpv6(k, Anomaly.ICMPV6_QUOTE_SMALL, Anomaly.ICMPV6_QUOTE_VERSION);
  return Protocol.NONE;
}

/** IANA icmpv6-parameters. */
function classify(k: Packet, type: u32, code: u32): void {
  if (type == 100 || type == 101 || type == 200 || type == 201) {
    note(k, Anomaly.ICMPV6_EXPERIMENTAL);
    return;
  }
  if (type == 1) {
    if (code > 8) note(k, Anomaly.ICMPV6_CODE);
    return;
  }
  if (type == 2) {
    if (code != 0) note(k, Anomaly.ICMPV6_CODE);
    return;
  }
  if (type == 3) {
    if (code > 1) note(k, Anomaly.ICMPV6_CODE);
    return;
  }
  if (type == 4) {
    if (code > 10) note(k, Anomaly.ICMPV6_CODE);
    return;
  }
  if (type == 0 || type == 127 || type == 255) {
    note(k, Anomaly.ICMPV6_UNASSIGNED);
    return;
  } // reserved
  if (type < 128 || type > 162) {
    note(k, Anomaly.ICMPV6_UNASSIGNED);
    return;
  }
  if (
    code != 0 &&
    type != 138 &&
    type != 139 &&
    type != 140 &&
    type != 155 &&
    type != 157 &&
    type != 158 &&
    type != 160 &&
    type != 161 &&
    !(type >= 133 && type <= 137)
  )
    note(k, Anomaly.ICMPV6_CODE);
}

/**
 * RFC 4861 sections 6.1, 7.1 and 8.1: hop limit 255 shows that no router forwarded it; code 0; no option of length 0.
 */
function neighbour(k: Packet, type: u32, code: u32): void {
  if (innermost(k).ttl != 255) note(k, Anomaly.ICMPV6_NDP_HOP_LIMIT);
  if (code != 0) note(k, Anomaly.ICMPV6_NDP_CODE);
  const fixed: u32 = type == 133 ? 8 : type == 134 ? 16 : type == 137 ? 40 : 24;
  if (!need(k, fixed, Anomaly.ICMPV6_NDP_LENGTH)) return;
  let p = k.at + fixed;
  while (p < k.wire) {
    if (p + 2 > k.end) {
      if (p + 2 > k.wire) note(k, Anomaly.ICMPV6_NDP_OPTION);
      return;
    }
    const length = (<u32>load<u8>(p, 1)) << 3;
    if (length == 0 || p + length > k.wire) {
      note(k, Anomaly.ICMPV6_NDP_OPTION);
      return;
    }
    p += length;
  }
}
