/** Message identities with their intervals and successors. */
import { packed } from "../../../../appliance/contract/layout.ts";
import { IdentityFlag, IdentityRecord, IntervalRecord, RateRecord, SuccessorRecord } from "../../generated/section.ts";
import { profileOf } from "../data.ts";
import type { Identity, Model } from "../model.ts";
import { type Row, rowsOf } from "../order.ts";
import type { Rate } from "../rate.ts";
import { changeOf, isConstant, type Word } from "../words.ts";
import { byte, eighths } from "./numbers.ts";

export interface Parts {
  row: Row | undefined;
  rate: Rate | undefined;
  /** How many data words follow. */
  words: number;
}

export function identityBytes(model: Model, identity: Identity, { row, rate, words }: Parts): Uint8Array[] {
  const { entry: m, ranges = [], bus, data } = identity;
  const next = (row?.next ?? []).slice(0, 255);
  const known = data?.words ?? [];
  const samples = Math.max(0, ...known.map(samplesOf));
  const constants = known.filter(isConstant).length;
  const record = packed(IdentityRecord, {
    bus: model.buses.indexOf(bus),
    command: m.commands[0]!,
    command2: m.commands[1] ?? 0,
    flags:
      (m.commands.length > 1 ? IdentityFlag.PAIR : 0) |
      (m.a ? IdentityFlag.ON_A : 0) |
      (m.b ? IdentityFlag.ON_B : 0) |
      (identity.ranges ? IdentityFlag.REGULAR : 0) |
      (m.repeats === 0 && samples >= 256 && repeatsNever(known) ? IdentityFlag.NEVER_REPEATS : 0) |
      (m.damaged * 8 > identity.count ? IdentityFlag.FAILS : 0) |
      (rate ? IdentityFlag.RATE : 0),
    intervals: byte(ranges.length),
    successors: next.length,
    words,
    order: Math.round(256 * (row?.unseen ?? 0)),
    constant: eighths(samples ? Math.log2(samples) + model.constants - Math.log2(constants + 1) : 0),
  });
  return [
    record,
    ...ranges.map(({ least, most, tolerance }) => packed(IntervalRecord, { least, most, tolerance })),
    ...(rate ? [packed(RateRecord, rate)] : []),
    ...next.map(({ to, bits }) => packed(SuccessorRecord, { identity: to, bits: eighths(bits) })),
  ];
}

const samplesOf = (w: Word): number => (w[1] === null ? 0 : changeOf(w).n);

/**
 * Whether blocks of such words do not come again because of what they are, not because learning was too short: one word is
 * a steady noise, or all have been through their range.
 */
function repeatsNever(words: readonly Word[]): boolean {
  const profiles = words
    .filter((w) => !isConstant(w))
    .map((w) => (w[1] === null ? undefined : profileOf(changeOf(w), { rate: 1, values: 1e5 })));
  return profiles.some((p) => p?.drift) || (profiles.length > 0 && profiles.every((p) => p?.range || p?.counter));
}

/** For each identity its row of the order, by numbers of identities. */
export function ordersOf({ buses }: Model, identities: readonly Identity[]): (Row | undefined)[] {
  const numbers = new Map<Identity, number>(identities.map((identity, i) => [identity, i]));
  const rows = new Map<number, Row>();
  for (const bus of buses) {
    const byName = new Map(
      bus.identities.map((i) => [`${i.entry.commands[0]} ${i.entry.commands[1] ?? -1}`, numbers.get(i)!]),
    );
    const transitions = new Map<number, Map<number, number>>();
    for (const i of bus.identities) {
      const row = new Map<number, number>();
      for (const [c, c2, n] of i.order?.next ?? []) {
        const to = byName.get(`${c} ${c2}`);
        if (to !== undefined) row.set(to, n);
      }
      transitions.set(numbers.get(i)!, row);
    }
    const regular = new Set(bus.identities.filter((i) => i.ranges).map((i) => numbers.get(i)!));
    for (const [from, row] of rowsOf(transitions, regular)) rows.set(from, row);
  }
  return identities.map((_, i) => rows.get(i));
}
