/** The ground's twin of onboard/abi.ts; appliance/contract/abi.test.ts compares them. The contract is stated there. */

export const ABI_VERSION = 1;
export const RECORD_HEADER = 32;
export const MAX_CAPTURED = 66560;
export const INPUT_SIZE = 131072;
export const EVENT_HEADER = 16;
export const FRAME_HEADER = 16;
export const VERDICTS = 128;

export const RecordKind = { FRAME: 0, TICK: 1, CHAPTER10: 2, END: 3 } as const;

/** Of an event; SCORE's body is onboard/abi.ts: Score. */
export const EventKind = { EVENT: 0, STATS: 1, SCORE: 2 } as const;

/** What configure() can answer, by number. */
export const REFUSALS = [
  "accepted",
  "missing",
  "not a Weir policy",
  "made for another version",
  "of another length than it says",
  "damaged: its checksum does not match",
  "out of range",
] as const;

/** What every compartment exports, as JavaScript sees it. */
export interface Compartment {
  memory: WebAssembly.Memory;
  abi(): number;
  inputAt(): number;
  inputSize(): number;
  configure(length: number): number;
  run(from: number, to: number): number;
  eventsAt(): number;
  eventsLength(): number;
  framesAt(): number;
  framesLength(): number;
  spare(i: number): bigint;
}

export interface Guard extends Compartment {
  tick(): bigint;
}

export interface Inspect extends Compartment {
  verdictsAt(): number;
  verdictsLength(): number;
}

export interface Journal extends Compartment {
  countersAt(): number;
}

/** One part for each compartment, as compilePolicy makes them. */
export interface Parts {
  inspect: Uint8Array;
  guard: Uint8Array;
  journal: Uint8Array;
}

export interface Modules {
  inspect: WebAssembly.Module;
  guard: WebAssembly.Module;
  journal: WebAssembly.Module;
}

/** Next multiple of 8. */
export const align8 = (n: number): number => (n + 7) & ~7;
