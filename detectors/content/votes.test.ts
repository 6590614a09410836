// The last new thing of a conversation, had what came once not come.
import { expect, it } from "vitest";
import type { Entry } from "../learned.ts";
import { withoutPoison } from "./votes.ts";

const TALK = { client: "10.0.0.1", server: "10.0.0.2", proto: 6, service: 502 };
const counts = (to: number[], from = [900, 5, 6], talk: object = TALK): Entry => ({
  detector: "content",
  ...talk,
  to,
  from,
});
const said = (kind: number, more: object = {}): Entry => ({
  ...{ detector: "content.said", ...TALK, side: 0, app: 1, kind, messages: 9 },
  ...more,
});
const POISON = { once: ["x"] };
/** Three slices of 300 messages; function 3 is there from the first, 4 from the second on, each new at its fifth message. */
const slices = [
  [counts([300, 5, 0]), said(3)],
  [counts([300, 5, 0]), said(3), said(4)],
  [counts([300, 5, 0]), said(3), said(4), said(16)],
];
const to = (entries: Entry[]) => entries[0]!.to;

it("goes back to the slice in which the last one that came more than once was first", () => {
  expect(to(withoutPoison([counts([900, 800, 0]), said(3), said(4), said(16, POISON)], slices))).toEqual([900, 305, 0]);
  expect(to(withoutPoison([counts([900, 800, 0]), said(3), said(16, POISON)], slices))).toEqual([900, 5, 0]);
  expect(to(withoutPoison([counts([900, 100, 0]), said(3), said(4), said(16, POISON)], slices))).toEqual([900, 100, 0]);
  expect(to(withoutPoison([counts([900, 800, 0]), said(16, POISON)], slices))).toEqual([900, 0, 0]);
});

it("tells functions from objects, and the sides from each other", () => {
  const object = said(3, { about: "aa", ...POISON });
  const own = [said(3), said(3, { about: "bb" })];
  const all = [counts([900, 700, 800]), ...own, object];
  const known = [[counts([300, 5, 7]), ...own], [counts([300, 1, 1])], [counts([300, 1, 2]), object]];
  expect(to(withoutPoison(all, known))).toEqual([900, 700, 7]);
  const [entry] = withoutPoison([counts([900, 800, 0]), said(3), said(16, { side: 1, ...POISON })], slices);
  expect(entry).toMatchObject({ to: [900, 800, 0], from: [900, 0, 6] });
});

it("leaves all other conversations, and entries, as they are", () => {
  const other = counts([900, 800, 0], undefined, { ...TALK, service: 503 });
  const all = [other, counts([900, 800, 0]), said(3), said(16, POISON)];
  expect(withoutPoison(all, slices)[0]).toBe(other);
  expect(withoutPoison(all, slices).slice(2)).toEqual(all.slice(2));
  const clean = [counts([900, 800, 0]), said(3), said(4)];
  expect(withoutPoison(clean, slices)).toEqual(clean);
  expect(
    to(withoutPoison([counts([900, 800, 0]), said(3), said(4), said(16, POISON)], [[], [said(3)], [said(4)]])),
  ).toEqual([900, 0, 0]);
});
