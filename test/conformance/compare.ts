// One packet, ours against tshark's: layers 2 to 4, field by field.
import { MAX_CAPTURED } from "../../appliance/contract/abi.ts";
import { ip as address, ipv4, mac } from "../../ip/decode/addresses.ts";
import type { IpView, PacketView } from "../../ip/decode/decoder.ts";
import type { Frame } from "./truth.ts";

export interface Difference {
  field: string;
  ours: string;
  theirs: string;
}

/** Layers that both sides name; tshark's stack counts up to the first other one. */
const COMPARED = new Set([
  ...[
    "eth",
    "vlan",
    "ieee8021ah",
    "vntag",
    "ieee8021br",
    "cfp",
    "llc",
    "mpls",
    "pwethcw",
    "pppoed",
    "pppoes",
    "ppp",
    "arp",
  ],
  ...[
    "ip",
    "ipv6",
    "ipv6.hopopts",
    "ipv6.routing",
    "ipv6.fraghdr",
    "ipv6.dstopts",
    "ah",
    "esp",
    "mipv6",
    "hip",
    "shim6",
  ],
  ...["tcp", "udp", "udplite", "icmp", "icmpv6", "igmp", "sctp", "dccp"],
  ...["gre", "erspan", "vxlan", "geneve", "gtp", "teredo", "nsh", "l2tp", "hsr", "cmd"],
]);

/** Where tshark has another word for the same, or one for what is no header. */
const SAME: Record<string, string> = { pwethheuristic: "", pwethnocw: "", ethertype: "", ieee8021ad: "vlan" };

export function theirStack(frame: Frame): string[] {
  const stack: string[] = [];
  for (const name of frame.text("frame.protocols").split(":")) {
    const word = SAME[name] ?? name;
    if (word === "") continue;
    if (!COMPARED.has(word)) break;
    if (word === "igmp" && stack.at(-1) === "igmp") continue; // tshark names it once more for the version's own part
    stack.push(word);
    if (word === "icmp" || word === "icmpv6") break; // what follows is quoted
  }
  return stack;
}

export function ourStack(k: PacketView): string[] {
  const stack: string[] = [];
  for (const word of k.protocols)
    if (COMPARED.has(word)) stack.push(word);
    else if (word === "rarp") stack.push("arp"); // tshark has one word for both
  return stack;
}

/** The differences of one packet; none when both agree. Counts in `compared` how many values of each field were. */
export function compare(k: PacketView, frame: Frame, compared = new Map<string, number>()): Difference[] {
  const found: Difference[] = [];
  const check: Check = (field, ours, theirs) => {
    if (theirs === undefined) return; // tshark has no such value
    compared.set(field, (compared.get(field) ?? 0) + 1);
    if (String(ours) !== theirs) found.push({ field, ours: String(ours), theirs });
  };
  check("frame.len", k.u32("original"), frame.text("frame.len"));
  check("frame.cap_len", k.u32("captured"), String(Math.min(Number(frame.text("frame.cap_len")), MAX_CAPTURED)));
  const theirs = theirStack(frame);
  check("stack", ourStack(k).join(":"), theirs.join(":"));
  if (found.length) return found; // the fields below belong to layers that are not the same
  // of FabricPath frames the columns have the inner addresses only
  const columns = !theirs.includes("cfp");
  if (columns) check("eth.src", mac(k.u64("macSrc")), frame.list("eth.src")[0]);
  if (columns) check("eth.dst", mac(k.u64("macDst")), frame.list("eth.dst")[0]);
  vlans(k, frame, theirs, check);
  if (theirs.includes("mpls")) check("mpls.label", k.u32("mplsLabel"), frame.list("mpls.label")[0]);
  etherType(k, frame, theirs, check);
  headers(k, frame, theirs, check);
  transport(k, frame, theirs, check);
  if (theirs.includes("arp") && frame.text("arp.src.proto_ipv4")) {
    check("arp.opcode", k.u16("arpOp"), frame.text("arp.opcode"));
    check("arp.src.hw_mac", mac(k.u64("arpSenderMac")), frame.list("arp.src.hw_mac")[0]);
    check("arp.src.proto_ipv4", ipv4(k.u32("arpSenderIp")), frame.text("arp.src.proto_ipv4"));
    check("arp.dst.proto_ipv4", ipv4(k.u32("arpTargetIp")), frame.list("arp.dst.proto_ipv4")[0]);
  }
  return found;
}

/** Behind the VLAN tags. Behind other tags there is no column for it. */
function etherType(k: PacketView, frame: Frame, stack: string[], check: Check): void {
  if (stack.some((word) => ["ieee8021ah", "vntag", "ieee8021br", "cfp"].includes(word))) return;
  const tags = countLeading(stack, "vlan", 1);
  const type = tags ? frame.list("vlan.etype").at(tags - 1) : frame.list("eth.type")[0];
  if (type) check("ethertype", hex(k.u16("etherType"), 4), Number.parseInt(type, 16) < 0x600 ? "0x0000" : type);
}

