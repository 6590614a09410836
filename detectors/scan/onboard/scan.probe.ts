// Test entry: the scan detector behind plain exports.
import { addressKey } from "../../../ip/onboard/address";
import * as scan from "./scan";
import { Source } from "./sources";

const contact: scan.Contact = changetype<scan.Contact>(memory.data(offsetof<scan.Contact>(), 8));

function keyOf(src: u64, dst: u64, port: u32): u64 {
  return scan.contactKey(addressKey(4, 0, src), addressKey(4, 0, dst), port, 6);
}
export function configure(theta0: f64, theta1: f64, alpha: f64, power: f64): bool {
  return scan.configure(theta0, theta1, alpha, power);
}
export function attempt(src: u64, dst: u64, port: u32, time: u64): u32 {
  const c = contact;
  c.version = 4;
  c.lo = src;
  c.toLo = dst;
  c.port = port;
  c.sequence = -1;
  return <u32>scan.attempt(keyOf(src, dst, port), c, time);
}
export function success(src: u64, dst: u64, port: u32): void {
  scan.accepted(keyOf(src, dst, port), addressKey(4, 0, src), addressKey(4, 0, dst), 0);
}
export function failure(src: u64, dst: u64, port: u32, time: u64): u32 {
  return <u32>scan.failure(keyOf(src, dst, port), time);
}
export function expire(time: u64): u32 {
  return <u32>scan.expire(time);
}
export function walk(source: u32): f64 {
  return changetype<Source>(<usize>source).walk;
}
export function silent(source: u32): u32 {
  return changetype<Source>(<usize>source).silent;
}
