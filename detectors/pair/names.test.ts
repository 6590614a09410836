// Servers that are known by the answer of DNS that named them: a broker in a cloud changes its addresses and is no news, and nobody
// can make an address known who is not the resolver.
import { expect, it } from "vitest";
import { Tag } from "../../appliance/contract/config.ts";
import { entryIssues } from "../baseline/entries.ts";
import { checkAll, IpProbe, lessonOf, mergeAll, packAll, taught } from "../ip/testing/probe.ts";
import type { Entry } from "../learned.ts";
import { type Frame, normalTraffic } from "../testing/site.ts";
import { pair } from "./learned.ts";
import { drawNames, type Named } from "./names.ts";
import { answer, connects, type Lookup, question, resolves } from "./testing/names.ts";

const CLIENT = "10.1.0.20";
const RESOLVER = "10.1.0.2";
const BROKER = "a1b2c3-ats.iot.eu.cloud.example";
const of = (name: string, ...addresses: string[]): Lookup => ({ client: CLIENT, resolver: RESOLVER, name, addresses });
const only = ["new-pair"];
/** The broker has three addresses while it is learned. */
const lesson: Frame[] = [
  ...normalTraffic(1, 100, 100),
  ...[0, 1, 2].flatMap((n) => [
    ...resolves(300 + 100 * n, of(BROKER, `52.0.0.${n}`)),
    ...connects(301 + 100 * n, CLIENT, `52.0.0.${n}`, 8883, 40000 + n),
  ]),
];
const known = () => taught(lesson, undefined, only);
const news = (probe: IpProbe, frames: Frame[]) =>
  checkAll(probe, frames)
    .filter((f) => f.detector === "new-pair")
    .map((f) => f.seen);
const UNKNOWN = ["8883/tcp with a server that the baseline does not know"];

it("learns who uses which name on which service", async () => {
  const names = (await lessonOf(lesson)).filter(({ detector }) => detector === "new-pair.name");
  expect(names).toEqual([
    { detector: "new-pair.name", client: CLIENT, name: BROKER, proto: 6, service: 8883, flows: 3 },
  ]);
});

// REQ-DETECT-023
it("a new address of a name is no news, as long as its record lives and the connection goes on", async () => {
  const probe = await known();
  expect(news(probe, resolves(2000, of(BROKER, "54.9.9.9", "54.9.9.10")))).toEqual([]);
  expect(news(probe, connects(2001, CLIENT, "54.9.9.9", 8883))).toEqual([]);
  expect(news(probe, connects(2400, CLIENT, "54.9.9.10", 8883))).toEqual([]);
  expect(news(probe, connects(9000, CLIENT, "54.9.9.9", 8883))).toEqual([]); // goes on
  expect(news(probe, resolves(9100, { ...of(BROKER, "54.9.9.11"), ttl: 60 }))).toEqual([]);
  expect(news(probe, connects(9701, CLIENT, "54.9.9.11", 8883)).slice(0, 1)).toEqual(UNKNOWN);
  expect(news(probe, resolves(9800, { ...of(BROKER, "54.9.9.12"), ttl: 0x7fffffff }))).toEqual([]);
  expect(news(probe, connects(9800 + 86401, CLIENT, "54.9.9.12", 8883)).slice(0, 1)).toEqual(UNKNOWN);
});

it("follows aliases", async () => {
  const probe = await known();
  expect(news(probe, resolves(2000, { ...of(BROKER, "54.9.9.9"), alias: "lb7.elb.example" }))).toEqual([]);
  expect(news(probe, connects(2001, CLIENT, "54.9.9.9", 8883))).toEqual([]);
});

const wrong = (answers: NonNullable<Lookup["answers"]>) => [
  question(2000, of(BROKER, "54.9.9.9")),
  answer(2000.02, { ...of(BROKER, "54.9.9.9"), answers }),
];
// REQ-DETECT-023
it.each<[string, Frame[], Frame[]?]>([
  ["no answer", [question(2000, of(BROKER, "54.9.9.9"))]],
  ["an answer that nobody asked for", [answer(2000, of(BROKER, "54.9.9.9"))]],
  ["an answer of another number", wrong({ id: 7 })],
  ["an answer to another port", wrong({ port: 20001 })],
  ["an answer to another name", wrong({ name: `x.${BROKER}` })],
  ["an answer 11 s later", [question(2000, of(BROKER, "54.9.9.9")), answer(2011, of(BROKER, "54.9.9.9"))]],
  ["another name", resolves(2000, of("evil.example", "54.9.9.9"))],
  ["a name beside it", resolves(2000, of("a1b2c4-ats.iot.eu.cloud.example", "54.9.9.9"))],
  ["another client's question", resolves(2000, { ...of(BROKER, "54.9.9.9"), client: "10.1.0.10" })],
  ["a resolver that nobody is known to ask", resolves(2000, { ...of(BROKER, "54.9.9.9"), resolver: "10.1.0.101" })],
  [
    "another host in the resolver's name",
    [...resolves(1900, of("x.example", "54.9.9.8")), ...wrong({ mac: [2, 0, 0, 0, 6, 6] })],
  ],
  ["another service", resolves(2000, of(BROKER, "54.9.9.9")), connects(2001, CLIENT, "54.9.9.9", 22)],
  ["a second answer", [...resolves(2000, of(BROKER, "54.9.9.8")), answer(2000.1, of(BROKER, "54.9.9.9"))]],
  ["an address inside", resolves(2000, of(BROKER, "10.1.0.103")), connects(2001, CLIENT, "10.1.0.103", 8883)],
])("makes nothing known: %s", async (_, frames, then = connects(2001, CLIENT, "54.9.9.9", 8883)) => {
  const probe = await known();
  news(probe, frames);
  expect(news(probe, then).length).toBeGreaterThan(0);
});

