// REQ-DIODE-015, REQ-FILTER-015
// guard's part of the policy: taken over once, checked field by field, constant from then on.
import { Refusal } from "../../../contract/onboard/abi";
import {
  ANY_PROTOCOL,
  Check,
  DataCheck,
  EXTENSIONS,
  GuardFlag,
  GuardSettings,
  MAX_CHECKS,
  MAX_MESSAGE_RULES,
  MAX_MTU,
  MAX_QUEUE,
  MAX_RULES,
  MessageRule,
  NAME_SIZE,
  Network,
  Part,
  Range,
  Rule,
  RuleAction,
  RulePayload,
  Tag,
  TransferSettings,
  policyName,
  section,
  sectionLength,
  verify,
} from "../../../contract/onboard/config";
import { messageRule, useRules } from "../../../../diode/onboard/messages/match";
import { checkMessageTables } from "../../../../diode/onboard/messages/second";
import { checkSecond } from "../../../../diode/onboard/second";
import { MOST_BLOCKS, MOST_DATA, MOST_PARITY } from "../../../../transfer/onboard/sizes";
import { Text, byte } from "../../../../lib/onboard/text";

export const SIZE: u32 = 98304;
const LONGEST: u64 = 1 << 62; // ns: sums of a time and an interval do not wrap
export const POLICY: usize = memory.data(SIZE, 8);

export let rules: usize = 0;
export let ruleCount: u32 = 0;
export let networks: usize = 0;
export let ranges: usize = 0;
export let protectedNetworks: usize = 0;
export let protectedCount: u32 = 0;
export let messageRuleCount: u32 = 0;
export let transferAt: usize = 0; // TransferSettings; 0 = none crosses
let names: usize = 0;
let messageNames: usize = 0;
let settingsAt: usize = 0;

@inline export function settings(): GuardSettings {
  return changetype<GuardSettings>(settingsAt);
}

@inline export function rule(i: u32): Rule {
  return changetype<Rule>(rules + <usize>i * offsetof<Rule>());
}

@inline export function ignoreChecksums(): bool {
  return (settings().flags & GuardFlag.IGNORE_CHECKSUMS) != 0;
}

export function name(): u64 {
  return policyName(POLICY);
}

export function writeName(t: Text, i: u32): void {
  write(t, names + <usize>i * NAME_SIZE);
}
export function writeMessageName(t: Text, i: u32): void {
  write(t, messageNames + <usize>i * NAME_SIZE);
}

function write(t: Text, at: usize): void {
  for (let n: usize = 0; n < NAME_SIZE && load<u8>(at + n) != 0; ++n) byte(t, <u32>load<u8>(at + n));
}

/** Takes the part in input[0..length); a Refusal. */
export function configurePolicy(input: usize, length: u32): u32 {
  const refusal = verify(input, length, Part.GUARD);
  if (refusal != Refusal.NONE) return refusal;
  if (length > SIZE) return Refusal.CONTENT;
  memory.copy(POLICY, input, length);
  settingsAt = section(POLICY, Tag.SETTINGS);
  if (settingsAt == 0 || sectionLength(POLICY, Tag.SETTINGS) != offsetof<GuardSettings>()) return Refusal.CONTENT;
  rules = section(POLICY, Tag.RULES);
  names = section(POLICY, Tag.NAMES);
  networks = section(POLICY, Tag.NETWORKS);
  ranges = section(POLICY, Tag.RANGES);
  protectedNetworks = section(POLICY, Tag.PROTECTED);
  messageNames = section(POLICY, Tag.MESSAGE_NAMES);
  messageRuleCount = sectionLength(POLICY, Tag.MESSAGES) / <u32>offsetof<MessageRule>();
  useRules(section(POLICY, Tag.MESSAGES), messageRuleCount, ranges, section(POLICY, Tag.CHECKS));
  transferAt = section(POLICY, Tag.TRANSFER);
  ruleCount = settings().rules;
  return sane() ? Refusal.NONE : Refusal.CONTENT;
}

function sane(): bool {
  const s = settings();
  if (s.mtu < 68 || s.mtu > MAX_MTU || s.ttl < 1 || s.ttl > 255 || (s.outMac | s.nextHopMac) >> 48 != 0) return false;
  if (s.flags > <u32>(GuardFlag.IGNORE_CHECKSUMS | GuardFlag.PADDING) || !saneOutput(s)) return false;
  if (s.interval > LONGEST || s.slack > LONGEST || s.quarantineTime > LONGEST) return false;
  if (ruleCount > MAX_RULES || sectionLength(POLICY, Tag.RULES) != ruleCount * <u32>offsetof<Rule>()) return false;
  if (sectionLength(POLICY, Tag.NAMES) != ruleCount * NAME_SIZE || !plainNames(names, ruleCount)) return false;
  const networkCount = countOf(Tag.NETWORKS, <u32>offsetof<Network>());
  const rangeCount = countOf(Tag.RANGES, <u32>offsetof<Range>());
  protectedCount = countOf(Tag.PROTECTED, <u32>offsetof<Network>());
  if (networkCount == u32.MAX_VALUE || rangeCount == u32.MAX_VALUE || protectedCount == u32.MAX_VALUE) return false;
  if (
    !saneRanges(rangeCount) ||
    !saneNetworks(networks, networkCount) ||
    !saneNetworks(protectedNetworks, protectedCount)
  )
    return false;
  for (let i: u32 = 0; i < ruleCount; ++i) if (!saneRule(rule(i), networkCount, rangeCount)) return false;
  if (!saneMessages(rangeCount) || !saneTransfer()) return false;
  return checkSecond(
    section(POLICY, Tag.FORMATS),
    sectionLength(POLICY, Tag.FORMATS),
    section(POLICY, Tag.TABLES),
    sectionLength(POLICY, Tag.TABLES),
  );
}

