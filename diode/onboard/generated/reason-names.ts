// Generated from diode/layouts/reasons.ts by `npm run generate`: do not edit.
import { Text, lit } from "../../../lib/onboard/text";
import { Reason } from "./reasons";

/** As `drop.reason` says it. */
export function writeReason(t: Text, reason: u32): void {
  switch (reason) {
    case Reason.LINK:
      lit(t, "link");
      break;
    case Reason.CUT:
      lit(t, "cut");
      break;
    case Reason.TOO_SHORT:
      lit(t, "too_short");
      break;
    case Reason.VLAN:
      lit(t, "vlan");
      break;
    case Reason.ETHERTYPE:
      lit(t, "ethertype");
      break;
    case Reason.IP_VERSION:
      lit(t, "ip_version");
      break;
    case Reason.IP_LENGTH:
      lit(t, "ip_length");
      break;
    case Reason.IP_OPTIONS:
      lit(t, "ip_options");
      break;
    case Reason.IP_FLAGS:
      lit(t, "ip_flags");
      break;
    case Reason.IP_CHECKSUM:
      lit(t, "ip_checksum");
      break;
    case Reason.FRAGMENT:
      lit(t, "fragment");
      break;
    case Reason.TTL:
      lit(t, "ttl");
      break;
    case Reason.ADDRESS:
      lit(t, "address");
      break;
    case Reason.EXTENSION:
      lit(t, "extension");
      break;
    case Reason.TRAILING:
      lit(t, "trailing");
      break;
    case Reason.UDP_LENGTH:
      lit(t, "udp_length");
      break;
    case Reason.TCP_HEADER:
      lit(t, "tcp_header");
      break;
    case Reason.TCP_FLAGS:
      lit(t, "tcp_flags");
      break;
    case Reason.ICMP_TYPE:
      lit(t, "icmp_type");
      break;
    case Reason.CHECKSUM:
      lit(t, "checksum");
      break;
    case Reason.PORT:
      lit(t, "port");
      break;
    case Reason.MTU:
      lit(t, "mtu");
      break;
    case Reason.DEFAULT:
      lit(t, "default");
      break;
    case Reason.RATE:
      lit(t, "rate");
      break;
    case Reason.SHAPING:
      lit(t, "shaping");
      break;
    case Reason.VERDICT:
      lit(t, "verdict");
      break;
    case Reason.QUARANTINE:
      lit(t, "quarantine");
      break;
    case Reason.CHECKERS:
      lit(t, "checkers");
      break;
    case Reason.CHAPTER10:
      lit(t, "chapter10");
      break;
    case Reason.MESSAGES:
      lit(t, "messages");
      break;
    case Reason.TIGHTENED:
      lit(t, "tightened");
      break;
    case Reason.TRANSFER:
      lit(t, "transfer");
      break;
  }
}
