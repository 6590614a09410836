// Policy files: what is refused and how it is said, what is doubted, what they come to.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectiveText, shownText } from "./policy/show.ts";
import { type Box, difference, intersection } from "./policy/space.ts";
import { compilePolicy, compilePolicyText, Problems, problemLine } from "./policy.ts";
import { policyWith } from "./testing/guard.ts";

/** The messages about a policy that is refused. */
function errors(text: string): string[] {
  try {
    compilePolicyText(text, "policy.yaml");
  } catch (error) {
    if (error instanceof Problems) return error.message.split("\n");
    throw error;
  }
  return [];
}
const warnings = (text: string) => compilePolicyText(text, "policy.yaml").warnings.map(problemLine);
const HEAD = "weir: 1\ninterfaces: { out: { next-hop: 52:54:00:77:00:12 } }\n";
const rules = (...list: string[]) => `${HEAD}rules:\n${list.map((rule) => `  - { ${rule} }\n`).join("")}`;
const UDP = "action: allow, protocol: udp, from: any, to: any, ports: 1";

describe("errors", () => {
  // REQ-GROUND-002
  it("come all at once, in the order of the file, each at its place", () => {
    expect(
      errors(`weir: 2
interfaces:
  out: { mac: 53:54:00:77:00:02 }
  lag: {}
checksums: maybe
rules:
  - name: default
    action: alow
    protocol: 44
    from: 10.0.0.300/24
    to: [10.0.0.1, 10.0.0.0/33, 5]
    ports: 70000
    wrong: 4
  - 7
`),
    ).toEqual([
      "policy.yaml:1:7: weir: 2, expected weir: 1, the version of this format",
      "policy.yaml:3:8: interfaces.out.next-hop: missing, expected a MAC address such as 52:54:00:77:00:12",
      'policy.yaml:3:15: interfaces.out.mac: "53:54:00:77:00:02", expected the MAC address of one interface (first byte even)',
      "policy.yaml:4:3: interfaces.lag: unknown key, expected one of in, out, log",
      'policy.yaml:5:12: checksums: "maybe", expected verify or ignore',
      'policy.yaml:7:11: rules.0.name: "default" is the name of a built-in reason, expected 1 to 31 letters, digits, dots, dashes and underscores',
      'policy.yaml:8:13: rules.0.action: "alow", expected allow or deny',
      "policy.yaml:9:15: rules.0.protocol: 44 is a header, not a payload, expected udp, tcp, icmp, icmp6, or a protocol number from 1 to 252",
      'policy.yaml:10:11: rules.0.from: "10.0.0.300/24", expected an address or network such as 10.0.0.0/24 or fd00::/64, a list of them, or any',
      'policy.yaml:11:20: rules.0.to.1: "10.0.0.0/33", expected an address or network such as 10.0.0.0/24 or fd00::/64, a list of them, or any',
      "policy.yaml:11:33: rules.0.to.2: 5, expected an address or network such as 10.0.0.0/24 or fd00::/64, a list of them, or any",
      "policy.yaml:12:12: rules.0.ports: 70000, expected a port from 1 to 65535, a range such as 1-65535, a list",
      "policy.yaml:13:5: rules.0.wrong: unknown key, expected one of name, action, protocol, from, to, ports, source-ports, types, vlan, size, payload, rate, burst",
      "policy.yaml:14:5: rules.1: 7, expected a mapping with name, action, protocol, from, to, ports, source-ports, types, vlan, size, payload, rate, burst",
    ]);
  });

  /** The text without its mark, and where the mark was. */
  function marked(text: string): { text: string; place: string } {
    const lines = text.slice(0, text.indexOf("§")).split("\n");
    return { text: text.replace("§", ""), place: `policy.yaml:${lines.length}:${lines.at(-1)!.length + 1}` };
  }
  const one = (more: string) => `${rules(`name: a, ${UDP}`)}${more}\n`;

  // § marks the place that must be named.
  it.each([
    [
      "§",
      "missing, expected a mapping with weir, interfaces, checksums, rules, messages, transfer, baseline, alerts, learn, detectors, protected, quarantine, maintenance, recorders, recorder-year, tunnels, flows",
    ],
    ["weir: 1\n§weir: 1\n", "Map keys must be unique"],
    ["rules: [\n§", "Flow sequence in block collection must be sufficiently indented and end with a ]"],
    [rules(`name: a, ${UDP.replace("ports: 1", "ports: §010")}`), "010 begins with 0, expected 10"],
    [`${HEAD}rules: §5\n`, "rules: 5, expected a list of rules ([] lets nothing pass)"],
    [
      `${HEAD}rules:\n  - §{ name: a, action: allow }`,
      "rules.0.protocol: missing, expected the protocol that is allowed",
    ],
    [
      `${HEAD}rules:\n  - §{ name: a, action: allow, protocol: udp, from: any, to: any }`,
      "rules.0.ports: missing, expected the destination ports (1-65535 for all)",
    ],
    [
      rules("name: a, action: deny, protocol: icmp, ports: §5"),
      "rules.0.ports: only UDP and TCP have ports, expected protocol: udp or protocol: tcp",
    ],
    [
      rules("name: a, action: deny, rate: §5/s"),
      "rules.0.rate: has no effect in a rule that denies, expected action: allow",
    ],
    [rules(`name: a, ${UDP}, burst: §5`), "rules.0.burst: says how far a rate may be exceeded, expected a rate too"],
    [
      rules(`name: a, ${UDP}, rate: §fast`),
      'rules.0.rate: "fast", expected a rate such as 20/s, 600/min or 5/h, at most 10000000/s',
    ],
    [
      rules(`name: a, ${UDP}, rate: §20000000/s`),
      'rules.0.rate: "20000000/s", expected a rate such as 20/s, 600/min or 5/h, at most 10000000/s',
    ],
    [
      rules(`name: a, ${UDP}, types: §echo-reply`),
      "rules.0.types: only ICMP has types, expected protocol: icmp or protocol: icmp6",
    ],
    [
      rules(`name: a, ${UDP}, size: §5-4`),
      'rules.0.size: "5-4", expected payload bytes from 0 to 65535, or a range such as 0-65535',
    ],
    [
      rules(`name: a, ${UDP}, vlan: §4095`),
      "rules.0.vlan: 4095, expected a VLAN from 0 to 4094, a range such as 0-4094, a list or untagged or any",
    ],
    [rules(`name: a, ${UDP}`, `name: §a, ${UDP}`), 'rules.1.name: "a" is used twice, expected a different name'],
    [
      rules(`name: a, ${UDP.replace("from: any, to: any", "from: 10.0.0.1, to: §fd00::1")}`),
      "rules.0.to: no frame can match: addresses and protocol are of different IP versions",
    ],
    [
      rules("name: a, action: allow, protocol: icmp, from: §fd00::1, to: any"),
      "rules.0.from: no frame can match: addresses and protocol are of different IP versions",
    ],
    [
      one("detectors: { scan: §{ benign-success: 0.1 } }"),
      "detectors.scan.scanner-success: 0.2, expected less than benign-success (0.1)",
    ],
    [
      one("detectors: { scan: { detection: §1 } }"),
      "detectors.scan.detection: 1, expected a number above 0 and below 1",
    ],
    [
      one("detectors: { scan: { action: §drop } }"),
      'detectors.scan.action: "drop", expected alert, tighten, quarantine or quarantine-flow',
    ],
    [
      one("detectors: { bus-data: { action: §quarantine-flow } }"),
      'detectors.bus-data.action: "quarantine-flow", expected alert, tighten, quarantine, quarantine-terminal or quarantine-message',
    ],
    [
      one("detectors: { rate: { action: tighten } }\nquarantine: §{ for: 1s }"),
      "quarantine: tightened is missing, expected the rate that action: tighten tightens to",
    ],
    [
      one("quarantine: { for: 1s, protected-terminals: §32 }"),
      "quarantine.protected-terminals: 32, expected a terminal from 0 to 31, a range such as 0-31, a list",
    ],
    [
      one("detectors: { scan: { action: §quarantine } }"),
      "detectors.scan.action: quarantine has no duration, expected a section quarantine",
    ],
    [
      one("quarantine: { for: §25h }"),
      'quarantine.for: "25h", expected a duration such as 500ms, 30s, 10min or 1h, at most 24h',
    ],
    [
      "weir: 1\ninterfaces: { in: { mac: 52:54:00:77:00:02 }, out: §{ next-hop: 52:54:00:77:00:12 } }\nrules: []\n",
      "interfaces.out.mac: 52:54:00:77:00:02 is also that of in, expected a different one",
    ],
    [
      "weir: 1\ninterfaces: { out: { next-hop: §52:54:00:77:00:01 } }\nrules: []\n",
      "interfaces.out.next-hop: an address of the image itself, expected that of the receiver on out",
    ],
    [
      "weir: 1\ninterfaces: { out: { next-hop: 52:54:00:77:00:12 }, log: §{ collector: { address: 1.2.3.4, mac: 52:54:00:77:00:13 } } }\nrules: []\n",
      "interfaces.log.address: missing, expected the address to log from",
    ],
    [
      "weir: 1\ninterfaces: { out: { next-hop: 52:54:00:77:00:12 }, log: { stop-when-silent: §30s } }\nrules: []\n",
      "interfaces.log.stop-when-silent: has no effect without a collector, because nothing is sent, expected a collector too",
    ],
    ...["14s", "0s", "61min", "2h", "500ms", "30", "-30s", "1.5min", "often", "[30s]"].map((text) => [
      `weir: 1\ninterfaces:\n  out: { next-hop: 52:54:00:77:00:12 }\n  log: { stop-when-silent: §${text} }\nrules: []\n`,
      `interfaces.log.stop-when-silent: ${/^\d+$/.test(text) ? text : text.startsWith("[") ? "a list" : `"${text}"`}, expected whole seconds or minutes such as 30s or 2min, from 15s to 3600s`,
    ]),
  ])("%#: says what and where", (withMark, expected) => {
    const { text, place } = marked(withMark);
    expect(errors(text)).toContain(`${place}: ${expected}`);
  });

  it("traps of address parsers are closed", () => {
    for (const address of [
      "10.0.1",
      "010.0.0.1",
      "10.0.0.1/",
      "10.0.0.1/24/8",
      "0x0a.0.0.1",
      "167772161",
      '"fe80::1%eth0"',
      '"::1/129"',
      '"[::1]"',
      "any/0",
    ])
      expect(errors(rules(`name: a, action: deny, from: ${address}`)), address).toHaveLength(1);
  });

  it("name a file that cannot be read", () => {
    expect(() => compilePolicy("no/such/policy.yaml")).toThrow("no/such/policy.yaml: cannot be read (ENOENT)");
  });

  it("a policy too large for guard is refused, not cut", () => {
    const list = Array.from(
      { length: 128 },
      (_, n) =>
        `name: r${n}, action: deny, from: [${Array.from({ length: 30 }, (_, m) => `10.${n}.${m * 2}.1`).join(", ")}]`,
    );
    expect(errors(rules(...list))[0]).toMatch(
      /^policy\.yaml:4:3: rules: \d+ bytes when compiled, expected at most 98304$/,
    );
    expect(errors(rules(...list, "name: last, action: deny"))[0]).toBe(
      "policy.yaml:4:3: rules: too many rules, expected at most 128",
    );
  });
});

