// Test entry: the text writer behind plain exports.
import { Text, open, decimal, ipv6, timestamp, ipv4, mac, unsigned, signed, quoted } from "./text";

const SIZE: u32 = 256;
const BUF: usize = memory.data(SIZE, 8);
const T: usize = memory.data(24, 8);

@inline function t(): Text {
  const x = changetype<Text>(T);
  open(x, BUF, SIZE);
  return x;
}

@inline function done(x: Text): u32 {
  return <u32>(x.at - BUF);
}
export function at(): usize {
  return BUF;
}
export function writeDecimal(v: f64, d: u32): u32 {
  const x = t();
  decimal(x, v, d);
  return done(x);
}
export function writeIpv6(hi: u64, lo: u64): u32 {
  const x = t();
  ipv6(x, hi, lo);
  return done(x);
}
export function writeIpv4(v: u32): u32 {
  const x = t();
  ipv4(x, v);
  return done(x);
}
export function writeMac(v: u64): u32 {
  const x = t();
  mac(x, v);
  return done(x);
}
export function writeTimestamp(ns: u64): u32 {
  const x = t();
  timestamp(x, ns);
  return done(x);
}
export function writeUnsigned(v: u64): u32 {
  const x = t();
  unsigned(x, v);
  return done(x);
}
export function writeSigned(v: i64): u32 {
  const x = t();
  signed(x, v);
  return done(x);
}
export function writeQuoted(length: u32): u32 {
  const x = changetype<Text>(T);
  open(x, BUF + 32, 224);
  quoted(x, BUF, length);
  return <u32>(x.at - BUF - 32);
}
