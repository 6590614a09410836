// C10: the tests of the claims can fail. Each image that is spoilt on purpose must contradict the claim that it is spoilt
// for, and the same image unspoilt, built the same way, must contradict none.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoImage } from "../../cli/image-replay.ts";
import { alone, same } from "./checks.ts";
import { Bench, symbols } from "./image.ts";
import { LATE, MUTANTS, type Mutant, TRAPS } from "./mutants.ts";
import type { Evidence } from "./rig.ts";
import { script } from "./script.ts";
import { Workshop } from "./spoilt.ts";
import { type Place, tablesChanged, tablesIn } from "./tables.ts";
import { BOUND, batchTimes, difference, load, policy } from "./timing.ts";
import { NAMES } from "./witness.ts";

const reason = await whyNoImage();
if (reason) console.log(`skipped: spoilt images: ${reason}`);

describe.skipIf(reason)("a spoilt image", () => {
  const bench = new Bench();
  let workshop: Workshop;

  beforeAll(async () => {
    workshop = await Workshop.open();
    await workshop.build();
  });
  afterAll(() => {
    workshop?.close();
    bench.close();
  });

  /**
   * What contradicts each claim, of runs with `out` as it should be, absent, and hostile; of a mutant no more runs than it takes
   * until all that it must contradict is contradicted.
   */
  async function contradictions(mutant?: Mutant): Promise<Record<string, string[]>> {
    const { bare, symbols: path } = await workshop.build(mutant);
    const image = bench.write("spoilt", bare);
    const tables = !mutant || (mutant.claims.includes("C9") && !mutant.deaf);
    const places = tables ? await tablesBefore(image, path) : [];
    const found: Record<string, string[]> = { C5: [], C9: [] };
    let reference: Evidence | undefined;
    for (const out of mutant?.deaf ? (["normal", "absent"] as const) : (["normal", "absent", "hostile"] as const)) {
      const e = await bench.run({ image, script: script(), out });
      for (const [claim, what] of Object.entries(alone(e))) found[claim] = [...(found[claim] ?? []), ...what];
      if (tables && e.ram.length) found.C9!.push(...tablesChanged(e.ram, places));
      if (reference) found.C5!.push(...same(e, reference));
      else reference = e;
      if (mutant?.claims.every((claim) => found[claim]?.length)) break;
    }
    return found;
  }

  async function tablesBefore(image: string, path: string): Promise<Place[]> {
    const quiet = await bench.run({ image, script: { bursts: [], end: 500_000 } });
    return tablesIn(quiet, symbols(path));
  }

  const claimsOf = (found: Record<string, string[]>) =>
    Object.keys(found)
      .filter((claim) => found[claim]!.length > 0)
      .sort();

  it("that is not spoilt contradicts nothing", async () => {
    expect(claimsOf(await contradictions())).toEqual([]);
  });

  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))("%s", async (_, mutant) => {
    const found = await contradictions(mutant);
    const first = claimsOf(found).map((claim) => `  ${claim}: ${found[claim]![0]!.slice(0, 160)}`);
    console.log([mutant.name, ...first].join("\n"));
    expect(claimsOf(found)).toEqual(expect.arrayContaining([...mutant.claims]));
  });

  it(LATE.name, async () => {
    const image = bench.write("late", (await workshop.build(LATE)).bare, policy());
    const times = async (out: "normal" | "absent") => batchTimes(await bench.run({ image, script: load(20), out }), 20);
    const { us, part } = difference(await times("absent"), await times("normal"));
    console.log(`${LATE.name}\n  C7: ${us} us, ${(100 * part).toFixed(1)} % of a batch`);
    expect(part).toBeGreaterThan(BOUND);
  });

  // REQ-DIODE-013
  it("that traps sends nothing more, and resets every device; one that goes on after that is seen", async () => {
    const outcome = async (mutant: Mutant) => {
      const image = bench.write("trap", (await workshop.build(mutant)).bare);
      return closed(await bench.run({ image, script: script() }));
    };
    expect(await outcome(TRAPS.closed)).toEqual([]);
    const found = await outcome(TRAPS.open);
    console.log(found.slice(0, 2).join("\n"), `... ${found.length} in all`);
    expect(found.length).toBeGreaterThan(1);
  });
});

/** Frames that policy does not name, sent on `out`; a machine that goes on; a device that was not reset at the end. */
function closed(e: Evidence): string[] {
  const found = alone(e).C4!;
  if (e.exit.name !== "INSPECT_TRAP") found.push(`it ended as ${e.exit.name}, not INSPECT_TRAP`);
  for (const name of NAMES) {
    const last = e.trace.writes[name].at(-1);
    if (last?.register !== 0x70 || last.value !== 0) found.push(`${name}: not reset at the end`);
  }
  return found;
}
