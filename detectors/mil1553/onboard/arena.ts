// Where everything is. Learning and operation use the same bytes: a detector either learns or judges.
import { addSpare } from "../../../appliance/contract/onboard/spare";
import { BusState, BusModel, LOWEST, LearnedBus } from "./bus";
import { CONTROLLER, Controller } from "./controller";
import {
  BLOCKS,
  BUSES,
  CHANGING_LEARNED,
  CHANGING_WORDS,
  CONTROLLERS,
  GATHERINGS,
  IDENTITIES,
  PLACES,
  RANGES,
  RESPONSES,
  SUCCESSORS,
  TERMINALS,
  TRANSITIONS,
  WORDS,
} from "./capacity";
import { IntervalRecord, SuccessorRecord } from "./generated/section";
import { Gathering, IdentityModel, Profile, RateModel, ResponseModel, TerminalModel, Word } from "./judge/state";
import {
  LearnedIdentity,
  LearnedInterval,
  LearnedResponse,
  LearnedTerminal,
  LearnedWord,
  MOVES,
  TIMES,
  Transition,
} from "./learning/state";

// Bytes of a record and of the list behind it, at a multiple of 8.
const LOWEST_AT: usize = offsetof<LearnedBus>();
const LEARNED_BUS: usize = LOWEST_AT + ((<usize>LOWEST) << 2);
const BUS: u32 = <u32>((offsetof<BusState>() + 7) & ~7);
const LEARNED: u32 = <u32>((offsetof<LearnedIdentity>() + RANGES * offsetof<LearnedInterval>() + 7) & ~7);
const KNOWN: u32 = <u32>((offsetof<IdentityModel>() + RANGES * offsetof<IntervalRecord>() + 7) & ~7);
const CHANGE: u32 = <u32>((offsetof<LearnedWord>() + MOVES * 4 + 7) & ~7);
const RESPONSE: u32 = <u32>(offsetof<LearnedResponse>() + TIMES * 2);

// ---- Both modes
const BOTH: u32 = BUSES * BUS + IDENTITIES * 8 + 2 * (PLACES * 2) + WORDS * <u32>offsetof<Word>() + BLOCKS * 4;
const buses: usize = memory.data(<i32>(BUSES * BUS), 8);
export const keys: usize = memory.data(<i32>(IDENTITIES * 8), 8); // identity -> key
export const places: usize = memory.data(<i32>(PLACES * 2), 8); // hash -> identity + 1
const words: usize = memory.data(<i32>(WORDS * offsetof<Word>()), 8);
export const blocks: usize = memory.data(<i32>(BLOCKS * 4), 8);
export const responsePlaces: usize = memory.data(<i32>(PLACES * 2), 8); // (terminal, kind) -> profile + 1

// ---- One or the other
const changesAt: usize = <usize>(IDENTITIES * LEARNED);
const transitionsAt: usize = changesAt + <usize>(CHANGING_LEARNED * CHANGE);
const responsesAt: usize = transitionsAt + TRANSITIONS * offsetof<Transition>();
const learnedTerminalsAt: usize = responsesAt + <usize>(RESPONSES * RESPONSE);
const learnedBusesAt: usize = learnedTerminalsAt + TERMINALS * offsetof<LearnedTerminal>();
const LEARNING: usize = learnedBusesAt + <usize>BUSES * LEARNED_BUS;

const PROFILE: u32 = <u32>((offsetof<Profile>() + 7) & ~7);
const profilesAt: usize = <usize>(IDENTITIES * KNOWN);
const successorsAt: usize = profilesAt + <usize>(CHANGING_WORDS * PROFILE);
const timingsAt: usize = successorsAt + SUCCESSORS * offsetof<SuccessorRecord>();
const terminalsAt: usize = timingsAt + RESPONSES * offsetof<ResponseModel>();
const busModelsAt: usize = terminalsAt + TERMINALS * offsetof<TerminalModel>();
const gatheringsAt: usize = (busModelsAt + BUSES * offsetof<BusModel>() + 7) & ~7;
const OPERATION: usize = gatheringsAt + GATHERINGS * offsetof<Gathering>();

// Controllers are in both modes, at the end
const controllersAt: usize = LEARNING > OPERATION ? LEARNING : OPERATION;
const SHARED: u32 = <u32>controllersAt + CONTROLLERS * CONTROLLER;
/** Bytes of all tables. */
export const TABLES: u32 = BOTH + SHARED;
const shared: usize = memory.data(<i32>SHARED, 8);

