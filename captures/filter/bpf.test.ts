// Onboard code runs BPF as libpcap does: tcpdump's own programs, malformed ones, random ones.
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { INPUT_SIZE, RECORD_HEADER, RecordKind } from "../../appliance/contract/abi.ts";
import { Assembler, Code, type Instruction, Label, step } from "./bpf.ts";
import { all, any, assemble, compare, not } from "./condition.ts";
import { Filter } from "./filter.ts";
import { EXPRESSIONS } from "./testing/expressions.ts";
import { cleanUp, framesOf, hasTcpdump, numbered, ours, theirs } from "./testing/tcpdump.ts";

afterAll(cleanUp);

/** One record (appliance/contract) of these bytes. */
function record(
  bytes: Uint8Array,
  { original = bytes.length, kind = RecordKind.FRAME as number, link = 1 } = {},
): Uint8Array {
  const out = new Uint8Array(RECORD_HEADER + ((bytes.length + 7) & ~7));
  const view = new DataView(out.buffer);
  view.setUint32(16, bytes.length, true);
  view.setUint32(20, original, true);
  view.setUint16(24, link, true);
  out[26] = kind;
  out.set(bytes, RECORD_HEADER);
  return out;
}

async function accepts(program: Instruction[], bytes: Uint8Array): Promise<boolean> {
  const filter = await Filter.of([[1, program]]);
  const buffer = record(bytes);
  return filter.run(buffer, buffer.length) > 0;
}

const ret = step(Code.RET_K, 1);
const i = (code: number, k = 0, jt = 0, jf = 0): Instruction => ({ code, jt, jf, k });

it.skipIf(!hasTcpdump)("tcpdump's own programs, as -ddd prints them, leave what tcpdump leaves", async () => {
  const frames = framesOf("fixtures/site.pcap")!.frames.slice(0, 1500);
  const path = numbered(frames, 1);
  let programs = 0;
  for (const words of EXPRESSIONS) {
    const options = programs & 1 ? ["-O"] : [];
    const { status, stdout } = spawnSync("tcpdump", [...options, "-y", "EN10MB", "-ddd", "--", words]);
    if (status !== 0) continue;
    const [, ...lines] = stdout.toString().trim().split("\n");
    const program = lines.map((line) => {
      const [code, jt, jf, k] = line.split(" ").map(Number);
      return { code: code!, jt: jt!, jf: jf!, k: k! };
    });
    expect(await ours(path, await Filter.of([[1, program]])), words).toEqual(theirs(path, words, ...options));
    programs++;
  }
  expect(programs).toBeGreaterThan(100);
});

it.each<[string, Instruction[]]>([
  ["nothing", []],
  ["no return at the end", [step(Code.LD_LEN)]],
  ["an undefined instruction", [step(0x0f), ret]],
  ["another", [step(0x1020), ret]],
  ["a jump to behind the end", [i(Code.JEQ, 0, 1, 0), ret]],
  ["the other branch of it", [i(Code.JEQ, 0, 0, 1), ret]],
  ["a long jump to behind the end", [step(Code.JA, 1), ret]],
  ["a jump back", [step(Code.JA, -1), ret]],
  ["a division by 0", [step(0x34, 0), ret]],
  ["a remainder of 0", [step(0x94, 0), ret]],
  ["a shift by 32", [step(0x64, 32), ret]],
  ["a cell that is not there", [step(Code.ST, 16), ret]],
  ["a cell that is not there, read", [step(Code.LD_MEM, 16), ret]],
  ["a cell before it is written", [step(Code.LD_MEM, 3), ret]],
  ["a cell written on one way only", [i(Code.JEQ, 0, 0, 1), step(Code.ST, 0), step(Code.LD_MEM, 0), ret]],
])("refuses %s", async (_, program) => {
  await expect(Filter.of([[1, program]])).rejects.toThrow(new RangeError("a filter program that is malformed"));
});

it("takes a cell written on every way, and 4096 instructions, no more", async () => {
  const both = [i(Code.JEQ, 0, 0, 2), step(Code.ST, 0), step(Code.JA, 1), step(Code.ST, 0), step(Code.LD_MEM, 0), ret];
  expect(await accepts(both, new Uint8Array(4))).toBe(true);
  const long = (n: number) => [...Array.from({ length: n - 1 }, () => step(Code.LD_LEN)), ret];
  expect(await accepts(long(4096), new Uint8Array(1))).toBe(true);
  await expect(Filter.of([[1, long(4097)]])).rejects.toBeInstanceOf(RangeError);
  const many = Array.from({ length: 17 }, (_, link) => [link, [ret]] as const);
  await expect(Filter.of(many)).rejects.toBeInstanceOf(RangeError);
  await Filter.of(many.slice(1));
});

