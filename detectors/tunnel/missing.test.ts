// Domains that do not exist, one after another (nxdomain): what makes names up is found, what fails in ordinary life is not.
import { expect, it } from "vitest";
import { uniform } from "../../lib/numerics/random.ts";
import { checkAll, IpProbe, sound } from "../ip/testing/probe.ts";
import { at, dnsMessage, udpData } from "../ip/testing/traffic.ts";
import type { Frame } from "../testing/site.ts";

const CLIENT = "10.1.0.20";
const RESOLVER = "10.1.0.2";
const MISSING = 3;
const u = uniform(11);
const word = (n: number) =>
  Array.from({ length: n }, () => "abcdefghijklmnopqrstuvwxyz"[Math.floor(u() * 26)]).join("");

/** A look-up and its answer: of this code, and with a record or none. */
function look(t: number, name: string, code: number, records: number, client = CLIENT): Frame[] {
  const port = 20000 + (Math.floor(t * 10) % 30000);
  const message = dnsMessage({ name, answer: true, extra: new Uint8Array(records * 16) });
  message[3] = code;
  message[7] = records;
  return [
    at(t, udpData(client, port, RESOLVER, 53, dnsMessage({ name }))),
    at(t + 0.01, udpData(RESOLVER, 53, client, port, message)),
  ];
}
const series = (gap: number, n: number, of: (k: number) => [name: string, code: number, records: number]): Frame[] =>
  Array.from({ length: n }, (_, k) => look(1000 + k * gap, ...of(k))).flat();
const nx = (frames: Frame[]) =>
  IpProbe.create().then((probe) => checkAll(probe, frames).filter((f) => f.detector === "nxdomain"));
const dga = () => `${word(10)}.${["com", "net", "org", "ru"][Math.floor(u() * 4)]}`;

// REQ-DETECT-024
it("finds made-up domains, fast and slow, among names that exist, and says whose they are", async () => {
  const fast = await nx(series(0.5, 100, () => [dga(), MISSING, 0]));
  expect(fast.every(sound)).toBe(true);
  expect(fast[0]).toMatchObject({ src: CLIENT, seen: "61 that do not exist, 0 that do" });
  expect(fast[0]!.expected).toBe("at most 60 domains that do not exist beyond half of those that do, 6 an hour aside");
  expect((await nx(series(60, 120, () => [dga(), MISSING, 0]))).length).toBeGreaterThan(0);
  const mixed = series(1, 400, (k) => (k % 2 ? [`www.site${k}.com`, 0, 1] : [`www.${dga()}`, MISSING, 0]));
  expect((await nx(mixed))[0]!.seen).toMatch(/^\d+ that do not exist, \d+ that do$/);
});

// REQ-DETECT-024
it.each<[string, () => Frame[]]>([
  ["a resolver that has no upstream", () => series(0.2, 600, () => [dga(), 2, 0])],
  ["one that refuses", () => series(0.2, 600, () => [dga(), 5, 0])],
  [
    "a mail server's block lists",
    () => series(0.2, 2000, (k) => [`${k % 256}.${k >> 8}.0.10.zen.rbl.example`, MISSING, 0]),
  ],
  ["reverse look-ups", () => series(0.2, 600, (k) => [`${k % 256}.${k >> 8}.0.10.in-addr.arpa`, MISSING, 0])],
  [
    "a search list",
    () => series(0.5, 900, (k) => [`www.site${k}.com.${["plant", "corp"][k % 2]}.example.com`, MISSING, 0]),
  ],
  ["hosts of one's own that have no name", () => series(0.5, 600, (k) => [`plc${k}.lan`, MISSING, 0])],
  ["names of one label", () => series(0.5, 600, () => [word(9), MISSING, 0])],
  ["names without such a record", () => series(0.2, 600, () => [dga(), 0, 0])],
  ["an alias that leads nowhere", () => series(0.2, 600, () => [dga(), MISSING, 1])],
  ["the same forty again and again, a day", () => series(20, 4320, (k) => [`update.vendor${k % 40}.com`, MISSING, 0])],
  [
    "a resolver of many, of whose domains a quarter is gone",
    () => series(0.2, 4000, (k) => [dga(), k % 4 ? 0 : MISSING, k % 4 ? 1 : 0]),
  ],
  ["five an hour", () => series(720, 200, () => [dga(), MISSING, 0])],
])("is silent about %s", async (_, frames) => {
  expect(await nx(frames())).toEqual([]);
});

it("what nobody asked for does not count, and a client does not answer for another", async () => {
  expect(await nx(series(0.5, 200, () => [dga(), MISSING, 0]).filter((_, n) => n % 2 === 1))).toEqual([]);
  const two = Array.from({ length: 100 }, (_, k) =>
    look(1000 + k, dga(), MISSING, 0, k % 2 ? "10.1.0.21" : CLIENT),
  ).flat();
  expect(await nx(two)).toEqual([]);
});

it("hundreds of clients that fail once do not hide one that goes on", async () => {
  const crowd = (k: number) => look(1000 + k / 100, dga(), MISSING, 0, `10.9.${k >> 8}.${k & 255}`);
  const own = (k: number) => look(1000.003 + k / 100, dga(), MISSING, 0);
  const frames = Array.from({ length: 700 }, (_, k) => [...crowd(k), ...(k % 7 ? [] : own(k))]).flat();
  expect((await nx(frames.sort((a, b) => a.time - b.time)))[0]?.src).toBe(CLIENT);
});
