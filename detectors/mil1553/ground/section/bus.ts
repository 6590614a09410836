/** Buses and their terminals. */
import { packed } from "../../../../appliance/contract/layout.ts";
import { BusFlag, BusRecord, Known, NOISY_SHARE, TerminalRecord } from "../../generated/section.ts";
import type { BusEntry, TerminalEntry } from "../entries.ts";
import { newness, perHour } from "../limits.ts";
import type { BusModel } from "../model.ts";
import { keyOfBus, keyOfTerminal, type Limits } from "../quantities.ts";
import { failureRates, isMute, isTested, stepsOf, stepsOfBus } from "../terminals.ts";
import { byte, long, ones } from "./numbers.ts";

/** Bits at most that an error of a kind that was never seen adds: errors come and go, so one is not enough. */
const NEW_ERROR = 5;
/** Limit of a test of failures where the baseline has none, nats. */
const FAILURE_LIMIT = 20;

/** @param rate wanted false alarms per hour */
export function busBytes(bus: BusModel, limit: Limits, rate: number): Uint8Array[] {
  const { entry: b, terminals, novelty } = bus;
  const { usual: steps, burst } = stepsOfBus(b);
  const record = packed(BusRecord, {
    channel: b.channel,
    flags: flagsOf(b),
    patience: byte(patience(b, rate)),
    terminals: terminals.length,
    ...trafficOf(b, limit),
    newBits: novelty.newMessage,
    newLeak: novelty.messageLeak,
    modeBits: novelty.newMode,
    modeLeak: novelty.modeLeak,
    terminalBits: novelty.newTerminal,
    sideBits: novelty.otherSide,
    sideLeak: novelty.sideLeak,
    failure: steps.failure,
    success: steps.success,
    burstFailure: burst.failure,
    burstSuccess: burst.success,
    limit: limit("busFailures", keyOfBus(b.channel)) ?? FAILURE_LIMIT,
    newErrorBits: Math.min(NEW_ERROR, newness(b.messages + b.untrusted, ones(b.kinds & ~b.kindsTwice))),
    knownErrors: b.kinds,
    mask: bus.mask,
    breaks: byte(b.breaks ?? 0),
    longestBreak: long(b.longestBreak ?? 0),
    messagesABreak: b.breaks ? long((b.messages + b.untrusted) / b.breaks) : 0,
  });
  return [record, ...terminals.map((t) => terminalBytes(t, limit))];
}

const flagsOf = (b: BusEntry): number =>
  (b.identitiesLost ? BusFlag.INCOMPLETE : 0) |
  (b.transitionsLost ? BusFlag.NO_ORDER : 0) |
  (b.failures * NOISY_SHARE > b.messages + b.untrusted ? BusFlag.NOISY : 0);

/** Periods in a row in which a message may not be understood, so that this is taken for its absence once in 100 / rate hours. */
function patience(b: BusEntry, rate: number): number {
  const lost = (b.untrusted + 1) / (b.messages + b.untrusted + 1);
  const wanted = rate / 100 / Math.max(1, perHour(b.messages, b));
  return Math.min(20, Math.ceil(Math.log(wanted) / Math.log(lost)));
}

/** Gaps and load. The baseline has loads in 1/10,000, the section in 0.1 us of a second. */
function trafficOf(b: BusEntry, limit: Limits) {
  const key = keyOfBus(b.channel);
  const [gap, load, messages] = [limit("gap", key), limit("load", key), limit("messages", key)];
  return {
    gap: gap === undefined ? -0x80000000 : long(b.lowestGaps[0]!),
    gapTolerance: gap === undefined ? 1 : long(b.lowestGaps[0]! - gap),
    silence: long(b.silence),
    loadLeast: load === undefined ? 0 : long(b.loadMin! * 1000),
    loadMost: load === undefined ? 0 : long(b.loadMax! * 1000),
    countLeast: messages === undefined ? 0 : long(b.countMin!),
    countMost: messages === undefined ? 0 : long(b.countMax!),
    loadTolerance: long((load === undefined ? 1 : load - b.loadMax!) * 1000),
    countTolerance: messages === undefined ? 1 : long(messages - b.countMax!),
  };
}

function terminalBytes(t: TerminalEntry, limit: Limits): Uint8Array {
  const rates = failureRates(t);
  const tested = isTested(t.trials, rates);
  const mute = isMute(t);
  const once = ones(t.bits & ~t.twice);
  return packed(TerminalRecord, {
    address: t.terminal,
    known: (t.statuses ? Known.STATUS : 0) | (tested ? Known.FAILURES : 0) | (mute ? Known.MUTE : 0),
    bits: t.bits,
    newBits: mute ? Math.log2(t.trials + 1) : Math.max(0, Math.log2((t.statuses + 1) / (once + 0.5))),
    ...stepsOf(t),
    limit: limit("terminalFailures", keyOfTerminal(t.channel, t.terminal)) ?? FAILURE_LIMIT,
  });
}
