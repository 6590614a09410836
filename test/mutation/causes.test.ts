// "ready" and blind: every cause that was found on a host that people have is put back, and seen. And the same programs find
// nothing wrong with the sources as they are.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { HOST_ARCH } from "../../appliance/contract/arch.ts";
import { ROOT } from "../../lib/asc.ts";
import { SANITIZED } from "../sanitized.ts";
import { CAUSES, type Cause, here, JUDGES } from "./causes.ts";
import { Court, filesOf, MUTANT_FLAGS, sourceOf, UNLIMITED } from "./judge.ts";
import { hashOf, RECORDS, tried, type Verdict } from "./record.ts";

const court = new Court();
afterAll(() => court.close());

type Name = keyof typeof JUDGES;
const NAMES = (Object.keys(JUDGES) as Name[]).filter(here);
if (NAMES.length < Object.keys(JUDGES).length)
  console.log("skipped: programs that step through an x86-64's instructions");

// REQ-IMAGE-020
// (devices.c and pci.c: runtime.test.ts)
describe("an honest machine is taken, and one that would be blind is not:", () => {
  it.each(NAMES.filter((name) => name !== "devices" && name !== "pci"))(
    "%s.c finds nothing wrong with the sources",
    async (name) => {
      expect(await court.verdict({ ...JUDGES[name], ...UNLIMITED }, name, {}, SANITIZED)).toBeUndefined();
    },
  );
});

function spoilt({ file, from, to, name }: Cause): Record<string, string> {
  const source = sourceOf(file);
  expect(source.split(from), `${name}: ${file} does not have once: ${from}`).toHaveLength(2);
  return { [file]: source.replace(from, () => to) };
}

/** What the verdicts depend on. */
async function sourcesOf(name: Name): Promise<string> {
  const files = [...(await filesOf(JUDGES[name])), "test/mutation/causes.ts", "test/mutation/judge.ts"];
  return hashOf(HOST_ARCH, ...files.flatMap((path) => [path, readFileSync(join(ROOT, path))]));
}

/** It is seen when its judge says what is wrong, and not merely that something is. */
async function verdictOf(cause: Cause): Promise<Verdict> {
  const found = await court.verdict(
    JUDGES[cause.judge],
    cause.name.replaceAll(/\W/g, "-"),
    spoilt(cause),
    MUTANT_FLAGS,
  );
  if (found === "does not compile") return "none";
  if (found !== undefined && !cause.seen.test(found)) console.log(`${cause.name}: ${found}, expected ${cause.seen}`);
  return found !== undefined && cause.seen.test(found) ? "seen" : "alive";
}

// REQ-IMAGE-020, REQ-IMAGE-021
describe("each cause that is put back is seen:", () => {
  it.each(NAMES)("%s.c", async (name) => {
    const mine = CAUSES.filter(({ judge }) => judge === name);
    const outcome = await tried({
      record: join(RECORDS, "runtime.json"),
      part: `causes that ${name}.c sees`,
      hash: await sourcesOf(name),
      mutants: mine,
      nameOf: (cause) => cause.name,
      attempt: async (some) => {
        const verdicts: Verdict[] = [];
        for (const cause of some) verdicts.push(await verdictOf(cause));
        return verdicts;
      },
    });
    expect(outcome.alive).toEqual([]);
    expect(outcome.seen).toBe(mine.length);
  });
});
