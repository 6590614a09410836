import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as layout from "./layout.ts";

const source = readFileSync(new URL("../onboard/packet.ts", import.meta.url), "utf8");

function fields(name: string): Record<string, string> {
  const body = source.match(new RegExp(`class ${name} \\{([^}]*)\\}`))![1]!.replaceAll(/\/\/.*$/gm, "");
  return Object.fromEntries([...body.matchAll(/(\w+): (\w+);/g)].map((m) => [m[1], m[2]]));
}

function constants(name: string): Record<string, number> {
  const body = source.match(new RegExp(`const enum ${name} \\{([^}]*)\\}`))![1]!.replaceAll(/\/\/.*$/gm, "");
  return Object.fromEntries([...body.matchAll(/(\w+) = (\d+)/g)].map((m) => [m[1], Number(m[2])]));
}

it("has the fields of the onboard structures, in their order", () => {
  expect(Object.entries(layout.PACKET)).toEqual(Object.entries(fields("Packet")));
  expect(Object.entries(layout.IP)).toEqual(Object.entries(fields("Ip")));
});

it("has their flags", () => {
  expect(layout.Is).toEqual(constants("Is"));
  expect(layout.IpFlag).toEqual(constants("IpFlag"));
});

it("has the offsets of their parts", () => {
  const { OUTER, INNER, QUOTED, LAYER, ANOMALY, PACKET_SIZE } = layout;
  for (const [name, value] of Object.entries({ OUTER, INNER, QUOTED, LAYER, ANOMALY, PACKET_SIZE }))
    expect(source).toMatch(new RegExp(`const ${name}: \\w+ = ${value};`));
  expect(layout.P.extensions + 1).toBe(layout.OUTER);
});