export function clear(): void {
  memory.fill(buses, 0, <usize>(BUSES * BUS));
  memory.fill(keys, 0, <usize>(IDENTITIES * 8));
  memory.fill(places, 0, <usize>(PLACES * 2));
  memory.fill(words, 0, WORDS * offsetof<Word>());
  memory.fill(blocks, 0, <usize>(BLOCKS * 4));
  memory.fill(responsePlaces, 0, <usize>(PLACES * 2));
  memory.fill(shared, 0, <usize>SHARED);
}

/** Says that all tables stay untouched. */
export function spareTables(): void {
  addSpare(buses, BUSES * BUS);
  addSpare(keys, IDENTITIES * 8);
  addSpare(places, PLACES * 2);
  addSpare(words, WORDS * <u32>offsetof<Word>());
  addSpare(blocks, BLOCKS * 4);
  addSpare(responsePlaces, PLACES * 2);
  addSpare(shared, SHARED);
}

// ---- The n-th of each
@inline export function busAt(i: u32): BusState {
  return changetype<BusState>(buses + <usize>(i * BUS));
}
@inline export function learnedBus(i: u32): LearnedBus {
  return changetype<LearnedBus>(shared + learnedBusesAt + <usize>i * LEARNED_BUS);
}
@inline export function lowestGaps(i: u32): usize {
  return shared + learnedBusesAt + <usize>i * LEARNED_BUS + LOWEST_AT;
}
@inline export function busModel(i: u32): BusModel {
  return changetype<BusModel>(shared + busModelsAt + <usize>i * offsetof<BusModel>());
}
/** bus < CONTROLLERS */
@inline export function controllerAt(i: u32): Controller {
  return changetype<Controller>(shared + controllersAt + <usize>(i * CONTROLLER));
}
@inline export function wordAt(i: u32): Word {
  return changetype<Word>(words + <usize>i * offsetof<Word>());
}
/** bus * 32 + address */
@inline export function learnedTerminal(i: u32): LearnedTerminal {
  return changetype<LearnedTerminal>(shared + learnedTerminalsAt + <usize>i * offsetof<LearnedTerminal>());
}
@inline export function terminalModel(i: u32): TerminalModel {
  return changetype<TerminalModel>(shared + terminalsAt + <usize>i * offsetof<TerminalModel>());
}

@inline export function learnedIdentity(i: u32): LearnedIdentity {
  return changetype<LearnedIdentity>(shared + <usize>(i * LEARNED));
}
@inline export function learnedInterval(i: u32, k: u32): LearnedInterval {
  return changetype<LearnedInterval>(
    shared + <usize>(i * LEARNED) + offsetof<LearnedIdentity>() + <usize>k * offsetof<LearnedInterval>(),
  );
}
@inline export function learnedWord(i: u32): LearnedWord {
  return changetype<LearnedWord>(shared + changesAt + <usize>(i * CHANGE));
}
/** How often a word made its k-th kind of move. */
@inline export function moves(w: LearnedWord, k: u32): usize {
  return changetype<usize>(w) + offsetof<LearnedWord>() + ((<usize>k) << 2);
}
@inline export function transitionAt(i: u32): Transition {
  return changetype<Transition>(shared + transitionsAt + <usize>i * offsetof<Transition>());
}
@inline export function learnedResponse(i: u32): LearnedResponse {
  return changetype<LearnedResponse>(shared + responsesAt + <usize>(i * RESPONSE));
}
/** How often the k-th response time came. */
@inline export function times(r: LearnedResponse, k: u32): usize {
  return changetype<usize>(r) + offsetof<LearnedResponse>() + ((<usize>k) << 1);
}

@inline export function identityModel(i: u32): IdentityModel {
  return changetype<IdentityModel>(shared + <usize>(i * KNOWN));
}
@inline export function intervals(k: IdentityModel): usize {
  return changetype<usize>(k) + offsetof<IdentityModel>();
}
/** Of an identity without a schedule, in place of its intervals. */
@inline export function rateOf(k: IdentityModel): RateModel {
  return changetype<RateModel>(intervals(k));
}
@inline export function profileAt(i: u32): Profile {
  return changetype<Profile>(shared + profilesAt + <usize>(i * PROFILE));
}
@inline export function successorAt(i: u32): SuccessorRecord {
  return changetype<SuccessorRecord>(shared + successorsAt + <usize>i * offsetof<SuccessorRecord>());
}
@inline export function gatheringAt(i: u32): Gathering {
  return changetype<Gathering>(shared + gatheringsAt + <usize>i * offsetof<Gathering>());
}
@inline export function responseModel(i: u32): ResponseModel {
  return changetype<ResponseModel>(shared + timingsAt + <usize>i * offsetof<ResponseModel>());
}
