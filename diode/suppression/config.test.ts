import { describe, expect, it } from "vitest";
import { AlertKind, Track } from "../../appliance/contract/config.ts";
import { Problems } from "../../lib/yaml.ts";
import { alertRuleText, parseThresholds } from "./config.ts";

const one = (text: string) => parseThresholds(text, "t")[0]!;
const faults = (text: string): string[] => {
  try {
    parseThresholds(text, "t");
  } catch (error) {
    if (error instanceof Problems) return error.message.split("\n");
  }
  return [];
};

describe("what it reads", () => {
  it("suppress, with and without an address", () => {
    expect(one("suppress gen_id 1, sig_id 7700001")).toMatchObject({
      kind: AlertKind.SUPPRESS,
      detector: 1,
      networks: [],
    });
    const rule = one("suppress gen_id 1, sig_id 0, track by_either, ip [10.0.0.0/8, !10.0.0.9,fd00::/8]");
    expect(rule).toMatchObject({ track: Track.EITHER, detector: 0 });
    expect(alertRuleText(rule)).toBe("every detector: none by either address in 10.0.0.0/8, not 10.0.0.9, fd00::/8");
    expect(alertRuleText(one("suppress gen_id 1, sig_id 7700004, track by_src, ip !10.0.0.9"))).toBe(
      "new-pair: none by source in not 10.0.0.9, 0.0.0.0/0, ::/0",
    );
  });
  it("threshold and its older name, rate_filter", () => {
    const text = "gen_id 1, sig_id 7700005, type both, track by_dst, count 3, seconds 60";
    expect(one(`threshold ${text}`)).toEqual(one(`event_filter ${text}`));
    expect(one(`threshold ${text}`)).toMatchObject({
      kind: AlertKind.BOTH,
      track: Track.DESTINATION,
      count: 3,
      seconds: 60,
    });
    expect(
      one("rate_filter gen_id 1, sig_id 0, track by_rule, count 9, seconds 5, new_action pass, timeout 60"),
    ).toMatchObject({ kind: AlertKind.PASS, timeout: 60 });
  });
  it.each([
    ["suppress gen_id 1, sig_id 0, track by_dst, ip 10.0.0.1", "every detector: none by destination in 10.0.0.1"],
    [
      "threshold gen_id 1, sig_id 7700005, type limit, track by_both, count 3, seconds 60",
      "flood: at most 3 in 60 s by both addresses",
    ],
    [
      "threshold gen_id 1, sig_id 7700005, type threshold, track by_src, count 3, seconds 60",
      "flood: one for each 3 in 60 s by source",
    ],
    [
      "threshold gen_id 1, sig_id 7700005, type both, track by_dst, count 3, seconds 60",
      "flood: one in 60 s, once 3 came by destination",
    ],
    [
      "rate_filter gen_id 1, sig_id 0, track by_rule, count 9, seconds 5, new_action pass, timeout 60",
      "every detector: none for 60 s, once 9 came in 5 s",
    ],
  ])("%s: %s", (text, words) => {
    expect(alertRuleText(one(text))).toBe(words);
  });
  it("comments, blank lines, lines that go on, and says which line each began on", () => {
    const rules = parseThresholds(
      "# nothing\n\nsuppress gen_id 1, \\\n  sig_id 7700002 # known\r\nsuppress gen_id 0, sig_id 0\n",
      "t",
    );
    expect(rules.map(({ line, detector }) => [line, detector])).toEqual([
      [3, 2],
      [5, 0],
    ]);
  });
});

it.each([
  ["supress gen_id 1, sig_id 1", 't:1:1: "supress", expected threshold, event_filter, rate_filter or suppress'],
  ["suppress sig_id 7700001", "t:1:1: gen_id is missing"],
  ["suppress gen_id 3, sig_id 7700001", "t:1:17: 3, expected 1, the generator of all alerts here (0: all)"],
  ["\nsuppress gen_id 1, sig_id 12", "t:2:27: 12, expected 0 for all, or 7700001 (scan)"],
  ["suppress gen_id 1, sig_id 0, track by_src", "t:1:36: ip is missing: an address is of one side"],
  [
    "suppress gen_id 1, sig_id 0, track by_src, ip $HOME",
    "t:1:47: $HOME: variables are not supported, expected addresses",
  ],
  [
    "suppress gen_id 1, sig_id 0, track by_src, ip 300.1.1.1",
    't:1:47: "300.1.1.1", expected an address, a network, or a list in brackets',
  ],
  ["suppress gen_id 1 sig_id 0", 't:1:19: "sig_id", expected a comma'],
  ["suppress gen_id 1, gen_id 1", "t:1:20: gen_id again"],
  ["suppress gen_id 1, sig_id 0,", "t:1:28: nothing behind the comma"],
  ["suppress gen_id, sig_id 0", "t:1:16: gen_id has no value"],
  [
    "threshold gen_id 1, sig_id 0, type often, track by_src, count 1, seconds 1",
    't:1:36: "often", expected limit, threshold, both',
  ],
  [
    "threshold gen_id 1, sig_id 0, type limit, track by_src, count 0, seconds 1",
    't:1:63: "0", expected a whole number from 1',
  ],
  [
    "rate_filter gen_id 1, sig_id 0, track by_src, count 1, seconds 1, new_action drop, timeout 1",
    "t:1:78: drop, expected pass: set what a finding does to frames with detectors.NAME.action in the policy",
  ],
])("%s", (text, expected) => {
  expect(faults(text)[0]).toContain(expected);
});

it("reports every fault, not only the first", () => {
  expect(faults("a\nsuppress gen_id 1, sig_id 0\nb")).toHaveLength(2);
});
