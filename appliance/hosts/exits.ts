// REQ-DIODE-013
/** The image's exit codes, as runtime/kernel/kernel.h has them (test/image/exits.test.ts compares): name, and what to tell. */
export const EXITS = {
  DONE: [1, "done"],
  MEMORY: [10, "refused: too little memory for the image and its policy"],
  COMMAND_LINE: [11, "refused: the kernel command line"],
  MANIFEST: [12, "refused: the image's manifest"],
  DEVICES: [13, "refused: the devices are not those of the manifest"],
  DEVICE_REFUSED: [14, "refused: a device does not agree to what the image needs"],
  CLOCK: [15, "refused: the clock's frequency is not known"],
  POLICY_MISSING: [16, "refused: no policy in the image"],
  POLICY_DAMAGED: [17, "refused: the policy is damaged or of another version"],
  POLICY_REFUSED: [18, "refused: a compartment refused its part of the policy"],
  ABI: [19, "refused: a compartment is of another ABI version"],
  HOSTILE_DEVICE: [30, "stopped: a device wrote what no device may"],
  CONTRACT: [31, "stopped: a compartment broke its contract"],
  STREAM: [32, "stopped: what was replayed is no stream of records"],
  STALLED: [33, "stopped: nobody takes what the replay sends"],
  BAD_CALL: [34, "stopped: the user part made an undefined system call"],
  INSPECT_TRAP: [41, "trap in inspect"],
  GUARD_TRAP: [42, "trap in guard"],
  JOURNAL_TRAP: [43, "trap in journal"],
  FAULT_TEXT: [50, "trap: write to code"],
  FAULT_READ_ONLY: [51, "trap: write to memory that may only be read"],
  FAULT_EXECUTE: [52, "trap: execution of data"],
  FAULT_NULL: [53, "trap: access to page 0"],
  FAULT_STACK: [54, "trap: out of stack"],
  FAULT_PRIVILEGED: [55, "trap: access to what is the kernel part's"],
  FAULT_UNMAPPED: [56, "trap: access to what is not mapped"],
  FAULT_INSTRUCTION: [57, "trap: undefined or privileged instruction"],
  FAULT_ARITHMETIC: [58, "trap: arithmetic"],
  FAULT_OTHER: [59, "trap: unexpected"],
  FAULT_KERNEL: [60, "trap in the kernel part"],
} as const satisfies Record<string, readonly [number, string]>;

export type ExitName = keyof typeof EXITS;

export interface Exit {
  /** What the image said, or how it came that it said nothing. */
  name: ExitName | "STOPPED" | "TIMEOUT" | "HYPERVISOR";
  text: string;
}

/** The exit code that is in a line of the console, as the kernel part writes it last of all where nothing else carries it. */
export function exitLine(line: string): number | undefined {
  const found = /^weir: exit 0x([0-9a-f]{1,2})$/.exec(line);
  return found ? Number.parseInt(found[1]!, 16) : undefined;
}

/**
 * What a process that ran an image came to. isa-debug-exit makes 2 * code + 1 of the image's code.
 * @param said the code that was in the console's last line, if it was one of exitLine()'s
 */
export function decodeExit(status: number | null, signal: string | null, said?: number): Exit {
  const ended = status === 0 && said !== undefined ? 2 * said + 1 : status;
  const found = Object.entries(EXITS).find(([, [code]]) => ended === 2 * code + 1);
  if (found) return { name: found[0] as ExitName, text: found[1][1] };
  if (status === 0 || signal === "SIGTERM" || signal === "SIGKILL")
    return { name: "STOPPED", text: "stopped from outside" };
  return { name: "HYPERVISOR", text: `the hypervisor ended with ${signal ?? `status ${status}`}` };
}
