// Test entry: the scan detector behind plain exports.
import * as scan from "./scan";
export function configure(theta0: f64, theta1: f64, alpha: f64, power: f64): bool {
  return scan.configure(theta0, theta1, alpha, power);
}
export function attempt(src: u64, dst: u64, port: u32, time: u64): u32 {
  return <u32>scan.attempt(scan.contactKey(0, src, 0, dst, port, 6), 0, src, 0, time);
}
export function success(src: u64, dst: u64, port: u32): void {
  scan.success(scan.contactKey(0, src, 0, dst, port, 6));
}
export function failure(src: u64, dst: u64, port: u32, time: u64): u32 {
  return <u32>scan.failure(scan.contactKey(0, src, 0, dst, port, 6), time);
}
export function expire(time: u64): u32 {
  return <u32>scan.expire(time);
}
export function walk(source: u32): f64 {
  return changetype<scan.Source>(<usize>source).walk;
}
export function silent(source: u32): u32 {
  return changetype<scan.Source>(<usize>source).silent;
}
