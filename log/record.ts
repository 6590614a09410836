/**
 * A record of the log as it comes from the network or out of a receiver's file, taken apart. The layout is stated in
 * appliance/compartments/journal/onboard/datagram.ts. Untrusted, all of it: who sent it is not known here.
 */

export interface Parsed {
  severity: number;
  boot: number;
  sequence: number;
  /** Bytes of JSON that it says it has; -1 where it says nothing (a log without a key). */
  length: number;
  /** As they stand there, be they hexadecimal or not; empty in a log without a key. */
  previous: string;
  mac: string;
  /** Where the digits of mac begin, in the payload. */
  macAt: number;
  /** EVE JSON; a view. */
  json: Buffer;
}

/** Why there is no record in it: no record of a journal at all; one that was cut; one that is not as a journal writes it. */
export type Unreadable = "not_ours" | "truncated" | "malformed";

/** What is in front of the JSON, at most. */
const FRONT = 320;
/** What tells our records from others on the same socket. */
export const MARK = " weir - eve [weir@32473 ";
const HEADER =
  /^<(\d{1,3})>1 \S{1,32} \S{1,32} weir - eve \[weir@32473 boot="(\d{1,16})" seq="(\d{1,16})"(?: len="(\d{1,4})" prev="(.{16})" mac="(.{32})")?\]\[timeQuality [^\]]{0,64}\] (?=\{)/s;

/** The appliance that a record says it is of (its policy's interfaces.log.hostname); undefined where it is no record. Anybody can say so. */
export function hostOf(payload: Buffer): string | undefined {
  const front = payload.toString("latin1", 0, FRONT);
  return front.includes(MARK) ? /^<\d{1,3}>1 \S{1,32} (\S{1,32}) weir - eve /.exec(front)?.[1] : undefined;
}

export function parse(payload: Buffer): Parsed | Unreadable {
  const front = payload.toString("latin1", 0, FRONT);
  const found = HEADER.exec(front);
  const [boot, sequence] = [Number(found?.[2]), Number(found?.[3])];
  if (!found || !Number.isSafeInteger(boot) || !Number.isSafeInteger(sequence) || sequence === 0) {
    if (!front.includes(MARK)) return "not_ours";
    return payload.includes(0x7b) ? "malformed" : "truncated";
  }
  const json = payload.subarray(found[0].length);
  const keyed = found[6] !== undefined;
  // Without a code nothing says that it is as the journal wrote it: a line, of JSON.
  if (!keyed && !isWhole(json)) return "truncated";
  if (!keyed && !isLine(json)) return "malformed";
  return {
    severity: Number(found[1]) & 7,
    boot,
    sequence,
    length: keyed ? Number(found[4]) : -1,
    previous: found[5] ?? "",
    mac: found[6] ?? "",
    macAt: keyed ? found[0].indexOf(' mac="') + 6 : -1,
    json,
  };
}

/** The payload without the digits of its code, in two parts. */
export const signed = (payload: Buffer, { macAt }: Parsed): [Buffer, Buffer] => [
  payload.subarray(0, macAt),
  payload.subarray(macAt + 32),
];

/** Of text that is no record, or whose code is not right: what may be the first half of a genuine record's code. */
export function codesIn(payload: Buffer): string[] {
  const front = payload.toString("latin1", 0, FRONT + 40);
  const codes = new Set<string>();
  for (const [, code] of front.matchAll(/mac="([0-9a-f]{16})/g)) codes.add(code!);
  for (const [run] of front.matchAll(/[0-9a-f]{32,}/g))
    for (let at = 0; at + 32 <= run.length && at < 8; at++) codes.add(run.slice(at, at + 16));
  return [...codes];
}

/** Whether the JSON object that begins here ends exactly at the end. */
function isWhole(json: Buffer): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < json.length; at++) {
    const c = json[at];
    if (quoted) {
      if (c === 0x5c) at++;
      else if (c === 0x22) quoted = false;
    } else if (c === 0x22) quoted = true;
    else if (c === 0x7b || c === 0x5b) depth++;
    else if ((c === 0x7d || c === 0x5d) && --depth === 0) return at === json.length - 1;
  }
  return false;
}

function isLine(json: Buffer): boolean {
  const text = json.toString("latin1");
  if (/[^\x20-\x7e]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
