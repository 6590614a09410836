/**
 * Datagrams that nobody who has the key made, as they are. One of them may be a genuine record that somebody altered: its code, or what
 * is left of it, shows that as soon as the record itself or its successor has come. Until then it waits here.
 */
import { Queue } from "./queue.ts";
import type { Report } from "./reports.ts";

/** Suspects that wait, and those that were called forged and may yet turn out to be altered: the oldest go. */
const MOST = 65536;

interface Suspect {
  codes: string[];
  report: Report;
  records: number;
  time: number;
  /** Called what its report says; or known to be an altered record. */
  settled: "" | "called" | "known";
}

export class Suspects {
  readonly #waiting = new Queue<Suspect>();
  readonly #called = new Queue<Suspect>();
  /** By code. */
  readonly #awaited = new Map<string, Set<Suspect>>();
  readonly #call: (report: Report, takenBack?: Report["class"]) => void;

  /** @param call takes what each is called; `takenBack`: what it was called before, wrongly */
  constructor(call: (report: Report, takenBack?: Report["class"]) => void) {
    this.#call = call;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** @param codes of what record it may be @param report what it is called unless that comes @param records, time when */
  add(codes: string[], report: Report, records: number, time: number): void {
    const suspect: Suspect = { codes, report, records, time, settled: "" };
    this.#waiting.push(suspect);
    for (const code of codes) {
      const others = this.#awaited.get(code);
      if (others) others.add(suspect);
      else this.#awaited.set(code, new Set([suspect]));
    }
    if (this.#waiting.length > MOST) this.#callForged(this.#waiting.shift());
  }

  /** The record of a code is known. */
  known(code: string, boot: number, sequence: number): void {
    for (const suspect of [...(this.#awaited.get(code) ?? [])]) {
      const { settled, report } = suspect;
      if (settled === "known") continue;
      this.#forget(suspect);
      suspect.settled = "known";
      const late = settled === "called";
      this.#call(tampered(report, boot, sequence, late), late ? report.class : undefined);
    }
  }

  /** Those that waited for so many records, or for so long, are forged. */
  settle(records: number, time: number): void {
    for (let first = this.#waiting.first; first; first = this.#waiting.first) {
      if (!first.settled && first.records > records && first.time > time) return;
      this.#callForged(this.#waiting.shift());
    }
  }

  #callForged(suspect: Suspect): void {
    if (suspect.settled) return;
    suspect.settled = "called";
    this.#call(suspect.report);
    if (!suspect.codes.length) return;
    this.#called.push(suspect);
    if (this.#called.length > MOST) this.#forget(this.#called.shift());
  }

  #forget(suspect: Suspect): void {
    for (const code of suspect.codes) {
      const others = this.#awaited.get(code);
      if (others?.delete(suspect) && !others.size) this.#awaited.delete(code);
    }
  }
}

/** What a datagram is reported as whose record is known. */
export const tampered = (report: Report, boot: number, sequence: number, late = false): Report => ({
  ...{ ...report, class: "tampered", boot, first: sequence },
  ...(late && { late: true as const }),
});
