// One image for each thing the user part must not be able to do, as Solo5's tests do: the image's kernel part around a
// program of a few lines that does it. It must trap, the trap must be told on the console and by the exit code.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../appliance/build/asc.ts";
import { linkImage } from "../../appliance/build/link.ts";
import { placePolicy } from "../../appliance/build/place.ts";
import type { ExitName } from "../../appliance/hosts/exits.ts";
import { Images, policy } from "./images.ts";

const PROGRAMS = join(ROOT, "appliance", "runtime", "test");

const EXPECTED: Record<string, [ExitName, RegExp]> = {
  write_text: ["FAULT_TEXT", /^weir: trap: page fault write at 0x10\w+ pc 0x10\w+ in user$/],
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
  device_register: ["FAULT_PRIVILEGED", /page fault write at 0xfeb00e50 pc/],
  kernel_read: ["FAULT_PRIVILEGED", /page fault read at/],
  kernel_stack: ["FAULT_PRIVILEGED", /page fault write at/],
  page_tables: ["FAULT_PRIVILEGED", /page fault write at 0x1000 pc/],
  unmapped: ["FAULT_UNMAPPED", /page fault read at 0x3ff000 pc/],
  privileged: ["FAULT_INSTRUCTION", /^weir: trap: protection pc 0x10\w+ in user$/],
  port: ["FAULT_INSTRUCTION", /^weir: trap: protection pc 0x10\w+ in user$/],
  undefined: ["FAULT_INSTRUCTION", /^weir: trap: undefined instruction pc/],
  division: ["FAULT_ARITHMETIC", /^weir: trap: division by zero pc/],
  bad_call: ["BAD_CALL", /^weir: stopped: the user part made a call/],
  long_print: ["BAD_CALL", /^weir: stopped: the user part made a call/],
  other_doorbell: ["BAD_CALL", /^weir: stopped: the user part made a call/],
};

let images: Images;
beforeAll(async () => {
  images = await Images.open();
});
afterAll(() => images.close());

async function image(program: string): Promise<string> {
  const { folder } = images;
  const out = join(folder, `${program}-linked.elf`);
  const { stripped } = await linkImage({ sources: [], folder, out, user: [join(PROGRAMS, `${program}.c`)] });
  return images.write(program, placePolicy(readFileSync(stripped!), policy()));
}

describe("the user part cannot", () => {
  it("has a test for each program", () => {
    const programs = readdirSync(PROGRAMS).filter((name) => name.endsWith(".c"));
    expect(programs.map((name) => name.slice(0, -2)).sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it.each(Object.entries(EXPECTED))("%s", async (program, [name, line]) => {
    const outcome = await images.outcome(await image(program));
    expect(outcome.lines.at(-1)).toMatch(line);
    expect(outcome.lines).toHaveLength(1);
    expect(outcome.name).toBe(name);
  });
});