// REQ-GROUND-014
describe("warnings", () => {
  it("bits behind a prefix", () => {
    expect(warnings(rules(`name: a, ${UDP.replace("from: any", "from: [10.0.0.1, 10.0.0.1/8]")}`))).toEqual([
      "policy.yaml:4:63: rules.0.from.1: 10.0.0.1/8 has bits set after its prefix: read as 10.0.0.0/8; for the one host write 10.0.0.1",
    ]);
  });
  it("a rule behind one that covers it, or behind several that do so together", () => {
    const half = (name: string, from: string) =>
      `name: ${name}, action: allow, protocol: udp, from: ${from}, to: any, ports: 1`;
    expect(warnings(rules(half("wide", "10.0.0.0/8"), half("narrow", "10.1.0.0/16")))).toEqual([
      "policy.yaml:5:5: rules.1: narrow is never reached: wide before it match all its frames",
    ]);
    expect(
      warnings(
        rules(
          half("low", "10.0.0.0/9"),
          half("other", "11.0.0.0/8"),
          half("high", "10.128.0.0/9"),
          half("both", "10.0.0.0/8"),
        ),
      ),
    ).toEqual(["policy.yaml:7:5: rules.3: both is never reached: low and high before it match all its frames"]);
    expect(warnings(rules(half("low", "10.0.0.0/9"), half("both", "10.0.0.0/8")))).toEqual([]);
  });
  it("a deny that comes too late, not one in front", () => {
    const allow = "name: wide, action: allow, protocol: tcp, from: any, to: any, ports: 1-65535";
    const deny = "name: no-telnet, action: deny, protocol: tcp, to: 10.0.0.0/8";
    const late = "name: no-host, action: deny, from: 10.0.0.66";
    expect(warnings(rules(deny, allow))).toEqual([]);
    expect(warnings(rules(allow, late))).toEqual([
      "policy.yaml:5:5: rules.1: no-host overlaps wide, which comes first and decides where both match",
    ]);
    expect(warnings(rules(allow, deny))).toEqual([
      "policy.yaml:5:5: rules.1: no-telnet is never reached: wide before it match all its frames",
    ]);
  });
  it("settings that do nothing", () => {
    const more = (text: string) => warnings(`${rules(`name: a, ${UDP}`)}${text}\n`);
    expect(more("protected: 10.0.0.1")).toEqual(["policy.yaml:5:12: protected: does nothing without quarantine"]);
    expect(more("quarantine: { for: 10s }")).toEqual([
      "policy.yaml:5:13: quarantine: does nothing: no detector has action: quarantine",
    ]);
    expect(more("detectors: { newcomer: { action: drop } }")).toEqual([
      "policy.yaml:5:34: detectors.newcomer.action: does nothing without a list of known hosts or services",
    ]);
  });
});

