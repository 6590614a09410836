// How often messages come that have no schedule: a cumulative sum of the logarithm of how much likelier an interval is
// when they come RATIO times as often as usual than when they come as usual, independently of each other (Page 1954;
// Lorden, Annals of Mathematical Statistics 42 (1971)). Both for learning and in operation.

/** How much more often: what it finds fastest. */
const RATIO: f32 = 5;
const LOG_RATIO: f32 = 1.6094379;

/** What an interval, in usual ones, adds: nats. */
@inline export function step(intervals: f32): f32 {
  return LOG_RATIO - (RATIO - 1) * intervals;
}
