// The programs of appliance/runtime/test/hosted, and that they can fail: every small change of what sets up the devices and
// checks the manifest must be seen by devices.c, and ways back from `out` to `in` by apart.c.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { HOST_ARCH } from "../../appliance/contract/arch.ts";
import { ROOT } from "../../lib/asc.ts";
import { SANITIZED } from "../sanitized.ts";
import { type CMutant, mutantsOf } from "./c.ts";
import { Court, filesOf, type Judge, MUTANT_FLAGS, sourceOf, UNLIMITED } from "./judge.ts";
import { hashOf, RECORDS, tried, type Verdict } from "./record.ts";

const court = new Court();
afterAll(() => court.close());
const verdict: Court["verdict"] = (...what) => court.verdict(...what);

const DEVICES: Judge = { program: "devices", args: [], include: ["test/hosted"], seconds: 1 };
const PCI: Judge = { program: "pci", args: [], include: ["arch/x86_64"], seconds: 3 };
const APART: Judge = { program: "apart", args: ["1", "4"], include: ["test/hosted"], seconds: 2 };
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
      "a silent `log` is told from another by the clock, which moves on by that",
      "user/send.c",
      "  r->silence += passed;",
      "  r->silence += passed + 0 * clock_now();",
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

/** What the verdicts depend on: the judge's sources as clang reads them, and how mutants are made and judged. */
async function sourcesOf(judge: Judge, file: string): Promise<string> {
  const files = [...(await filesOf(judge)), "test/mutation/c.ts", "test/mutation/judge.ts"];
  const texts = files.flatMap((path) => [path, readFileSync(join(ROOT, path))]);
  return hashOf(HOST_ARCH, file, JSON.stringify([judge, MUTANT_FLAGS, SANITIZED]), ...texts);
}

/** By two at a time. */
async function attempt(judge: Judge, mutants: readonly CMutant[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < mutants.length; n = next++) {
      const { file, text } = mutants[n]!;
      const seen = await verdict(judge, `m${n}`, { [file]: text }, MUTANT_FLAGS);
      // A step past an end shows under the sanitizers alone
      const isSeen = seen ?? (await verdict(judge, `s${n}`, { [file]: text }, SANITIZED));
      verdicts[n] = seen === "does not compile" ? "none" : isSeen ? "seen" : "alive";
    }
  };
  await Promise.all([worker(), worker()]);
  return verdicts;
}

// REQ-DIODE-001
it("no change of device set-up or manifest check goes unseen", async () => {
  // What sees everything sees nothing: with the mutants' flags the unchanged sources must pass.
  for (const judge of new Set(SET_UP.map(([judge]) => judge)))
    expect(await verdict(judge, `plain-${judge.program}`, {}, MUTANT_FLAGS)).toBeUndefined();
  let seen = 0;
  const alive: string[] = [];
  for (const [judge, file] of SET_UP) {
    const lines = sourceOf(file).split("\n");
    const outcome = await tried({
      record: join(RECORDS, "runtime.json"),
      part: `${judge.program}.c of ${file}`,
      hash: await sourcesOf(judge, file),
      mutants: mutantsOf(file, sourceOf(file)),
      nameOf: (m) => `${m.file}:${m.line}: ${m.from} -> ${m.to}: ${lines[m.line - 1]}`,
      attempt: (mutants) => attempt(judge, mutants),
    });
    seen += outcome.seen;
    alive.push(...outcome.alive);
  }
  console.log(`${seen + alive.length} mutants of ${SET_UP.map(([, file]) => file).join(", ")}, ${seen} seen`);
  expect(alive.filter((line) => !SAME.test(line))).toEqual([]);
  expect(seen).toBeGreaterThan(200);
});