describe("what a policy comes to", () => {
  it("the starter policy has neither errors nor warnings", () => {
    const compiled = compilePolicy("fixtures/policy.yaml");
    expect(compiled.warnings).toEqual([]);
    expect(compiled.ruleNames).toEqual(["telemetry"]);
    expect(compiled.interfaces).toEqual([
      { name: "in", direction: "receive", mac: "52:54:00:77:00:01" },
      { name: "out", direction: "transmit", mac: "52:54:00:77:00:02" },
      { name: "log", direction: "transmit", mac: "52:54:00:77:00:03" },
    ]);
  });
  // REQ-GROUND-013
  it("the same file gives the same bytes; any other rule gives others", () => {
    const hash = (text: string) => compilePolicyText(text, "x").name;
    const text = rules(`name: a, ${UDP}`);
    expect(hash(text)).toBe(hash(text));
    expect(hash(`# a comment\n${text}`)).toBe(hash(text));
    for (const other of ["name: b", "ports: 2", "from: 10.0.0.0/8", "protocol: tcp", "action: deny"])
      expect(hash(text.replace(new RegExp(`${other.split(":")[0]}: [^,}]+`), other)), other).not.toBe(hash(text));
  });
  it("is shown with the scanners that are wanted, and flows of all VLANs together", () => {
    const more = "flows: { vlans: together }\ndetectors: { scan: { scanners: [10.0.3.0/24, fd00::5] } }\n";
    const shown = shownText(compilePolicyText(policyWith("", more), "policy.yaml"));
    expect(shown).toContain(", action alert, own scanners 10.0.3.0/24, fd00::5\n");
    expect(shown).toContain("flows     of all VLANs together\n");
  });

  it("is shown with its defaults, and what each rule still decides", () => {
    const compiled = compilePolicyText(
      rules(
        "name: no-bad, action: deny, from: 10.0.0.66",
        "name: ping, action: allow, protocol: icmp, from: 10.0.0.0/24, to: any",
        "name: late, action: deny, protocol: icmp, from: 10.0.0.1",
      ),
      "policy.yaml",
    );
    expect(shownText(compiled)).toContain("  ping    allow icmp from 10.0.0.0/24 to any types 8,0 payload zeroed\n");
    expect(shownText(compiled)).toContain("mtu 1500 (default), ttl 64 (default)");
    const effective = effectiveText(compiled);
    expect(effective).toContain(
      "ping: allow icmp from 10.0.0.0/24 to any types 8,0 payload zeroed\n    except where no-bad matches too: denied there\n",
    );
    expect(effective).toContain(
      "late: deny icmp from 10.0.0.1 to any types 8,0\n    never reached: ping before it match all its frames\n",
    );
  });
  it("ends an image whose `log` is silent where it says so, and only there", () => {
    const policy = (more: string) =>
      compilePolicyText(
        `weir: 1\ninterfaces:\n  out: { next-hop: 52:54:00:77:00:12 }\n  log: { address: 10.0.1.1, collector: { address: 10.0.1.2, mac: 52:54:00:77:00:13 }${more} }\nrules: []\n`,
        "policy.yaml",
      );
    for (const [text, seconds] of [
      ["15s", 15],
      ["30s", 30],
      ["2min", 120],
      ["1h", 3600],
    ] as const) {
      const compiled = policy(`, stop-when-silent: ${text}`);
      expect(compiled.logSilence).toBe(seconds);
      expect(shownText(compiled)).toContain(`not authenticated, stops when silent for ${seconds}s\n`);
    }
    expect(policy("").logSilence).toBe(0);
    expect(shownText(policy(""))).not.toContain("when silent");
  });
  it("lists of one rule keep their meaning whatever their order", () => {
    const ports = (list: string) =>
      compilePolicyText(rules(`name: a, ${UDP.replace("ports: 1", `ports: [${list}]`)}`), "x").policy.rules[0]!.ports;
    expect(ports("5, 3-4, 10, 7-12, 6")).toEqual([{ first: 3, last: 12 }]);
    expect(ports("5, 1")).toEqual([
      { first: 1, last: 1 },
      { first: 5, last: 5 },
    ]);
  });
});

