/** Bus controllers: their pauses and their clocks. */
import { packed } from "../../../../appliance/contract/layout.ts";
import { ClockRecord, CONTROLLERS, ControllerRecord, PauseRecord } from "../../generated/section.ts";
import type { ClockEntry, PauseEntry } from "../entries.ts";
import { margin } from "../limits.ts";
import type { Identity, Model } from "../model.ts";

/** Windows of pauses, and segments of a clock, before which nothing is known: the latter are a minute. */
const WINDOWS = 8;
const SEGMENTS = 15;
/** A mean may be so much beyond all others, 0.1 us: what a recorder rounds differently. */
const ROUNDING = 2;
/** A clock may change by so much in a few seconds, 1/1,000,000: the weather does by much less. */
const WEATHER = 15;

/** Records, each with what follows it. */
export function controllerBytes({ buses }: Model, identities: readonly Identity[]): Uint8Array[][] {
  return buses.slice(0, CONTROLLERS).flatMap((bus, place) => {
    const pauses = (bus.pauses?.means ?? []).filter(([, windows]) => windows >= WINDOWS).map(pauseBytes);
    const clock = bus.clocks.filter(({ segments }) => segments >= SEGMENTS).sort((a, b) => b.segments - a.segments)[0];
    const identity = clock && identities.findIndex(({ bus: own, entry }) => own === bus && isSame(entry, clock));
    const clocks = clock && identity !== undefined && identity >= 0 ? [clockBytes(clock, identity)] : [];
    if (!pauses.length && !clocks.length) return [];
    const record = packed(ControllerRecord, { bus: place, pauses: pauses.length, clocks: clocks.length });
    return [[record, ...pauses, ...clocks]];
  });
}

const isSame = (a: { commands: readonly number[] }, b: { commands: readonly number[] }) =>
  a.commands.join() === b.commands.join();

function pauseBytes([range, windows, least, most]: PauseEntry["means"][number]): Uint8Array {
  const tolerance = Math.min(0xffff, Math.round(64 * ROUNDING + margin(windows) * (most - least)));
  return packed(PauseRecord, { range, least, most, tolerance });
}

const clockBytes = ({ least, most, step }: ClockEntry, identity: number): Uint8Array =>
  packed(ClockRecord, { identity, least, most: Math.max(least, most), step: Math.max(WEATHER, 2 * step + 5) });
