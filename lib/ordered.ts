/** Things in order, found by halving. */

/** Index of the first of `count` things that is not before what is looked for; `count` where all are. */
export function firstNotBefore(count: number, isBefore: (at: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