it("says what is wrong with a name in a baseline; of one slice of time only it is not yet normal", () => {
  const issues = (name: unknown) => entryIssues({ ...use(CLIENT, BROKER), name }).map(({ message }) => message);
  expect([issues(BROKER), issues(7), issues("x y"), issues("a".repeat(57))]).toEqual([
    [],
    ["expected a name"],
    ["expected a name"],
    ["expected a name"],
  ]);
  expect(pair.things!(use(CLIENT, BROKER, 8883))).toEqual([{ name: `${CLIENT} ${BROKER} 6/8883` }]);
});

const use = (client: string, name: string, service = 443, flows = 1): Named & Entry => ({
  ...{ detector: "new-pair.name", client, name, proto: 6, service, flows },
});
it("draws together three names below one of a client, four clients of a name, and keeps those with most flows", () => {
  const siblings = ["a", "b", "c"].map((n) => use(CLIENT, `${n}.lb.example`));
  const site = [1, 2, 3, 4].map((n) => use(`10.1.0.${n}`, "time.example", 443, n));
  const drawn = drawNames([...siblings, ...site, use(CLIENT, "a.example"), use(CLIENT, "b.example")]);
  expect(drawn.map(({ client, name, flows }) => `${client} ${name} ${flows}`)).toEqual([
    "* time.example 10",
    `${CLIENT} *.lb.example 3`,
    `${CLIENT} a.example 1`,
    `${CLIENT} b.example 1`,
  ]);
});

it("the image takes what was drawn together: any name there, any client that is known, and no other", async () => {
  const entries = mergeAll([
    ...(await lessonOf(lesson)),
    ...["a", "b", "c"].map((n) => use(CLIENT, `${n}.lb.example`)),
    ...[1, 2, 3, 4].map((n) => use(`10.1.0.${n}`, "time.example")),
  ]);
  const probe = await IpProbe.create(packAll(entries, 1, undefined, only));
  const met = (name: string, client: string, address: string) => [
    ...news(probe, resolves(2000, { ...of(name, address), client })),
    ...news(probe, connects(2001, client, address, 443)),
  ];
  expect(met("zz.lb.example", CLIENT, "54.0.0.1")).toEqual([]);
  expect(met("zz.xx.lb.example", CLIENT, "54.0.0.2")).not.toEqual([]);
  expect(met("lb.example", CLIENT, "54.0.0.3")).not.toEqual([]);
  expect(met("time.example", CLIENT, "54.0.0.4")).toEqual([]);
});

// REQ-DETECT-008
it("fits what it can, those with most flows, and refuses names that are damaged", async () => {
  const many = Array.from({ length: 400 }, (_, n) => use(CLIENT, `n${n}.d${n}.example`, 443, n));
  const talks = (await lessonOf(lesson)).filter(({ detector }) => detector === "new-pair");
  const [section] = packAll(mergeAll([...talks, ...many]), 1, undefined, only);
  const probe = await IpProbe.create();
  expect(probe.configure(Tag.PAIRS, section!.bytes)).toBe(true);
  const names = Buffer.from(section!.bytes).toString("latin1");
  expect([names.includes("n399.d399"), names.includes("n144.d144"), names.includes("n143.d143")]).toEqual([
    true,
    true,
    false,
  ]);
  const record = section!.bytes.length - 64 - 8; // no allowances behind
  for (const [offset, value] of [
    [1, 9],
    [5, 0],
    [5, 57],
    [6, 2],
  ] as const) {
    const damaged = Uint8Array.from(section!.bytes);
    damaged[record + offset] = value;
    probe.e.reset();
    expect(probe.configure(Tag.PAIRS, damaged), `byte ${offset}`).toBe(false);
  }
});
