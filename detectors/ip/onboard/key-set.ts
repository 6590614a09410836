// A set of keys, u64 but 0, which configuration fills and nothing empties: open addressing in `places`, a power of two,
// which are zeros at first.

@inline function place(set: usize, places: u32, key: u64, i: u32): usize {
  return set + ((<usize>((<u32>(key >> 40) + i) & (places - 1))) << 3);
}

/** False when there is no room. */
export function addKey(set: usize, places: u32, key: u64): bool {
  for (let i: u32 = 0; i < places; ++i) {
    const at = place(set, places, key, i),
      k = load<u64>(at);
    if (k == key) return true;
    if (k != 0) continue;
    store<u64>(at, key);
    return true;
  }
  return false;
}

export function hasKey(set: usize, places: u32, key: u64): bool {
  for (let i: u32 = 0; i < places; ++i) {
    const k = load<u64>(place(set, places, key, i));
    if (k == key) return true;
    if (k == 0) return false;
  }
  return false;
}
