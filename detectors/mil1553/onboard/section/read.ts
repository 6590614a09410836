// REQ-DETECT-008
// The section of the policy that ../../ground/section.ts packs, checked and copied; its layout is in
// ../../layouts/section.ts. Untrusted: every length is checked before it is used, every number held against its range,
// every float must be finite.
import { BUSES, CONTROLLERS, IDENTITIES, RESPONSES } from "../capacity";
import { MAGIC, SectionHeader, VERSION } from "../generated/section";
import { readBus } from "./bus";
import { readController } from "./controller";
import { begin, isAtEnd, isGood, requireFrom, take } from "./cursor";
import { beginIdentities, readIdentity } from "./identity";
import { beginResponses, readResponse } from "./response";
import { beginWords } from "./words";

let novelty: f64 = 0;
let order: f64 = 0;
let responseTimes: f64 = 0;
let ready: bool = false;

/** Whether there is a baseline: without one nothing is judged. */
@inline export function isReady(): bool {
  return ready;
}
/** Limits: surprise of what is new and of the order, bits; sums of response times, deviations. */
@inline export function noveltyLimit(): f64 {
  return novelty;
}
@inline export function orderLimit(): f64 {
  return order;
}
@inline export function responseLimit(): f64 {
  return responseTimes;
}

export function forgetSection(): void {
  ready = false;
}

/** False, and nothing is known, when it is malformed. Everything must be cleared before. */
export function readSection(at: usize, length: u32): bool {
  ready = false;
  begin(at, length);
  beginIdentities();
  beginWords();
  beginResponses();
  ready = read(length);
  return ready;
}

function read(length: u32): bool {
  const p = take(offsetof<SectionHeader>());
  if (p == 0) return false;
  const h = changetype<SectionHeader>(p);
  if (h.magic != MAGIC || h.version != VERSION || h.length != length) return false;
  const busCount = <u32>h.buses,
    identityCount = <u32>h.identities,
    responseCount = <u32>h.responses,
    controllerCount = <u32>h.controllers;
  if (busCount > BUSES || identityCount > IDENTITIES || responseCount > RESPONSES) return false;
  if (controllerCount > CONTROLLERS) return false;
  requireFrom(0.001, h.novelty);
  requireFrom(0.001, h.order);
  requireFrom(0.001, h.responseTimes);
  novelty = <f64>h.novelty;
  order = <f64>h.order;
  responseTimes = <f64>h.responseTimes;
  for (let i: u32 = 0; isGood() && i < busCount; ++i) readBus();
  for (let i: u32 = 0; isGood() && i < identityCount; ++i) readIdentity(busCount, identityCount);
  for (let i: u32 = 0; isGood() && i < responseCount; ++i) readResponse(busCount);
  for (let i: u32 = 0; isGood() && i < controllerCount; ++i) readController(busCount, identityCount);
  return isGood() && isAtEnd();
}
