// REQ-FILTER-007
// What guard counts. Every frame is counted exactly once: as forwarded under its rule, as denied under its rule, or
// under the reason why it was dropped. Sums are made when they are reported, so they cannot disagree.
import { MAX_MESSAGE_RULES, MAX_RULES, RuleAction } from "../../../contract/onboard/config";
import { REASONS } from "../../../../diode/onboard/generated/reasons";
import { rule, ruleCount } from "./policy";

const BY_REASON: usize = memory.data(REASONS * sizeof<u64>(), 8);
const BY_RULE: usize = memory.data(MAX_RULES * sizeof<u64>(), 8); // allowed: forwarded; denied: dropped
// of a rule's frames, those beyond its rate; they count under `rate`
const LIMITED: usize = memory.data(MAX_RULES * sizeof<u64>(), 8);

const BY_MESSAGE: usize = memory.data(MAX_MESSAGE_RULES * sizeof<u64>(), 8); // 1553 messages that left under each rule

export let suppressed: u64 = 0; // drop events that were not written
export let backwards: u64 = 0; // records whose time was before an earlier one's

export function countReason(reason: u32): void {
  add(BY_REASON + (reason << 3));
}
export function countRule(i: u32): void {
  add(BY_RULE + (i << 3));
}
export function countLimited(i: u32): void {
  add(LIMITED + (i << 3));
}
export function countMessage(i: u32): void {
  add(BY_MESSAGE + (i << 3));
}
export function ofMessage(i: u32): u64 {
  return load<u64>(BY_MESSAGE + (i << 3));
}
export function countSuppressed(): void {
  suppressed += 1;
}
export function countBackwards(): void {
  backwards += 1;
}

export function ofReason(reason: u32): u64 {
  return load<u64>(BY_REASON + (reason << 3));
}
export function ofRule(i: u32): u64 {
  return load<u64>(BY_RULE + (i << 3));
}
export function limited(i: u32): u64 {
  return load<u64>(LIMITED + (i << 3));
}

@inline function add(p: usize): void {
  store<u64>(p, load<u64>(p) + 1);
}

export function forwarded(): u64 {
  let sum: u64 = 0;
  for (let i: u32 = 0; i < ruleCount; ++i) if (rule(i).action == RuleAction.ALLOW) sum += ofRule(i);
  return sum;
}

export function dropped(): u64 {
  let sum: u64 = 0;
  for (let r: u32 = 1; r < REASONS; ++r) sum += ofReason(r);
  for (let i: u32 = 0; i < ruleCount; ++i) if (rule(i).action == RuleAction.DENY) sum += ofRule(i);
  return sum;
}
