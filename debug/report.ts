// What `weir debug` says of a crash, as an object (--json) and as text.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unpackContainer, withoutKeys } from "../appliance/build/container.ts";
import { readElf } from "../appliance/build/elf.ts";
import { policyOf } from "../appliance/build/place.ts";
import { RecordHeader } from "../appliance/contract/abi.ts";
import { type Call, inAssemblyScript, isTelling, resolve, unwind } from "./chain.ts";
import { Frames } from "./frames.ts";
import { type Crash, fnv1a } from "./record.ts";
import { type Replay, replay } from "./replay.ts";
import type { Symbols } from "./symbols.ts";

type Again = Replay & { verdict: "same" | "another" | "none"; why?: string };

export interface Diagnosis {
  crash: Crash;
  /** Innermost first; all that is known of the chain when `whole` is not set. */
  calls: Call[];
  whole: boolean;
  /** Where in AssemblyScript it trapped, if there. */
  at?: Call;
  replay?: Again;
  /** What stands in the way of believing it. */
  doubts: string[];
}

/** @param image the image that crashed, for its policy; without it nothing is replayed */
export async function diagnose(
  crash: Crash,
  symbols: Symbols,
  image: Uint8Array | undefined,
  wantReplay: boolean,
): Promise<Diagnosis> {
  const doubts = [...crash.damage];
  if (crash.text !== symbols.text)
    doubts.push(`the symbols are of another image: its code is ${symbols.text}, the crash's ${crash.text}`);
  const { addresses, whole } = unwind(crash, symbols, new Frames(symbols));
  if (!whole) doubts.push("the chain of calls does not reach the beginning of the program");
  const { calls, why } = await resolve(addresses, symbols);
  if (why) doubts.push(`no source lines: ${why}`);
  const inner = calls.find((call) => !isTelling(call));
  const diagnosis: Diagnosis = { crash, calls, whole, doubts };
  if (inner && inAssemblyScript(inner)) diagnosis.at = inner;
  if (wantReplay) diagnosis.replay = again(crash, symbols, image, diagnosis.at);
  return diagnosis;
}

function again(crash: Crash, symbols: Symbols, image: Uint8Array | undefined, at?: Call): Again {
  const none = (why: string): Again => ({ records: 0, calls: [], verdict: "none", why });
  if (!crash.records.length) return none("the log has no records of the flight recorder");
  if (!image) return none("the image file is missing, and its policy with it");
  if (/did not go on$/.test(crash.reason)) return none("replaying cannot show that run() did not go on");
  let container: Uint8Array | undefined;
  try {
    container = policyOf(readElf(image));
  } catch (error) {
    return none(`reading the image for its policy: ${(error as Error).message}`);
  }
  if (!container) return none("the image has no policy");
  if (fnv1a(withoutKeys(container)).toString(16).padStart(16, "0") !== crash.policy)
    return none("the image's policy is not the one of the crash");
  const result = replay(crash.records, unpackContainer(container), symbols);
  const [inner] = result.calls;
  if (result.trap !== undefined && !inner)
    return { ...result, verdict: crash.exit === "CONTRACT" ? "same" : "another" };
  if (!inner) return { ...result, verdict: "none", why: "no trap: the recorder kept too few records to reach it" };
  const same = at && at.name === inner.name && sameLine(at, inner);
  return { ...result, verdict: same ? "same" : "another" };
}

const sameLine = (a: Call, b: Call) => a.place?.file === b.place?.file && a.place?.line === b.place?.line;

/** @param root where the AssemblyScript is, to show the lines; they are left out where it is not */
export function render({ crash, calls, at, replay: again, doubts }: Diagnosis, root: string): string {
  const lines = [`crash        ${crash.reason}`];
  if (at) {
    lines.push(`at           ${where(at)}  ${at.name}`);
    lines.push(...source(at, root));
  }
  const telling = calls.findIndex((call) => !isTelling(call));
  const [first, ...rest] = calls.slice(Math.max(0, telling)).map((call) => `${where(call)}  ${call.name}`);
  if (first) lines.push(`calls        ${first}`, ...rest.map((text) => `             ${text}`));
  lines.push(...registers(crash).map((text, n) => `${n ? "            " : "registers   "} ${text}`));
  const { given, records } = crash;
  if (given?.first !== undefined)
    lines.push(`given        ${given.compartment}: records ${given.first} to ${given.last}`);
  else if (given) lines.push(`given        ${given.compartment}`);
  lines.push(`recorder     ${records.length} records${records.length ? `, ${span(records)}` : ""}`);
  if (again) lines.push(...replayed(again));
  lines.push(...doubts.map((doubt) => `doubt        ${doubt}`));
  return lines.join("\n");
}

function replayed({ verdict, why, records, number, trap, calls }: Again): string[] {
  if (verdict === "none") return [`replay       ${why}`];
  const [first, ...rest] = calls.map((call) => `${where(call)}  ${call.name}`);
  return [
    `replay       ${verdict === "same" ? "the same trap" : "another trap"} at record ${number} (the ${ordinal(records)} of those kept): ${trap}`,
    ...(first ? [`             ${first}`] : []),
    ...rest.map((text) => `             ${text}`),
  ];
}

const ordinal = (n: number) =>
  `${n}${n % 100 > 10 && n % 100 < 14 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`;

const where = ({ place, address }: Call) =>
  place ? `${place.file}:${place.line}:${place.column}` : `0x${address.toString(16)}`;

function registers({ registers: all }: Crash): string[] {
  const words = [...all].map(([name, value]) => `${name}=${value.toString(16)}`);
  const rows: string[] = [];
  for (let at = 0; at < words.length; at += 6) rows.push(words.slice(at, at + 6).join(" "));
  return rows;
}

function span(records: readonly Uint8Array[]): string {
  const numbers = [records[0]!, records.at(-1)!].map((record) => new RecordHeader(record).number);
  return `${numbers[0]} to ${numbers[1]}`;
}

/** The line itself, and a mark under the column. */
function source({ place }: Call, root: string): string[] {
  const path = place && join(root, place.file);
  if (!place || !path || place.file.startsWith("~") || !existsSync(path)) return [];
  const line = readFileSync(path, "utf8").split("\n")[place.line - 1];
  return line === undefined ? [] : [`             | ${line}`, `             | ${" ".repeat(place.column - 1)}^`];
}
