// An address as a key of tables: of its whole and its version, so ::10.0.0.5 is not 10.0.0.5, and a MAC address
// (version 0) is neither.
import { more, wide3 } from "../../lib/onboard/keyed";

/** Never 0. */
@inline export function addressKey(version: u32, hi: u64, lo: u64): u64 {
  return wide3(version, hi, lo);
}

/** With the key, 128 bits that stand for the address in records that have no room for it. */
export function addressCheck(version: u32, hi: u64, lo: u64): u64 {
  wide3(version, hi, lo);
  return more;
}
