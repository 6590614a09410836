// The shape of the traffic a frame is part of, as FEATURES numbers: what its sender, address, channel and socket have
// been sending over the last fraction of a second up to minutes. Mirsky et al., "Kitsune", NDSS 2018, section IV.
//
//   block 0 sender, 1 address, 2 channel, 3 socket:   3 x { weight, mean size, deviation of size }, own size    10 each
//   block 4 pair:                                     3 x { correlation, magnitude, radius }, own size          10
//   block 5 intervals of the channel:                 3 x { mean, deviation }, own size                          7
//
// The statistics are kept at five decay rates; three are features (5, 1 and 0.01 per second), for neighbours say nearly
// the same: an earlier version of this detector, with one class for all traffic, had the same area under the curve on the Lemay
// captures (0.9998) with three as with five, which are 1.7 times as many features.
// Every number is compressed by a logarithm (base 2, coarse), so that a tenfold rate is as far from normal as a tenth.
// The frame itself is counted in. Sizes are those on the wire, so a cut capture gives the same numbers.
//
// Each table forgets the stalest of eight neighbours when full (../../onboard/table.ts): under an address sweep idle
// channels are forgotten and look new when they speak again.
import { Packet } from "../../../ip/onboard/packet";
import { coarseLog2 } from "../../onboard/numeric";
import { HEADER, TABLE, Table, find, open, peek } from "../../onboard/table";
import * as damped from "../../onboard/damped";
import { DAMPED } from "../../onboard/damped";
import * as pair from "../../onboard/pair";
import { Keys, keys } from "./keys";
import { ADDRESSES, CHANNELS, PAIRS, SENDERS, SOCKETS } from "./capacity";

export const BLOCKS: u32 = 6;
export const FEATURES: u32 = 57;

const ONE: u32 = HEADER + DAMPED;         // a record with the sizes only
const CHANNEL: u32 = HEADER + 2 * DAMPED; // and the intervals
const PAIRED: u32 = HEADER + pair.PAIR;

const senders: usize = memory.data(SENDERS * 152, 8);
const addresses: usize = memory.data(ADDRESSES * 152, 8);
const channels: usize = memory.data(CHANNELS * 280, 8);
const sockets: usize = memory.data(SOCKETS * 152, 8);
const pairs: usize = memory.data(PAIRS * 296, 8);
const tables: usize = memory.data(40 * 5, 8);
const who: usize = memory.data(56, 8);
export const vector: usize = memory.data(57 * 8, 8);

// @ts-ignore: decorator
@inline function table(i: u32): Table { return changetype<Table>(tables + <usize>(i * TABLE)); }

export function reset(): void {
  open(table(0), senders, SENDERS, ONE);
  open(table(1), addresses, ADDRESSES, ONE);
  open(table(2), channels, CHANNELS, CHANNEL);
  open(table(3), sockets, SOCKETS, ONE);
  open(table(4), pairs, PAIRS, PAIRED);
}

/** Records forgotten because a table was full, over all tables. */
export function evictions(): u64 {
  let n: u64 = 0;
  for (let i: u32 = 0; i < 5; ++i) n += table(i).evictions;
  return n;
}

// @ts-ignore: decorator
@inline function put(at: usize, i: u32, x: f64): void { store<f64>(at + (<usize>i << 3), x); }

/** log2 of the deviation, from the variance; 1 is added so that a constant has 0. */
// @ts-ignore: decorator
@inline function spread(variance: f64): f64 { return 0.5 * coarseLog2(1 + variance); }

/** Updates the tables with the frame and writes its features to `vector`. */
export function update(k: Packet): void {
  const w = changetype<Keys>(who);
  keys(k, w);
  const now = k.time;
  const size = <f64>k.original;
  const own = coarseLog2(1 + size);
  const sender = find(table(0), w.sender, k.macSrc) + HEADER;
  const address = find(table(1), w.address, w.address) + HEADER;
  const channel = find(table(2), w.channel, w.reverse) + HEADER;
  const fresh = table(2).fresh != 0;
  const socket = find(table(3), w.socket, w.channel) + HEADER;
  const both = find(table(4), w.pair, w.channel ^ w.reverse) + HEADER;
  damped.update(sender, now, size);
  damped.update(address, now, size);
  damped.update(socket, now, size);
  const interval = damped.decay(channel, now);
  damped.insert(channel, size);
  if (interval != 0) damped.shrink(channel + DAMPED, damped.decays(interval));
  if (!fresh) damped.insert(channel + DAMPED, coarseLog2(1 + <f64>interval * 0.001));
  pair.update(both, now, w.lower, size);
  levels(vector, sender, own);
  levels(vector + 80, address, own);
  levels(vector + 160, channel, own);
  levels(vector + 240, socket, own);
  const back = peek(table(2), w.reverse, w.channel);
  joint(vector + 320, both, channel, back == 0 ? 0 : back + HEADER, own);
  intervals(vector + 400, channel + DAMPED, own);
}

function levels(at: usize, p: usize, own: f64): void {
  for (let i: u32 = 0; i < 3; ++i) {
    const s = damped.level(p, 2 * i);
    put(at, 3 * i, coarseLog2(1 + s.weight));
    put(at, 3 * i + 1, coarseLog2(1 + s.mean));
    put(at, 3 * i + 2, spread(s.variance));
  }
  put(at, 9, own);
}

/** Both directions together; all 0 while only one has been seen. Magnitude and radius as in pair.ts, in logarithms. */
function joint(at: usize, both: usize, channel: usize, back: usize, own: f64): void {
  for (let i: u32 = 0; i < 3; ++i) {
    let magnitude: f64 = 0, radius: f64 = 0;
    if (back != 0) {
      const a = damped.level(channel, 2 * i), b = damped.level(back, 2 * i);
      magnitude = spread(a.mean * a.mean + b.mean * b.mean);
      radius = 0.5 * spread(a.variance * a.variance + b.variance * b.variance);
    }
    put(at, 3 * i, pair.correlation(both, 2 * i));
    put(at, 3 * i + 1, magnitude);
    put(at, 3 * i + 2, radius);
  }
  put(at, 9, own);
}

function intervals(at: usize, p: usize, own: f64): void {
  for (let i: u32 = 0; i < 3; ++i) {
    const s = damped.level(p, 2 * i);
    put(at, 2 * i, s.mean); // already logarithms
    put(at, 2 * i + 1, sqrt<f64>(s.variance));
  }
  put(at, 6, own);
}
