/** An image while it runs, for weir run: its console, its signs of life, signals, how it ended. */
import { fromEvent, interval, merge, take } from "rxjs";
import type { Appliance } from "../appliance/hosts/descriptions/appliance.ts";
import type { Exit } from "../appliance/hosts/exits.ts";
import type { Running, Starter } from "../appliance/hosts/host.ts";
import { isJournal, lineFor, Priority } from "../appliance/hosts/service/journal.ts";
import type { LifeWatch } from "../appliance/hosts/service/watch.ts";
import { Vigil } from "../appliance/hosts/vigil.ts";
import { LossWatch } from "../wiring/loss.ts";

/** Seconds between two looks at what the host counts. */
export const LOOK = 10;

export interface Watched {
  /** Seconds; undefined: for ever. */
  patience: number | undefined;
  /** Where weir host setup keeps wirings. */
  wiring: string;
  life: LifeWatch;
}

/** Runs it to its end. @returns the exit code */
export async function watched(
  starter: Starter,
  appliance: Appliance,
  { patience, wiring, life }: Watched,
): Promise<number> {
  let asked = false;
  let why: string | undefined;
  const vigil = new Vigil({
    patience,
    taps: Object.fromEntries(appliance.nics.map(({ name, tap }) => [name, tap])) as Record<"out" | "log", string>,
    warn: say,
    end: (reason) => {
      why = reason;
      void running.stop();
    },
  });
  const toJournal = isJournal(1);
  const onLine = (line: string) => {
    const { ERROR, INFORMATION } = Priority;
    process.stdout.write(lineFor(toJournal, /^weir: (refused|stopped):/.test(line) ? ERROR : INFORMATION, line));
    vigil.take(line);
    if (line === "weir: ready") life.ready(`ready, ${appliance.accelerator}`);
  };
  let running: Running;
  try {
    running = starter.start(appliance, { onLine });
  } catch (error) {
    vigil.close();
    await life.ended((error as Error).message);
    throw error;
  }
  for (const note of running.notes) say(note);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"].map((name) => fromEvent(process, name));
  const stopping = merge(...signals)
    .pipe(take(1))
    .subscribe(() => {
      asked = true;
      void running.stop();
    });
  const losses = watchLosses(appliance, wiring);
  const exit = await running.exit;
  losses.unsubscribe();
  stopping.unsubscribe();
  vigil.close();
  for (const complaint of running.complaints) process.stderr.write(lineFor(isJournal(2), Priority.ERROR, complaint));
  const trouble = troubleOf(exit, why, asked);
  if (trouble !== undefined) say(trouble, Priority.ERROR);
  await life.ended(trouble);
  return trouble === undefined ? 0 : 1;
}

function watchLosses({ nics }: Appliance, wiring: string) {
  const watch = new LossWatch(nics.find(({ name }) => name === "in")!.tap, wiring);
  return interval(LOOK * 1000).subscribe(() => {
    for (const line of watch.text(watch.look(), LOOK)) say(line);
  });
}

/** In words, what was not meant to happen; undefined: it was stopped because somebody asked for it. */
function troubleOf({ name, text }: Exit, why: string | undefined, asked: boolean): string | undefined {
  if (why !== undefined) return `the image was ended: ${why}`;
  if (name !== "STOPPED") return `the image ended: ${text}`;
  return asked ? undefined : "the hypervisor ended, and the image did not say why: it was killed, or has crashed";
}

/** A line on stderr. */
export const say = (text: string, priority: Priority = Priority.WARNING) =>
  void process.stderr.write(lineFor(isJournal(2), priority, `weir: ${text}`));
