// REQ-GROUND-024
/**
 * How a running image is, in a file that `weir run --status` keeps: for weir deploy, and for whoever else wants to know. It is written
 * whole at each change, and at each look that found the image alive.
 */
import { z } from "zod";
import { readText, writeWhole } from "../../../lib/files.ts";

const text = z.string().max(1000);

const status = z.strictObject({
  version: z.literal(1),
  /** starting; ready: it said so; ended: the hypervisor is gone. */
  state: z.enum(["starting", "ready", "ended"]),
  /** Of the image's file, as weir inspect prints it. */
  sha256: text,
  /** The number of this start: greater than all before. */
  boot: z.string().regex(/^\d{1,20}$/),
  /** Looks, one each second, that found new frames of the image on `log` since it was ready: heartbeats, or other records. */
  beats: z.int().min(0),
  /** Why it ended. */
  why: text.optional(),
});

export type Status = z.infer<typeof status>;

export const writeStatus = (path: string, now: Status): void =>
  writeWhole(path, `${JSON.stringify(now)}\n`, { mode: 0o644 });

/** undefined: there is none yet. @throws Error when it is something else */
export function readStatus(path: string): Status | undefined {
  let content: string;
  try {
    content = readText(path, 1 << 16, "file");
  } catch (error) {
    if (/\(ENOENT\)$/.test((error as Error).message)) return undefined;
    throw error;
  }
  try {
    return status.parse(JSON.parse(content));
  } catch {
    throw new Error(`${path}: is not what weir run --status writes`);
  }
}
