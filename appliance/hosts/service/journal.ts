/** Lines for systemd's journal: with the priority in front that sd-daemon(3) describes, where the output goes there. */
import { fstatSync } from "node:fs";

export const Priority = { ERROR: 3, WARNING: 4, NOTICE: 5, INFORMATION: 6 } as const;
export type Priority = (typeof Priority)[keyof typeof Priority];

/** Whether a descriptor is the journal's: systemd names its device and inode (systemd.exec(5)). */
export function isJournal(fd: number, { JOURNAL_STREAM: named } = process.env): boolean {
  if (!named) return false;
  try {
    const { dev, ino } = fstatSync(fd);
    return named === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** A line with its end; where it is for the journal, each of its lines has the priority. */
export const lineFor = (toJournal: boolean, priority: Priority, text: string): string =>
  toJournal ? text.replace(/^/gm, `<${priority}>`).concat("\n") : `${text}\n`;
