// The programs of appliance/runtime/test/hosted, and that they can fail: every small change of what sets up the devices and
// checks the manifest must be seen by devices.c, and ways back from `out` to `in` by apart.c.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { ROOT } from "../../appliance/build/asc.ts";
import { type CMutant, mutantsOf } from "./c.ts";
import { withRegistersSeen } from "./registers.ts";

const run = promisify(execFile);
const runtime = join(ROOT, "appliance", "runtime");
const folder = mkdtempSync(join(tmpdir(), "weir-mutation-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program of appliance/runtime/test/hosted and its arguments. */
interface Judge {
  program: string;
  args: string[];
}
const DEVICES: Judge = { program: "devices", args: [] };
const APART: Judge = { program: "apart", args: ["1", "4"] };
const SET_UP = ["kernel/network.c", "kernel/start.c"];

/** What became of the program with these sources in place of the tree's: undefined where it found nothing wrong. */
async function verdict(
  judge: Judge,
  name: string,
  sources: Record<string, string>,
  flags: string[],
): Promise<string | undefined> {
  const at = join(folder, name);
  for (const [file, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(at, file)), { recursive: true });
    writeFileSync(join(at, file), file === "kernel/network.c" ? withRegistersSeen(text) : text);
  }
  const program = join(folder, `${name}.out`);
  const include = [at, join(runtime, "test", "hosted"), runtime, join(ROOT, "appliance", "abi")].flatMap((i) => [
    "-I",
    i,
  ]);
  const source = join(runtime, "test", "hosted", `${judge.program}.c`);
  try {
    await run("clang", ["-std=gnu11", ...flags, '-DWEIR_VERSION="0"', ...include, source, "-o", program]);
  } catch {
    return "does not compile";
  }
  try {
    await run(program, judge.args, { timeout: 10_000, maxBuffer: 1 << 26 });
    return undefined;
  } catch (error) {
    const { stdout, killed } = error as { stdout?: string; killed?: boolean };
    return killed
      ? "hangs"
      : (stdout
          ?.split(/[\r\n]/)
          .filter(Boolean)
          .at(-1) ?? "crashes");
  } finally {
    rmSync(at, { recursive: true, force: true });
    rmSync(program, { force: true });
  }
}

const sourceOf = (file: string) => readFileSync(join(runtime, file), "utf8");
const SANITIZED = [
  "-O1",
  "-g",
  "-fsanitize=address,undefined",
  "-fno-sanitize-recover=all",
  "-Wall",
  "-Wextra",
  "-Werror",
];

it("the kernel part sets up honest devices as VIRTIO and the one-way rule want it, and refuses all others", async () => {
  const sources = { "kernel/network.c": sourceOf("kernel/network.c") };
  expect(withRegistersSeen(sources["kernel/network.c"]).match(/\*reg\(/g)).toHaveLength(1); // its definition
  expect(await verdict(DEVICES, "devices", sources, SANITIZED)).toBeUndefined();
});

it("what is done on `in` is the same whatever `out` and `log` do: 10,000 pairs", { timeout: 60_000 }, async () => {
  expect(
    await verdict({ ...APART, args: ["1", "400"] }, "apart", {}, ["-O2", "-Wall", "-Wextra", "-Werror"]),
  ).toBeUndefined();
  expect(await verdict({ ...APART, args: ["1000", "20"] }, "apart-checked", {}, SANITIZED)).toBeUndefined();
});

describe("a way back from `out` to `in` is seen", () => {
  const ways: [string, string, string, string][] = [
    [
      "buffers go back only while `out` takes frames",
      "user/receive.c",
      "post(ids[i]);",
      "if (!sent[OUT].full) post(ids[i]);",
    ],
    [
      "one batch is shorter when `out` is full",
      "user/receive.c",
      "frames < AT_ONCE &&",
      "frames < AT_ONCE - (sent[OUT].full & 1) &&",
    ],
    [
      "the doorbell waits for `out`",
      "user/receive.c",
      "  if (!(__atomic",
      "  if (weir_device_rings.send[OUT].idx % 2 && !(__atomic",
    ],
    ["a full `out` is waited for", "user/send.c", "&& replaying &&", "&&"],
    [
      "it waits longer while `log` is full",
      "user/main.c",
      "return now < due ? due - now : 1;",
      "return now < due ? due - now + (sent[LOG].full & 1) : 1;",
    ],
    [
      "interrupts are asked for when `out` is free",
      "user/receive.c",
      "in.flags, 0, __ATOMIC_SEQ_CST);",
      "in.flags, sent[OUT].full & 1, __ATOMIC_SEQ_CST);",
    ],
  ];
  it.each(ways)("%s", async (_, file, from, to) => {
    const source = sourceOf(file);
    expect(source).toContain(from);
    const found = await verdict(APART, "way", { [file]: source.replace(from, to) }, ["-O1", "-w"]);
    expect(found).toMatch(/depends on `out` or `log`|stopped|hangs|does not take what is sent|nothing was tried/);
  });
});

it("no change of device set-up or manifest check goes unseen", { timeout: 300_000 }, async () => {
  const mutants = SET_UP.flatMap((file) => mutantsOf(file, sourceOf(file)));
  const alive: CMutant[] = [];
  let [next, compiled] = [0, 0];
  const worker = async () => {
    for (let n = next++; n < mutants.length; n = next++) {
      const mutant = mutants[n]!;
      const sources = { "kernel/network.c": sourceOf("kernel/network.c"), [mutant.file]: mutant.text };
      const seen = await verdict(DEVICES, `m${n}`, sources, ["-O0", "-w"]);
      if (seen !== "does not compile") compiled++;
      if (!seen) alive.push(mutant);
    }
  };
  await Promise.all([worker(), worker()]);
  console.log(`${compiled} mutants of ${SET_UP.join(" and ")}, ${compiled - alive.length} seen`);
  expect(alive.map((m) => `${m.file}:${m.line}: ${m.from} -> ${m.to}`)).toEqual([]);
  expect(compiled).toBeGreaterThan(200);
});
