// REQ-GROUND-022
/** Watches what the host loses on the way to a running image, and says it: with how many, of how many, and where. */
import { existsSync } from "node:fs";
import { type Counts, countsOf } from "./counts.ts";
import { counter, links } from "./kernel.ts";
import { found, kept, pathOf, tapsOf } from "./wiring.ts";

/** Of the tap of `in`, and of the ports in front of it where `weir host setup` made them. */
export class LossWatch {
  readonly #tap: string;
  readonly #look: () => Counts;
  readonly ports: readonly string[];
  #last: Counts;

  /** @param folder where wirings are kept */
  constructor(tap: string, folder = "/etc/weir") {
    this.#tap = tap;
    const name = tap.replace(/-in$/, "");
    if (tapsOf(name).in === tap && existsSync(pathOf(folder, name))) {
      const all = links();
      this.ports = kept(folder, name)
        .watch.map((port) => found(port, all)?.name)
        .filter((port) => port !== undefined);
      this.#look = () => countsOf(name, this.ports);
    } else {
      this.ports = [];
      this.#look = () => ofTap(tap);
    }
    this.#last = this.#look();
  }

  /** What was counted since the last look. */
  look(): Counts {
    const now = this.#look();
    const last = this.#last;
    this.#last = now;
    // An interface that was made anew counts from 0
    const more = (key: keyof Counts) => (now[key] < last[key] ? now[key] : now[key] - last[key]);
    return {
      arrived: more("arrived"),
      lostByPort: more("lostByPort"),
      lostByImage: more("lostByImage"),
      refusedOnWatched: more("refusedOnWatched"),
      refusedFromIn: more("refusedFromIn"),
    };
  }

  /** Of what was counted in so many seconds. */
  text(counts: Counts, seconds: number): string[] {
    return lossLines(counts, this.#tap, this.ports.join(", "), seconds);
  }
}

/** Lines for a person; none when all is well. */
export function lossLines(
  { arrived, lostByPort, lostByImage, refusedOnWatched, refusedFromIn }: Counts,
  tap: string,
  ports: string,
  seconds: number,
): string[] {
  const lines: string[] = [];
  const lost = lostByPort + lostByImage;
  if (lost) {
    const where = [
      ...(lostByImage ? [`${lostByImage} in ${tap}, which was full: the image did not take them in time`] : []),
      ...(lostByPort ? [`${lostByPort} by ${ports}, which could not take them`] : []),
    ];
    lines.push(`LOST ${lost} of ${arrived + lostByPort} frames of the last ${seconds} s: ${where.join("; ")}`);
  }
  if (refusedOnWatched)
    lines.push(`this host tried to send ${refusedOnWatched} frames on ${ports}, which is watched; none was sent`);
  if (refusedFromIn)
    lines.push(
      `${refusedFromIn} frames came out of ${tap}, which only receives; none went on. No image does that: look at the hypervisor`,
    );
  return lines;
}

function ofTap(tap: string): Counts {
  const lostByImage = counter(tap, "tx_dropped");
  return {
    arrived: counter(tap, "tx_packets") + lostByImage,
    ...{ lostByPort: 0, lostByImage, refusedOnWatched: 0, refusedFromIn: 0 },
  };
}
