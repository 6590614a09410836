/** inspect as it flies, asked for nothing but the anomalies that it names. */
import { readFileSync } from "node:fs";
import type { Inspect } from "../../appliance/abi/abi.ts";
import { compileOnboard } from "../../appliance/build/asc.ts";
import { COMPARTMENTS } from "../../appliance/build/compartments.ts";
import { Appliance } from "../../appliance/hosts/embedded/appliance.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { policyWith } from "../../diode/testing/guard.ts";
import { record } from "./frames.ts";

export class InFlight {
  readonly #appliance: Appliance;
  #number = 0;

  private constructor(appliance: Appliance) {
    this.#appliance = appliance;
  }

  static async create(more = ""): Promise<InFlight> {
    const modules = COMPARTMENTS.map(
      async ({ name, entry, pages }) =>
        [name, new WebAssembly.Module(readFileSync(await compileOnboard(entry, { pages })))] as const,
    );
    const policy = policyWith("", `detectors: { anomalies: { per-second: 1000 } }\n${more}`);
    const { parts } = compilePolicyText(policy, "policy.yaml");
    return new InFlight(new Appliance(Object.fromEntries(await Promise.all(modules)) as never, parts));
  }

  get inspect(): Inspect {
    return this.#appliance.compartments.inspect;
  }

  /** Names of the anomalies of each frame, ten milliseconds apart; inspect alone. @param records one behind the other */
  anomaliesOf(records: Uint8Array, count: number): string[][] {
    const { inspect } = this;
    this.#appliance.input.set(records);
    const found = Array.from({ length: count }, (): string[] => []);
    for (let at = 0; at < records.length; ) {
      at = inspect.run(at, records.length);
      const events = Buffer.from(inspect.memory.buffer, inspect.eventsAt(), inspect.eventsLength()).toString("latin1");
      for (const [, number, event] of events.matchAll(/"pcap_cnt":(\d+),(?:(?!"timestamp").)*?"event":"([^"]+)"/g))
        found[(Number(number) - 1) % count]!.push(event!);
    }
    return found;
  }

  /** Names of the anomalies of one frame; each comes a second after the one before. */
  anomalies(frame: Uint8Array, o: { link?: number; original?: number } = {}): string[] {
    const number = ++this.#number;
    const bytes = record(frame, { ...o, time: BigInt(number) * 1_000_000_000n, number });
    this.#appliance.input.set(bytes);
    const found: string[] = [];
    this.#appliance.run(bytes.length, {
      forwarded: () => {},
      record: (json) => {
        const event = JSON.parse(Buffer.from(json).toString()) as { anomaly?: { event: string }; pcap_cnt?: number };
        if (event.anomaly && event.pcap_cnt === number) found.push(event.anomaly.event);
      },
    });
    return found;
  }
}
