// The fuzzers' inputs, those that they begin with and the few that they keep (test/fuzz), through the compartments as Node and
// the browser run them: nothing traps, all that is said is JSON, and batches make no difference. Under policies that between
// them turn on everything there is.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { compileOnboard } from "../../appliance/build/asc.ts";
import { COMPARTMENTS } from "../../appliance/build/compartments.ts";
import { Appliance, type Modules, type Parts } from "../../appliance/hosts/embedded/appliance.ts";
import { pack, type RecordInit } from "../../diode/testing/guard.ts";
import { CORPUS, readInputs } from "../fuzz/corpus.ts";
import { type Compiled, compilePolicies } from "../fuzz/policies.ts";
import { type Seeded, seeds, traffic } from "../fuzz/seeds.ts";
import { datagramsOf, fileOf, framesOf, partOf, trafficOf } from "./records.ts";

let modules: Modules;
let policies: Compiled["policies"];
beforeAll(async () => {
  const compiled = COMPARTMENTS.map(
    async ({ name, entry, pages }) =>
      [name, new WebAssembly.Module(readFileSync(await compileOnboard(entry, { pages })))] as const,
  );
  modules = Object.fromEntries(await Promise.all(compiled)) as unknown as Modules;
  policies = await compilePolicies();
});

const inputsOf = (target: Seeded): Buffer[] => [...seeds(target, policies), ...readInputs(`${CORPUS}/${target}`)];

interface Said {
  frames: string[];
  records: string[];
}

/** What comes out of a fresh appliance. */
function outcome(parts: Parts, batches: readonly (readonly RecordInit[])[]): Said {
  const appliance = new Appliance(modules, parts);
  const said: Said = { frames: [], records: [] };
  for (const batch of batches) {
    const { bytes } = pack(batch);
    appliance.input.set(bytes);
    appliance.run(bytes.length, {
      forwarded: (frame) => said.frames.push(Buffer.from(frame).toString("latin1")),
      record: (json, text, datagram) =>
        said.records.push([json, text, datagram].map((part) => Buffer.from(part).toString("latin1")).join("\n")),
    });
  }
  return said;
}

/** As many in a batch as the input holds. */
function filled(records: readonly RecordInit[]): RecordInit[][] {
  const batches: RecordInit[][] = [[]];
  let used = 0;
  for (const record of records) {
    const length = 32 + (((record.frame?.length ?? 0) + 7) & ~7);
    if (used + length > 131072) {
      batches.push([]);
      used = 0;
    }
    batches.at(-1)!.push(record);
    used += length;
  }
  return batches;
}

function check(parts: Parts, records: readonly RecordInit[], what: string): Said {
  const together = outcome(parts, filled(records));
  expect(
    outcome(
      parts,
      records.map((record) => [record]),
    ),
    what,
  ).toEqual(together);
  for (const record of together.records)
    expect(JSON.parse(record.split("\n")[0]!).timestamp, what).toBeTypeOf("string");
  return together;
}

// REQ-IMAGE-011
describe("no input does harm, and no batch makes a difference", () => {
  it.each([
    ["frame", framesOf],
    ["datagram", datagramsOf],
  ] as const)("%s", (target, recordsOf) => {
    let frames = 0;
    for (const [n, input] of inputsOf(target).entries()) {
      const policy = policies[input[0]! % policies.length]!;
      frames += check(policy.parts, recordsOf(input), `${target} ${n}, ${policy.name}`).frames.length;
    }
    expect(frames).toBeGreaterThan(100);
  });

  it("file, cut anywhere", () => {
    let records = 0;
    for (const [n, input] of inputsOf("file").entries()) {
      const { parts, name } = policies[input[0]! % policies.length]!;
      const whole = check(parts, fileOf(input, 0), `file ${n}, ${name}`);
      records += whole.records.length;
      for (const cut of [30, 2000]) check(parts, fileOf(input, cut), `file ${n}, ${name}, in pieces of ${cut}`);
    }
    expect(records).toBeGreaterThan(100);
  });

  it("policy: refused, or what it lets happen is no harm", () => {
    const records = trafficOf(traffic());
    const [good] = policies;
    let accepted = 0;
    for (const [n, input] of inputsOf("policy").entries()) {
      const { name, part, wrong } = partOf(input);
      const parts = { ...good!.parts, [name]: part };
      try {
        new Appliance(modules, parts);
      } catch (error) {
        expect(String(error), `${n}`).toContain("refused");
        continue;
      }
      expect(wrong, `${n}: for another version or part`).toBe(false);
      accepted++;
      check(parts, records, `policy ${n}`);
    }
    expect(accepted).toBeGreaterThan(10);
  });
});
