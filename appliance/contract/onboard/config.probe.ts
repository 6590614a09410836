// Not linked: verify() and the layouts behind plain exports, for the test that compares them with ../config.ts.
import {
  ANY_PROTOCOL,
  AlertRule,
  DataCheck,
  DetectorSetting,
  FORMAT_VERSION,
  GuardSettings,
  InspectSettings,
  JournalSettings,
  MAX_MTU,
  MAX_RULES,
  MessageRule,
  NAME_SIZE,
  Network,
  PART_HEADER,
  Range,
  Rule,
  Tag,
  TransferSettings,
  UNTAGGED,
  policyName,
  section,
  sectionLength,
  verify,
} from "./config";
const INPUT: usize = memory.data(131072, 8);
export function at(): usize {
  return INPUT;
}
export function check(length: u32, part: u32): u32 {
  return verify(INPUT, length, part);
}
export function sectionAt(tag: u32): i32 {
  const p = section(INPUT, tag);
  return p ? <i32>(p - INPUT) : -1;
}
export function sectionBytes(tag: u32): u32 {
  return sectionLength(INPUT, tag);
}
export function name(): u64 {
  return policyName(INPUT);
}
export function formatVersion(): u32 {
  return FORMAT_VERSION;
}
export function partHeader(): u32 {
  return PART_HEADER;
}
export function maxRules(): u32 {
  return MAX_RULES;
}
export function maxMtu(): u32 {
  return MAX_MTU;
}
export function nameSize(): u32 {
  return NAME_SIZE;
}
export function anyProtocol(): u32 {
  return ANY_PROTOCOL;
}
export function untagged(): u32 {
  return UNTAGGED;
}
export function tables(): u32 {
  return Tag.TABLES;
}
export function network(): u32 {
  return <u32>offsetof<Network>();
}
export function range(): u32 {
  return <u32>offsetof<Range>();
}
export function inspect(): u32 {
  return <u32>offsetof<InspectSettings>();
}
export function alertRule(): u32 {
  return <u32>offsetof<AlertRule>();
}
export function detector(): u32 {
  return <u32>offsetof<DetectorSetting>();
}
export function guard(): u32 {
  return <u32>offsetof<GuardSettings>();
}
export function rule(): u32 {
  return <u32>offsetof<Rule>();
}
export function message(): u32 {
  return <u32>offsetof<MessageRule>();
}
export function dataCheck(): u32 {
  return <u32>offsetof<DataCheck>();
}
export function transfer(): u32 {
  return <u32>offsetof<TransferSettings>();
}
export function journal(): u32 {
  return <u32>offsetof<JournalSettings>();
}
