// Of all places of the sources, some are drawn, each is changed, and the nearest tests must see it. Verdicts are kept
// (records/sample.json); some of those that no longer hold are found anew in each run.
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { Change } from "./changes.ts";
import { drawn, keyOf, nameOf, SAMPLE } from "./draw.ts";
import { Graph } from "./graph.ts";
import { hashOf, RECORDS } from "./record.ts";
import { SURVIVORS, survivors } from "./survivors.ts";
import { Kept, Trial } from "./trial.ts";

/** Seconds of processor time of tests after which no other mutant is begun, where verdicts are old. */
const ENOUGH = 15;

const graph = new Graph();
const record = new Kept(join(RECORDS, "sample.json"));
const trial = new Trial(graph, [record], console.log);
afterAll(() => trial.close());

/** Mutants without a verdict first; of the others, whose verdicts are old, now these and now those: by what the sources are. */
function inTurn(changes: readonly Change[]): Change[] {
  const sources = graph.hashOf("cli/weir.ts");
  const rank = (change: Change) => `${record.all.has(keyOf(change)) ? 1 : 0} ${hashOf(sources, keyOf(change))}`;
  return [...changes].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

it("a survivor is listed with a reason", async () => {
  const changes = drawn(graph, ["**"], SAMPLE.seed, SAMPLE.size);
  const isRecording = process.env.WEIR_MUTANTS === "record";
  const old = inTurn(changes.filter((change) => !trial.known(change)));
  const limit = isRecording || process.env.WEIR_MUTANTS === "all" ? Number.POSITIVE_INFINITY : ENOUGH;
  let tried = 0;
  for (; tried < old.length && trial.spent < limit; tried++) await trial.judge(old[tried]!);
  if (isRecording) record.write(new Set(changes.map(keyOf)));
  console.log(
    `${changes.length} mutants: ${changes.length - old.length} verdicts hold, ${tried} were found anew` +
      (old.length > tried ? `, ${old.length - tried} are old: npm run mutants -- --record` : ""),
  );
  const listed = survivors();
  const alive = changes.filter((change) => record.all.get(keyOf(change))?.verdict === "alive");
  expect(alive.filter((change) => !listed.has(keyOf(change))).map(nameOf)).toEqual([]);
  expect([...listed.values()].filter((one) => !one.same === !one.hole, SURVIVORS)).toEqual([]);
});