it("jumps further than 255 instructions", async () => {
  const parts = Array.from({ length: 300 }, (_, n) =>
    compare([step(Code.LDB_ABS, 0), step(0x04, n)], Code.JEQ, 300 + n),
  );
  const is = (n: number) => compare([step(Code.LDB_ABS, 1)], Code.JEQ, n);
  // First byte 300 never is; so `any` runs through all, and `all` of the negations as well
  const program = assemble(any(all(is(1), any(...parts)), all(is(2), ...parts.map(not)), is(3)));
  expect(program.length).toBeGreaterThan(1200);
  const answers = await Promise.all([1, 2, 3, 4].map((n) => accepts(program, new Uint8Array([44, n]))));
  expect(answers).toEqual([false, true, true, false]);
});

it("leaves out a load only where the register holds it on every way", async () => {
  const load = (at: number) => [step(Code.LDB_ABS, at)];
  const code = new Assembler();
  const [on, yes, no] = [new Label(), new Label(), new Label()];
  code.load(load(0));
  const other = new Label();
  code.jump(Code.JEQ, 1, on, other);
  code.place(other);
  code.load(load(1));
  code.jump(Code.JEQ, 1, on, no);
  code.place(on);
  code.load(load(0)); // from the first jump it is there, from the second it is not
  code.jump(Code.JEQ, 9, yes, no);
  code.place(yes);
  code.ret(1);
  code.place(no);
  code.ret(0);
  expect(code.program()).toHaveLength(8);
  expect(await accepts(code.program(), new Uint8Array([9, 1]))).toBe(true);
  const twice = assemble(all(compare(load(0), Code.JGT, 1), compare(load(0), Code.JGT, 2)));
  expect(twice.filter((one) => one.code === Code.LDB_ABS)).toHaveLength(1);
});

it("records that are not frames stay, frames of other link types go; more than a batch is refused", async () => {
  const filter = await Filter.of([[1, [step(Code.RET_K, 0)]]]);
  const parts = [
    record(new Uint8Array(3)),
    record(new Uint8Array([1, 2, 3]), { kind: RecordKind.CHAPTER10 }),
    record(new Uint8Array(9), { link: 105 }),
    record(new Uint8Array(), { kind: RecordKind.END }),
  ];
  const buffer = new Uint8Array(Buffer.concat(parts));
  expect(filter.run(buffer, buffer.length)).toBe(parts[1]!.length + parts[3]!.length);
  expect(buffer.subarray(0, parts[1]!.length)).toEqual(parts[1]);
  expect(filter.dropped).toBe(2);
  expect(() => filter.run(new Uint8Array(INPUT_SIZE + 8), INPUT_SIZE + 8)).toThrow(
    new RangeError(`a filter takes ${INPUT_SIZE} bytes of records at once`),
  );
});

it("random programs that the check accepts never trap, and say the same again", async () => {
  const codes = [0x00, 0x01, 0x02, 0x03, 0x05, 0x06, 0x07, 0x16, 0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x60, 0x61, 0x80];
  codes.push(0x81, 0x87, 0xb1, 0x84, ...[0, 1, 2, 3, 4, 5, 6, 7, 9, 10].flatMap((n) => [16 * n + 4, 16 * n + 12]));
  codes.push(0x15, 0x25, 0x35, 0x45, 0x1d, 0x2d, 0x3d, 0x4d);
  const instruction = fc.record({
    code: fc.oneof({ weight: 60, arbitrary: fc.constantFrom(...codes) }, { weight: 1, arbitrary: fc.nat(0xffff) }),
    jt: fc.nat(3),
    jf: fc.nat(3),
    k: fc.oneof({ weight: 4, arbitrary: fc.nat(15) }, { weight: 2, arbitrary: fc.nat(80) }, fc.nat(0xffffffff)),
  });
  const frames = framesOf("fixtures/site.pcap")!.frames;
  const batch = Buffer.concat(
    frames.slice(0, 60).map(({ bytes, original }, n) => record(bytes.subarray(0, (n * 5) % 70), { original })),
  );
  let [run, refused, left] = [0, 0, 0];
  const written = [step(Code.ST, 0), step(Code.ST, 1), step(Code.ST, 2), step(Code.ST, 3)];
  await fc.assert(
    fc.asyncProperty(fc.array(instruction, { minLength: 1, maxLength: 30 }), async (list) => {
      const program = [...written, ...list, ret, ret, ret, ret];
      let filter: Filter;
      try {
        filter = await Filter.of([[1, program]]);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        refused++;
        return;
      }
      const [once, twice] = [new Uint8Array(batch), new Uint8Array(batch)];
      const length = filter.run(once, batch.length);
      expect(filter.run(twice, batch.length)).toBe(length);
      run++;
      left += length;
    }),
    { numRuns: 4000, seed: 4 },
  );
  console.log(`random programs: ${run} run, ${refused} refused`);
  expect(run).toBeGreaterThan(400);
  expect(refused).toBeGreaterThan(400);
  expect(left).toBeGreaterThan(0);
});
