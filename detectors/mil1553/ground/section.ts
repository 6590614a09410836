/** The section of the policy: its layout is in ../layouts/section.ts. */
import { packed } from "../../../appliance/contract/layout.ts";
import type { Entry, Threshold } from "../../learned.ts";
import {
  BUSES,
  CHANGING_WORDS,
  IDENTITIES,
  MAGIC,
  RESPONSES,
  SECTION_LARGEST,
  SectionHeader,
  VERSION,
  WORDS,
} from "../generated/section.ts";
import { rateFor, SURPRISE } from "./limits.ts";
import { type Identity, modelOf } from "./model.ts";
import { limitsOf } from "./quantities.ts";
import { ratesOf } from "./rate.ts";
import { busBytes } from "./section/bus.ts";
import { controllerBytes } from "./section/controllers.ts";
import { identityBytes, ordersOf } from "./section/identity.ts";
import { responseBytes } from "./section/responses.ts";
import { type Words, wordsOf } from "./section/words.ts";

/** Limit of the sums of response times where the baseline has none, deviations. */
const RESPONSE_LIMIT = 20;

/**
 * When it all does not fit into SECTION_LARGEST bytes, data profiles are left out, those of the identities that were seen
 * least first; the inventory, its order and its times are never left out.
 * @throws RangeError that says what does not fit
 */
export function pack(entries: readonly Entry[], thresholds: readonly Threshold[]): Uint8Array {
  const model = modelOf(entries);
  const limit = limitsOf(thresholds);
  const novelty = limit("novelty") ?? SURPRISE;
  const rate = rateFor(novelty);
  const identities = model.buses.flatMap((b) => b.identities);
  fits("buses", model.buses.length, BUSES);
  fits("message identities", identities.length, IDENTITIES);
  fits("response-time profiles", model.buses.flatMap((b) => b.responses).length, RESPONSES);
  const rows = ordersOf(model, identities);
  const rates = ratesOf(identities, rate);
  const identityOf = (i: number, words: number) =>
    identityBytes(model, identities[i]!, { row: rows[i], rate: rates.get(identities[i]!), words });
  const buses = model.buses.flatMap((bus) => busBytes(bus, limit, rate));
  const responses = responseBytes(model, rate);
  const controllers = controllerBytes(model, identities);
  const used =
    SectionHeader.SIZE +
    lengthOf([...buses, ...responses, ...controllers.flat(), ...identities.flatMap((_, i) => identityOf(i, 0))]);
  if (used > SECTION_LARGEST)
    throw new RangeError(
      `${identities.length} message identities on ${model.buses.length} buses take ${used} bytes, expected at most ${SECTION_LARGEST}`,
    );
  const words = keptWords(identities, wordsOf(identities, rate), SECTION_LARGEST - used);
  const body = [
    ...buses,
    ...words.flatMap((own, i) => [...identityOf(i, own?.words ?? 0), ...(own ? [own.bytes] : [])]),
    ...responses,
    ...controllers.flat(),
  ];
  const header = packed(SectionHeader, {
    magic: MAGIC,
    version: VERSION,
    buses: model.buses.length,
    identities: identities.length,
    responses: responses.length,
    controllers: controllers.length,
    length: SectionHeader.SIZE + lengthOf(body),
    novelty,
    order: limit("order") ?? SURPRISE,
    responseTimes: limit("responses") ?? RESPONSE_LIMIT,
  });
  return Uint8Array.from(Buffer.concat([header, ...body]));
}

const lengthOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);

function fits(what: string, n: number, most: number): void {
  if (n > most) throw new RangeError(`${n} ${what}, expected at most ${most}`);
}

/** Those for which there is room, by identity: of what was seen most first. @param room bytes */
function keptWords(
  identities: readonly Identity[],
  all: readonly (Words | undefined)[],
  room: number,
): (Words | undefined)[] {
  const kept: (Words | undefined)[] = all.map(() => undefined);
  let [words, profiles] = [0, 0];
  for (const { i } of identities.map(({ count }, i) => ({ count, i })).sort((a, b) => b.count - a.count || a.i - b.i)) {
    const own = all[i];
    if (!own || own.bytes.length > room) continue;
    if (words + own.words > WORDS || profiles + own.profiles > CHANGING_WORDS) continue;
    kept[i] = own;
    room -= own.bytes.length;
    words += own.words;
    profiles += own.profiles;
  }
  return kept;
}
