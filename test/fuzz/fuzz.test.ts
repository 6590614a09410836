// The corpus through every target, some seconds of new mutants, and that the fuzzers can find something.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { buildFuzzers, buildSpoilt, type Fuzzers, whyNoFuzzer } from "./build.ts";
import { CORPUS, candidatesOf, chosen, nameOf, readInputs, writeInputs } from "./corpus.ts";
import { folderSize, fuzz } from "./libfuzzer.ts";
import { compilePolicies } from "./policies.ts";
import { fuzzReaders, ReaderFinding, tryReaders } from "./readers.ts";
import { packetsOf, type Seeded, seeds } from "./seeds.ts";
import { streamFrames } from "./stream.ts";
import { TARGETS } from "./targets.ts";

const reason = whyNoFuzzer();
if (reason) console.log(`skipped: fuzzing of compiled code: ${reason}`);
const folder = mkdtempSync(join(tmpdir(), "weir-fuzz-test-"));
afterAll(() => rmSync(folder, { recursive: true }));
const packetsIn = (pcap: string) => packetsOf(relative(ROOT, pcap)).length;
const fresh = (name: string) => {
  mkdirSync(join(folder, name), { recursive: true });
  return join(folder, name);
};

describe("the corpus", () => {
  it("is small, and each input is called by what is in it", () => {
    const sizes = TARGETS.map(({ name }) => folderSize(join(CORPUS, name)));
    expect(sizes.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(300_000);
    for (const { files } of sizes) expect(files).toBeGreaterThan(5);
    for (const { name, longest } of TARGETS)
      for (const bytes of readInputs(join(CORPUS, name))) {
        expect(existsSync(join(CORPUS, name, nameOf(bytes)))).toBe(true);
        expect(bytes.length).toBeLessThanOrEqual(longest);
      }
  });

  it("is chosen by what is reached for the size, within its quota", () => {
    const bytes = (n: number) => new Uint8Array(n);
    const large = { bytes: bytes(900), reaches: [1, 2, 3, 4] };
    const small = { bytes: bytes(10), reaches: [1, 2, 3] };
    const other = { bytes: bytes(20), reaches: [3, 5] };
    const same = { bytes: bytes(5), reaches: [1] };
    expect(chosen([large, small, other, same])).toEqual([small.bytes, other.bytes, large.bytes]);
    expect(chosen([large, small, other, same], 100)).toEqual([small.bytes, other.bytes]);
  });

  it("is measured by what libFuzzer's merge writes down", () => {
    const path = writeInputs(fresh("merge"), [Buffer.from("ab")]);
    const file = join(path, nameOf(Buffer.from("ab")));
    const control = `1\n0\n${file}\nSTARTED 0 2\nFT 0 8 9 16\nCOV 0 1\n`;
    expect(candidatesOf(control)).toEqual([{ bytes: readFileSync(file), reaches: [1, 2] }]);
  });
});

describe("readers of captures", () => {
  it("take the corpus, and some seconds of mutants", async () => {
    const inputs = [...readInputs(join(CORPUS, "readers")), ...seeds("readers", [])];
    const figures = await fuzzReaders({ inputs, seconds: 2, seed: 1553, longest: 65_536 });
    console.log(`readers: ${figures.executions} inputs, ${figures.packets} packets, ${figures.damaged} damaged`);
    expect(figures.damaged).toBeGreaterThan(20);
    expect(figures.packets).toBeGreaterThan(100);
    expect(figures.blocks / figures.blocksTotal).toBeGreaterThan(0.5);
  });

  it("that throw are a finding, with the input", async () => {
    const input = Buffer.from("x");
    const before = () => {
      throw new ReaderFinding(input, new Error("planted"));
    };
    const found = fuzzReaders({ inputs: [input], seconds: 0, seed: 1, longest: 9, before }).catch(
      (error: unknown) => error,
    );
    expect(((await found) as ReaderFinding).input).toBe(input);
    const figures = { executions: 0, packets: 0, damaged: 0, blocks: 0, blocksTotal: 0, kept: [] };
    await tryReaders(input, figures);
    expect(figures.damaged).toBe(1);
  });
});

describe.skipIf(reason)("compiled code", () => {
  let fuzzers: Fuzzers;
  beforeAll(async () => {
    fuzzers = await buildFuzzers();
  });

  it.each(TARGETS.filter(({ program }) => program).map((target) => [target.name, target] as const))(
    "%s: the corpus and the seeds once, then mutants of them",
    async (name, target) => {
      const seeded = writeInputs(fresh(`seeds-${name}`), seeds(name as Seeded, fuzzers.policies));
      const folders = [fresh(`new-${name}`), join(CORPUS, name), seeded];
      const known = await fuzz(fuzzers, target, { folders: folders.slice(1), seconds: 0 });
      expect(known.findings).toEqual([]);
      // Some seconds of a machine that does nothing else
      const runs = known.executions + (target.program === "appliance" ? 100 : 10_000);
      const figures = await fuzz(fuzzers, target, { folders, seconds: 100, runs });
      console.log(`${name}: ${figures.executions} executions, ${figures.edges} of ${figures.edgesTotal} edges`);
      expect(figures.findings).toEqual([]);
      expect(figures.executions).toBeGreaterThanOrEqual(runs);
    },
  );

  // REQ-FILTER-002
  it("frames without end: guard decides as an oracle does that shares nothing with it", async () => {
    const figures = await streamFrames(await fuzzers.stream(), { seed: 1553, frames: 200_000, seconds: 0 });
    const { executions, forwarded, edges, edgesTotal } = figures;
    console.log(`stream: ${executions} frames, ${forwarded} forwarded, ${edges} of ${edgesTotal} edges`);
    expect(figures.findings).toEqual([]);
    expect(executions).toBeGreaterThanOrEqual(200_000);
    expect(forwarded).toBeGreaterThan(5000);
    expect(edges / edgesTotal).toBeGreaterThan(0.5);
  });

  it.each([
    ["lets out what no rule allows", "ports: [5000, 5002-5004]", "ports: [5000-5004]", /a frame left that must stay/],
    ["keeps what a rule allows", "size: 4-100", "size: 5-100", /a frame stayed that must leave/],
    ["copies what must be zeros", "payload: zero", "payload: copy", /a frame left that is not as it must be/],
  ])("is told of a guard that %s", async (_, from, to, what) => {
    const spoilt = await compilePolicies((yaml) => yaml.replace(from, to));
    const program = await fuzzers.stream(spoilt);
    const { findings } = await streamFrames(program, { seed: 7, frames: 100_000, seconds: 0 });
    expect(findings).toEqual([{ what: expect.stringMatching(what) as string, input: expect.any(String) as string }]);
    const { input } = findings[0]!;
    expect(packetsIn(input)).toBeGreaterThan(0);
    const policy = /\(while (.*)\)/.exec(findings[0]!.what)![1]!;
    const again = (name: string) => spawnSync(program, ["-", name, input], { encoding: "utf8" });
    expect(again(policy).stderr).toContain(findings[0]!.what);
    expect(again("none")).toMatchObject({ status: 2, stderr: "no policy is called none\n" });
    rmSync(input);
  });

  const runtime = (file: string) => readFileSync(join(ROOT, "appliance", "runtime", file), "utf8");
  const PLANTED: [string, "rings" | "setup", string, string, string][] = [
    ["a buffer that the device has not", "rings", "user/receive.c", " || !posted[entry.id]", ""],
    [
      "a length a little too long",
      "rings",
      "user/receive.c",
      "entry.len > BUFFER_SIZE)",
      "entry.len > BUFFER_SIZE + 4)",
    ],
    ["a frame that was given back twice", "rings", "user/send.c", " || r->done[id]", ""],
    ["a stream longer than its frame", "rings", "user/replay.c", "n > length - 16", "n > length"],
    [
      "another queue for `in`",
      "setup",
      "kernel/network.c",
      "= role == ROLE_IN ? VIRTIO_NET_RECEIVEQ",
      "= role != ROLE_IN ? VIRTIO_NET_RECEIVEQ",
    ],
    [
      "a manifest that is not looked at to its end",
      "setup",
      "kernel/start.c",
      "r < ROLES; r++) {\n    const volatile",
      "r < ROLES - 1; r++) {\n    const volatile",
    ],
  ];
  it.each(PLANTED)("finds what was planted: %s", async (what, name, file, from, to) => {
    const text = runtime(file);
    expect(text).toContain(from);
    const program = await buildSpoilt(name, { [file]: text.replace(from, to) });
    const target = TARGETS.find((one) => one.name === name)!;
    const seeded = writeInputs(fresh(`planted-${what}`), seeds(name, fuzzers.policies));
    const folders = [fresh(`found-${what}`), join(CORPUS, name), seeded];
    const { findings } = await fuzz({ ...fuzzers, [name]: program }, target, {
      folders,
      seconds: 100,
      runs: 300_000,
      most: 1,
    });
    expect(findings).toHaveLength(1);
    for (const { input } of findings) rmSync(input, { force: true });
  });
});
