// The programs of appliance/runtime/test/hosted, and that they can fail: every small change of what sets up the devices and
// checks the manifest must be seen by devices.c, and ways back from `out` to `in` by apart.c.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { HOST_ARCH } from "../../appliance/contract/arch.ts";
import { ROOT } from "../../lib/asc.ts";
import { SANITIZED } from "../sanitized.ts";
import { type CMutant, mutantsOf } from "./c.ts";

const run = promisify(execFile);
const runtime = join(ROOT, "appliance", "runtime");
const folder = mkdtempSync(join(tmpdir(), "weir-mutation-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program of appliance/runtime/test/hosted and its arguments. */
interface Judge {
  program: string;
  args: string[];
  /** Folders of the runtime that it takes headers from first. */
  include: string[];
  /** Seconds of processor time after which it hangs: several times what it takes with the tree's sources. */
  seconds: number;
}
const DEVICES: Judge = { program: "devices", args: [], include: ["test/hosted"], seconds: 1 };
const PCI: Judge = { program: "pci", args: [], include: ["arch/x86_64"], seconds: 3 };
const APART: Judge = { program: "apart", args: ["1", "4"], include: ["test/hosted"], seconds: 2 };
/** For programs that take longer because of sanitizers, or of what they are asked to do. */
const UNLIMITED = { seconds: 0 };
const SET_UP: [Judge, string][] = [
  [DEVICES, "kernel/network.c"],
  [DEVICES, "kernel/start.c"],
  ...(HOST_ARCH === "x86_64" ? [PCI] : []).flatMap((judge): [Judge, string][] => [
    [judge, "arch/x86_64/pci.c"],
    [judge, "virtio/transport.h"],
  ]),
];
/**
 * Changes that change nothing: of two equal numbers either is the least; a wait's end; what is 0 unless it is said; a bit that is
 * 0 in every address of a page and in every 16-bit register; room for one byte more than is used; the manifest has room for a
 * role more, whose address no device has; a check at compile time, without which nothing else changes.
 */
const SAME =
  /_Static_assert|PAGE - 1|mac\[6\]|6 -> 7: +uint8_t mac|names\[ROLES\]\[8\]|\(at & 2\)|msix \+ 2|r < ROLES; r\+\+\) \{$|: < -> <=: static uint64_t least|n < 10000|FEATURES_SEL -> MMIO_QUEUE_NOTIFY: .*0x00/;

const MUTANT_FLAGS = ["-O0", "-w"];

/** What became of the program with these sources in place of the tree's: undefined where it found nothing wrong. */
async function verdict(
  judge: Judge,
  name: string,
  sources: Record<string, string>,
  flags: readonly string[],
): Promise<string | undefined> {
  const at = join(folder, name);
  for (const [file, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(at, file)), { recursive: true });
    writeFileSync(join(at, file), text);
  }
  const program = join(folder, `${name}.out`);
  const folders = [
    at,
    ...judge.include.map((path) => join(runtime, path)),
    runtime,
    join(ROOT, "appliance", "contract"),
  ];
  const include = folders.flatMap((path) => ["-I", path]);
  const source = join(runtime, "test", "hosted", `${judge.program}.c`);
  try {
    await run("clang", ["-std=gnu11", ...flags, '-DWEIR_VERSION="0"', ...include, source, "-o", program]);
  } catch {
    return "does not compile";
  }
  try {
    // By processor time, which does not depend on what else the machine does
    const limit = judge.seconds ? [`--cpu=${judge.seconds}:${judge.seconds + 1}`] : [];
    await run("prlimit", [...limit, program, ...judge.args], { maxBuffer: 1 << 26 });
    return undefined;
  } catch (error) {
    const { stdout, signal } = error as { stdout?: string; signal?: NodeJS.Signals };
    return signal === "SIGXCPU"
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

// REQ-DIODE-003
it("the kernel part sets up honest devices as VIRTIO and the one-way rule want it, and refuses all others", async () => {
  expect(await verdict({ ...DEVICES, ...UNLIMITED }, "devices", {}, SANITIZED)).toBeUndefined();
});

it.runIf(HOST_ARCH === "x86_64")(
  "what PCI says is checked before it is believed, and registers are where VIRTIO has them",
  async () => {
    expect(await verdict({ ...PCI, ...UNLIMITED }, "pci", {}, SANITIZED)).toBeUndefined();
  },
);

// REQ-DIODE-009
it("what is done on `in` is the same whatever `out` and `log` do: 10,000 pairs", async () => {
  expect(
    await verdict({ ...APART, ...UNLIMITED, args: ["1", "400"] }, "apart", {}, ["-O2", "-Wall", "-Wextra", "-Werror"]),
  ).toBeUndefined();
  expect(
    await verdict({ ...APART, ...UNLIMITED, args: ["1000", "20"] }, "apart-checked", {}, SANITIZED),
  ).toBeUndefined();
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

// REQ-DIODE-001
it("no change of device set-up or manifest check goes unseen", async () => {
  const mutants = SET_UP.flatMap(([judge, file]) =>
    mutantsOf(file, sourceOf(file)).map((mutant) => ({ judge, ...mutant })),
  );
  // What sees everything sees nothing: with the mutants' flags the unchanged sources must pass.
  for (const judge of new Set(SET_UP.map(([judge]) => judge)))
    expect(await verdict(judge, `plain-${judge.program}`, {}, MUTANT_FLAGS)).toBeUndefined();
  const alive: CMutant[] = [];
  let [next, compiled] = [0, 0];
  const worker = async () => {
    for (let n = next++; n < mutants.length; n = next++) {
      const mutant = mutants[n]!;
      const seen = await verdict(mutant.judge, `m${n}`, { [mutant.file]: mutant.text }, MUTANT_FLAGS);
      if (seen !== "does not compile") compiled++;
      // A step past an end shows under the sanitizers alone
      if (!seen && !(await verdict(mutant.judge, `s${n}`, { [mutant.file]: mutant.text }, SANITIZED)))
        alive.push(mutant);
    }
  };
  await Promise.all([worker(), worker()]);
  console.log(`${compiled} mutants of ${SET_UP.map(([, file]) => file).join(", ")}, ${compiled - alive.length} seen`);
  const lines = alive.map(
    (m) => `${m.file}:${m.line}: ${m.from} -> ${m.to}: ${sourceOf(m.file).split("\n")[m.line - 1]}`,
  );
  expect(lines.filter((line) => !SAME.test(line))).toEqual([]);
  expect(compiled).toBeGreaterThan(200);
});
