// A made-up plant network, from a seed: what the detectors' tests learn and attack. Frames as records (appliance/contract).
//
// Normal: a master polls five controllers over lasting TCP connections, each with a period and jitter of its own; an
// operator's browser fetches pages now and then from one of them; names are looked up; ARP is repeated.
import { ACK, bytes, eth, ipv4, record, SYN, tcp, udp } from "../../ip/testing/frames.ts";
import { normal, uniform } from "../../lib/numerics/random.ts";

export interface Frame {
  /** Nanoseconds. */
  time: number;
  data: Uint8Array;
}

const MASTER = "10.1.0.10";
const OPERATOR = "10.1.0.20";
const SERVER = "10.1.0.2";
const controller = (i: number) => `10.1.0.${100 + i}`;
const mac = (ip: string) => [2, 0, ...ip.split(".").map(Number)];

export interface Segment {
  src: string;
  dst: string;
  sport: number;
  dport: number;
  size: number;
  flags?: number;
}

/** A frame with the MAC addresses that go with its IP addresses. */
function addressed(src: string, dst: string, packet: Uint8Array): Uint8Array {
  const frame = Uint8Array.from(eth(0x0800, packet));
  frame.set([...mac(dst), ...mac(src)]);
  return frame;
}

export const tcpFrame = ({ src, dst, sport, dport, size, flags = ACK }: Segment): Uint8Array =>
  addressed(src, dst, ipv4(6, tcp(flags, { src, dst, sport, dport, data: new Uint8Array(size) }), { src, dst }));

export const udpFrame = ({ src, dst, sport, dport, size }: Segment): Uint8Array =>
  addressed(src, dst, ipv4(17, udp(new Uint8Array(size), { src, dst, sport, dport }), { src, dst }));

/** Normal traffic of `seconds`, ascending in time; `start` in seconds. */
export function normalTraffic(seed: number, seconds: number, start = 1000): Frame[] {
  const u = uniform(seed);
  const z = normal(seed ^ 0x5bd1e995);
  const frames: Frame[] = [];
  const add = (t: number, data: Uint8Array) => {
    if (t < start + seconds) frames.push({ time: Math.round(t * 1e9), data });
  };
  for (let i = 0; i < 5; i++) {
    const period = [0.5, 1, 1, 2, 5][i]!;
    const ends = { src: MASTER, dst: controller(i), sport: 50000 + i, dport: 502 };
    const back = { src: controller(i), dst: MASTER, sport: 502, dport: 50000 + i };
    for (let t = start + u() * period; t < start + seconds; t += period + 0.01 * period * z()) {
      const answer = t + 0.004 + 0.001 * Math.abs(z());
      add(t, tcpFrame({ ...ends, size: 12 }));
      add(answer, tcpFrame({ ...back, size: 19 + 2 * (i % 3) }));
      add(answer + 0.04, tcpFrame({ ...ends, size: 0 }));
    }
  }
  let port = 51000;
  for (let t = start + 20 * u(); t < start + seconds; t += 10 + 40 * u()) {
    const ends = { src: OPERATOR, dst: controller(0), sport: port, dport: 80 };
    const back = { src: controller(0), dst: OPERATOR, sport: 80, dport: port++ };
    add(t - 0.01, udpFrame({ src: OPERATOR, dst: SERVER, sport: port, dport: 53, size: 30 }));
    add(t - 0.005, udpFrame({ src: SERVER, dst: OPERATOR, sport: 53, dport: port, size: 60 + Math.floor(40 * u()) }));
    add(t, tcpFrame({ ...ends, size: 0, flags: SYN }));
    add(t + 0.001, tcpFrame({ ...back, size: 0, flags: SYN | ACK }));
    add(t + 0.002, tcpFrame({ ...ends, size: 200 + Math.floor(100 * u()) }));
    const pages = 2 + Math.floor(6 * u());
    for (let k = 0; k < pages; k++) {
      add(t + 0.003 + k * 0.002, tcpFrame({ ...back, size: 1460 }));
      add(t + 0.0035 + k * 0.002, tcpFrame({ ...ends, size: 0 }));
    }
  }
  for (let t = start + 30 * u(); t < start + seconds; t += 30 + 5 * u())
    for (let i = 0; i < 5; i++) add(t + 0.1 * i, arp(MASTER, controller(i)));
  return frames.sort((a, b) => a.time - b.time);
}

function arp(who: string, whom: string): Uint8Array {
  const ip = (s: string) => s.split(".").map(Number);
  const body = bytes("0001 0800 06 04 0001", mac(who), ip(who), [0, 0, 0, 0, 0, 0], ip(whom));
  const frame = Uint8Array.from(eth(0x0806, body));
  frame.set([255, 255, 255, 255, 255, 255, ...mac(who)]);
  return frame;
}

/** Attacks on that network, each a list of frames beginning at `start` seconds. */
export const ATTACKS: Record<string, (start: number) => Frame[]> = {
  "SYN flood from forged ports": (start) =>
    every(0.001, 1000, start, (k) =>
      tcpFrame({ src: "10.1.0.66", dst: controller(0), sport: 1024 + k, dport: 502, size: 0, flags: SYN }),
    ),
  "flood of large datagrams between known hosts": (start) =>
    every(0.0005, 2000, start, () => udpFrame({ src: OPERATOR, dst: SERVER, sport: 4000, dport: 9, size: 1400 })),
  "a new master polls a controller": (start) =>
    every(0.2, 300, start, () => tcpFrame({ src: OPERATOR, dst: controller(2), sport: 50123, dport: 502, size: 12 })),
  "a file leaves over the polling connection": (start) =>
    every(0.002, 500, start, () => tcpFrame({ src: controller(1), dst: MASTER, sport: 502, dport: 50001, size: 1400 })),
  "polling forty times as fast": (start) =>
    every(0.025, 800, start, () => tcpFrame({ src: MASTER, dst: controller(1), sport: 50001, dport: 502, size: 12 })),
};

const every = (gap: number, n: number, start: number, make: (k: number) => Uint8Array): Frame[] =>
  Array.from({ length: n }, (_, k) => ({ time: Math.round((start + k * gap) * 1e9), data: make(k) }));

/** Records in batches that fit a compartment's input. */
export function* batches(frames: readonly Frame[]): Generator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for (const { time, data } of frames) {
    const r = record(data, { time: BigInt(time) });
    if (size + r.length > 131072) {
      yield bytes(...parts);
      parts = [];
      size = 0;
    }
    parts.push(r);
    size += r.length;
  }
  if (size) yield bytes(...parts);
}
