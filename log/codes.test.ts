import { expect, it } from "vitest";
import { Codes } from "./codes.ts";

const code = (n: number) => n.toString(16).padStart(16, "0");
const again = (codes: Codes) => new Codes(JSON.parse(JSON.stringify(codes.state)));

it("whether a record came, or only its successor, is the same after a state was saved, whatever its number", () => {
  const codes = new Codes();
  for (let n = 1; n <= 200; n++) codes.add(7, n, code(n), n % 3 !== 0 && n !== 65);
  for (const all of [codes, again(codes), again(again(codes))])
    for (let n = 1; n <= 200; n++)
      expect(all.owner(code(n)), `${n}`).toEqual({ boot: 7, sequence: n, came: n % 3 !== 0 && n !== 65 });
});

it("so is a second record of a number, and which of them was the first", () => {
  const codes = new Codes();
  for (let n = 1; n <= 70; n++) codes.add(7, n, code(n), true);
  for (let n = 60; n <= 70; n++) codes.add(7, n, code(1000 + n), true);
  for (let n = 60; n <= 70; n++) {
    expect(again(codes).owner(code(1000 + n)), `${n}`).toEqual({ boot: 7, sequence: n, came: true });
    expect(again(codes).of(7, n)).toBe(code(n));
  }
});
