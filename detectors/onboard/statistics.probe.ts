// Test entry: the statistics that detectors share behind plain exports. `at` is memory for their states.
import * as table from "./table";
const MEMORY: usize = memory.data(1 << 18, 16);
export function at(): usize {
  return MEMORY;
}
export function clear(): void {
  memory.fill(MEMORY, 0, 262144);
}
export { coarseLog2 } from "./numeric";
export { elapsed, later } from "./clock";
export { update as histogramUpdate, count as histogramCount, bucket, lowest } from "./histogram";
export { ofBytes, fullness } from "./entropy";
export { update as distinctUpdate, estimate, spread } from "./distinct";
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