/** IEEE 802.1ad tags are no vlan.id in tshark; tags behind what is no layer here (sFlow samples) do not count. */
function vlans(k: PacketView, frame: Frame, stack: string[], check: Check): void {
  const outer = frame
    .text("frame.protocols")
    .split(":")
    .filter((word) => word === "ieee8021ad").length;
  const tags = Math.min(4, stack.filter((word) => word === "vlan").length) - outer;
  check("vlan.id", k.vlans.slice(outer).join(), frame.list("vlan.id").slice(0, tags).join());
}

const hex = (value: number, digits: number) => `0x${value.toString(16).padStart(digits, "0")}`;

function countLeading(stack: string[], word: string, from: number): number {
  let n = 0;
  while (stack[from + n] === word) n++;
  return n;
}

type Check = (field: string, ours: string | number | bigint, theirs: string | undefined) => void;

/** The outermost and the innermost IP header. */
function headers(k: PacketView, frame: Frame, stack: string[], check: Check): void {
  // where tshark refuses a header (wrong version, cut short) it names the layer all the same, without addresses
  const read = { ip: frame.list("ip.dst").length, ipv6: frame.list("ipv6.dst").length };
  const ips = stack.filter((word) => (word === "ip" || word === "ipv6") && read[word]-- > 0);
  check("ips", k.u8("ips"), String(ips.length));
  if (ips.length === 0 || k.u8("ips") !== ips.length) return;
  header(k.outer!, frame, ips, 0, check);
  if (ips.length > 1) header(k.inner!, frame, ips, ips.length - 1, check);
}

function header(ip: IpView, frame: Frame, ips: string[], index: number, check: Check): void {
  const nth = ips.slice(0, index).filter((word) => word === ips[index]).length;
  const get = (column: string) => frame.list(column)[nth];
  const src = address(ip.version, ip.srcHi, ip.srcLo);
  const dst = address(ip.version, ip.dstHi, ip.dstLo);
  if (ips[index] === "ip") {
    check("ip.src", src, get("ip.src"));
    check("ip.dst", dst, get("ip.dst"));
    check("ip.ttl", ip.ttl, get("ip.ttl"));
    check("ip.proto", ip.protocol, get("ip.proto"));
    check("ip.id", hex(ip.id, 4), get("ip.id"));
    check("ip.len", ip.totalLength, get("ip.len"));
    check("ip.hdr_len", ip.headerLength, get("ip.hdr_len"));
    check("ip.flags.mf", Number(ip.fragment?.more ?? false), get("ip.flags.mf"));
    check("ip.frag_offset", (ip.fragment?.offset ?? 0) / 8, get("ip.frag_offset"));
  } else {
    check("ipv6.src", src, get("ipv6.src"));
    check("ipv6.dst", dst, get("ipv6.dst"));
    check("ipv6.hlim", ip.ttl, get("ipv6.hlim"));
    check("ipv6.plen", ip.totalLength - 40, get("ipv6.plen"));
    const offset = frame.list("ipv6.fraghdr.offset");
    if (ip.fragment && offset.length === 1) {
      check("ipv6.fraghdr.offset", ip.fragment.offset / 8, offset[0]);
      check("ipv6.fraghdr.more", Number(ip.fragment.more), frame.text("ipv6.fraghdr.more"));
    }
  }
}

/** The innermost transport. */
function transport(k: PacketView, frame: Frame, stack: string[], check: Check): void {
  const last = stack.findLast((word) => ["tcp", "udp", "icmp", "icmpv6", "igmp", "sctp", "gre"].includes(word));
  const lastIp = stack.findLastIndex((word) => word === "ip" || word === "ipv6");
  if (!last || stack.lastIndexOf(last) < lastIp) return; // ours are the innermost packet's only
  const nth = stack.filter((word) => word === last).length - 1;
  const get = (column: string) => frame.list(column)[nth];
  if (last === "tcp" || last === "udp" || last === "sctp") {
    check(`${last}.srcport`, k.u16("sourcePort"), get(`${last}.srcport`));
    check(`${last}.dstport`, k.u16("destPort"), get(`${last}.dstport`));
  }
  if (last === "tcp") {
    check("tcp.seq_raw", k.u32("seq"), get("tcp.seq_raw"));
    check("tcp.flags", hex(k.u16("tcpFlags"), 4), get("tcp.flags"));
    check("tcp.len", k.u32("payloadClaimed"), get("tcp.len"));
  } else if (last === "udp") check("udp.length", k.u16("udpLength"), get("udp.length"));
  else if (last === "icmp" || last === "icmpv6") {
    check(`${last}.type`, k.u8("icmpType"), get(`${last}.type`));
    check(`${last}.code`, k.u8("icmpCode"), get(`${last}.code`));
  } else if (last === "igmp") check("igmp.type", hex(k.u8("icmpType"), 2), get("igmp.type"));
  else if (last === "gre") check("gre.proto", hex(k.u16("greProtocol"), 4), get("gre.proto"));
}
