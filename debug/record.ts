// REQ-IMAGE-018
// The crash record as it is on the console (appliance/runtime/user/crash.c writes it, and says what is in it). A log comes
// over a serial line that drops what nobody reads, from an image that has just failed: nothing in it is believed unchecked,
// and what is missing is named.
import { align8, RECORD_HEADER, RecordHeader } from "../appliance/contract/abi.ts";
import type { ExitName } from "../appliance/hosts/exits.ts";

export interface Crash {
  /** The line that says what happened. */
  reason: string;
  exit?: ExitName;
  /** Where the user part's code was. */
  base: bigint;
  /** FNV-1a, 64 bits, hexadecimal: of the user part's code, of the policy. */
  text: string;
  policy: string;
  /** By name; the first two are the program counter and the stack pointer. */
  registers: Map<string, bigint>;
  /** What may be return addresses on the stack, by distance from the stack pointer. */
  calls: Map<number, bigint>;
  /** Which compartment ran last, and for inspect and guard the numbers of the first and the last record it was given. */
  given?: { compartment: string; first?: number; last?: number };
  /** What the flight recorder kept, oldest first: record headers with their bytes (appliance/contract). */
  records: Uint8Array[];
  /** What is missing or damaged, as sentences. */
  damage: string[];
}

/** @throws Error when the text has no crash record. The last one is read. */
export function readCrash(log: string): Crash {
  const lines = log.split(/\r?\n/).flatMap((line) => {
    const at = line.indexOf("weir: ");
    return at < 0 ? [] : [line.slice(at).trimEnd()];
  });
  const begin = lines.findLastIndex((line) => /^weir: crash: \d+ at /.test(line));
  if (begin < 0) throw new Error('no crash record in the log: expected a line that begins with "weir: crash: 1 at"');
  const reason = lines.slice(0, begin).findLast((line) => /^weir: (trap|stopped): /.test(line));
  const head = /^weir: crash: (\d+) at ([0-9a-f]{1,16}) text ([0-9a-f]{16}) policy ([0-9a-f]{16})$/.exec(lines[begin]!);
  if (!head) throw new Error(`damaged: ${lines[begin]}`);
  if (head[1] !== "1") throw new Error(`a crash record of version ${head[1]}, expected 1`);
  const crash: Crash = {
    reason: reason?.slice("weir: ".length) ?? "unknown: the log lacks the line that names it",
    base: BigInt(`0x${head[2]}`),
    text: head[3]!,
    policy: head[4]!,
    registers: new Map(),
    calls: new Map(),
    records: [],
    damage: reason ? [] : ["the line that says what happened is missing"],
  };
  const exit = exitOf(crash.reason);
  if (exit) crash.exit = exit;
  readLines(crash, lines.slice(begin + 1));
  return crash;
}

function readLines(crash: Crash, lines: string[]): void {
  let kept: [number, number] | undefined;
  const pieces: Piece[] = [];
  let ended = false;
  for (const line of lines) {
    const [, kind, rest] = /^weir: (crash|record|bytes): (.*)$/.exec(line) ?? [];
    if (!kind || !rest) continue;
    if (rest === "end" && kind === "crash") {
      ended = true;
      break;
    }
    if (kind !== "crash") {
      const piece = readPiece(kind === "record", rest);
      if (piece) pieces.push(piece);
      else crash.damage.push(`damaged: ${line}`);
      continue;
    }
    const [word, ...words] = rest.split(" ");
    if (word === "registers") readPairs(words, /^(\w+)=([0-9a-f]{1,16})$/, (a, b) => crash.registers.set(a, b));
    else if (word === "calls")
      readPairs(words, /^([0-9a-f]{1,8}):([0-9a-f]{1,16})$/, (a, b) => crash.calls.set(Number.parseInt(a, 16), b));
    else if (word === "given" && words[0]) {
      const [first, last] = words.slice(1).map(Number);
      crash.given = { compartment: words[0], ...(last !== undefined && { first: first!, last }) };
    } else if (word === "recorder") kept = [Number(words[0]), Number(words[1])];
  }
  if (!ended)
    crash.damage.push("the record has no end: the log was cut, or the image ended while it printed the record");
  if (crash.registers.size < 2) crash.damage.push("the registers are missing");
  if (kept) crash.records = assemble(pieces, kept, crash.damage);
}

interface Piece {
  first: boolean;
  at: number;
  bytes: Uint8Array;
}

function readPiece(first: boolean, rest: string): Piece | undefined {
  const found = /^(\d{1,15}) ([A-Za-z0-9+/]+={0,2}) ([0-9a-f]{8})$/.exec(rest);
  if (!found) return undefined;
  const bytes = Uint8Array.from(Buffer.from(found[2]!, "base64"));
  const sum = (fnv1a(bytes) & 0xffffffffn).toString(16).padStart(8, "0");
  return sum === found[3] ? { first, at: Number(found[1]), bytes } : undefined;
}

function readPairs(words: string[], shape: RegExp, add: (name: string, value: bigint) => void): void {
  for (const word of words) {
    const found = shape.exec(word);
    if (found) add(found[1]!, BigInt(`0x${found[2]}`));
  }
}

/** Whole records from their pieces; a record with a piece missing is left out, and said to be. */
function assemble(pieces: readonly Piece[], [from, to]: [number, number], damage: string[]): Uint8Array[] {
  const records: Uint8Array[] = [];
  let at = from;
  let lost = 0;
  let open: Uint8Array[] = [];
  const close = () => {
    const bytes = Buffer.concat(open);
    if (bytes.length && bytes.length === sizeOf(bytes)) records.push(Uint8Array.from(bytes));
    else lost += bytes.length;
    open = [];
  };
  for (const piece of pieces) {
    if (piece.first || piece.at !== at) close();
    lost += Math.max(0, piece.at - at);
    if (piece.first || open.length) open.push(piece.bytes);
    else lost += piece.bytes.length;
    at = piece.at + piece.bytes.length;
  }
  close();
  lost += Math.max(0, to - at);
  if (lost) damage.push(`${lost} of ${to - from} bytes of the flight recorder are missing or damaged`);
  return records;
}

/** Bytes of the record that begins here, by its header. */
export function sizeOf(record: Uint8Array): number {
  if (record.length < RECORD_HEADER) return RECORD_HEADER;
  return RECORD_HEADER + align8(new RecordHeader(record).captured);
}

/** Which exit a line of the console stands for, where it is the image's own. */
function exitOf(reason: string): ExitName | undefined {
  const compartment = /^trap: (inspect|guard|journal): /.exec(reason)?.[1];
  if (compartment) return `${compartment.toUpperCase()}_TRAP` as ExitName;
  return reason.startsWith("stopped: ") ? "CONTRACT" : undefined;
}

/** FNV-1a, 64 bits (draft-eastlake-fnv), as the image has it: against transmission errors, not against anybody. */
export function fnv1a(bytes: Uint8Array): bigint {
  // In two halves: BigInt for each byte of a program would take seconds.
  let [high, low] = [0xcbf29ce4, 0x84222325];
  for (const byte of bytes) {
    low = (low ^ byte) >>> 0;
    // times 0x00000100_000001b3
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 2 ** 32) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return (BigInt(high) << 32n) | BigInt(low);
}
