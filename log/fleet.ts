// REQ-LOG-016
/**
 * The logs of many appliances at one socket: each has a key, a verifier, files and an index of its own, in a folder with its name. A
 * record is of the appliance that it names; only that one's key tells whether this is true, so nobody can spoil the log of another.
 */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Collector, type CollectorOptions, FILES } from "./collector.ts";
import { hostOf } from "./record.ts";
import { ReportBudget } from "./reported.ts";
import { type Report, reportJson } from "./reports.ts";
import { RotatingFile } from "./rotate.ts";

/** What is said without a host is of none of the appliances. */
export interface FleetOptions extends Omit<CollectorOptions, "host" | "key"> {
  /** The appliances' names, as `interfaces.log.hostname` has them, and their keys of 32 bytes. */
  keys: ReadonlyMap<string, Uint8Array>;
}

const SUFFIX = ".key";

/** Names of the appliances whose keys are in a folder: NAME.key. @throws Error when there is none */
export function namesIn(folder: string): string[] {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort();
  if (!names.length) throw new Error(`${folder}: contains no key, expected NAME.key for each appliance`);
  const odd = names.find((name) => !/^[A-Za-z0-9][A-Za-z0-9.-]{0,30}$/.test(name));
  if (odd !== undefined)
    throw new Error(`${join(folder, odd + SUFFIX)}: expected an appliance's interfaces.log.hostname and .key`);
  return names;
}

export class Fleet {
  readonly collectors: ReadonlyMap<string, Collector>;
  /** Records of appliances that are not known here. */
  strangers = 0;
  readonly #options: FleetOptions;
  readonly #reports: RotatingFile;
  readonly #budget = new ReportBudget(false);

  /** @param now ms, where it is live */
  constructor(options: FleetOptions, now = 0) {
    const { keys, folder, ...rest } = options;
    this.#options = options;
    this.collectors = new Map(
      [...keys].map(([host, key]) => {
        const own = join(folder, host);
        mkdirSync(own, { recursive: true });
        return [host, new Collector({ ...rest, folder: own, host, key }, now)];
      }),
    );
    this.#reports = new RotatingFile(join(folder, FILES.reports), rest.rotation, now);
  }

  /** As a collector's. */
  take(payload: Buffer, now = 0, from?: string): void {
    const host = hostOf(payload);
    const collector = host === undefined ? undefined : this.collectors.get(host);
    if (collector) {
      collector.take(payload, now, from);
      return;
    }
    this.strangers++;
    const report: Report = {
      class: host === undefined ? "not_ours" : "stranger",
      ...(host !== undefined && { claims: host }),
      ...(from !== undefined && { from }),
    };
    if (this.#budget.allows(report, now)) this.#write(report);
    this.#options.onReport?.(report);
  }

  tick(now: number): void {
    for (const collector of this.collectors.values()) collector.tick(now);
    for (const summary of this.#budget.summaries(now)) this.#write(summary);
    this.#reports.flush(now);
  }

  close(): void {
    for (const collector of this.collectors.values()) collector.close();
    for (const summary of this.#budget.summaries()) this.#write(summary);
    this.#reports.flush(0);
    this.#reports.close();
  }

  #write(report: Report): void {
    const arrived = this.#options.live ? new Date().toISOString() : undefined;
    this.#reports.write(Buffer.from(reportJson(report, "1970-01-01T00:00:00.000000+0000", arrived)));
  }
}
