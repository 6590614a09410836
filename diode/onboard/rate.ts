// REQ-FILTER-008
// Rates: the generic cell rate algorithm in its virtual scheduling form (ITU-T I.371 annex A), a token bucket that
// needs one number: when the next frame would be due if frames came evenly.
//
// Time is the records'. Guard gives the greatest time seen so far: while a clock goes backwards no allowance grows.

/** Whether a frame may go now; the u64 at `due` is the state. interval = 0: always. */
export function conforms(due: usize, time: u64, interval: u64, slack: u64): bool {
  const next = load<u64>(due);
  return interval == 0 || next <= time || next - time <= slack;
}

/** A frame goes: the state moves on. Only when every rate that it is under had said that it conforms. */
export function charge(due: usize, time: u64, interval: u64): void {
  if (interval != 0) store<u64>(due, max<u64>(load<u64>(due), time) + interval);
}
