// REQ-FILTER-004
// Why guard did not pass a frame. Each has a counter of its own; `drop.reason` says its name in lower case.
import { constants, enumeration, layouts } from "../../appliance/contract/generate/declare.ts";

const REASONS: Record<string, string> = {
  LINK: "no Ethernet frame",
  CUT: "captured shorter than it was",
  TOO_SHORT: "ends inside a header",
  VLAN: "more than one VLAN tag, or the reserved VLAN 4095",
  ETHERTYPE: "neither IPv4 nor IPv6",
  IP_VERSION: "IP version and Ethertype disagree",
  IP_LENGTH: "an IP length that the frame does not bear out",
  IP_OPTIONS: "IPv4 options",
  IP_FLAGS: "the reserved flag of IPv4 is set",
  IP_CHECKSUM: "wrong IPv4 header checksum",
  FRAGMENT: "a fragment",
  TTL: "time to live (hop limit) is 0",
  ADDRESS: "an address that no packet between hosts has, or source = destination",
  EXTENSION: "an IPv6 extension header",
  TRAILING: "bytes behind the packet that are no Ethernet padding",
  UDP_LENGTH: "UDP and IP lengths disagree",
  TCP_HEADER: "a TCP header shorter than its minimum, longer than the segment, or with reserved bits",
  TCP_FLAGS: "TCP flags that no segment of a connection has, or URG",
  ICMP_TYPE: "an ICMP message other than echo request or reply",
  CHECKSUM: "wrong UDP, TCP or ICMP checksum, or none on UDP over IPv6",
  PORT: "port 0",
  MTU: "longer than out takes",
  DEFAULT: "no rule matches",
  RATE: "a rule's rate was exceeded",
  SHAPING: "the rate of out was exceeded",
  VERDICT: "inspect asked for it",
  QUARANTINE: "the source or flow is in quarantine",
  CHECKERS: "the second checker does not agree with the first",
  CHAPTER10: "payload: mil1553, and the datagram is not whole Chapter 10 packets",
  MESSAGES: "payload: mil1553, and nothing in the datagram may cross",
  TIGHTENED: "the rate that a detector's verdict tightened was exceeded",
  TRANSFER: "payload: transfer, and the datagram is not the sender's, or was here before",
};
/** By their numbers from 1. */
export const NAMES = Object.keys(REASONS);

export default layouts(
  "Reasons",
  "Why guard does not pass a frame.",
  ["onboard", "ground"],
  [
    enumeration("Reason", "", {
      NONE: 0,
      ...Object.fromEntries(Object.entries(REASONS).map(([name, why], n) => [name, [n + 1, "", why] as const])),
      DENIED: [NAMES.length + 1, "by a rule, which has the counter and the name"],
    }),
    constants("", { REASONS: [NAMES.length + 1, "NONE and those with a counter of their own"] }),
  ],
);
