// Base 64 (RFC 4648, section 4) for baseline entries: what JSON has no short form for.
import { Text, byte } from "./text";

@inline function letter(v: u32): u32 {
  return v < 26 ? 65 + v : v < 52 ? 71 + v : v < 62 ? v - 4 : v == 62 ? 43 : 47;
}

export function base64(t: Text, p: usize, length: u32): void {
  for (let i: u32 = 0; i < length; i += 3) {
    const rest = length - i;
    const b0 = <u32>load<u8>(p + i);
    const b1 = rest > 1 ? <u32>load<u8>(p + i + 1) : 0;
    const b2 = rest > 2 ? <u32>load<u8>(p + i + 2) : 0;
    byte(t, letter(b0 >> 2));
    byte(t, letter(((b0 & 3) << 4) | (b1 >> 4)));
    byte(t, rest > 1 ? letter(((b1 & 15) << 2) | (b2 >> 6)) : 61);
    byte(t, rest > 2 ? letter(b2 & 63) : 61);
  }
}
