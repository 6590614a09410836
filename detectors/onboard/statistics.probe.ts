// Test entry: every statistic behind plain exports. `at` is memory for their states.
import * as table from "./table";
const MEMORY: usize = memory.data(262144, 16);
export function at(): usize {
  return MEMORY;
}
export function clear(): void {
  memory.fill(MEMORY, 0, 262144);
}
export { deviation, finite, coarseLog2 } from "./numeric";
export { elapsed, later } from "./clock";
export {
  update as welfordUpdate,
  merge as welfordMerge,
  variance as welfordVariance,
  score as welfordScore,
} from "./welford";
export {
  update as dampedUpdate,
  decay as dampedDecay,
  merge as dampedMerge,
  weight as dampedWeight,
  mean as dampedMean,
  variance as dampedVariance,
  score as dampedScore,
} from "./damped";
export { update as pairUpdate, merge as pairMerge, covariance, correlation, magnitude, radius } from "./pair";
export { update as ewmaUpdate, score as ewmaScore } from "./ewma";
export { update as cusumUpdate, rise as cusumRise, score as cusumScore, since as cusumSince } from "./cusum";
export {
  plan as sprtPlan,
  update as sprtUpdate,
  decision as sprtDecision,
  score as sprtScore,
  merge as sprtMerge,
} from "./sprt";
export {
  update as histogramUpdate,
  merge as histogramMerge,
  score as histogramScore,
  atLeast,
  bucket,
  lowest,
} from "./histogram";
export { update as quantileUpdate, merge as quantileMerge, score as quantileScore, quantile } from "./quantile";
export {
  ofBytes,
  fullness,
  update as entropyUpdate,
  merge as entropyMerge,
  score as entropyScore,
  entropy,
} from "./entropy";
export { update as distinctUpdate, merge as distinctMerge, score as distinctScore, estimate, spread } from "./distinct";
export {
  open as markovOpen,
  size as markovSize,
  update as markovUpdate,
  step as markovStep,
  score as markovScore,
  merge as markovMerge,
  probability,
  expected,
} from "./markov";
export {
  update as intervalUpdate,
  merge as intervalMerge,
  score as intervalScore,
  silence,
  deadline,
  regularity,
} from "./interval";
export function tableOpen(t: usize, base: usize, capacity: u32, stride: u32): void {
  table.open(changetype<table.Table>(t), base, capacity, stride);
}
export function tableFind(t: usize, key: u64, check: u64): usize {
  return table.find(changetype<table.Table>(t), key, check);
}
export function tablePeek(t: usize, key: u64, check: u64): usize {
  return table.peek(changetype<table.Table>(t), key, check);
}
export function tableNth(t: usize, i: u32): usize {
  return table.nth(changetype<table.Table>(t), i);
}
export function tableFresh(t: usize): u32 {
  return changetype<table.Table>(t).fresh;
}
export function tableLive(t: usize): u32 {
  return changetype<table.Table>(t).live;
}
export function tableEvictions(t: usize): u64 {
  return changetype<table.Table>(t).evictions;
}
