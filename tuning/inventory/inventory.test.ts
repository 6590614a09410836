// What counts as a host, a service and a message, what a list or a file may say of them, and what differs from it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ApplicationWords } from "../../ip/decode/words.ts";
import { compare } from "./compare.ts";
import { type FlowEvent, Found } from "./found.ts";
import { nameOf } from "./items.ts";
import { readKnown } from "./known.ts";
import { parseCsv, parseJson } from "./lists.ts";
import { inventoryCsv, inventoryJson, inventoryText } from "./text.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-inventory-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const [CLIENT, SERVER] = ["10.0.0.20", "10.0.0.9"];
function flow(proto: string, port: number | undefined, [to, back]: [number, number], flags?: string): FlowEvent {
  return {
    ...{ event_type: "flow", src_ip: CLIENT, dest_ip: SERVER, proto, ...(port !== undefined && { dest_port: port }) },
    flow: {
      ...{ pkts_toserver: to, pkts_toclient: back },
      ...{ start: "2026-03-02T09:00:01.500000+0000", end: "2026-03-02T09:00:09.000000+0000" },
    },
    ...(flags !== undefined && { tcp: { tcp_flags_tc: flags } }),
  };
}
const foundOf = (...flows: FlowEvent[]) => {
  const found = new Found();
  for (const one of flows) found.flow(one);
  return found.items();
};
const names = (items: ReturnType<Found["items"]>) => items.map(nameOf);

describe("a service", () => {
  it.each<[string, FlowEvent, string | undefined]>([
    ["answers with SYN and ACK", flow("TCP", 80, [1, 1], "12"), "yes"],
    ["was open when the capture began", flow("TCP", 80, [4, 4], "18"), "yes"],
    ["took a connection and then reset it", flow("TCP", 80, [4, 4], "1e"), "yes"],
    ["refuses with a reset: none", flow("TCP", 80, [1, 1], "14"), undefined],
    ["is silent: none", flow("TCP", 80, [9, 0], "00"), undefined],
    ["answers a datagram", flow("UDP", 53, [1, 1]), "yes"],
    ["only takes datagrams, three and more", flow("UDP", 5000, [3, 0]), "no"],
    ["was sent two datagrams: none", flow("UDP", 5000, [2, 0]), undefined],
  ])("%s", (_, event, answers) => {
    const services = foundOf(event).filter(({ kind }) => kind === "service");
    expect(services.map(({ members }) => members.answers)).toEqual(answers ? [answers] : []);
  });

  it("has its clients, answers if it ever did, and was seen from the first to the last of its flows", () => {
    const later = flow("UDP", 53, [3, 0]);
    const events: FlowEvent[] = [
      flow("UDP", 53, [1, 1]),
      { ...later, src_ip: "10.0.0.3", flow: { ...later.flow, end: "2026-03-02T10:00:00.000000+0000" } },
    ];
    expect(foundOf(...events).at(-1)).toEqual({
      kind: "service",
      members: { address: SERVER, protocol: "udp", port: 53, clients: ["10.0.0.3", CLIENT], answers: "yes" },
      ...{ first: "2026-03-02T09:00:01Z", last: "2026-03-02T10:00:00Z" },
    });
  });

  it("an address at which nobody answers is no host; who tries it is one, without a role", () => {
    expect(foundOf(flow("TCP", 80, [1, 0], "00"))).toMatchObject([{ kind: "host", members: { address: CLIENT } }]);
    expect(foundOf(flow("TCP", 80, [1, 1], "14"))[0]!.members).toEqual({ address: SERVER });
  });

  it.each([
    ["ICMP", "icmp"],
    ["IPv6-ICMP", "icmp6"],
    ["OSPFIGP", "89"],
    ["099", "99"],
    ["DCCP", "dccp"],
  ])("of %s has no port, and a policy's name for it", (proto, word) => {
    expect(names(foundOf(flow(proto, undefined, [3, 3])))).toContain(`${SERVER} ${word}`);
  });
});

