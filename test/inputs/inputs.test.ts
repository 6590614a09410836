// The fuzzers' inputs, those that they begin with and the few that they keep (test/fuzz), through the compartments as Node and
// the browser run them: nothing traps, all that is said is JSON, and batches make no difference. Under policies that between
// them turn on everything there is.
import { beforeAll, describe, expect, it } from "vitest";
import { stretchesOf } from "../../appliance/build/spare.ts";
import { type Compartment, type Modules, type Parts, startInspect } from "../../appliance/contract/abi.ts";
import { InspectFlag, Part, packPart, Tag } from "../../appliance/contract/config.ts";
import { Appliance } from "../../appliance/hosts/embedded/appliance.ts";
import { loadModules } from "../../appliance/hosts/node.ts";
import { DETECTOR, DETECTOR_NAMES } from "../../detectors/catalogue.ts";
import { alertSections } from "../../diode/policy/pack.ts";
import { parseThresholds } from "../../diode/suppression/config.ts";
import { pack, type RecordInit, sectionsOf } from "../../diode/testing/guard.ts";
import { CORPUS, readInputs } from "../fuzz/corpus.ts";
import { type Compiled, compilePolicies } from "../fuzz/policies.ts";
import { generator } from "../fuzz/random.ts";
import { type Seeded, seeds, traffic as trafficBlocks } from "../fuzz/seeds.ts";
import { datagramsOf, fileOf, framesOf, partOf, trafficOf } from "./records.ts";

let modules: Modules;
let policies: Compiled["policies"];
beforeAll(async () => {
  modules = await loadModules();
  policies = await compilePolicies();
});

const inputsOf = (target: Seeded): Buffer[] => [...seeds(target, policies), ...readInputs(`${CORPUS}/${target}`)];

interface Said {
  frames: string[];
  records: string[];
}

/** What comes out of a fresh appliance. */
function outcome(parts: Parts, batches: readonly (readonly RecordInit[])[], look = false): Said {
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
  for (const [name, compartment] of look ? Object.entries(appliance.compartments) : [])
    expect(touched(compartment), `${name} touched what its policy spares`).toEqual([]);
  return said;
}

/** Of the stretches of memory that a compartment says it leaves alone (abi.ts, spare()) those that are not zeros. */
function touched(compartment: Compartment): [number, number][] {
  const { buffer } = compartment.memory;
  return stretchesOf(compartment).filter(([from, to]) => {
    const length = Math.min(to, buffer.byteLength) - from;
    return new BigUint64Array(buffer, (from + 7) & ~7, Math.max(0, (length - 8) >> 3)).some((word) => word !== 0n);
  });
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

const TYPES = ["limit", "threshold", "both"];
const TRACKS = ["by_src", "by_dst", "by_both", "by_rule"];
const LISTS = [
  ...["10.0.0.0/8", "[10.0.0.0/29,!10.0.0.3,192.0.2.0/24]", "!10.0.0.2", "fd00::/16", "0.0.0.0/0"],
  ...["[fd00::/96,!fd00::5]", "[10.0.0.0/8,!10.0.0.5,!10.0.0.6]"],
];

/** The same parts with every score said, findings ungrouped or not, and a threshold.config of its own for each `n`. */
function variant(parts: Parts, n: number): Parts {
  const sidOf = (k: number) => 7_700_000 + DETECTOR[DETECTOR_NAMES[k % DETECTOR_NAMES.length]!];
  const sid = n % 3 ? sidOf(n) : 0;
  const lines = [
    `threshold gen_id 1, sig_id ${sid}, type ${TYPES[n % 3]}, track ${TRACKS[n % 4]}, count ${1 + (n % 3)}, seconds ${1 + (n % 7)}`,
    `rate_filter gen_id 1, sig_id 0, track ${TRACKS[(n >> 2) % 4]}, count 2, seconds 3, new_action pass, timeout ${n % 5}`,
    `suppress gen_id 1, sig_id ${sidOf(n + 5)}, track ${["by_src", "by_dst", "by_either"][n % 3]}, ip ${LISTS[n % LISTS.length]}`,
    `suppress gen_id 1, sig_id ${sidOf(n + 11)}`,
  ].filter((_, line) => (n >> line) & 1);
  const own = sectionsOf(parts.inspect).filter(({ tag }) => tag !== Tag.ALERTS && tag !== Tag.ALERT_NETWORKS);
  const sections = own.map(({ tag, bytes }) => {
    if (tag === Tag.SETTINGS)
      bytes.writeUInt32LE(bytes.readUInt32LE(0) | InspectFlag.SCORES | (n % 2 ? InspectFlag.UNGROUPED : 0));
    return { tag, bytes };
  });
  const alerts = lines.length ? alertSections(parseThresholds(lines.join("\n"), "t")) : [];
  return { ...parts, inspect: packPart(Part.INSPECT, [...sections, ...alerts]) };
}

/** @param look whether the memory is looked at, too, that the policy spares */
function check(parts: Parts, records: readonly RecordInit[], what: string, look = false): Said {
  const together = outcome(parts, filled(records), look);
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

  it("of those under policies that judge: with all scores, with and without groups, under suppressions", () => {
    const judging = policies.filter(({ name }) => name === "strict" || name === "bus");
    const all = [
      ...inputsOf("frame").map((input) => framesOf(input)),
      ...inputsOf("datagram").map((input) => datagramsOf(input)),
      ...inputsOf("file").map((input) => fileOf(input, 0)),
    ];
    for (const [n, records] of all.entries()) {
      const { parts, name } = judging[n % judging.length]!;
      check(variant(parts, n), records, `variant ${n} of ${name}`, n % 5 === 0);
    }
  });

  it("policy: refused, or what it lets happen is no harm", () => {
    const records = trafficOf(trafficBlocks());
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

  // REQ-FILTER-015
  it("policy: any field of inspect's part changed, any section longer or shorter", () => {
    const random = generator(1553);
    const odd = [0, 1, 2, 3, 7, 31, 32, 64, 127, 128, 255];
    const traffic = filled(trafficOf(trafficBlocks()))[0]!.slice(0, 40);
    const { bytes } = pack(traffic);
    let [accepted, refused] = [0, 0];
    for (let n = 0; n < 500; n++) {
      const { parts } = policies[n % policies.length]!;
      const sections = sectionsOf(variant(parts, n % 16).inspect).filter((one) => one.bytes.length);
      const changed = sections[random(sections.length)]!;
      const at = random(changed.bytes.length);
      const near = n & 1 ? at & ~7 : random(Math.min(changed.bytes.length, 64)); // heads of sections say more than their ends
      for (let k = 1 + random(3); k > 0; k--)
        if (near + k <= changed.bytes.length) changed.bytes[near + k - 1] = odd[random(odd.length)]!;
      if (n % 5 === 0)
        changed.bytes = Buffer.concat([changed.bytes, Buffer.alloc(24)]).subarray(
          0,
          Math.max(0, changed.bytes.length + [-8, -1, 1, 8, 24][random(5)]!),
        );
      const part = packPart(Part.INSPECT, sections);
      const inspect = startInspect(modules.inspect);
      const input = new Uint8Array(inspect.memory.buffer, inspect.inputAt(), inspect.inputSize());
      input.set(part);
      if (inspect.configure(part.length) !== 0) {
        refused++;
        expect(() => inspect.run(0, 32)).toThrow(WebAssembly.RuntimeError);
        continue;
      }
      accepted++;
      input.set(bytes);
      for (let from = 0; from < bytes.length; ) from = inspect.run(from, bytes.length);
    }
    expect(Math.min(accepted, refused)).toBeGreaterThan(50);
  });
});
