// From a crash record's addresses to the chain of calls, and from that to lines of AssemblyScript.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { readableName } from "../appliance/build/info.ts";
import type { Frames } from "./frames.ts";
import type { Crash } from "./record.ts";
import { functionAt, type Symbols } from "./symbols.ts";

/** One function on the chain; inlined ones are entries of their own. */
export interface Call {
  address: bigint;
  /** AssemblyScript's: `inspect: ip/onboard/decode/ipv4`. The runtime's own C functions as they are called. */
  name: string;
  /** Where it is known; lines from 1. */
  place?: { file: string; line: number; column: number };
}

/**
 * The program counter and the return addresses above it, innermost first. What was dumped are only words that look like
 * return addresses; the frames' sizes say which of them are.
 * @returns `whole`: the chain ends where the user part begins
 */
export function unwind(crash: Crash, symbols: Symbols, frames: Frames): { addresses: bigint[]; whole: boolean } {
  const [pc] = crash.registers.values();
  if (pc === undefined) return { addresses: [], whole: false };
  // An image may run elsewhere than it was linked for.
  const moved = crash.base - symbols.base;
  const addresses = [pc - moved];
  let above = 0;
  for (let at = pc - moved; ; ) {
    if (functionAt(symbols, at)?.name === "user_main") return { addresses, whole: true };
    const frame = frames.at(at);
    const link = addresses.length === 1 ? crash.registers.get(LINK_REGISTER) : undefined;
    const found = frame?.returnAt === undefined ? link : crash.calls.get(above + frame.returnAt);
    if (!frame || found === undefined) return { addresses, whole: false };
    above += frame.size;
    at = found - moved - 1n; // the call itself: behind it may already be another line, or another function
    addresses.push(at);
  }
}

/** Where a return address may be on aarch64 that was not put on the stack. */
const LINK_REGISTER = "x30";

/** Names and lines of addresses, with what was inlined there. Lines need llvm-symbolizer; without it there are names. */
export async function resolve(
  addresses: readonly bigint[],
  symbols: Symbols,
): Promise<{ calls: Call[]; why?: string }> {
  const plain = () => addresses.map((address) => ({ address, name: nameOf(functionAt(symbols, address)?.name) }));
  if (!addresses.length) return { calls: [] };
  const words = addresses.map((address) => `0x${address.toString(16)}`);
  try {
    const { stdout } = await promisify(execFile)(
      "llvm-symbolizer",
      ["--output-style=JSON", "--inlines", "--functions=linkage", `--obj=${symbols.path}`, ...words],
      { maxBuffer: 1 << 26 },
    );
    const answers = stdout
      .trim()
      .split("\n")
      .flatMap((line) => JSON.parse(line) as Answer);
    return { calls: addresses.flatMap((address, n) => callsOf(address, answers[n])) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { calls: plain(), why: code === "ENOENT" ? "llvm-symbolizer is not installed (Debian: llvm)" : message };
  }
}

interface Answer {
  Symbol?: { FunctionName: string; FileName: string; Line: number; Column: number }[];
}

function callsOf(address: bigint, answer: Answer | undefined): Call[] {
  return (answer?.Symbol ?? []).map(({ FunctionName, FileName, Line, Column }) => ({
    address,
    name: nameOf(FunctionName),
    ...(Line > 0 && { place: { file: FileName.replace(/^(\.\/)+/, ""), line: Line, column: Column } }),
  }));
}

const nameOf = (name: string | undefined) => (name ? readableName(name) : "?");

/** The runtime's way from a trap to the crash record: what trapped is behind it on the chain. */
export const isTelling = ({ name }: Call): boolean => /^(weir_call|crash|ends|weir_trap|trap_\w+)$/.test(name);

/** Only what AssemblyScript's programmer wrote: neither the runtime's functions nor wasm2c's entries of the exports. */
export const inAssemblyScript = ({ name }: Call): boolean => /^(inspect|guard|journal): .*\//.test(name);
