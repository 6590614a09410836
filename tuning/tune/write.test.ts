import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { DETECTOR_NAMES } from "../../detectors/catalogue.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { type Provenance, tunedPolicy } from "./write.ts";

const provenance: Provenance = {
  tool: "weir tune 0.1.0",
  rule: "as clean traffic has it",
  budget: "1 alarm per hour",
  captures: [{ name: "clean.pcap", sha256: "ab".repeat(32), hours: 1.5 }],
};
const body = (text: string) => text.slice(text.indexOf("# ---- end\n") + 11);
const policy = readFileSync(new URL("../../fixtures/policy.yaml", import.meta.url), "utf8");
const SCHEMA_NAMES = DETECTOR_NAMES.filter((name) => !["scan", "new-host", "new-service"].includes(name));

describe("a policy with other thresholds", () => {
  it("changes nothing but what it must: comments and spacing stay", () => {
    const out = tunedPolicy(policy, {
      thresholds: { rate: 1.5, "new-pair": 2 },
      baseline: "site.baseline",
      provenance,
    });
    const lines = body(out).split("\n");
    const before = policy.split("\n");
    expect(lines.filter((line) => !before.includes(line))).toEqual([
      "  rate: { threshold: 1.5 }",
      "  new-pair: { threshold: 2 }",
      'baseline: "site.baseline"',
    ]);
    expect(before.filter((line) => !lines.includes(line))).toEqual([]);
    const was = parse(policy);
    expect(parse(out)).toEqual({
      ...was,
      baseline: "site.baseline",
      detectors: { ...was.detectors, rate: { threshold: 1.5 }, "new-pair": { threshold: 2 } },
    });
    expect(
      compilePolicyText(body(tunedPolicy(policy, { thresholds: { rate: 1.5 }, provenance })), "p.yaml").policy.tuning,
    ).toContainEqual({
      name: "rate",
      threshold: 1.5,
      action: "alert",
    });
  });

  it("again: the thresholds and where they come from are replaced, not added to", () => {
    const once = tunedPolicy(policy, { thresholds: { rate: 1.5 }, provenance });
    const twice = tunedPolicy(once, { thresholds: { rate: 1.5 }, provenance });
    expect(twice).toBe(once);
    const other = tunedPolicy(once, { thresholds: { rate: 3 }, provenance: { ...provenance, by: "Ann" } });
    expect(other.match(/where they come from/g)).toHaveLength(1);
    expect(other).toContain("# by         Ann\n");
    expect(parse(other).detectors.rate).toEqual({ threshold: 3 });
  });

  const forms: [string, string, unknown][] = [
    ["no detectors", "weir: 1\nrules: []\n", { rate: { threshold: 2 } }],
    ["no end of line", "weir: 1\nrules: []", { rate: { threshold: 2 } }],
    ["detectors without a value", "weir: 1\ndetectors:\n", { rate: { threshold: 2 } }],
    ["detectors without a value, a comment", "weir: 1\ndetectors: # none\nrules: []\n", { rate: { threshold: 2 } }],
    ["an empty flow mapping", "weir: 1\ndetectors: {}\n", { rate: { threshold: 2 } }],
    ["a flow mapping", "detectors: { arp: off }\n", { arp: "off", rate: { threshold: 2 } }],
    [
      "over lines",
      "detectors:\n  { arp: off,\n    rate: { action: tighten } }\n",
      { arp: "off", rate: { action: "tighten", threshold: 2 } },
    ],
    [
      "an action",
      "detectors:\n  rate: { action: tighten } # as agreed\n",
      { rate: { action: "tighten", threshold: 2 } },
    ],
    ["a block", "detectors:\n  rate:\n    # why\n    action: tighten\n", { rate: { action: "tighten", threshold: 2 } }],
    ["a value", "detectors:\n  rate:\n    threshold: 7 # seven\n", { rate: { threshold: 2 } }],
    ["off", "detectors:\n  rate: off\n", { rate: { threshold: 2 } }],
    [
      "off as a member",
      "detectors:\n  rate: { off: true, action: tighten }\n",
      { rate: { action: "tighten", threshold: 2 } },
    ],
    ["nothing", "detectors:\n  rate:\n  arp: off\n", { rate: { threshold: 2 }, arp: "off" }],
    [
      "an alias",
      "detectors:\n  arp: &a { threshold: 7 }\n  rate: *a\n",
      { arp: { threshold: 7 }, rate: { threshold: 2 } },
    ],
    ["CR LF", "weir: 1\r\ndetectors:\r\n  arp: off\r\n", { arp: "off", rate: { threshold: 2 } }],
    ["quotes", '"detectors":\n  "rate": {"threshold": 9}\n', { rate: { threshold: 2 } }],
  ];
  it.each(forms)("%s", (_, text, detectors) => {
    const out = tunedPolicy(text, { thresholds: { rate: 2 }, provenance });
    expect(parse(out).detectors).toEqual(detectors);
    for (const comment of text.match(/# .*/g) ?? []) expect(out).toContain(comment.trimEnd());
    if (text.includes("\r\n")) expect(out.replaceAll("\r\n", "")).not.toContain("\n");
    expect(body(tunedPolicy(out, { thresholds: { rate: 2 }, provenance }))).toBe(body(out));
  });

  it("switches off", () => {
    const off = (text: string) => parse(tunedPolicy(text, { thresholds: { rate: "off" }, provenance })).detectors;
    expect(off("detectors:\n  arp: off\n")).toEqual({ arp: "off", rate: "off" });
    expect(off("detectors:\n  rate: { action: tighten }\n").rate).toMatchObject({ off: true, action: "tighten" });
  });

  it("says what is wrong with what is no policy", () => {
    expect(() => tunedPolicy("[1]", { thresholds: {}, provenance })).toThrow("not a mapping, expected a policy");
    // The library's own words, without its picture of the place
    expect(() => tunedPolicy("a: [", { thresholds: {}, provenance })).toThrow(
      /^Flow sequence in block .* at line 1[^\n]*$/,
    );
  });

  it("names with anything in them stay in comments", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (name, by) => {
        const out = tunedPolicy("weir: 1 # yes\nrules: []\n", {
          thresholds: {},
          provenance: { ...provenance, by, captures: [{ name, sha256: "", hours: 0 }], notes: [name] },
        });
        expect(parse(out)).toEqual({ weir: 1, rules: [] });
        expect(body(out)).toBe("weir: 1 # yes\nrules: []\n");
      }),
      { seed: 8, numRuns: 500 },
    );
  });

  it("means what was asked for, of any policy's detectors", () => {
    const one = fc.oneof(
      fc.constant("off"),
      fc.record({ threshold: fc.constantFrom(0.5, 2, 7), action: fc.constant("alert") }, { requiredKeys: [] }),
    );
    const some = fc.dictionary(fc.constantFrom(...SCHEMA_NAMES), one);
    const changes = fc.dictionary(fc.constantFrom(...SCHEMA_NAMES), fc.constantFrom(0.1, 1.234, 99), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(some, changes, fc.constantFrom(2, 4), fc.boolean(), (detectors, thresholds, indent, flow) => {
        const text = stringify({ weir: 1, detectors, rules: [] }, { indent, collectionStyle: flow ? "flow" : "any" });
        const got = parse(tunedPolicy(text, { thresholds, provenance }));
        const wanted: Record<string, unknown> = { ...detectors };
        for (const [name, threshold] of Object.entries(thresholds)) {
          const { off: _, ...rest } = typeof wanted[name] === "object" ? (wanted[name] as Record<string, unknown>) : {};
          wanted[name] = { ...rest, threshold };
        }
        expect(got).toEqual({ weir: 1, detectors: wanted, rules: [] });
      }),
      { seed: 8, numRuns: 150 },
    );
  });
});
