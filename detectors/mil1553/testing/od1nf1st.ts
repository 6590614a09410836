/**
 * OD1NF1ST traces (Wrana, Elsayed, Lounis, Mansour, Ding, Zulkernine, "OD1NF1ST: True Skip Intrusion Detection and Avionics
 * Network Cyber-attack Simulation", ACM TCPS 2022) as messages. A trace lists words: kind (command, status, data), fields, a
 * time in units of the simulator's clock, and whether the attacker sent it. It has no gaps, no bus A and B, no recorder's
 * block status, no errors but those of attacks.
 *
 * Here a monitor is put in between. A word every 70 units or so: a unit is taken as 0.3 us. Response times are 2,070 units,
 * which no gap field of Chapter 10 holds (25.5 us): a gap of 0.1 us stands for 10 units. Words that do not make the
 * format that the command asks for are flagged as a recorder flags them.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import {
  BROADCAST,
  BSW,
  type BusMessage,
  command,
  dataCount,
  isMode,
  terminal,
  transmits,
} from "../../../mil1553/simulator/message.ts";

export interface Trace {
  file: string;
  /** The attack of this trace; "" in one. */
  attack: string;
  messages: BusMessage[];
  /** Counter of the first word that the attacker sent; Infinity when the attack did not come about. */
  from: number;
}

interface Word {
  kind: string;
  time: number;
  word: number;
  fake: boolean;
}

const TICKS = 3;
const GAP_UNITS = 10;
const START = 600_000_000;
/** Units from a receive command to the transmit command of the same transfer, at most. */
const TOGETHER = 110;

/** @param folder with words.csv.gz and files.csv */
export function readTraces(folder: string): Trace[] {
  const lines = (text: string) => text.trimEnd().split("\n").slice(1);
  const words = new Map<string, Word[]>();
  for (const line of lines(gunzipSync(readFileSync(`${folder}/words.csv.gz`)).toString())) {
    const [file, , time, kind, address, tr, sub, count, hex, fake] = line.trim().split(",") as string[];
    const word =
      kind === "Command"
        ? command(Number(address), tr === "1", Number(sub), Number(count))
        : kind === "Status"
          ? Number(address) << 11
          : Number.parseInt(hex!, 16);
    const list = words.get(file!) ?? [];
    list.push({ kind: kind!, time: Number(time), word, fake: fake === "1" });
    words.set(file!, list);
  }
  return lines(readFileSync(`${folder}/files.csv`, "utf8")).map((line) => {
    const [file, , , , attack] = line.split(",") as string[];
    const list = words.get(file!) ?? [];
    const first = list.find((w) => w.fake);
    return {
      file: file!,
      attack: attack!,
      messages: messagesOf(list),
      from: first ? at(first) : Number.POSITIVE_INFINITY,
    };
  });
}

const at = ({ time }: Word) => START + TICKS * time;

function messagesOf(words: readonly Word[]): BusMessage[] {
  const out: BusMessage[] = [];
  for (let i = 0; i < words.length; ) {
    if (words[i]!.kind !== "Command") {
      i++;
      continue;
    }
    let end = i + 1;
    const next = words[end];
    const pair =
      next?.kind === "Command" &&
      !transmits(words[i]!.word) &&
      transmits(next.word) &&
      !isMode(words[i]!.word) &&
      next.time - words[i]!.time <= TOGETHER;
    if (pair) end++;
    while (end < words.length && words[end]!.kind !== "Command") end++;
    // The last message of a trace is cut
    if (end < words.length) out.push(messageOf(words.slice(i, end), pair));
    i = end;
  }
  return out;
}

function messageOf(words: readonly Word[], pair: boolean): BusMessage {
  const cmd = words[0]!.word;
  const n = dataCount(cmd);
  const broadcast = terminal(cmd) === BROADCAST;
  const data = Array.from({ length: n }, () => "Data");
  const own = transmits(cmd) ? ["Status", ...data] : [...data, ...(broadcast ? [] : ["Status"])];
  const wanted = pair ? ["Status", ...data, ...(broadcast ? [] : ["Status"])] : own;
  const got = words.slice(pair ? 2 : 1).map((w) => w.kind);
  let blockStatus = pair ? BSW.RT_RT : 0;
  if (got.join() !== wanted.join()) {
    blockStatus |= BSW.ERROR;
    const shorter = got.length < wanted.length;
    if (got.every((kind, i) => kind === wanted[i]) && shorter) blockStatus |= BSW.TIMEOUT;
    else
      blockStatus |= BSW.WORD_COUNT | (got.some((kind, i) => i < wanted.length && kind !== wanted[i]) ? BSW.SYNC : 0);
  }
  const gapIn = (i: number) =>
    Math.min(255, Math.max(1, Math.round((words[i]!.time - words[i - 1]!.time) / GAP_UNITS)));
  const statuses = words.flatMap((w, i) => (w.kind === "Status" && w.word >> 11 < BROADCAST ? [i] : []));
  return {
    channel: 2,
    time: at(words[0]!),
    blockStatus,
    gap1: statuses[0] === undefined ? 0 : gapIn(statuses[0]),
    gap2: pair && statuses[1] !== undefined ? gapIn(statuses[1]) : 0,
    words: words.map((w) => w.word),
  };
}
