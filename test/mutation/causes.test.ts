// "ready" and blind: every cause that was found on a host that people have is put back, and seen. And the same programs find
// nothing wrong with the sources as they are.
import { afterAll, describe, expect, it } from "vitest";
import { SANITIZED } from "../sanitized.ts";
import { CAUSES, type Cause, here, JUDGES } from "./causes.ts";
import { Court, MUTANT_FLAGS, sourceOf, UNLIMITED } from "./judge.ts";

const court = new Court();
afterAll(() => court.close());

const NAMES = (Object.keys(JUDGES) as (keyof typeof JUDGES)[]).filter(here);
const causes = CAUSES.filter(({ judge }) => here(judge));
if (causes.length < CAUSES.length) console.log("skipped: programs that step through instructions of an x86-64");

// REQ-IMAGE-020
describe("an honest machine is taken, and one that would be blind is not", () => {
  it.each(NAMES)("%s.c finds nothing wrong with the sources", async (name) => {
    expect(await court.verdict({ ...JUDGES[name], ...UNLIMITED }, name, {}, SANITIZED)).toBeUndefined();
  });
});

const spoilt = ({ file, from, to, name }: Cause) => {
  const source = sourceOf(file);
  expect(source.split(from), `${name}: ${file} does not have once: ${from}`).toHaveLength(2);
  return { [file]: source.replace(from, () => to) };
};

// REQ-IMAGE-020, REQ-IMAGE-021
describe("a cause that is put back is seen:", () => {
  it.concurrent.each(causes.map((cause, n) => [cause.name, cause, n] as const))("%s", async (_, cause, n) => {
    expect(await court.verdict(JUDGES[cause.judge], `c${n}`, spoilt(cause), MUTANT_FLAGS)).toMatch(cause.seen);
  });
});