describe("what was learned", () => {
  const learned = (services: boolean, ...entries: Record<string, unknown>[]) => {
    const found = new Found();
    for (const entry of entries) found.entry({ detector: "new-pair", ...entry }, services);
    return found.items();
  };
  const talk = { client: CLIENT, server: SERVER, proto: 6, service: 502, packets: 3 };

  it("a conversation of three packets is a service, where nothing tells more; of two it is a try", () => {
    expect(names(learned(true, talk))).toEqual([SERVER, CLIENT, `${SERVER} tcp 502`]);
    expect(learned(true, { ...talk, packets: 2 })).toEqual([]);
    expect(learned(false, talk)).toEqual([]);
  });

  it("whose sides are alike, or outside, is none; of MAC addresses neither", () => {
    expect(names(learned(true, { ...talk, either: true }))).toEqual([SERVER, CLIENT]);
    expect(names(learned(true, { ...talk, server: "*" }))).toEqual([CLIENT]);
    expect(learned(true, { ...talk, client: "02:00:00:00:00:01", server: "02:00:00:00:00:02", proto: 0 })).toEqual([]);
    expect(names(learned(true, { ...talk, proto: 1, service: 8 })).at(-1)).toBe(`${SERVER} icmp`);
    expect(names(learned(true, { ...talk, proto: 132, service: 2905 })).at(-1)).toBe(`${SERVER} 132 2905`);
  });

  it("MAC addresses of a host, and that there were more than are kept", () => {
    const arp = { detector: "arp", ip: SERVER, macs: ["02:00:00:00:00:01"], frames: 3 };
    expect(learned(false, arp)[0]!.members.mac).toEqual(["02:00:00:00:00:01"]);
    expect(learned(false, { ...arp, more: true })[0]!.members.mac).toContain("and others");
  });

  it("messages: both ends of a transfer, mode codes, lengths, 0 is 32 words; all terminals are none", () => {
    const message = { detector: "bus.message", channel: 2, a: 1, b: 0 };
    const word = (terminal: number, transmits: boolean, subaddress: number, count: number) =>
      (terminal << 11) | (transmits ? 0x400 : 0) | (subaddress << 5) | count;
    const items = learned(
      false,
      { ...message, commands: [word(3, false, 4, 0), word(6, true, 2, 0)] },
      { ...message, commands: [word(6, true, 2, 5)], a: 0, b: 1 },
      { ...message, commands: [word(31, false, 0, 17)] },
      { ...message, commands: [word(3, true, 31, 2)] },
    );
    expect(items.map((item) => [nameOf(item), item.members.words ?? item.members.buses])).toEqual([
      ["bus 2 terminal 3", ["A"]],
      ["bus 2 terminal 6", ["A", "B"]],
      ["bus 2 terminal 3 receives subaddress 4", ["32"]],
      ["bus 2 terminal 3 transmits mode code 2", undefined],
      ["bus 2 terminal 6 transmits subaddress 2", ["5", "32"]],
      ["bus 2 terminal 31 receives mode code 17", undefined],
    ]);
  });
});

