/** The ground's twin of ../onboard/reasons.ts: why guard drops a frame, in the order of the numbers from 1. */
export const REASONS: readonly { name: string; meaning: string }[] = [
  { name: "link", meaning: "no Ethernet frame" },
  { name: "cut", meaning: "captured shorter than it was" },
  { name: "too_short", meaning: "ends inside a header" },
  { name: "vlan", meaning: "more than one VLAN tag, or the reserved VLAN 4095" },
  { name: "ethertype", meaning: "neither IPv4 nor IPv6" },
  { name: "ip_version", meaning: "IP version and Ethertype disagree" },
  { name: "ip_length", meaning: "an IP length that the frame does not bear out" },
  { name: "ip_options", meaning: "IPv4 options" },
  { name: "ip_flags", meaning: "the reserved flag of IPv4 is set" },
  { name: "ip_checksum", meaning: "wrong IPv4 header checksum" },
  { name: "fragment", meaning: "a fragment" },
  { name: "ttl", meaning: "time to live (hop limit) is 0" },
  { name: "address", meaning: "an address that no packet between hosts has, or source = destination" },
  { name: "extension", meaning: "an IPv6 extension header" },
  { name: "trailing", meaning: "bytes behind the packet that are no Ethernet padding" },
  { name: "udp_length", meaning: "UDP and IP lengths disagree" },
  {
    name: "tcp_header",
    meaning: "a TCP header shorter than its minimum, longer than the segment, or with reserved bits",
  },
  { name: "tcp_flags", meaning: "TCP flags that no segment of a connection has, or URG" },
  { name: "icmp_type", meaning: "an ICMP message other than echo request or reply" },
  { name: "checksum", meaning: "wrong UDP, TCP or ICMP checksum, or none on UDP over IPv6" },
  { name: "port", meaning: "port 0" },
  { name: "mtu", meaning: "longer than out takes" },
  { name: "default", meaning: "no rule matches" },
  { name: "rate", meaning: "a rule's rate was exceeded" },
  { name: "shaping", meaning: "the rate of out was exceeded" },
  { name: "verdict", meaning: "inspect asked for it" },
  { name: "quarantine", meaning: "the source or flow is in quarantine" },
  { name: "checkers", meaning: "the second checker does not agree with the first" },
  { name: "chapter10", meaning: "payload: mil1553, and the datagram is not whole Chapter 10 packets" },
  { name: "messages", meaning: "payload: mil1553, and nothing in the datagram may cross" },
];

/** Names that no rule may have. */
export const RESERVED: ReadonlySet<string> = new Set([...REASONS.map(({ name }) => name), "none"]);
