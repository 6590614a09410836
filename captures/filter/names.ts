/** Names and numbers that filter words know (pcap-filter(7)); names of hosts are not looked up. */

export const PROTOCOLS = [
  ...["ether", "ip", "ip6", "arp", "rarp", "tcp", "udp", "icmp", "icmp6", "sctp", "igmp"],
  ...["pim", "vrrp", "carp", "igrp", "esp", "ah"],
];

/** EtherTypes, and what follows an IP header (IANA protocol numbers). */
export const ETHERTYPE: Record<string, number> = { ip: 0x0800, arp: 0x0806, rarp: 0x8035, ip6: 0x86dd };
const PORTED: Record<string, number> = { tcp: 6, udp: 17, sctp: 132 };
export const TRANSPORT: Record<string, number> = {
  ...PORTED,
  icmp: 1,
  igmp: 2,
  igrp: 9,
  pim: 103,
  vrrp: 112,
  carp: 112,
};
/** Those that have no fields here: libpcap has no `esp[0]`. */
export const SEALED: Record<string, number> = { esp: 50, ah: 51 };
export const IP_PROTOCOL: Record<string, number> = {
  ...TRANSPORT,
  ...SEALED,
  gre: 47,
  icmp6: 58,
  "ipv6-icmp": 58,
  ospf: 89,
};
/** Whose header has ports at its front. */
export const hasPorts = (protocol: string): boolean => PORTED[protocol] !== undefined;
/** Of those above, the ones that only IPv4 carries for libpcap. */
export const ONLY_IPV4: readonly string[] = ["icmp", "igmp", "igrp", "vrrp", "carp"];

/**
 * Services by the names of IANA's registry that people ask for (RFC 6335). libpcap asks the system it runs on, so that the same
 * words mean more or less on another one; here they mean the same everywhere.
 */
export const SERVICE: Record<string, number> = {
  "ftp-data": 20,
  ftp: 21,
  ssh: 22,
  telnet: 23,
  smtp: 25,
  domain: 53,
  bootps: 67,
  bootpc: 68,
  tftp: 69,
  http: 80,
  kerberos: 88,
  pop3: 110,
  sunrpc: 111,
  ntp: 123,
  "netbios-ns": 137,
  "netbios-dgm": 138,
  "netbios-ssn": 139,
  imap2: 143,
  imap: 143,
  snmp: 161,
  "snmp-trap": 162,
  snmptrap: 162,
  bgp: 179,
  ldap: 389,
  https: 443,
  "microsoft-ds": 445,
  submission: 587,
  modbus: 502,
  mbap: 502,
  isakmp: 500,
  syslog: 514,
  "dhcpv6-client": 546,
  "dhcpv6-server": 547,
  ldaps: 636,
  domains: 853,
  "domain-s": 853,
  ftps: 990,
  imaps: 993,
  pop3s: 995,
  "iso-tsap": 102,
  radius: 1812,
  "radius-acct": 1813,
  mqtt: 1883,
  nfs: 2049,
  mysql: 3306,
  "ms-wbt-server": 3389,
  "ipsec-nat-t": 4500,
  sip: 5060,
  mdns: 5353,
  dnp: 20000,
};

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
  "host, net, port, portrange, proto, src, dst, ether, ip, ip6, arp, rarp, tcp, udp, icmp, icmp6, sctp, igmp, pim, vrrp, " +
  "carp, igrp, esp, ah, stp, vlan, mpls, pppoed, pppoes, multicast, broadcast, less, greater, len, PROTOCOL[INDEX:SIZE], a number";

/** A number as libpcap reads it: decimal, hexadecimal with 0x, octal with 0; undefined for anything else, or above 32 bits. */
export function numberOf(text: string): number | undefined {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(text)) return undefined;
  const value = Number(/^0\d/.test(text) ? `0o${text.slice(1)}` : text);
  return value <= 0xffffffff ? value : undefined;
}