it("the functions that a service is asked for: of captures, and of a baseline; a list is compared with them", async () => {
  const talk = { client: CLIENT, server: SERVER, proto: 6, service: 502 };
  const said = (app: number, kind: number, more: object = {}) => ({
    ...{ detector: "content.said", ...talk, side: 0, app, kind, messages: 3, ...more },
  });
  const entries = [
    ...[3, 6, 0x83, (1 + 14) * 256 + 43].map((kind) => said(1, kind)),
    ...[said(1, 16, { side: 1 }), said(1, 5, { about: "00" }), said(1, 0xffff02), said(1, 0xffffffff), said(0, 7)],
    ...[0x115, 0x200].map((kind) => said(2, kind)),
    ...[100, 0x207].map((kind) => said(3, kind)),
    ...[said(4, 0x01000004), said(5, 0x6f014c), said(5, 0x650000), said(6, 0xa000a4)],
    said(1, 3, { service: 503 }), // of a service that did not answer
  ];
  const words = await ApplicationWords.create();
  const [captured, learned] = [new Found(words), new Found(words)];
  captured.flow(flow("TCP", 502, [4, 4], "1b"));
  learned.entry({ detector: "new-pair", ...talk, packets: 8 }, true);
  for (const entry of entries) for (const found of [captured, learned]) found.entry(entry, found === learned);
  const functions = [
    ...["dnp3:21", "enip:0x6f/0x4c", "enip:0x65", "iec104:100", "mms:0xa000a4"],
    ...["modbus:3", "modbus:6", "modbus:43/14", "s7comm:0x1000004"],
  ];
  for (const found of [captured, learned]) {
    const services = found.items().filter(({ kind }) => kind === "service");
    expect(services.map(({ members }) => new Set(members.functions as string[]))).toEqual([new Set(functions)]);
  }
  const known = readKnown(file("f.csv", `address,protocol,port,functions\n${SERVER},tcp,502,modbus:3 modbus:16\n`));
  const [service] = compare(captured.items(), known).filter(({ status }) => status === "changed");
  expect(service!.changes).toEqual([expect.stringContaining("functions: also dnp3:21"), "functions: not modbus:16"]);
  const same = readKnown(file("g.csv", inventoryCsv(captured.items())));
  expect(compare(captured.items(), same).every(({ status }) => status === "known")).toBe(true);
});

const SITE = foundOf(flow("TCP", 80, [4, 4], "1b"), flow("UDP", 5000, [3, 0]));

describe("beside what ought to be there", () => {
  const differences = (known: ReturnType<typeof readKnown>, items = SITE) =>
    compare(items, known)
      .filter(({ status }) => status !== "known")
      .map(({ item, status, changes }) => [status, nameOf(item), ...changes].join(" "));

  it("its own JSON and CSV: nothing differs", () => {
    expect(differences(readKnown(file("a.json", inventoryJson(SITE))))).toEqual([]);
    expect(differences(readKnown(file("a.csv", inventoryCsv(SITE))))).toEqual([]);
  });

  it("new, changed, missing; of kinds that the list has; facts that both know", () => {
    const list = file(
      "b.csv",
      `address,mac,protocol,port,clients,answers
${SERVER},,tcp,80,${CLIENT} 10.0.0.77,no
${SERVER},,tcp,81,,
`,
    );
    expect(differences(readKnown(list))).toEqual([
      `changed ${SERVER} tcp 80 clients: not 10.0.0.77 answers was no, is yes`,
      `new ${SERVER} udp 5000`,
      `missing ${SERVER} tcp 81`,
    ]);
    const fewer = file("c.csv", `address,protocol,port,clients\n${SERVER},tcp,80,10.0.0.1;10.0.0.2\n`);
    expect(differences(readKnown(fewer))[0]).toContain(`clients: also ${CLIENT} clients: not 10.0.0.1, 10.0.0.2`);
  });

  it("a policy: its hosts and services, what its rules let out; networks need not be there, single hosts do", () => {
    const policy = (detectors: string) =>
      file(
        "p.yaml",
        `weir: 1
interfaces: { out: { next-hop: 52:54:00:77:00:12 } }
rules: [{ name: web, action: allow, protocol: tcp, from: 10.0.0.0/24, to: ${SERVER}, ports: 79-80 }]
${detectors}`,
      );
    expect(differences(readKnown(policy("")))).toEqual([`new ${SERVER} udp 5000`]);
    const known = `detectors: { newcomer: { hosts: [${CLIENT}, 10.0.0.44], services: [{ protocol: udp, address: 10.0.0.0/28 }] } }\n`;
    expect(differences(readKnown(policy(known)))).toEqual([`new ${SERVER}`, "missing 10.0.0.44"]);
  });

  it("a policy's messages: by terminal, subaddress or mode code, and channel", () => {
    const policy = file(
      "m.yaml",
      `weir: 1
interfaces: { out: { next-hop: 52:54:00:77:00:12 } }
rules: [{ name: bus, action: allow, protocol: udp, from: any, to: 10.0.9.9, ports: 50000, payload: mil1553 }]
messages: [{ name: ins, action: allow, channel: 2, rt: 5, sa: 1-4, direction: transmit, words: 1-32 }]
`,
    );
    const message = (terminal: number, subaddress: number, channel = 2, transmits = 0x400) => {
      const found = new Found();
      const commands = [(terminal << 11) | transmits | (subaddress << 5) | 2];
      found.entry({ detector: "bus.message", channel, commands, a: 1, b: 0 }, false);
      return found.items();
    };
    const known = readKnown(policy);
    expect(differences(known, message(5, 4))).toEqual([]);
    for (const other of [message(5, 5), message(6, 4), message(5, 4, 3), message(5, 0), message(5, 4, 2, 0)])
      expect(differences(known, other)).toHaveLength(1);
  });

  it("an interface-control file: names, lengths, what never came", () => {
    const known = readKnown("fixtures/mil1553/avionics.yaml");
    const found = new Found();
    const sent = { detector: "bus.message", channel: 2, commands: [(5 << 11) | 0x400 | (1 << 5) | 27], a: 1, b: 0 };
    found.entry(sent, false);
    const [terminal, message, ...others] = compare(found.items(), known);
    expect(terminal).toMatchObject({ status: "known", item: { members: { name: "INS" } } });
    expect(message).toMatchObject({ status: "changed", changes: ["words: also 27", "words: not 28"] });
    expect(message!.item.members.name).toBe("ins-attitude");
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set(["missing"]));
  });
});

