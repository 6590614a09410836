// Whether an address lies in a network. An IPv4 address is hi = 0, lo = its 32 bits.

/** The network: `bits` of hi:lo count. Of another version than the address's: false. */
export function isInside(
  version: u32,
  bits: u32,
  hi: u64,
  lo: u64,
  addressVersion: u32,
  addressHi: u64,
  addressLo: u64,
): bool {
  if (version != addressVersion) return false;
  if (version == 4) return bits == 0 || (<u32>(addressLo ^ lo)) >> (32 - bits) == 0;
  if (bits <= 64) return bits == 0 || (addressHi ^ hi) >> (64 - bits) == 0;
  return addressHi == hi && (addressLo ^ lo) >> (128 - bits) == 0;
}

/** Whether the ground could have written such a network. */
export function isNetwork(version: u32, bits: u32): bool {
  return (version == 4 && bits <= 32) || (version == 6 && bits <= 128);
}
