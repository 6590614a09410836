/** Images for x86-64 that start and are no good, each by a few bytes of code that are not the compiler's. */
import { readFileSync } from "node:fs";
import { readElf } from "../../appliance/build/elf.ts";
import { prebuiltSymbols } from "../../appliance/build/for.ts";
import { readSymbols } from "../../debug/symbols.ts";

/** An instruction that jumps to itself. */
const FOR_EVER = [0xeb, 0xfe];
/** A page of an instruction that user code must not have. */
const PRIVILEGED = Array<number>(4096).fill(0xf4);

export type Fault = "dead" | "never-ready" | "silent";

const FAULTS: Record<Fault, { at: string; code: readonly number[] }> = {
  dead: { at: "user_text", code: PRIVILEGED },
  "never-ready": { at: "w2c_guard_configure", code: FOR_EVER },
  silent: { at: "w2c_journal_run", code: FOR_EVER }, // which first runs for a heartbeat
};

/** A copy of a good image that has this fault. */
export function badImage(good: Uint8Array, fault: Fault): Uint8Array {
  const { at, code } = FAULTS[fault];
  const { address } = readSymbols("symbols", readFileSync(prebuiltSymbols("x86_64"))).named.get(at)!;
  const segment = readElf(good).segments.find((s) => s.virtual <= address && address < s.virtual + BigInt(s.fileSize))!;
  const bytes = Uint8Array.from(good);
  bytes.set(code, segment.offset + Number(address - segment.virtual));
  return bytes;
}