describe("lists that people write", () => {
  it.each<[string, string, string]>([
    ["", "", "s.csv:1:1: empty, expected a header with columns such as address, mac, protocol, port"],
    ["an unknown column", "address,colour\n", 's.csv:1:9: column "colour", expected kind, first, last, address, mac,'],
    [
      "an unknown kind",
      "kind,address\nprinter,10.0.0.1\n",
      's.csv:2:1: kind "printer", expected host, service, terminal',
    ],
    ["no key", "address,mac\n,02:00:00:00:00:01\n", "s.csv:2:1: address: missing, expected address of a host"],
    ["no number", "address,protocol,port\n10.0.0.1,tcp,http\n", 's.csv:2:1: port: "http", expected a number'],
  ])("%s", (_, text, what) => {
    expect(() => parseCsv(text, "s.csv")).toThrow(what);
  });

  it("every wrong row is said", () => {
    expect(() => parseCsv("address,mac\n,a\n,b\n", "s.csv")).toThrow(/s.csv:2:1: .*\ns.csv:3:1: /);
  });

  it.each<[string, string, string]>([
    ["no JSON", "{", "s.json: "],
    ["no items", "{}", "s.json: items: missing, expected what weir inventory --json has written"],
    [
      "an unknown kind",
      '{"items":[{"kind":"toString"}]}',
      "s.json: items.0: kind: expected host, service, terminal, message",
    ],
    ["null", '{"items":[null]}', "s.json: items.0: kind: expected"],
    [
      "no key",
      '{"items":[{"kind":"terminal","channel":2}]}',
      "s.json: items.0: terminal: missing, expected channel, terminal",
    ],
  ])("%s", (_, text, what) => {
    expect(() => parseJson(text, "s.json")).toThrow(what);
  });
});

it("lists longer than a line say how many more there are; cells with delimiters are quoted", () => {
  const flows = Array.from({ length: 8 }, (_, n) => ({ ...flow("UDP", 53, [1, 1]), src_ip: `10.0.0.1${n}` }));
  expect(inventoryText(foundOf(...flows))).toContain("10.0.0.15 and 2 more  yes");
  const odd = { kind: "terminal", members: { channel: 1, terminal: 2, name: 'a,"b"' } } as const;
  expect(parseCsv(inventoryCsv([odd]), "s.csv")).toEqual([odd]);
  expect(inventoryText([])).toBe("nothing was found\n");
});
