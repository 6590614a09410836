/** inspect as it flies, asked for nothing but the anomalies that it names: to be held against what `weir decode` says. */
import { type Inspect, RecordKind, startInspect } from "../../appliance/contract/abi.ts";
import { loadModules } from "../../appliance/hosts/node.ts";
import { packTunnels } from "../../diode/policy/pack.ts";
import { TUNNEL_PORTS } from "../../diode/policy/schema.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { policyWith } from "../../diode/testing/guard.ts";
import { record } from "./frames.ts";

let loaded: Promise<WebAssembly.Module> | undefined;

const policyOf = (tunnels: string) =>
  policyWith("", `recorders: any\n${tunnels}\ndetectors: { anomalies: { per-second: 1000 } }`);

const ports = (port: number | undefined) => (port === 2152 ? [2152, 2123, 3386] : [port]);
const KINDS = Object.entries(TUNNEL_PORTS).flatMap(([kind, port]) => ports(port).map((one) => ({ kind, port: one })));
/** Each kind of tunnel between any hosts: their malformed headers are anomalies then. */
export const ALL_TUNNELS = `tunnels:\n${KINDS.map(({ kind, port }, n) => `  - { name: t${n}, kind: ${kind}, between: any${port ? `, port: ${port}` : ""} }`).join("\n")}`;
/** The same for a Decoder. */
export const allTunnels = (): Uint8Array =>
  Buffer.concat(packTunnels(compilePolicyText(policyOf(ALL_TUNNELS), "policy.yaml").policy));

export class InFlight {
  readonly #inspect: Inspect;
  readonly #input: Uint8Array;
  #number = 0;

  private constructor(inspect: Inspect) {
    this.#inspect = inspect;
    this.#input = new Uint8Array(inspect.memory.buffer, inspect.inputAt(), inspect.inputSize());
  }

  /** Fresh tables. */
  static async create(tunnels = "tunnels: any"): Promise<InFlight> {
    loaded ??= loadModules().then(({ inspect }) => inspect);
    const module = await loaded;
    const { inspect: part } = compilePolicyText(policyOf(tunnels), "policy.yaml").parts;
    const flight = new InFlight(startInspect(module));
    flight.#input.set(part);
    if (flight.#inspect.configure(part.length) !== 0) throw new Error("inspect refused its policy");
    return flight;
  }

  /** Text of all events of these records, in the order in which they are said. */
  #said(records: Uint8Array): string {
    this.#input.set(records);
    const parts: string[] = [];
    for (let at = 0; at < records.length; ) {
      at = this.#inspect.run(at, records.length);
      const { memory } = this.#inspect;
      const events = Buffer.from(memory.buffer, this.#inspect.eventsAt(), this.#inspect.eventsLength());
      parts.push(events.toString("latin1"));
    }
    return parts.join("");
  }

  /** Names of the anomalies of each frame. @param records one behind the other, numbered on from 1, so many at a time */
  anomaliesOf(records: Uint8Array, count: number): string[][] {
    const found = Array.from({ length: count }, (): string[] => []);
    const events = /"pcap_cnt":(\d+),(?:(?!"timestamp").)*?"event":"([^"]+)"/g;
    for (const [, number, event] of this.#said(records).matchAll(events))
      found[(Number(number) - 1) % count]!.push(event!);
    return found;
  }

  /** Names of the anomalies of one frame; each comes a second after the one before. */
  anomalies(frame: Uint8Array, o: { link?: number; original?: number } = {}): string[] {
    const number = ++this.#number;
    return this.anomaliesOf(record(frame, { ...o, time: BigInt(number) * 1_000_000_000n, number }), 1)[0]!;
  }

  /** Names of what was wrong with the recording, or the stream, in these records and at the end behind them. */
  containers(records: readonly Uint8Array[]): string[] {
    const last = record(new Uint8Array(0), { kind: RecordKind.END });
    const said = [...records, last].map((bytes) => this.#said(bytes)).join("");
    return [...said.matchAll(/"event":"([^"]+)","layer":"chapter10"/g)].map(([, event]) => event!);
  }
}
