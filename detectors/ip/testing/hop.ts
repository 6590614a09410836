/** What hosts of a segment say of who is where: DHCP and neighbour discovery, as frames. */
import { address, bytes, ipv4, sealed, udp } from "../../../ip/testing/frames.ts";
import type { Frame } from "../../testing/site.ts";
import { arpFrame, at, BROADCAST, framed } from "./traffic.ts";

export const DISCOVER = 1;
export const OFFER = 2;
export const REQUEST = 3;
export const ACK = 5;
const [ANY, ALL] = ["0.0.0.0", "255.255.255.255"];
const u32 = (n: number) => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];

export interface Dhcp {
  kind: number;
  client: number[];
  xid: number;
  /** Of the frame: the client's, or the server's. */
  mac?: number[];
  /** An answer: of this server, about this address. */
  server?: string;
  given?: string;
  /** Through a relay at this address. */
  relay?: string;
  clientId?: number[];
}

/** RFC 2131: a question is broadcast, an answer goes to the client. */
export function dhcpFrame({ kind, client, xid, mac = client, server, given = ANY, relay = ANY, clientId }: Dhcp) {
  const isAnswer = kind === OFFER || kind === ACK;
  const options = bytes(
    [53, 1, kind],
    server ? [54, 4, ...address(server)] : [],
    clientId ? [61, clientId.length, ...clientId] : [],
    [255],
  );
  const fixed = bytes(
    [isAnswer ? 2 : 1, 1, 6, 0],
    u32(xid),
    new Uint8Array(8),
    address(given),
    [0, 0, 0, 0],
    address(relay),
    client,
    new Uint8Array(202),
    [0x63, 0x82, 0x53, 0x63],
  );
  const ends = isAnswer
    ? { src: server!, dst: given, sport: 67, dport: 68 }
    : { src: relay, dst: ALL, sport: relay === ANY ? 68 : 67, dport: 67 };
  const packet = ipv4(17, udp(bytes(fixed, options), ends), ends);
  return framed(mac, isAnswer ? client : BROADCAST, 0x0800, packet);
}

export interface Server {
  mac: number[];
  ip: string;
}

/** DISCOVER to ACK, and the announcement that the client makes of its address (RFC 5227). */
export function leased(t: number, client: number[], ip: string, { mac, ip: server }: Server, xid = 7): Frame[] {
  const own = { client, xid };
  return [
    at(t, dhcpFrame({ ...own, kind: DISCOVER })),
    at(t + 0.01, dhcpFrame({ ...own, kind: OFFER, mac, server, given: ip })),
    at(t + 0.02, dhcpFrame({ ...own, kind: REQUEST, server })),
    at(t + 0.03, dhcpFrame({ ...own, kind: ACK, mac, server, given: ip })),
    at(t + 0.1, arpFrame({ op: 1, mac: client, ip, target: ip })),
  ];
}

export const ALL_NODES = "ff02:0:0:0:0:0:0:1";
export const linkLocal = (n: number) => `fe80:0:0:0:0:0:0:${n.toString(16)}`;

interface Discovery {
  mac: number[];
  src: string;
  dst: string;
  hopLimit?: number;
  to?: number[];
}

/** An ICMPv6 message of neighbour discovery (RFC 4861). */
function discovery(type: number, body: Uint8Array, { mac, src, dst, hopLimit = 255, to }: Discovery): Uint8Array {
  const message = sealed(58, bytes([type, 0, 0, 0], body), 2, src, dst);
  const head = bytes([0x60, 0, 0, 0, message.length >> 8, message.length & 255, 58, hopLimit]);
  const group = [0x33, 0x33, ...address(dst).slice(12)];
  return framed(mac, to ?? group, 0x86dd, bytes(head, address(src), address(dst), message));
}

const linkLayer = (type: number, mac: number[]) => bytes([type, 1], mac);

export interface Advertised extends Partial<Discovery> {
  mac: number[];
  target: string;
  /** S and O. */
  solicited?: boolean;
  override?: boolean;
}

/** A neighbour advertisement; unless told otherwise unsolicited, to all nodes, with its override flag. */
export function advertisement({ target, solicited = false, override = true, ...ends }: Advertised): Uint8Array {
  const flags = (solicited ? 0x40 : 0) | (override ? 0x20 : 0);
  const body = bytes([flags, 0, 0, 0], address(target), linkLayer(2, ends.mac));
  return discovery(136, body, { src: target, dst: ALL_NODES, ...ends });
}

/** A neighbour solicitation, with the sender's link-layer address unless that asks for its own (DAD). */
export function solicitation(mac: number[], src: string, target: string): Uint8Array {
  const dst = `ff02:0:0:0:0:1:ff${target.split(":")[6]!.padStart(4, "0").slice(2)}:${target.split(":")[7]}`;
  const isProbe = src === "0:0:0:0:0:0:0:0";
  return discovery(135, bytes([0, 0, 0, 0], address(target), isProbe ? [] : linkLayer(1, mac)), { mac, src, dst });
}

export interface Routed extends Partial<Discovery> {
  mac: number[];
  src: string;
  /** Seconds. */
  lifetime?: number;
  /** Of 64 bits: its first four groups. */
  prefix?: string;
}

/** A router advertisement to all nodes. */
export function routerFrame({ lifetime = 1800, prefix = "2001:db8:1:0", ...ends }: Routed): Uint8Array {
  const information = bytes([3, 4, 64, 0xc0], u32(86400), u32(14400), [0, 0, 0, 0], address(`${prefix}:0:0:0:0`));
  const body = bytes([64, 0, lifetime >> 8, lifetime & 255], new Uint8Array(8), information, linkLayer(1, ends.mac));
  return discovery(134, body, { dst: ALL_NODES, ...ends });
}
