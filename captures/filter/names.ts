/** Names and numbers that filter words know (pcap-filter(7)); names of hosts and services are not looked up. */

export const PROTOCOLS = ["ether", "ip", "ip6", "arp", "rarp", "tcp", "udp", "icmp", "icmp6", "sctp", "igmp"];

/** EtherTypes, and what follows an IP header (IANA protocol numbers). */
export const ETHERTYPE: Record<string, number> = { ip: 0x0800, arp: 0x0806, rarp: 0x8035, ip6: 0x86dd };
export const TRANSPORT: Record<string, number> = { tcp: 6, udp: 17, sctp: 132, icmp: 1, igmp: 2 };
export const IP_PROTOCOL: Record<string, number> = { ...TRANSPORT, esp: 50, ah: 51, icmp6: 58, "ipv6-icmp": 58 };

/** Offsets of fields and their values. */
export const NAMED: Record<string, number> = {
  tcpflags: 13,
  "tcp-fin": 0x01,
  "tcp-syn": 0x02,
  "tcp-rst": 0x04,
  "tcp-push": 0x08,
  "tcp-ack": 0x10,
  "tcp-urg": 0x20,
  "tcp-ece": 0x40,
  "tcp-cwr": 0x80,
  icmptype: 0,
  icmpcode: 1,
  "icmp-echoreply": 0,
  "icmp-unreach": 3,
  "icmp-sourcequench": 4,
  "icmp-redirect": 5,
  "icmp-echo": 8,
  "icmp-routeradvert": 9,
  "icmp-routersolicit": 10,
  "icmp-timxceed": 11,
  "icmp-paramprob": 12,
  "icmp-tstamp": 13,
  "icmp-tstampreply": 14,
  "icmp-ireq": 15,
  "icmp-ireqreply": 16,
  "icmp-maskreq": 17,
  "icmp-maskreply": 18,
  icmp6type: 0,
  icmp6code: 1,
  "icmp6-destinationunreach": 1,
  "icmp6-packettoobig": 2,
  "icmp6-timeexceeded": 3,
  "icmp6-parameterproblem": 4,
  "icmp6-echo": 128,
  "icmp6-echoreply": 129,
  "icmp6-multicastlistenerquery": 130,
  "icmp6-multicastlistenerreportv1": 131,
  "icmp6-multicastlistenerdone": 132,
  "icmp6-routersolicit": 133,
  "icmp6-routeradvert": 134,
  "icmp6-neighborsolicit": 135,
  "icmp6-neighboradvert": 136,
  "icmp6-redirect": 137,
  "icmp6-multicastlistenerreportv2": 143,
};

/** What is said when a word is not known. */
export const KNOWN =
  "host, net, port, portrange, proto, src, dst, ether, ip, ip6, arp, rarp, tcp, udp, icmp, icmp6, sctp, igmp, vlan, " +
  "multicast, broadcast, less, greater, len, PROTOCOL[INDEX:SIZE], a number";

/** A number as libpcap reads it: decimal, hexadecimal with 0x, octal with 0; undefined for anything else, or above 32 bits. */
export function numberOf(text: string): number | undefined {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(text)) return undefined;
  const value = Number(/^0\d/.test(text) ? `0o${text.slice(1)}` : text);
  return value <= 0xffffffff ? value : undefined;
}
