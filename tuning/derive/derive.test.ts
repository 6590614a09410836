// Policies proposed from what was seen and from an interface-control file: golden text, and both sides of each bound.
import { describe, expect, it } from "vitest";
import { MAX_MESSAGE_RULES, MAX_RULES } from "../../appliance/contract/config.ts";
import { parseNetwork } from "../../lib/addresses.ts";
import type { Bus } from "../../mil1553/simulator/icd/model.ts";
import { proposeMessages } from "./messages.ts";
import { goesTo, propose, protocolWord, quoted, type Survey, unused } from "./propose.ts";
import { type Seen, Services } from "./services.ts";

const UNTAGGED = 4096;
const [A, B, C] = [0x0a000001n, 0x0a000002n, 0x0a000109n];
const seen = (more: Partial<Seen> = {}): Seen => ({
  ...{ time: 0n, version: 4, source: A, destination: C, protocol: 17, vlan: UNTAGGED },
  ...{ sourcePort: 4000, port: 5000, size: 60, ...more },
});
const of = (...all: Partial<Seen>[]) => {
  const services = new Services();
  for (const one of all) services.add(seen(one));
  return services;
};
const SECOND = 1_000_000_000n;

describe("services", () => {
  it("have sources, sizes, and the most frames in a second", () => {
    const times = [0n, 10n, SECOND - 1n, SECOND, SECOND + 9n, 3n * SECOND];
    const sizes = [60, 70, 50, 60, 60, 60];
    const { services, answers, unlisted } = of(
      ...times.map((time, n) => ({ time, size: sizes[n]!, source: n % 2 ? B : A })),
    );
    expect([...services.values()]).toEqual([
      {
        ...{ version: 4, destination: C, protocol: 17, vlan: UNTAGGED, port: 5000, sources: new Set([A, B]) },
        ...{ frames: 6, least: 50, most: 70, peak: 4, recent: [3n * SECOND] },
      },
    ]);
    expect([answers, unlisted]).toEqual([0, 0]);
  });

  it.each<[string, Partial<Seen>[], number, number]>([
    ["another port", [{}, { port: 5001 }], 2, 0],
    ["another destination", [{}, { destination: B }], 2, 0],
    ["another protocol", [{}, { protocol: 6 }], 2, 0],
    ["another VLAN", [{}, { vlan: 5 }], 2, 0],
    ["another version", [{}, { version: 6 }], 2, 0],
    ["an answer", [{}, { source: C, destination: A, sourcePort: 5000, port: 4000 }], 1, 1],
    ["the same ports from elsewhere", [{}, { source: B, destination: A, sourcePort: 5000, port: 4000 }], 2, 0],
    ["other ports back", [{}, { source: C, destination: A, sourcePort: 5001, port: 4000 }], 2, 0],
    ["a ping and its answer", [8, 0].map((port) => ({ protocol: 1, port, sourcePort: 0 })), 1, 1],
    ["a ping of IPv6 and its answer", [128, 129].map((port) => ({ protocol: 58, port, sourcePort: 0 })), 1, 1],
    ["port 0 and port 129 of UDP", [{ port: 0 }, { port: 129 }], 2, 0],
  ])("%s", (_, all, services, answers) => {
    const found = of(...all);
    expect([found.services.size, found.answers]).toEqual([services, answers]);
  });

  it("are 4096 at most; frames of more are counted", () => {
    const found = of(...Array.from({ length: 4098 }, (_, port) => ({ port })), { port: 3 });
    expect([found.services.size, found.unlisted, found.services.get(`4096 4 17 ${C} 3`)!.frames]).toEqual([4096, 2, 2]);
  });
});

