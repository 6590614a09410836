// Not linked: the relay behind plain exports, for tests and measurements.
import { Allowed, EXTENSIONS_SIZE } from "./filter";
import { FRAME, KEY_SIZE, LARGEST_DATAGRAM } from "./sizes";
import { limitRelay, openRelay, relayNext, relayTake, relayTime } from "./relay";

const IN: usize = memory.data(LARGEST_DATAGRAM, 8);
const OUT: usize = memory.data(FRAME, 8);
const KEYS: usize = memory.data(2 * KEY_SIZE, 8);
const ALLOWED: usize = memory.data(offsetof<Allowed>(), 8);
const EXTENSIONS: usize = memory.data(EXTENSIONS_SIZE, 8);
export function inAt(): usize {
  return IN;
}
export function outAt(): usize {
  return OUT;
}
export function keysAt(): usize {
  return KEYS;
}
export function allowedAt(): usize {
  return ALLOWED;
}
export function extensionsAt(): usize {
  return EXTENSIONS;
}
/** Before open(). */
export function limit(total: u64, clocks: u64): void {
  limitRelay(total, clocks);
}
export function open(k: u32, m: u32, interleave: u32): void {
  openRelay(k, m, interleave, KEYS, KEYS + KEY_SIZE, ALLOWED, EXTENSIONS);
}
export function take(length: u32, time: u64): u32 {
  return relayTake(IN, length, time);
}
export function next(time: u64): u32 {
  return relayNext(OUT, time);
}
export function tick(time: u64): void {
  relayTime(time);
}
