/** How many new servers an hour a client meets in ordinary life, from the conversations that were there once. */
import { betaI, gammaP } from "../../lib/numerics/special.ts";
import { groupBy, isOutside, Section } from "../ip/section.ts";
import type { Entry, Threshold, Wanted } from "../learned.ts";

/** As onboard/occasions.ts: seconds of a slice. */
const SLICES_AN_HOUR = 6;
/** Hours that must have been learned. */
const ENOUGH = 4;
/** Most of an hour that are ordinary, however many there were: what poisoned learning can buy at most. */
const CEILING = 12;
/** Clients and services that the image gets: onboard/allowances.ts. */
const MOST = 128;
const RECORD = 8;
const HIGH = 1024;

interface Occasion {
  client: string;
  server: string;
  proto: number;
  service: number;
  either?: boolean;
  /** Slices in which both sides spoke, and the first of them. */
  slices?: number;
  first?: number;
}

/** What allowances are for: `10.0.0.5 6/443 outside`. */
export const QUANTITY = "new servers in an hour";

function keyFor({ client, server, proto, service }: Occasion): string {
  const outside = isOutside(server);
  return `${client} ${proto}/${outside ? Math.min(service, HIGH) : service} ${outside ? "outside" : "inside"}`;
}

/** Chance that more than n come, of counts with this mean and variance: Poisson, or negative binomial where they vary more. */
function tail(n: number, mean: number, variance: number): number {
  if (variance <= mean * 1.0001) return gammaP(n + 1, mean);
  const size = (mean * mean) / (variance - mean);
  return betaI(n + 1, size, mean / (size + mean));
}

/**
 * The limit of one client on one service. Good 1953: as many new ones come in a time to be as were there once in as long a time
 * that was. The hour that had most is left out: a burst, or an attack, is not yet a habit.
 * @param firsts slices in which those that were there once were @param rate of hours with more, wanted
 */
export function limitOf(firsts: readonly number[], hours: number, rate: number): number {
  const counts = [...groupBy(firsts, (slice) => String(Math.floor(slice / SLICES_AN_HOUR))).values()].map(
    (l) => l.length,
  );
  const rest = counts.sort((a, b) => b - a).slice(1);
  const n = Math.floor(hours) - 1;
  if (hours < ENOUGH || rest.length === 0) return 0;
  const mean = rest.reduce((sum, x) => sum + x, 0) / n;
  const squares = rest.reduce((sum, x) => sum + (x - mean) ** 2, 0) + Math.max(0, n - rest.length) * mean * mean;
  let limit = 0;
  while (limit < CEILING && tail(limit, mean, squares / Math.max(1, n - 1)) > rate) limit++;
  return limit;
}

export function allowances(entries: readonly Entry[], wanted: Wanted, hours: number): Threshold[] {
  const once = entries
    .map((entry) => entry as unknown as Occasion)
    .filter(({ slices, first, either }) => slices === 1 && first !== undefined && !either);
  const groups = [...groupBy(once, keyFor)];
  return groups.flatMap(([key, group]): Threshold[] => {
    const limit = limitOf(
      group.map(({ first }) => first!),
      hours,
      Math.min(0.5, wanted.rate / groups.length),
    );
    const quantity = QUANTITY;
    return limit > 0
      ? [{ detector: "new-pair", key, quantity, limit, method: "margin", samples: group.length, hours }]
      : [];
  });
}

/** The section of allowances, at most `room` bytes. Those with most are kept. */
export function packAllowances(thresholds: readonly Threshold[], room: number): Uint8Array {
  const section = new Section("allowances", RECORD);
  const kept = thresholds
    .filter(({ quantity }) => quantity === QUANTITY)
    .sort((a, b) => b.limit - a.limit || (a.key < b.key ? -1 : 1))
    .slice(0, Section.fits(room, RECORD, MOST));
  for (const { key, limit } of kept) {
    const [client, service, side] = key.split(" ") as [string, string, string];
    const [proto, port] = service.split("/").map(Number) as [number, number];
    section.add((view) => {
      view.setUint16(0, section.host(client), true);
      view.setUint16(2, port, true);
      view.setUint8(4, proto);
      view.setUint8(5, side === "outside" ? 1 : 0);
      view.setUint8(6, limit);
    });
  }
  return section.bytes(MOST);
}
