import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { instantiateOnboard } from "../../../lib/asc.ts";
import type { ExportsOf } from "../../../lib/exports.ts";

let e: ExportsOf<"appliance/compartments/inspect/onboard/shorten.probe.ts">;
beforeAll(async () => {
  e = (await instantiateOnboard("appliance/compartments/inspect/onboard/shorten.probe.ts")).exports;
});

function shortened(text: string, room: number): string {
  Buffer.from(e.memory.buffer).write(text, e.at(), "latin1");
  const length = e.write(text.length, room);
  return Buffer.from(e.memory.buffer).toString("latin1", e.out(), e.out() + length);
}

it("keeps whole members from the front, closes what is open, says so", () => {
  const event = '{"a":1,"alert":{"b":[1,{"c":"x,y}"},3],"d":"e\\"f"},"g":2}';
  expect(shortened(event, event.length)).toBe(event);
  expect(shortened(event, event.length - 1)).toBe('{"a":1,"alert":{"b":[1,{"c":"x,y}"}]},"shortened":true}');
  expect(shortened(event, 53)).toBe('{"a":1,"alert":{"b":[1]},"shortened":true}');
  expect(shortened(event, 26)).toBe('{"a":1,"shortened":true}');
  expect(shortened(event, 23)).toBe("");
});

it("looks no deeper than it can count", () => {
  const deep = `{"a":1,"b":2,"c":${"[".repeat(40)}1,2${"]".repeat(40)}}`;
  expect(shortened(deep, deep.length)).toBe(deep);
  expect(shortened(deep, deep.length - 1)).toBe('{"a":1,"b":2,"shortened":true}');
});

it("is JSON whatever was cut where, and never longer than there is room", () => {
  const string = fc.string({ unit: fc.constantFrom(...'ab",{}[]:\\ '), maxLength: 12 });
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.integer(),
      string,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(string, tie("value"), { maxKeys: 4 }),
    ),
  }));
  const object = fc.dictionary(string, value, { minKeys: 1, maxKeys: 8 });
  fc.assert(
    fc.property(object, fc.nat(400), (event, room) => {
      const text = JSON.stringify(event);
      fc.pre(text.length < 8000);
      const result = shortened(text, room);
      expect(result.length).toBeLessThanOrEqual(room);
      if (text.length <= room) expect(result).toBe(text);
      else if (result) {
        expect(JSON.parse(result).shortened).toBe(true);
        expect(text.startsWith(result.slice(0, -18).replace(/[\]}]+$/, ""))).toBe(true);
      } else expect(text.indexOf(",") < 0 || text.indexOf(",") + 18 > room || /^\{"[^,]*[,{[]/.test(text)).toBe(true);
    }),
    { seed: 5, numRuns: 2000 },
  );
});