describe("a policy", () => {
  const survey = (services: Services, more: Partial<Survey> = {}): Survey => ({
    ...{ services, refused: new Map(), frames: 7, first: undefined, last: undefined, ...more },
  });
  const everything = { to: [], leastFrames: 1 };

  it("has a rule for each service, the most frequent first", () => {
    const times = (count: number, more: Partial<Seen>) => Array.from({ length: count }, () => more);
    const services = of(
      ...times(3, { port: 5000 }),
      { port: 5000, source: B, size: 90 },
      ...times(2, { protocol: 6, port: 80, time: 5n * SECOND }),
      { protocol: 1, port: 8, sourcePort: 0, vlan: 7 },
      { version: 6, destination: 0xfdn << 120n, source: 1n, port: 53 },
      { version: 6, destination: 0xfdn << 120n, source: 1n, port: 53, vlan: 9, time: SECOND },
      { protocol: 89, port: 0, sourcePort: 0 },
      { source: C, destination: A, sourcePort: 5000, port: 4000 },
    );
    const refused = new Map([
      ["fragment", 3],
      ["options", 1],
    ]);
    const times2 = { first: 1_700_000_000_000_000_000n, last: 1_700_000_060_000_000_000n };
    expect(propose(survey(services, { refused, ...times2 }), everything)).toMatchInlineSnapshot(`
      "# Proposed by weir policy derive from 7 frames, 2023-11-14T22:13:20.000Z to 2023-11-14T22:14:20.000Z.
      # Read it before you use it: it also allows what an intruder sent at that time.
      # Not proposed: 1 answers (nothing comes back through a one-way appliance).
      # Never passed, whatever the rules: fragment 3, options 1.
      weir: 1

      interfaces:
        out: { next-hop: ff:ff:ff:ff:ff:ff }  # the MAC address of the receiver on out

      rules:

        # udp 5000 from 2 sources to 10.0.1.9: 4 frames, at most 4 in a second, 60-90 bytes
        - name: udp-5000
          action: allow
          protocol: udp
          from: [10.0.0.1, 10.0.0.2]
          to: 10.0.1.9
          ports: 5000
          size: 60-90
          rate: 8/s
          burst: 4

        # tcp 80 from 10.0.0.1 to 10.0.1.9: 2 frames, at most 2 in a second, 60 bytes
        - name: tcp-80
          action: allow
          protocol: tcp
          from: 10.0.0.1
          to: 10.0.1.9
          ports: 80
          size: 60
          rate: 4/s
          burst: 2

        # icmp from 10.0.0.1 to 10.0.1.9, VLAN 7: 1 frames, at most 1 in a second, 60 bytes
        - name: icmp
          action: allow
          protocol: icmp
          from: 10.0.0.1
          to: 10.0.1.9
          types: echo-request
          vlan: 7
          size: 60
          rate: 2/s

        # protocol-89 from 10.0.0.1 to 10.0.1.9: 1 frames, at most 1 in a second, 60 bytes
        - name: protocol-89
          action: allow
          protocol: 89
          from: 10.0.0.1
          to: 10.0.1.9
          size: 60
          rate: 2/s

        # udp 53 from ::1 to fd00::, VLAN 9: 1 frames, at most 1 in a second, 60 bytes
        - name: udp-53
          action: allow
          protocol: udp
          from: "::1"
          to: "fd00::"
          ports: 53
          vlan: 9
          size: 60
          rate: 2/s

        # udp 53 from ::1 to fd00::: 1 frames, at most 1 in a second, 60 bytes
        - name: udp-53-2
          action: allow
          protocol: udp
          from: "::1"
          to: "fd00::"
          ports: 53
          size: 60
          rate: 2/s
      "
    `);
    const to = [parseNetwork("10.0.1.0/24")!];
    expect(propose(survey(services), { to, leastFrames: 2 })).toMatchInlineSnapshot(`
      "# Proposed by weir policy derive from 7 frames.
      # Read it before you use it: it also allows what an intruder sent at that time.
      # Not proposed: 1 answers (nothing comes back through a one-way appliance); 2 services to elsewhere.
      weir: 1

      interfaces:
        out: { next-hop: ff:ff:ff:ff:ff:ff }  # the MAC address of the receiver on out

      rules:

        # udp 5000 from 2 sources to 10.0.1.9: 4 frames, at most 4 in a second, 60-90 bytes
        - name: udp-5000
          action: allow
          protocol: udp
          from: [10.0.0.1, 10.0.0.2]
          to: 10.0.1.9
          ports: 5000
          size: 60-90
          rate: 8/s
          burst: 4

        # tcp 80 from 10.0.0.1 to 10.0.1.9: 2 frames, at most 2 in a second, 60 bytes
        - name: tcp-80
          action: allow
          protocol: tcp
          from: 10.0.0.1
          to: 10.0.1.9
          ports: 80
          size: 60
          rate: 4/s
          burst: 2

      # Seen fewer than 2 times, not proposed:
      #   icmp from 10.0.0.1 to 10.0.1.9, VLAN 7: 1 frames, at most 1 in a second, 60 bytes
      #   protocol-89 from 10.0.0.1 to 10.0.1.9: 1 frames, at most 1 in a second, 60 bytes
      "
    `);
  });

  it("has nothing where nothing was seen", () =>
    expect(propose(survey(new Services(), { frames: 0 }), everything)).toMatchInlineSnapshot(`
      "# Proposed by weir policy derive from 0 frames.
      # Read it before you use it: it also allows what an intruder sent at that time.
      # Not proposed: 0 answers (nothing comes back through a one-way appliance).
      weir: 1

      interfaces:
        out: { next-hop: ff:ff:ff:ff:ff:ff }  # the MAC address of the receiver on out

      rules: []
      "
    `));

  it("names, and does not propose, what is rare, has many sources, or is one too many", () => {
    const sources = (count: number, port: number) =>
      Array.from({ length: count }, (_, n) => ({ source: BigInt(n + 1), port }));
    const crowded = propose(survey(of(...sources(64, 1), ...sources(65, 2))), { to: [], leastFrames: 64 });
    expect(crowded).toContain("  - name: udp-1\n");
    expect(crowded).toContain(
      "\n# From more than 64 sources, not proposed:\n#   udp 2 from 65 sources to 10.0.1.9: 65 frames, at most 65 in a second, 60 bytes\n",
    );
    const many = (count: number) =>
      propose(survey(of(...Array.from({ length: count }, (_, port) => ({ port })))), everything);
    expect(many(MAX_RULES)).not.toContain("not proposed");
    expect(many(MAX_RULES + 1)).toContain(
      `\n# Beyond the ${MAX_RULES} rules that a policy may have, not proposed:\n#   udp ${MAX_RULES} from 10.0.0.1 to 10.0.1.9: 1 frames, at most 1 in a second, 60 bytes\n`,
    );
  });

  it("says what went elsewhere, and what it could not name", () => {
    const services = of({}, { destination: B }, ...Array.from({ length: 4095 }, (_, n) => ({ port: n + 6000 })));
    const head = propose(survey(services), { to: [parseNetwork("10.0.1.9")!], leastFrames: 2 })
      .split("\n")
      .slice(0, 4);
    expect(head).toEqual([
      "# Proposed by weir policy derive from 7 frames.",
      "# Read it before you use it: it also allows what an intruder sent at that time.",
      "# Not proposed: 0 answers (nothing comes back through a one-way appliance); 1 services to elsewhere; 1 frames of more services than a policy can name.",
      "weir: 1",
    ]);
  });

  it("its names are each its own, its addresses such as YAML takes for text", () => {
    const names = new Set<string>();
    expect(["a", "a", "b", "a", "a-2"].map((name) => unused(name, names))).toEqual(["a", "a-2", "b", "a-3", "a-2-2"]);
    expect(["10.0.0.1", "fd00::"].map(quoted)).toEqual(["10.0.0.1", '"fd00::"']);
    expect([6, 17, 1, 58, 89, 200].map(protocolWord)).toEqual([
      ...["tcp", "udp", "icmp", "icmp6", "protocol-89", "protocol-200"],
    ]);
  });

  it.each([
    ["10.0.1.0", true],
    ["10.0.1.255", true],
    ["10.0.0.255", false],
    ["10.0.2.0", false],
    ["::a00:100", false],
    ["nobody", false],
  ])("what is to 10.0.1.0/24: %s, %s", (address, expected) => {
    expect(goesTo(address, [parseNetwork("10.0.9.0/24")!, parseNetwork("10.0.1.0/24")!])).toBe(expected);
    expect(goesTo(address, [])).toBe(true);
  });
});