/** A queue empties by a rate; padding needs a queue, a rate without bursts, and somebody to be sent to. */
function saneOutput(s: GuardSettings): bool {
  if (s.tightened > LONGEST || s.queue > MAX_QUEUE || (s.queue != 0 && s.interval == 0)) return false;
  if ((s.flags & GuardFlag.PADDING) == 0) return (s.paddingPort | s.paddingFrom | s.paddingTo) == 0;
  return (
    s.queue != 0 &&
    s.slack == 0 &&
    s.paddingPort != 0 &&
    s.paddingPort <= 0xffff &&
    s.paddingFrom != 0 &&
    s.paddingTo != 0
  );
}

/** Entries of a section; the greatest number when its length is no multiple of theirs. */
function countOf(tag: u32, size: u32): u32 {
  const length = sectionLength(POLICY, tag);
  return length % size ? u32.MAX_VALUE : length / size;
}

/** Names go into JSON as they are. */
function plainNames(at: usize, count: u32): bool {
  for (let i: u32 = 0; i < count * NAME_SIZE; ++i) {
    const c = <u32>load<u8>(at + i);
    if (c != 0 && (c < 0x21 || c > 0x7e || c == 0x22 || c == 0x5c)) return false;
  }
  return true;
}

function saneNetworks(list: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; ++i) {
    const n = changetype<Network>(list + <usize>i * offsetof<Network>());
    if (!(n.version == 4 && n.bits <= 32 && n.hi == 0 && n.lo >> 32 == 0) && !(n.version == 6 && n.bits <= 128))
      return false;
    if (hasHostBits(n)) return false;
  }
  return true;
}

/** Bits behind the network's: the two checkers would not have to agree on what they mean. */
function hasHostBits(n: Network): bool {
  const bits = <u64>n.bits;
  if (n.version == 4) return bits < 32 && n.lo << (32 + bits) != 0;
  if (bits >= 64) return bits < 128 && n.lo << (bits - 64) != 0;
  return n.lo != 0 || n.hi << bits != 0;
}

function saneRanges(count: u32): bool {
  for (let i: u32 = 0; i < count; ++i) {
    const r = changetype<Range>(ranges + <usize>i * offsetof<Range>());
    if (r.first > r.last) return false;
  }
  return true;
}

function saneRule(r: Rule, networkCount: u32, rangeCount: u32): bool {
  return (
    r.interval <= LONGEST &&
    r.slack <= LONGEST &&
    <i32>r.action <= RuleAction.ALLOW &&
    (<i32>r.payload < RulePayload.TRANSFER || (r.payload == RulePayload.TRANSFER && transferAt != 0)) &&
    r.sizeFirst <= r.sizeLast &&
    (r.action == RuleAction.DENY || <u32>r.protocol != ANY_PROTOCOL) &&
    <u32>r.fromAt + r.fromCount <= networkCount &&
    <u32>r.toAt + r.toCount <= networkCount &&
    <u32>r.portsAt + r.portsCount <= rangeCount &&
    <u32>r.sourcesAt + r.sourcesCount <= rangeCount &&
    <u32>r.vlansAt + r.vlansCount <= rangeCount
  );
}

/** Of bytes and nanoseconds: sums of two do not wrap. */
const MOST_SUM: u64 = 0x4000000000000000;

function saneTransfer(): bool {
  if (transferAt == 0) return true;
  if (sectionLength(POLICY, Tag.TRANSFER) != offsetof<TransferSettings>()) return false;
  const t = changetype<TransferSettings>(transferAt);
  return (
    t.ascii <= 1 &&
    t.extensions <= EXTENSIONS &&
    t.data >= 1 &&
    t.data <= MOST_DATA &&
    t.parity >= 1 &&
    t.parity <= MOST_PARITY &&
    t.interleave >= 1 &&
    t.interleave <= MOST_BLOCKS &&
    t.total <= MOST_SUM &&
    t.tolerance <= MOST_SUM
  );
}

/** 1553 messages: rules, their names, what they want of the data, and the second checker's tables. */
function saneMessages(rangeCount: u32): bool {
  const count = messageRuleCount;
  if (count > MAX_MESSAGE_RULES || sectionLength(POLICY, Tag.MESSAGES) % <u32>offsetof<MessageRule>() != 0)
    return false;
  if (sectionLength(POLICY, Tag.MESSAGE_NAMES) != count * NAME_SIZE || !plainNames(messageNames, count)) return false;
  const checkCount = countOf(Tag.CHECKS, <u32>offsetof<DataCheck>());
  if (checkCount > MAX_CHECKS) return false;
  for (let i: u32 = 0; i < count; ++i) {
    const r = messageRule(i);
    if (<i32>r.action > RuleAction.ALLOW || r.mode > 1) return false;
    if (<u32>r.channelsAt + r.channelsCount > rangeCount || <u32>r.checksAt + r.checksCount > checkCount) return false;
  }
  const checks = section(POLICY, Tag.CHECKS);
  for (let i: u32 = 0; i < checkCount; ++i) {
    const c = changetype<DataCheck>(checks + <usize>i * offsetof<DataCheck>());
    if (c.word > 31 || <i32>c.kind > Check.STEP) return false;
  }
  return checkMessageTables(section(POLICY, Tag.MESSAGE_TABLES), sectionLength(POLICY, Tag.MESSAGE_TABLES));
}
