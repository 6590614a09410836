// A detector that gives every packet a score counts it here. The digest is in the heartbeat, so that anyone can compare
// hosts: the same digest means the same bits of each score.
import { mix } from "../../lib/onboard/bytes";

let count: u64 = 0;
let digest: u64 = 0;

export function resetScores(): void {
  count = 0;
  digest = 0;
}

@inline export function countScore(score: f64): void {
  count += 1;
  digest = mix(digest, reinterpret<u64>(score));
}

export function scoredPackets(): u64 {
  return count;
}
export function scoresDigest(): u64 {
  return digest;
}
