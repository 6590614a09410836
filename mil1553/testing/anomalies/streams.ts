// Datagrams of a Chapter 10 stream with one thing wrong, and the same ones without it (RCC 106-17 10.3.9.1).
import { busData, packet, segment, stretch, whole } from "../chapter10.ts";
import { bus, cut } from "../datagrams.ts";
import { frame } from "../decode.ts";
import { type Datagram, type Pairs, pair } from "./pair.ts";

const sent = (...payloads: Buffer[]): Datagram[] => payloads.map((payload) => ({ frame: frame(payload) }));
const bare = (sequence: number, channel = 5) => packet(busData([]), { sequence, channel });
const FIRST = whole(0, bare(0));
const next = (sequence: number) => whole(sequence, bare(1));
const LONG = bus(0, 40);

const LONGER = Buffer.concat([LONG, Buffer.alloc(1)]);

function patched(what: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(what);
  copy[at] = value;
  return copy;
}
/** Two segments and, between them, what of a packet comes in another one. */
const between = (from: number, to: number, change = 0) => {
  const other = Buffer.from(LONG);
  other[350]! ^= change;
  return sent(segment(0, LONG, 0, 400), segment(1, other, from, to), segment(2, LONG, to, LONG.length));
};
const senders = (n: number): Datagram[] =>
  Array.from({ length: n }, (_, i) => ({ frame: frame(whole(0, bare(0)), 2000, i + 1) }));
const open = (n: number) =>
  sent(...Array.from({ length: n }, (_, i) => segment(i, bus(0, 40, 100 + i), 0, 400)), whole(n, bare(0)));
const pieces = (n: number) =>
  sent(FIRST, ...Array.from({ length: n }, (_, i) => segment(1 + i, bus(1, 400), 200 * i, 200 * i + 100)));
/** A packet's second half, so many nanoseconds behind its first. */
const later = (after: bigint): Datagram[] => [
  { frame: frame(segment(0, LONG, 0, 400)), at: 1n },
  { frame: frame(segment(1, LONG, 400, LONG.length)), at: 1n + after },
];
const byteStream = (start: number) =>
  sent(stretch(0, 0, LONG.subarray(0, 200)), stretch(1, start, Buffer.concat([LONG.subarray(200), bare(1)])));

export const STREAM: Pairs = {
  udp_short: pair((n) => sent(FIRST, whole(1).subarray(0, n)), 3, 4),
  udp_format: [
    pair((first) => sent(FIRST, patched(next(1), 0, first)), 0x21, 0x01),
    pair((n) => sent(FIRST, segment(1, bus(1), 0, 0).subarray(0, n)), 11, 12, { left: ["udp_incomplete"] }),
    pair((n) => sent(stretch(0, 0, bare(0)), stretch(1, 0, Buffer.alloc(0)).subarray(0, n)), 7, 8),
  ],
  udp_sequence_gap: pair((sequence) => sent(FIRST, next(sequence)), 2, 1),
  udp_reordered: pair((last) => sent(FIRST, next(2), whole(last, bare(2))), 1, 3, {
    also: ["udp_sequence_gap"],
    left: ["udp_sequence_gap"],
  }),
  udp_duplicate: pair((second) => sent(FIRST, second ? next(1) : FIRST), 0, 1),
  udp_restart: [
    pair((first) => sent(whole(first, bare(0)), next(3)), 70_000, 2),
    // the same number again, of another datagram
    pair((sequence) => sent(FIRST, next(sequence)), 0, 1),
  ],
  udp_overlap: pair((from) => between(from, 600), 399, 400),
  udp_conflict: pair((change) => between(300, 600, change), 1, 0, { also: ["udp_incomplete"], left: ["udp_overlap"] }),
  udp_size: pair((to) => sent(segment(0, LONGER, 0, 400), segment(1, LONGER, 400, to)), LONG.length + 1, LONG.length),
  udp_incomplete: [
    pair((to) => sent(segment(0, LONG, 0, 400), segment(1, LONG, 400, to)), LONG.length - 1, LONG.length),
    pair(later, 2_000_000_001n, 2_000_000_000n), // what came is kept for two seconds
  ],
  udp_evicted: pair(open, 25, 24, { also: ["udp_incomplete"], left: ["udp_incomplete"] }),
  udp_pieces: pair(pieces, 25, 24, { left: ["udp_incomplete"] }),
  udp_straddle: pair(byteStream, LONG.length - 201, LONG.length - 200, { also: ["lost_sync", "udp_incomplete"] }),
  udp_flow_forgotten: pair(senders, 33, 32),
};

/** Where the port is named, and nothing proves which format the stream has. */
export const NAMED_PORT: Pairs = {
  udp_undecided: pair((sequence) => sent(...cut(segment, sequence, LONG, 200).slice(1, 2)), 0x020000, 0, {
    left: ["udp_incomplete"],
  }),
};
