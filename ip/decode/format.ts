// A decoded packet as a line: JSON, or CSV with the same columns.
import { ip, ipv4, mac } from "./addresses.ts";
import type { IpView, PacketView } from "./decoder.ts";
import type { Is } from "./layout.ts";

type Value = string | number | boolean | string[] | number[] | undefined;
type Fields = Record<string, Value>;

/** Columns of the CSV, which are the keys of the JSON; lists are joined by `;`, what a packet does not have is empty. */
export const COLUMNS = [
  ...["number", "time", "captured", "original", "link", "protocols", "eth_src", "eth_dst", "ethertype", "vlan", "mpls"],
  ...["arp_op", "arp_src_mac", "arp_src_ip", "arp_dst_mac", "arp_dst_ip"],
  ...["outer_src", "outer_dst", "outer_ttl", "outer_proto", "tunnel_id"],
  ...["ip_version", "src", "dst", "ttl", "tos", "proto", "ip_id", "ip_len", "dont_fragment"],
  ...["fragment_offset", "fragment_more", "sport", "dport"],
  ...["tcp_flags", "tcp_seq", "tcp_ack", "tcp_window", "tcp_mss", "icmp_type", "icmp_code"],
  ...["quoted_src", "quoted_dst", "quoted_proto", "quoted_sport", "quoted_dport"],
  ...["payload_offset", "payload", "payload_wire", "app_proto", "messages", "flags", "anomalies"],
] as const;

const FLAG_NAMES = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"];

/** `SYN ACK` from the 12 bits of a TCP header; `none` for none of them; reserved bits as a number. */
function tcpFlags(bits: number): string {
  const names = FLAG_NAMES.filter((_, i) => bits & (1 << i));
  if (bits >> 9) names.push(`reserved=${bits >> 9}`);
  return names.join(" ") || "none";
}

/** 2026-11-20T22:31:05.123456789Z */
export function time(ns: bigint): string {
  const seconds = ns / 1000000000n;
  const date = Number(seconds) * 1000;
  const fraction = (ns % 1000000000n).toString().padStart(9, "0");
  return `${new Date(date).toISOString().slice(0, 19)}.${fraction}Z`;
}

function ipFields(header: IpView): Fields {
  return {
    ip_version: header.version,
    src: ip(header.version, header.srcHi, header.srcLo),
    dst: ip(header.version, header.dstHi, header.dstLo),
    ttl: header.ttl,
    tos: header.tos,
    proto: header.protocol,
    ip_id: header.version === 4 || header.fragment ? header.id : undefined,
    ip_len: header.totalLength,
    dont_fragment: header.dontFragment || undefined,
    fragment_offset: header.fragment?.offset,
    fragment_more: header.fragment?.more,
  };
}

function linkFields(k: PacketView): Fields {
  const etherType = k.u16("etherType");
  const source = k.u64("macSrc");
  const destination = k.u64("macDst");
  const vlans = k.vlans;
  const protocols = k.protocols;
  const ethernet = protocols[0] === "eth";
  return {
    number: Number(k.u64("number")),
    time: time(k.u64("time")),
    captured: k.u32("captured"),
    original: k.u32("original"),
    link: k.u16("link"),
    protocols: protocols.join(":"),
    eth_src: ethernet || source ? mac(source) : undefined,
    eth_dst: ethernet ? mac(destination) : undefined,
    ethertype: etherType ? `0x${etherType.toString(16).padStart(4, "0")}` : undefined,
    vlan: vlans.length ? vlans : undefined,
    mpls: k.u8("labels") ? k.u32("mplsLabel") : undefined,
  };
}

function transportFields(k: PacketView): Fields {
  const ported = k.is("PORTS");
  const tcp = k.u8("protocol") === 6 && k.u8("tcpHeader") > 0;
  const icmp = [1, 2, 58].includes(k.u8("protocol")) && !k.is("LATER") && k.u8("ips") > 0;
  return {
    sport: ported ? k.u16("sourcePort") : undefined,
    dport: ported ? k.u16("destPort") : undefined,
    tcp_flags: tcp ? tcpFlags(k.u16("tcpFlags")) : undefined,
    tcp_seq: tcp ? k.u32("seq") : undefined,
    tcp_ack: tcp ? k.u32("ack") : undefined,
    tcp_window: tcp ? k.u16("window") : undefined,
    tcp_mss: k.u16("mss") || undefined,
    icmp_type: icmp ? k.u8("icmpType") : undefined,
    icmp_code: icmp ? k.u8("icmpCode") : undefined,
  };
}

function quotedFields(quoted: IpView | undefined, k: PacketView): Fields {
  if (!quoted) return {};
  const ported = k.u16("quotedSource") || k.u16("quotedDest");
  return {
    quoted_src: ip(quoted.version, quoted.srcHi, quoted.srcLo),
    quoted_dst: ip(quoted.version, quoted.dstHi, quoted.dstLo),
    quoted_proto: quoted.protocol,
    quoted_sport: ported ? k.u16("quotedSource") : undefined,
    quoted_dport: ported ? k.u16("quotedDest") : undefined,
  };
}

/** Flags worth a word, in lower case. */
const SHOWN = ["TUNNELLED", "BAD_CHECKSUM", "SNAPPED", "CUT", "ENCRYPTED"] as const satisfies (keyof typeof Is)[];

/** Everything that is shown of a packet. */
export function fields(k: PacketView): Fields {
  const { outer, inner } = k;
  const arp = k.u16("arpOp");
  const flags = SHOWN.filter((flag) => k.is(flag)).map((flag) => flag.toLowerCase());
  const anomalies = k.anomalies.map(({ event, layer, offset }) => `${event} (${layer || "frame"} at ${offset})`);
  if (k.u8("lost")) anomalies.push(`and ${k.u8("lost")} more`);
  return {
    ...linkFields(k),
    ...(arp && {
      arp_op: arp,
      arp_src_mac: mac(k.u64("arpSenderMac")),
      arp_src_ip: ipv4(k.u32("arpSenderIp")),
      arp_dst_mac: mac(k.u64("arpTargetMac")),
      arp_dst_ip: ipv4(k.u32("arpTargetIp")),
    }),
    ...(outer &&
      k.u8("ips") > 1 && {
        outer_src: ip(outer.version, outer.srcHi, outer.srcLo),
        outer_dst: ip(outer.version, outer.dstHi, outer.dstLo),
        outer_ttl: outer.ttl,
        outer_proto: outer.protocol,
      }),
    tunnel_id: k.u32("tunnelId") || undefined,
    ...(inner && ipFields(inner)),
    ...transportFields(k),
    ...quotedFields(k.quoted, k),
    payload_offset: k.u32("payloadOffset"),
    payload: k.u32("payloadLength"),
    payload_wire: k.u32("payloadClaimed"),
    app_proto: k.said?.protocol,
    messages: k.said?.messages,
    flags: flags.length ? flags : undefined,
    anomalies: anomalies.length ? anomalies : undefined,
  };
}

export const toJson = (k: PacketView): string => JSON.stringify(fields(k));

/** Messages have commas; no field has a quotation mark or a line end. */
export function toCsv(k: PacketView): string {
  const all = fields(k);
  return COLUMNS.map((column) => {
    const value = all[column];
    const text = value === undefined ? "" : Array.isArray(value) ? value.join(";") : String(value);
    return text.includes(",") ? `"${text}"` : text;
  }).join(",");
}
