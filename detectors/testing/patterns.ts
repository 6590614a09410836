// What comes again and again, from a seed: calls at regular times, polls that stop, sources that try ports, answers that come or do not.
// Beside a swarm (swarm.ts), for detectors that need more than one packet of a kind.
import { ACK, bytes, icmp, ipv4, RST, SYN, tcp } from "../../ip/testing/frames.ts";
import { generator } from "../../ip/testing/seeds.ts";
import { byTime, framed, macOf, udpData } from "../ip/testing/traffic.ts";
import type { Frame } from "./site.ts";

/** Both sides of each edge of what counts as external. */
const EDGES = [
  ...[
    "0.255.255.255",
    "1.0.0.0",
    "9.255.255.255",
    "10.0.0.0",
    "11.0.0.0",
    "100.63.255.255",
    "100.64.0.0",
    "100.127.255.255",
  ],
  ...["100.128.0.0", "126.255.255.255", "127.0.0.0", "128.0.0.0", "169.253.255.255", "169.254.0.0", "169.255.0.0"],
  ...["172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0", "192.167.255.255", "192.168.0.0", "192.169.0.0"],
  ...["198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0", "223.255.255.255"],
];

const SECOND = 1e9;

export interface Patterns {
  seed: number;
  /** When they begin, and how long they last; seconds. */
  start: number;
  seconds: number;
  /** Sources that try ports. */
  scanners?: number;
  /** Whether polls stop half-way. */
  stops?: boolean;
}

const segment = (flags: number, src: string, sport: number, dst: string, dport: number, more = {}) =>
  framed(macOf(src), macOf(dst), 0x0800, ipv4(6, tcp(flags, { src, dst, sport, dport, ...more }), { src, dst }));

export function patterns({ seed, start, seconds, scanners = 8, stops = false }: Patterns): Frame[] {
  const random = generator(seed * 40503 + 7);
  for (let n = 0; n < 8; n++) random();
  const below = (n: number) => random() % n;
  const share = () => random() / 2 ** 32;
  const isShort = seconds <= 200;
  const end = (start + seconds) * SECOND;
  const frames: Frame[] = [];
  const add = (time: number, data: Uint8Array) => {
    if (time < end) frames.push({ time: Math.round(time), data });
  };

  // Calls with a period and a jitter; some are missed, some come twice
  let port = 20_000;
  const calls = (src: string, dst: string, dport: number, period: number, jitter: number, isTcp: boolean) => {
    for (let t = (start + period * share()) * SECOND; t < end; t += period * SECOND) {
      if (below(20) === 0) continue;
      const at = t + jitter * period * (2 * share() - 1) * SECOND;
      const make = () =>
        isTcp ? segment(SYN, src, ++port & 0xffff, dst, dport) : udpData(src, 5000 + dport, dst, dport, bytes([1]));
      add(at, make());
      if (below(25) === 0) add(at + 0.6 * SECOND, make());
    }
  };
  for (const [n, dst] of EDGES.entries()) calls("10.1.0.20", dst, 443, seconds / (12 + (n % 9)), 0, true);
  const jitters = [0, 0.02, 0.08, 0.13, 0.16, 0.2, 0.3, 0.4];
  for (const [n, jitter] of jitters.entries()) {
    calls("10.1.0.21", "93.184.216.34", 8000 + n, 1 + seconds / 60, jitter, n % 2 === 0);
    if (isShort)
      calls(
        "10.1.0.22",
        "93.184.216.35",
        8000 + n,
        [0.89, 0.9, 0.91, 5, 0.5, 0.501, 1, 2][n]!,
        jitter / 2,
        n % 2 === 1,
      );
  }
  for (const dport of [123, 124, 53, 161]) calls("10.1.0.23", "93.184.216.36", dport, seconds / 20, 0.01, false);

  // Polls with answers
  for (let n = 0; n < (isShort ? 4 : 0); n++) {
    const [client, server, period] = [`10.1.0.${30 + n}`, `10.1.0.${130 + n}`, [0.2, 0.5, 1, 3][n]!];
    const last = stops ? start * SECOND + (end - start * SECOND) / 2 : end;
    for (let t = start * SECOND; t < last; t += period * SECOND * (0.98 + 0.04 * share())) {
      add(t, segment(ACK, client, 50_000 + n, server, 502, { data: bytes(new Uint8Array(12)) }));
      if (n !== 2 || t < start * SECOND + (end - start * SECOND) / 3)
        add(t + 0.004 * SECOND, segment(ACK, server, 502, client, 50_000 + n, { data: new Uint8Array(19 + below(4)) }));
    }
  }

  // Ports that are tried, with what comes of it: nothing, a refusal, an error, an answer, one that acknowledges something else
  for (let n = 0; n < scanners; n++) {
    const src = n < 4 ? `10.1.0.${60 + n}` : `10.4.${n >> 8}.${n & 255}`;
    const tries = n < 4 ? 60 : 3 + below(6);
    const gap = n < 4 ? seconds / 60 : (seconds / tries) * share();
    for (let k = 0; k < tries; k++) {
      const t = (start + k * gap) * SECOND;
      const [dst, dport, sport] = [`10.1.0.${100 + ((n + k) % (n % 3 ? 30 : 3))}`, 1 + k + n * 100, 40_000 + k];
      const what = (n + below(6)) % 6;
      if (what === 4) {
        const datagram = udpData(src, sport, dst, dport, bytes([1, 2]));
        add(t, datagram);
        const quoted = bytes([0, 0, 0, 0], datagram.subarray(14, 42));
        add(
          t + SECOND / 100,
          framed(macOf(dst), macOf(src), 0x0800, ipv4(1, icmp(3, 3, quoted), { src: dst, dst: src })),
        );
        continue;
      }
      const syn = segment(SYN, src, sport, dst, dport, { seq: k });
      add(t, syn);
      const back = (flags: number, ack: number) => segment(flags, dst, dport, src, sport, { seq: 9, ack });
      if (what === 0) add(t + SECOND / 100, back(RST | ACK, k + 1));
      if (what === 1) add(t + SECOND / 100, back(SYN | ACK, k + 1));
      if (what === 2) add(t + SECOND / 100, back(RST | ACK, k + (k & 3)));
      if (what === 3) {
        const quoted = bytes([0, 0, 0, 0], syn.subarray(14, 42));
        add(
          t + SECOND / 100,
          framed(macOf(dst), macOf(src), 0x0800, ipv4(1, icmp(3, 1 + below(2), quoted), { src: dst, dst: src })),
        );
      }
    }
  }
  return byTime(frames);
}
