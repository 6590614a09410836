// REQ-DETECT-004
// The words of an alert: the feature that deviates most, what the others of its block let expect of it, what it was.
//
//   Finding   a = feature (place in the vector), b = seen, c = expected, both as in the vector, d = deviations between
import { Text, decimal, lit } from "../../../lib/onboard/text";
import { Finding } from "../../onboard/finding";

/** What a feature is a number of, by how it is compressed. */
const enum Unit {
  FRAMES,
  BYTES,
  MICROSECONDS,
  PLAIN,
}

export function expected(t: Text, f: Finding): void {
  const i = <u32>f.a;
  writeFeature(t, i);
  lit(t, " about ");
  writeValue(t, i, f.c);
}

export function seen(t: Text, f: Finding): void {
  const i = <u32>f.a;
  writeValue(t, i, f.b);
  lit(t, ", ");
  decimal(t, abs<f64>(f.d), 1);
  lit(t, f.d < 0 ? " deviations less" : " deviations more");
}

@inline function block(i: u32): u32 {
  return i / 10;
}

/** Which of a block's features: 0, 1, 2 at each rate; 3 = the frame's own size. */
function kind(i: u32): u32 {
  const n = i % 10;
  if (block(i) == 5) return n == 6 ? 3 : n & 1;
  return n == 9 ? 3 : n % 3;
}

@inline function rate(i: u32): u32 {
  return block(i) == 5 ? (i % 10) / 2 : (i % 10) / 3;
}

function unit(i: u32): Unit {
  const k = kind(i);
  if (k == 3) return Unit.BYTES;
  if (block(i) == 5) return k == 0 ? Unit.MICROSECONDS : Unit.PLAIN;
  if (k != 0) return Unit.BYTES;
  return block(i) == 4 ? Unit.PLAIN : Unit.FRAMES;
}

function writeFeature(t: Text, i: u32): void {
  const k = kind(i),
    b = block(i);
  if (k == 3) {
    lit(t, "frame size");
    return;
  }
  if (b == 5) lit(t, k == 0 ? "interval of frames" : "spread of intervals (log2)");
  else if (b == 4)
    lit(t, k == 0 ? "correlation of sizes" : k == 1 ? "mean sizes together" : "spread of sizes together");
  else lit(t, k == 0 ? "frames" : k == 1 ? "mean size of frames" : "spread of sizes");
  switch (b) {
    case 0:
      lit(t, " of the sender (MAC, IP)");
      break;
    case 1:
      lit(t, " of the source");
      break;
    case 3:
      lit(t, " of the connection");
      break;
    case 4:
      lit(t, ", both directions,");
      break;
    default:
      lit(t, " from source to destination");
  }
  const r = rate(i);
  lit(t, r == 0 ? " over 0.2 s" : r == 1 ? " over 1 s" : " over 100 s");
}

function writeValue(t: Text, i: u32, x: f64): void {
  const u = unit(i);
  const value = u == Unit.PLAIN ? x : NativeMath.exp2(x) - 1;
  if (u == Unit.MICROSECONDS) {
    decimal(t, value * 0.001, 3);
    lit(t, " ms");
    return;
  }
  decimal(t, value, u == Unit.BYTES ? 0 : 2);
  if (u == Unit.BYTES) lit(t, " bytes");
}
