// Test entry: the two checkers side by side, as guard uses them, each asked alone.
import { INPUT_SIZE } from "../../appliance/contract/onboard/abi";
import { RuleAction } from "../../appliance/contract/onboard/config";
import {
  configurePolicy,
  ignoreChecksums,
  networks,
  ranges,
  rule,
  ruleCount,
  rules,
} from "../../appliance/compartments/guard/onboard/policy";
import { FIELDS, Fields } from "./fields";
import { secondMessages } from "./messages/second";
import { parse } from "./parse";
import { Reason } from "./generated/reasons";
import { firstMatch } from "./rules";
import { second } from "./second";

const INPUT: usize = memory.data(INPUT_SIZE, 8);
const FRAME: usize = memory.data(FIELDS, 8);

export function at(): usize {
  return INPUT;
}
export function configure(length: u32): u32 {
  return configurePolicy(INPUT, length);
}

/** The rule that lets input[0..length) out, or -1. */
export function askFirst(length: u32): i32 {
  const f = changetype<Fields>(FRAME);
  if (parse(f, INPUT, length, ignoreChecksums()) != Reason.NONE) return -1;
  const matched = firstMatch(f, rules, ruleCount, networks, ranges);
  return matched >= 0 && rule(<u32>matched).action == RuleAction.ALLOW ? matched : -1;
}

export function askSecond(length: u32): i32 {
  return second(INPUT, length);
}

/** Messages in the payload input[0..length) that the second lets out, or -1. */
export function askSecondMessages(length: u32): i32 {
  return secondMessages(INPUT, length);
}

/** Changes one bit after the other of a frame, and back; how many of the changed frames the two judge differently. */
export function disagreements(length: u32): u32 {
  let n: u32 = 0;
  for (let bit: u32 = 0; bit < length << 3; ++bit) {
    const p = INPUT + (bit >> 3);
    const kept = load<u8>(p);
    store<u8>(p, kept ^ (<u8>((<u32>1) << (bit & 7))));
    if (askFirst(length) != askSecond(length)) ++n;
    store<u8>(p, kept);
  }
  return n;
}
