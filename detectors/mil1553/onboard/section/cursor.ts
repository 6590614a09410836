// Reading a section: every length is checked before it is used, and what is wrong once stays wrong.
let at: usize = 0;
let stop: usize = 0;
let good: bool = false;

export function begin(section: usize, length: u32): void {
  at = section;
  stop = section + <usize>length;
  good = true;
}

/** Where the next `size` bytes are; 0, and the section is malformed, when it has no more. */
export function take(size: usize): usize {
  if (stop - at < size) {
    good = false;
    return 0;
  }
  at += size;
  return at - size;
}

/** The byte that follows, which take() comes to again; 0 when there is none. */
export function peek(): u32 {
  return at < stop ? <u32>load<u8>(at) : 0;
}

/** Whatever is not so makes the section malformed. Returns `holds`. */
export function require(holds: bool): bool {
  if (!holds) good = false;
  return holds;
}

/** A float of a section: finite, and not below `least`. */
export function requireFrom(least: f32, v: f32): void {
  if (!(v >= least && v < 1e9)) good = false;
}

export function isGood(): bool {
  return good;
}
export function isAtEnd(): bool {
  return at == stop;
}
