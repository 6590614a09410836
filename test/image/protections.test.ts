// One image for each thing the user part must not be able to do, as Solo5's tests do: the image's kernel part around a
// program of a few lines that does it. It must trap, the trap must be told on the console and by the exit code.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linkImage } from "../../appliance/build/link.ts";
import { placePolicy } from "../../appliance/build/place.ts";
import type { Arch } from "../../appliance/contract/arch.ts";
import type { ExitName } from "../../appliance/hosts/exits.ts";
import { ROOT } from "../../lib/asc.ts";
import { arches, Images, policy } from "./images.ts";

const PROGRAMS = join(ROOT, "appliance", "runtime", "test");

type Expected = Record<string, [ExitName, RegExp]>;

const EVERYWHERE: Expected = {
  write_text: ["FAULT_TEXT", /^weir: trap: page fault write at 0x(40)?10\w+ pc 0x(40)?10\w+ in user$/],
  write_constants: ["FAULT_READ_ONLY", /page fault write at/],
  write_policy: ["FAULT_READ_ONLY", /page fault write at/],
  write_descriptors: ["FAULT_READ_ONLY", /page fault write at/],
  write_used: ["FAULT_READ_ONLY", /page fault write at/],
  execute_data: ["FAULT_EXECUTE", /page fault execute at/],
  execute_stack: ["FAULT_EXECUTE", /page fault execute at/],
  execute_received: ["FAULT_EXECUTE", /page fault execute at/],
  execute_kernel: ["FAULT_PRIVILEGED", /page fault execute at/],
  null_read: ["FAULT_NULL", /page fault read at 0x0 pc/],
  stack_overflow: ["FAULT_STACK", /page fault write at .* in user: out of stack$/],
  device_register: ["FAULT_PRIVILEGED", /page fault write at 0x(feb00e50|a003e50) pc/],
  kernel_read: ["FAULT_PRIVILEGED", /page fault read at/],
  kernel_stack: ["FAULT_PRIVILEGED", /page fault write at/],
  page_tables: ["FAULT_PRIVILEGED", /page fault write at 0x(1000|40000000) pc/],
  unmapped: ["FAULT_UNMAPPED", /page fault read at 0x(3ff000|400ff000) pc/],
  bad_call: ["BAD_CALL", /^weir: stopped: the user part made an undefined system call/],
  long_print: ["BAD_CALL", /^weir: stopped: the user part made an undefined system call/],
  other_doorbell: ["BAD_CALL", /^weir: stopped: the user part made an undefined system call/],
};

const UNDEFINED: Expected[string] = ["FAULT_INSTRUCTION", /^weir: trap: undefined instruction pc 0x\w+ in user$/];
const PRIVILEGED: Expected[string] = ["FAULT_INSTRUCTION", /^weir: trap: privileged instruction pc 0x\w+ in user$/];

/** Programs of what only one kind of CPU has. */
const ONLY: Record<Arch, Expected> = {
  x86_64: {
    privileged: ["FAULT_INSTRUCTION", /^weir: trap: protection pc 0x10\w+ in user$/],
    port: ["FAULT_INSTRUCTION", /^weir: trap: protection pc 0x10\w+ in user$/],
    undefined: UNDEFINED,
    division: ["FAULT_ARITHMETIC", /^weir: trap: division by zero pc/],
  },
  aarch64: {
    privileged: PRIVILEGED,
    undefined: UNDEFINED,
    translation: UNDEFINED,
    firmware: UNDEFINED,
    secure_firmware: UNDEFINED,
    semihosting: UNDEFINED,
    halt: PRIVILEGED,
    timer: PRIVILEGED,
    cache: PRIVILEGED,
  },
};

/** What one CPU is tried for alone, and why the other is not. */
const WITHOUT_COUNTERPART: Record<string, string> = {
  port: "AArch64 has no I/O ports: its device registers are memory (device_register, other_doorbell)",
  division: "AArch64's division by zero is 0, no fault; WebAssembly's own check of it: replay.test.ts",
  translation:
    "x86-64's move to CR3 is refused as every privileged instruction (privileged); EL0 is refused each register by itself",
  halt: "the same: HLT; for EL0 it is a switch in SCTLR_EL1 (nTWI), which could be forgotten",
  timer:
    "x86-64's timers are behind ports and device registers (port, device_register); CNTKCTL_EL1 could let EL0 have Arm's",
  cache: "x86-64 lets every program flush its own lines (CLFLUSH); for EL0 it is a switch in SCTLR_EL1 (UCI)",
  firmware: "x86-64 machines' firmware is called through ports (port)",
  secure_firmware: "the same",
  semihosting: "QEMU has none for x86-64",
};

const programsIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".c"))
    .map((name) => name.slice(0, -2));

it("what one CPU is tried for the other is too, or it is said why not", () => {
  const [x86, arm] = [Object.keys(ONLY.x86_64), Object.keys(ONLY.aarch64)];
  const alone = [...x86.filter((name) => !arm.includes(name)), ...arm.filter((name) => !x86.includes(name))];
  expect(alone.sort()).toEqual(Object.keys(WITHOUT_COUNTERPART).sort());
});

// REQ-IMAGE-006
describe.each(arches)("on %s the user part cannot", (arch) => {
  let images: Images;
  beforeAll(async () => {
    images = await Images.open(arch);
  });
  afterAll(() => images.close());

  async function image(program: string): Promise<string> {
    const { folder } = images;
    const out = join(folder, `${program}-linked.elf`);
    const source = join(PROGRAMS, program in EVERYWHERE ? "" : arch, `${program}.c`);
    const { stripped } = await linkImage({ arch, sources: [], folder, out, user: [source] });
    return images.write(program, placePolicy(readFileSync(stripped), policy()));
  }

  it("has a test for each program", () => {
    expect(programsIn(PROGRAMS).sort()).toEqual(Object.keys(EVERYWHERE).sort());
    expect(programsIn(join(PROGRAMS, arch)).sort()).toEqual(Object.keys(ONLY[arch]).sort());
  });

  it.each(Object.entries({ ...EVERYWHERE, ...ONLY[arch] }))("%s", async (program, [name, line]) => {
    const outcome = await images.outcome(await image(program));
    expect(outcome.lines.at(-1)).toMatch(line);
    expect(outcome.lines).toHaveLength(1);
    expect(outcome.name).toBe(name);
  });
});