describe("rules for messages", () => {
  const message = (name: string, commands: number[], more: object = {}) => ({
    ...{ name, format: "bc-rt", commands, responders: [], data: [], words: 4, busB: false },
    ...{ every: 1, phase: 0, aperiodic: undefined, ...more },
  });
  const channel = (name: string, number: number, retries: number, messages: object[]) => ({
    name,
    channel: number,
    retries,
    messages,
  });
  const busOf = (...channels: object[]) => ({ name: "the bus", start: 0, channels }) as unknown as Bus;
  const [RECEIVE, TRANSMIT] = [(5 << 11) | (2 << 5) | 4, (5 << 11) | 0x400 | (3 << 5) | 4];

  it("say channel, bus, terminal, direction, words, and what the words hold", () => {
    const data = [
      { constant: 0x1ffff },
      { counter: {} },
      { counter: { from: 3, to: 9 } },
      { counter: { from: 9, to: 3 } },
      { counter: { from: -1, to: 3 } },
      { text: "abcde" },
      { discrete: { bits: [0, 15], initial: 0x8013 } },
      { discrete: { bits: [1] } },
      { text: "ab" },
      { noise: {} },
      { constant: 0 },
    ];
    const messages = [
      message("a", [RECEIVE], { data }),
      message("a", [TRANSMIT], { busB: true }),
      message("rt-rt", [RECEIVE, TRANSMIT], { format: "rt-rt" }),
      message("mode out", [(5 << 11) | 0x400 | 2], { format: "mode-transmit" }),
      message("mode in", [(5 << 11) | 17], { format: "mode-receive" }),
      message("a name that is longer than thirty-one", [RECEIVE]),
      message("a name that is longer than thirty-two", [RECEIVE]),
    ];
    const one = busOf(channel("left", 3, 0, messages));
    expect(proposeMessages(one, true)).toMatchInlineSnapshot(`
      "# The messages of the bus, for rules with payload: mil1553. Read them before you use them.
      messages:
        - { name: a, action: allow, channel: 3, bus: A, rt: 5, sa: 2, direction: receive, words: 4, data: [{ word: 1, value: 65535 }, { word: 2, range: 0-65535 }, { word: 3, range: 3-9 }, { word: 9, mask: 0x7ffe, value: 0x12 }, { word: 10, mask: 0xfffd, value: 0x0 }, { word: 13, value: 0 }] }
        - { name: a-2, action: allow, channel: 3, bus: B, rt: 5, sa: 3, direction: transmit, words: 4 }
        - { name: rt-rt, action: allow, channel: 3, bus: A, rt: 5, sa: 2, direction: receive, words: 4, from: { rt: 5, sa: 3 } }
        - { name: mode out, action: allow, channel: 3, bus: A, rt: 5, direction: transmit, mode: 2 }
        - { name: mode in, action: allow, channel: 3, bus: A, rt: 5, direction: receive, mode: 17 }
        - { name: a name that is longer than thir, action: allow, channel: 3, bus: A, rt: 5, sa: 2, direction: receive, words: 4 }
        - { name: a name that is longer than th-2, action: allow, channel: 3, bus: A, rt: 5, sa: 2, direction: receive, words: 4 }
      "
    `);
    const two = busOf(channel("left", 3, 1, messages.slice(0, 1)), channel("right", 4, 0, messages.slice(1, 2)));
    expect(proposeMessages(two, false)).toMatchInlineSnapshot(`
      "# The messages of the bus, for rules with payload: mil1553. Read them before you use them.
      messages:
        - { name: left.a, action: allow, channel: 3, rt: 5, sa: 2, direction: receive, words: 4 }
        - { name: right.a, action: allow, channel: 4, bus: B, rt: 5, sa: 3, direction: transmit, words: 4 }
      "
    `);
  });

  it("are as many as a policy may have; others are named", () => {
    const all = (count: number) =>
      proposeMessages(
        busOf(
          channel(
            "left",
            3,
            0,
            Array.from({ length: count }, (_, n) => message(`m${n}`, [RECEIVE])),
          ),
        ),
        true,
      );
    expect(all(MAX_MESSAGE_RULES)).not.toContain("Beyond");
    expect(
      all(MAX_MESSAGE_RULES + 1)
        .split("\n")
        .slice(-4),
    ).toEqual([
      `  - { name: m${MAX_MESSAGE_RULES - 1}, action: allow, channel: 3, bus: A, rt: 5, sa: 2, direction: receive, words: 4 }`,
      `# Beyond the ${MAX_MESSAGE_RULES} rules that a policy may have, not proposed:`,
      `#   left m${MAX_MESSAGE_RULES}`,
      "",
    ]);
  });
});
