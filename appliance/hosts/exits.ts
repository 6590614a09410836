// REQ-DIODE-013
/** What the image ended with, by the exit codes of appliance/contract/layouts/image.ts. */
import { ExitCode, ExitCodeWords } from "../contract/generated/image.ts";

export type ExitName = keyof typeof ExitCode;

export interface Exit {
  /** What the image said, or how it came that it said nothing. */
  name: ExitName | "STOPPED" | "TIMEOUT" | "HYPERVISOR";
  text: string;
}

/** The exit code that is in a line of the console, as the kernel part writes it last of all. */
export function exitLine(line: string): number | undefined {
  const found = /^weir: exit 0x([0-9a-f]{1,2})$/.exec(line);
  return found ? Number.parseInt(found[1]!, 16) : undefined;
}

/**
 * What a process that ran an image came to. isa-debug-exit makes 2 * code + 1 of the image's code; other hosts carry none.
 * @param said the code that was in the console's last line, if it was one of exitLine()'s: it counts, whatever the status
 */
export function decodeExit(status: number | null, signal: string | null, said?: number): Exit {
  const ended = said !== undefined ? 2 * said + 1 : status;
  const found = (Object.keys(ExitCode) as ExitName[]).find((name) => ended === 2 * ExitCode[name] + 1);
  if (found) return { name: found, text: ExitCodeWords[found] };
  if (status === 0 || signal === "SIGTERM" || signal === "SIGKILL")
    return { name: "STOPPED", text: "stopped from outside" };
  return { name: "HYPERVISOR", text: `the hypervisor ended with ${signal ?? `status ${status}`}` };
}
