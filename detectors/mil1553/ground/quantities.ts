/** What the thresholds of the 1553 detectors hold for. A baseline names each by its sentence; everything else by its name here. */
import type { Threshold } from "../../learned.ts";

const QUANTITIES = {
  novelty: { detector: "bus.message", quantity: "surprise of what is new, bits" },
  order: { detector: "bus.order", quantity: "surprise of the order, bits" },
  responses: { detector: "bus.response", quantity: "cumulative sum of response times, deviations" },
  /** Of a bus: the key is its channel. */
  gap: { detector: "bus", quantity: "shortest intermessage gap, 0.1 us of dead time" },
  load: { detector: "bus", quantity: "load of a second, 1/10,000" },
  messages: { detector: "bus", quantity: "messages in a second" },
  busFailures: { detector: "bus", quantity: "cumulative sum of failures, nats" },
  /** Of a terminal: the key is its channel and its address. */
  terminalFailures: { detector: "bus.terminal", quantity: "cumulative sum of failures, nats" },
} as const;
export type Quantity = keyof typeof QUANTITIES;

export const keyOfBus = (channel: number) => `${channel}`;
export const keyOfTerminal = (channel: number, terminal: number) => `${channel} ${terminal}`;

export const describe = (quantity: Quantity): Pick<Threshold, "detector" | "quantity"> => QUANTITIES[quantity];

/** The limit of a quantity; undefined where the baseline has none. key "": for all. */
export type Limits = (quantity: Quantity, key?: string) => number | undefined;

export function limitsOf(thresholds: readonly Threshold[]): Limits {
  const name = ({ detector, quantity }: Pick<Threshold, "detector" | "quantity">, key: string) =>
    JSON.stringify([detector, quantity, key]);
  // The first of several counts
  const limits = new Map([...thresholds].reverse().map((t) => [name(t, t.key), t.limit]));
  return (quantity, key = "") => limits.get(name(QUANTITIES[quantity], key));
}
