/** Response times. */
import { packed } from "../../../../appliance/contract/layout.ts";
import { ResponseRecord } from "../../generated/section.ts";
import type { Model } from "../model.ts";
import { timesOf } from "../terminals.ts";
import { byte } from "./numbers.ts";

/** @param rate wanted false alarms per hour */
export function responseBytes({ buses }: Model, rate: number): Uint8Array[] {
  const responses = buses.flatMap((bus, place) => bus.responses.map((entry) => ({ entry, bus, place })));
  return responses.map(({ entry, bus, place }) => {
    const { mean, deviation, least, most, tolerance, alone } = timesOf(entry, bus.entry, rate / responses.length);
    return packed(ResponseRecord, {
      terminal: place * 32 + entry.terminal,
      answer: entry.answer,
      least: byte(least),
      most: byte(most),
      tolerance: byte(tolerance),
      alone: alone ? 1 : 0,
      mean,
      deviation,
    });
  });
}
