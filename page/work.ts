// REQ-DETECT-010
/**
 * What the page asks of its worker: one analysis at a time, which keeps what it read so that a moved threshold costs one run.
 * Everything here runs in Node as well, where page/page.test.ts compares the two.
 */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { Provenance } from "../tuning/tune/write.ts";
import { type Around, framesAround, messagesAround } from "./around.ts";
import { type Bus, readBus } from "./bus.ts";
import { type Judged, judge } from "./judge.ts";
import { type Factors, type Job, type Lowered, type Progress, type RunResult, run, runLowered } from "./run.ts";

export interface View {
  run: RunResult;
  lowered: Lowered;
  /** The policy's own, before anything was moved. */
  factors: Factors;
  /** Only where captures hold 1553 messages. */
  bus: Bus | undefined;
  /** Only with labels. */
  judged: Judged | undefined;
  /** Why there are labels but no `judged`. */
  problem: string | undefined;
}

const SIDE = 5;

export class Work {
  #view: View | undefined;
  #job: Job | undefined;
  #labels: readonly string[] = [];

  /** Captures under a policy, from nothing. */
  async open(job: Job, labels: readonly string[], progress: Progress): Promise<View> {
    this.#view = undefined;
    const lowered = await runLowered(job, (packets) => progress(packets / 2));
    const done = await run(job, (packets) => progress(lowered.packetTimes.length / 2 + packets / 2));
    const bus = done.messages > 0 ? await readBus(job.captures) : undefined;
    spanOf(done, bus);
    this.#job = job;
    this.#labels = labels;
    this.#view = { run: done, lowered, factors: done.factors, bus, judged: undefined, problem: undefined };
    this.#judge();
    return this.#view;
  }

  /** The same captures once more, under values in place of the policy's. What was not touched stays. */
  async again(sets: readonly string[], progress: Progress): Promise<Pick<View, "run" | "judged" | "problem">> {
    const view = this.#view!;
    view.run = await run({ ...this.#job!, sets: [...(this.#job!.sets ?? []), ...sets] }, progress);
    spanOf(view.run, view.bus);
    this.#judge();
    return view;
  }

  /** What another policy makes of the same captures. */
  async compare(job: Omit<Job, "captures">, progress: Progress): Promise<RunResult> {
    const { sets: _, ...own } = this.#job!; // baseline, too, where it takes the place of the policy's
    return run({ ...own, ...job }, progress);
  }

  async around(unit: "packets" | "messages", number: number): Promise<Around[]> {
    const read = unit === "messages" ? messagesAround : framesAround;
    return read(this.#job!.captures, number, SIDE);
  }

  /** What an exported policy says of where its thresholds come from. */
  async provenance(): Promise<Pick<Provenance, "captures" | "baseline">> {
    const { captures, baseline } = this.#job!;
    const { run, bus } = this.#view!;
    const named = async (path: string) => ({ name: path, sha256: await digestOf(path) });
    const list: Provenance["captures"][number][] = [];
    for (const path of captures) {
      const file = run.files.find(({ name }) => name === path);
      const seconds = file?.seconds || (bus && captures.length === 1 ? run.last - run.first : 0);
      list.push({ ...(await named(path)), hours: seconds / 3600 });
    }
    return { captures: list, ...(baseline !== undefined && { baseline: await named(baseline) }) };
  }

  #judge(): void {
    const view = this.#view!;
    view.judged = view.problem = undefined;
    if (!this.#labels.length) return;
    try {
      view.judged = judge(this.#labels, view.run, view.lowered, view.factors, view.bus);
    } catch (error) {
      view.problem = error instanceof Error ? error.message : String(error);
    }
  }
}

/** Chapter 10 files have no packets: their time is that of their messages. */
function spanOf(run: RunResult, bus: Bus | undefined): void {
  if (run.packets || !bus?.length) return;
  run.first = bus.time.reduce((least, time) => Math.min(least, time));
  run.last = bus.time.reduce((most, time) => Math.max(most, time));
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  const handle = await open(path);
  const buffer = new Uint8Array(1 << 20);
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
  }
  await handle.close();
  return hash.digest("hex");
}
