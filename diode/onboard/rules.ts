// REQ-FILTER-001, REQ-FILTER-022
// First checker, policy: the rules one after the other, the first that matches decides; none means no.
import { ANY_PROTOCOL, Network, Range, Rule, RuleAction } from "../../appliance/contract/onboard/config";
import { Fields } from "./fields";

/** Index of the first rule that matches, or -1. `rules`, `networks`, `ranges` are the arrays of the policy. */
export function firstMatch(f: Fields, rules: usize, count: u32, networks: usize, ranges: usize): i32 {
  for (let i: u32 = 0; i < count; ++i) {
    const r = changetype<Rule>(rules + <usize>i * offsetof<Rule>());
    if (matches(f, r, networks, ranges)) return <i32>i;
  }
  return -1;
}

function matches(f: Fields, r: Rule, networks: usize, ranges: usize): bool {
  return (
    (<u32>r.protocol == ANY_PROTOCOL || <u32>r.protocol == f.protocol) &&
    f.payloadLength >= <u32>r.sizeFirst &&
    f.payloadLength <= <u32>r.sizeLast &&
    inRanges(ranges, r.vlansAt, r.vlansCount, f.vlan) &&
    inRanges(ranges, r.portsAt, r.portsCount, f.dstPort) &&
    inRanges(ranges, r.sourcesAt, r.sourcesCount, f.srcPort) &&
    inNetworks(networks, r.fromAt, r.fromCount, f.version, f.srcHi, f.srcLo) &&
    inNetworks(networks, r.toAt, r.toCount, f.version, f.dstHi, f.dstLo)
  );
}

/** Whether a rule lets anything of this source out. */
export function allowsSource(rules: usize, count: u32, networks: usize, version: u32, hi: u64, lo: u64): bool {
  for (let i: u32 = 0; i < count; ++i) {
    const r = changetype<Rule>(rules + <usize>i * offsetof<Rule>());
    if (r.action == RuleAction.ALLOW && inNetworks(networks, r.fromAt, r.fromCount, version, hi, lo)) return true;
  }
  return false;
}

/** Whether one of the ranges list[at..at+count) holds the value; an empty list holds every one. */
function inRanges(list: usize, at: u32, count: u32, value: u32): bool {
  if (count == 0) return true;
  for (let i = at; i < at + count; ++i) {
    const r = changetype<Range>(list + <usize>i * offsetof<Range>());
    if (value >= <u32>r.first && value <= <u32>r.last) return true;
  }
  return false;
}

/** The same of networks and an address. */
export function inNetworks(list: usize, at: u32, count: u32, version: u32, hi: u64, lo: u64): bool {
  if (count == 0) return true;
  for (let i = at; i < at + count; ++i) {
    if (inside(changetype<Network>(list + <usize>i * offsetof<Network>()), version, hi, lo)) return true;
  }
  return false;
}

function inside(n: Network, version: u32, hi: u64, lo: u64): bool {
  if (<u32>n.version != version) return false;
  const bits = <u64>n.bits;
  if (bits == 0) return true;
  if (version == 4) return (lo ^ n.lo) >> (32 - bits) == 0;
  if (bits <= 64) return (hi ^ n.hi) >> (64 - bits) == 0;
  return hi == n.hi && (lo ^ n.lo) >> (128 - bits) == 0;
}
