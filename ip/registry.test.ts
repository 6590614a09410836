// What the registry of protocols refuses, before anything is generated from it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../lib/asc.ts";
import { DECLARATIONS, LINK_TYPES, PROTOCOLS } from "./declarations.ts";
import { declared, type Protocol } from "./declare.ts";
import { anomaliesOf, checkUnique } from "./protocols.generate.ts";

it("numbers of anomalies are used once, and none is left out", () => {
  const last = anomaliesOf(DECLARATIONS).length;
  const more = (first: number) => [
    ...DECLARATIONS,
    declared({ protocols: [], anomalies: { first, names: { MORE: "more" } } }),
  ];
  expect(anomaliesOf(more(last + 1)).at(-1)).toMatchObject({ id: "MORE", number: last + 1, isOurs: false });
  expect(() => anomaliesOf(more(last))).toThrow(`Anomaly.MORE is ${last}, expected ${last + 1}`);
  expect(() => anomaliesOf(more(last + 2))).toThrow(`Anomaly.MORE is ${last + 2}, expected ${last + 1}`);
});

it.each<[string, Partial<Protocol>, string]>([
  ["an identifier", { id: "UDP" }, "id UDP is declared by UDP and by UDP"],
  ["a link type", { links: [{ number: 1, name: "AGAIN" }] }, "link type 1 is declared by ETH and by MORE"],
  ["what stands for one", { links: [{ number: 999, name: "MORE", also: [12] }] }, "link type 12 is declared by RAW"],
  ["an EtherType", { etherTypes: [0x9100] }, "EtherType 37120 is declared by VLAN and by MORE"],
  ["an IP protocol", { ipProtocols: [0] }, "IP protocol 0 is declared by HOPOPTS and by MORE"],
])("%s is declared once", (_, more, why) => {
  expect(() => checkUnique(PROTOCOLS)).not.toThrow();
  expect(() => checkUnique([...PROTOCOLS, { id: "MORE", name: "more", ...more }])).toThrow(why);
});

it("a decoder is where its declaration says", () => {
  for (const { decoder } of PROTOCOLS) {
    if (!decoder) continue;
    const path = join(ROOT, "ip", `${decoder.file}.ts`);
    expect(existsSync(path) && readFileSync(path, "utf8")).toContain(
      `export function ${decoder.function}(k: Packet): u32`,
    );
  }
});

it("the names of link types are the assigned ones", () => {
  expect(LINK_TYPES.map(({ number, name }) => `${number} ${name}`)).toEqual(
    expect.arrayContaining(["1 ETHERNET", "113 LINUX_SLL", "276 LINUX_SLL2", "101 RAW", "228 IPV4", "229 IPV6"]),
  );
});
