// Keys that came lately: a two-way cache, half a key each; the newer one of a set is in front. Of 2^30 new keys one is
// taken for a known one: where keys are hashed with the key of the start nobody can aim at that.

@inline function setOf(cache: usize, size: u32, key: u64): usize {
  return cache + ((<usize>((<u32>(key >> 40)) & (size / 2 - 1))) << 3);
}

/** Whether the key is among those in `cache`, `size` halves (u32; a power of two). */
export function isRecent(cache: usize, size: u32, key: u64): bool {
  const set = setOf(cache, size, key);
  return load<u32>(set) == <u32>key || load<u32>(set, 4) == <u32>key;
}

/** The same; then it is. A key's half is never 0. */
export function wasRecent(cache: usize, size: u32, key: u64): bool {
  const set = setOf(cache, size, key),
    half = <u32>key,
    first = load<u32>(set);
  if (first == half) return true;
  const second = load<u32>(set, 4);
  store<u32>(set, first, 4);
  store<u32>(set, half);
  return second == half;
}
