/** Pieces of traffic for the IP detectors' tests; times in seconds. */
import { ACK, address, bytes, eth, icmp, ipv4, RST, record, SYN, udp } from "../../../ip/testing/frames.ts";
import { type Frame, tcpFrame } from "../../testing/site.ts";
import type { Found, IpProbe } from "./probe.ts";

export const at = (seconds: number, data: Uint8Array): Frame => ({ time: Math.round(seconds * 1e9), data });
export const byTime = (frames: Frame[]): Frame[] => frames.sort((a, b) => a.time - b.time);
/** `count` frames, `gap` seconds apart. */
export const every = (gap: number, count: number, start: number, make: (k: number) => Uint8Array): Frame[] =>
  Array.from({ length: count }, (_, k) => at(start + k * gap, make(k)));

export const macOf = (ip: string): number[] => [2, 0, ...address(ip)];
export const BROADCAST = [255, 255, 255, 255, 255, 255];

/** A frame with its MAC addresses. */
export function framed(src: number[], dst: number[], type: number, payload: Uint8Array): Uint8Array {
  const frame = Uint8Array.from(eth(type, payload));
  frame.set([...dst, ...src]);
  return frame;
}

export interface Arp {
  op: 1 | 2;
  mac: number[];
  ip: string;
  target: string;
  targetMac?: number[];
  /** The frame's source, where it is not the sender. */
  from?: number[];
  to?: number[];
}

export function arpFrame({ op, mac, ip, target, targetMac = [0, 0, 0, 0, 0, 0], from = mac, to }: Arp): Uint8Array {
  const body = bytes("0001 0800 06 04", [0, op], mac, address(ip), targetMac, address(target));
  return framed(from, to ?? (op === 1 ? BROADCAST : targetMac), 0x0806, body);
}

/** A question and its answer. */
export const resolved = (t: number, who: string, whom: string, whomMac = macOf(whom)): Frame[] => [
  at(t, arpFrame({ op: 1, mac: macOf(who), ip: who, target: whom })),
  at(t + 0.001, arpFrame({ op: 2, mac: whomMac, ip: whom, target: who, targetMac: macOf(who) })),
];

/** A whole handshake, and the end. */
export function connection(t: number, src: string, sport: number, dst: string, dport: number, rtt = 0.01): Frame[] {
  const to = { src, dst, sport, dport, size: 0 };
  const back = { src: dst, dst: src, sport: dport, dport: sport, size: 0 };
  return [
    at(t, tcpFrame({ ...to, flags: SYN })),
    at(t + rtt / 2, tcpFrame({ ...back, flags: SYN | ACK })),
    at(t + rtt, tcpFrame({ ...to, flags: ACK })),
    at(t + rtt * 1.5, tcpFrame({ ...to, size: 100 })),
    at(t + rtt * 2, tcpFrame({ ...back, flags: RST | ACK })),
  ];
}

export const udpData = (src: string, sport: number, dst: string, dport: number, data: Uint8Array): Uint8Array =>
  framed(macOf(src), macOf(dst), 0x0800, ipv4(17, udp(data, { src, dst, sport, dport }), { src, dst }));

export function echo(type: 0 | 8, src: string, dst: string, id: number, seq: number, data: Uint8Array): Uint8Array {
  const rest = bytes([id >> 8, id & 255, seq >> 8, seq & 255], data);
  return framed(macOf(src), macOf(dst), 0x0800, ipv4(1, icmp(type, 0, rest), { src, dst }));
}

export interface Dns {
  name: string;
  type?: number;
  answer?: boolean;
  /** Bytes behind the question. */
  extra?: Uint8Array;
}

export function dnsMessage({ name, type = 1, answer = false, extra = new Uint8Array(0) }: Dns): Uint8Array {
  const labels = name.split(".").map((label) => bytes([label.length], Buffer.from(label, "latin1")));
  const counts = [0, 1, 0, answer ? 1 : 0, 0, 0, 0, 0];
  return bytes([1, 2, answer ? 0x81 : 1, 0], counts, ...labels, [0, type >> 8, type & 255, 0, 1], extra);
}

/** A look-up with its answer. */
export function lookup(t: number, client: string, server: string, dns: Dns, back = 40): Frame[] {
  const port = 20000 + Math.floor((t * 1000) % 30000);
  return [
    at(t, udpData(client, port, server, 53, dnsMessage(dns))),
    at(t + 0.01, udpData(server, 53, client, port, dnsMessage({ ...dns, answer: true, extra: new Uint8Array(back) }))),
  ];
}

/** Nothing came until `seconds`: what the host says then. */
export function tick(probe: IpProbe, seconds: number): Found[] {
  return probe.check(record(new Uint8Array(0), { time: BigInt(Math.round(seconds * 1e9)), kind: 1 }));
}

/** First time of a detector's findings, seconds since `start`; null when there are none. */
export function delay(found: readonly Found[], detector: string, start: number): number | null {
  const first = found.find((f) => f.detector === detector);
  return first ? first.time - start : null;
}
