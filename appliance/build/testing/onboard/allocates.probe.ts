// What must not get into an image: it allocates. The gate's test compiles it and expects a refusal.

class Pair {
  constructor(
    public first: u32,
    public second: u32,
  ) {}
}

export function run(from: u32, to: u32): u32 {
  const pairs = new Array<Pair>();
  for (let i = from; i < to; i++) pairs.push(new Pair(i, to));
  return pairs.length;
}