describe("sets of frames", () => {
  const side = fc
    .tuple(fc.nat(7), fc.nat(7))
    .map(([a, b]): readonly [bigint, bigint] => [BigInt(Math.min(a, b)), BigInt(Math.max(a, b))]);
  const box = fc.tuple(side, side, side).map((sides): Box => sides);
  const holds = (b: Box, point: readonly bigint[]) =>
    b.every(([first, last], n) => point[n]! >= first && point[n]! <= last);
  const points = Array.from({ length: 512 }, (_, n) => [BigInt(n & 7), BigInt((n >> 3) & 7), BigInt(n >> 6)]);

  it("difference and intersection hold exactly the points they should, each once", () => {
    fc.assert(
      fc.property(box, box, (a, b) => {
        const left = difference(a, b);
        const common = intersection(a, b);
        for (const point of points) {
          expect(left.filter((piece) => holds(piece, point)).length).toBe(holds(a, point) && !holds(b, point) ? 1 : 0);
          expect(common !== undefined && holds(common, point)).toBe(holds(a, point) && holds(b, point));
        }
      }),
      { seed: 6, numRuns: 100 },
    );
  });
});

it("policyWith makes a policy without warnings", () => {
  expect(warnings(policyWith(`- { name: a, ${UDP} }`))).toEqual([]);
});
