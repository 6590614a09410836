// The shape of the traffic a frame is part of, as FEATURES numbers: what its sender, address, channel and socket have
// been sending over the last fraction of a second up to minutes. Mirsky et al., "Kitsune", NDSS 2018, section IV.
//
//   block 0 sender, 1 address, 2 channel, 3 socket:   3 x { weight, mean size, deviation of size }, own size    10 each
//   block 4 pair:                                     3 x { correlation, magnitude, radius }, own size          10
//   block 5 intervals of the channel:                 3 x { mean, deviation }, own size                          7
//
// Three of Kitsune's five decay rates (5, 1 and 0.01 per second), for neighbours say nearly the same: an earlier
// version of this detector, with one class for all traffic, had the same area under the curve on the Lemay captures
// (0.9998) with three as with five, which are 1.7 times as many features.
// Every number is compressed by a logarithm (base 2, coarse), so that a tenfold rate is as far from normal as a tenth.
// The frame itself is counted in. Sizes are those on the wire, so a cut capture gives the same numbers.
//
// Each table forgets the stalest of eight neighbours when full (../../onboard/table.ts): under an address sweep idle
// channels are forgotten and look new when they speak again.
import { Packet } from "../../../ip/onboard/packet";
import { elapsed, later } from "../../onboard/clock";
import { HEADER, TABLE, Table, find, open, peek } from "../../onboard/table";
import { LEVELS, addInterval, addJoint, addSize, atTime, beginStreams, decays, log2, mean, variance } from "./state";
import { FEATURES } from "./generated/model";
import { Keys, keys } from "./keys";
import { ADDRESSES, CHANNELS, PAIRS, SENDERS, SOCKETS } from "./capacity";

// Records: the table's header, u64 time of the last frame in ns, states.
const LARGEST: u32 = 1 << 24; // bytes: what squares of squares of are still finite
const FOREVER: u64 = 1 << 60; // ns

const STATE: usize = <usize>HEADER + 8;
export const ONE: u32 = 72; // sizes
export const CHANNEL: u32 = 104; // sizes, intervals
export const PAIRED: u32 = 120; // sizes in both directions

export const senders: usize = memory.data(SENDERS * ONE, 8);
export const addresses: usize = memory.data(ADDRESSES * ONE, 8);
export const channels: usize = memory.data(CHANNELS * CHANNEL, 8);
export const sockets: usize = memory.data(SOCKETS * ONE, 8);
export const pairs: usize = memory.data(PAIRS * PAIRED, 8);
const tables: usize = memory.data(40 * 5, 8);
const who: usize = memory.data(56, 8);
/** FEATURES x f32. */
export const vector: usize = memory.data(<i32>(FEATURES * 4), 8);

@inline function table(i: u32): Table {
  return changetype<Table>(tables + <usize>(i * TABLE));
}

export function reset(): void {
  beginStreams();
  open(table(0), senders, SENDERS, ONE);
  open(table(1), addresses, ADDRESSES, ONE);
  open(table(2), channels, CHANNELS, CHANNEL);
  open(table(3), sockets, SOCKETS, ONE);
  open(table(4), pairs, PAIRS, PAIRED);
}

export function forgetEvictions(): void {
  memory.fill(tables, 0, 5 * TABLE);
}
/** Records forgotten because a table was full, over all tables. */
export function evictions(): u64 {
  let n: u64 = 0;
  for (let i: u32 = 0; i < 5; ++i) n += table(i).evictions;
  return n;
}

/** The channel of the frame that update() saw last: source to destination. */
export function channelKey(): u64 {
  return changetype<Keys>(who).channel;
}

/** Lets time pass for a record: leaves the factors in decays() and returns the ns since its last frame. */
@inline function passed(record: usize, now: u64): u64 {
  const last = load<u64>(record, HEADER);
  store<u64>(record, later(last, now), HEADER);
  const dt = elapsed(last, now);
  decays(dt);
  return dt;
}

/** Updates the tables with the frame and writes its features to `vector`. */
export function update(k: Packet): void {
  const w = changetype<Keys>(who);
  keys(k, w);
  const now = k.time;
  atTime(now);
  const size = <f32>(<i32>min<u32>(k.original, LARGEST));
  const own = log2(1 + size);
  const sender = find(table(0), w.sender, k.macSrc);
  passed(sender, now);
  addSize(sender + STATE, size, vector);
  const address = find(table(1), w.address, w.address);
  passed(address, now);
  addSize(address + STATE, size, vector + 40);
  const socket = find(table(3), w.socket, w.channel);
  passed(socket, now);
  addSize(socket + STATE, size, vector + 120);
  const channel = find(table(2), w.channel, w.reverse);
  const fresh = table(2).fresh != 0;
  const interval = passed(channel, now);
  addSize(channel + STATE, size, vector + 80);
  if (fresh) memory.fill(vector + 200, 0, 24);
  else
    addInterval(
      channel + STATE + LEVELS,
      log2(1 + <f32>(<f64>(<i64>min<u64>(interval, FOREVER)) * 0.001)),
      vector + 200,
    );
  const both = find(table(4), w.pair, w.lower ? w.channel : w.reverse);
  passed(both, now);
  addJoint(both + STATE, w.lower, size, vector + 160);
  const back = peek(table(2), w.reverse, w.channel);
  joint(vector + 160, channel + STATE, back == 0 ? 0 : back + STATE);
  for (let b: usize = 0; b < 200; b += 40) store<f32>(vector + b, own, 36);
  store<f32>(vector, own, 224);
}

/** Magnitude and radius of both directions, as in pair.ts, in logarithms; 0 while only one has been seen. */
function joint(to: usize, channel: usize, back: usize): void {
  for (let i: u32 = 0; i < 3; ++i) {
    let magnitude: f32 = 0,
      radius: f32 = 0;
    if (back != 0) {
      const a = mean(channel, i),
        b = mean(back, i),
        va = variance(channel, i),
        vb = variance(back, i);
      magnitude = <f32>0.5 * log2(1 + a * a + b * b);
      radius = <f32>0.25 * log2(1 + va * va + vb * vb);
    }
    store<f32>(to + <usize>(i * 12), magnitude, 4);
    store<f32>(to + <usize>(i * 12), radius, 8);
  }
}
