// Rates: the generic cell rate algorithm in its virtual scheduling form (ITU-T I.371 annex A), a token bucket that
// needs one number: when the next frame would be due if frames came evenly.
//
// Time is the records'. Guard gives the greatest time seen so far: while a clock goes backwards no allowance grows.

/** Whether a frame may go now; the u64 at `due` is the state, which it moves on. interval = 0: always. */
export function conforms(due: usize, time: u64, interval: u64, slack: u64): bool {
  if (interval == 0) return true;
  const next = load<u64>(due);
  if (next > time && next - time > slack) return false;
  store<u64>(due, (next > time ? next : time) + interval);
  return true;
}
