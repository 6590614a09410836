// What weir debug says of symbols, dumps and records that it can do nothing with, and of a replay that shows something else.

import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { COMPARTMENTS } from "../appliance/build/compartments.ts";
import { packContainer, withoutKeys } from "../appliance/build/container.ts";
import { readElf } from "../appliance/build/elf.ts";
import { placePolicy } from "../appliance/build/place.ts";
import { moduleSection } from "../appliance/build/symbols.ts";
import { smallImage } from "../appliance/build/testing/image.ts";
import { compilePolicyText } from "../diode/policy.ts";
import { compileOnboard } from "../lib/asc.ts";
import { resolve } from "./chain.ts";
import { Frames } from "./frames.ts";
import { functionsNamed } from "./gdb.ts";
import { memoryCommand, recordsInMemory } from "./memory.ts";
import { type Crash, fnv1a } from "./record.ts";
import { diagnose, render } from "./report.ts";
import { readSymbols, type Symbols } from "./symbols.ts";

/** Symbols with this .debug_frame, and the modules that an image is made of. */
function symbolsWith(frames?: Uint8Array, modules: Record<string, Uint8Array> = {}): Symbols {
  const elf = readElf(smallImage());
  let bytes = Buffer.from(elf.bytes);
  const parts = { ...(frames && { ".debug_frame": frames }), ...modules };
  const sections = Object.entries(parts).map(([name, content]) => {
    const offset = bytes.length;
    bytes = Buffer.concat([bytes, content]);
    return { name, type: 1, flags: 0, address: 0n, headerAt: 0, offset, size: content.length };
  });
  return { path: "x.debug", elf: { ...elf, bytes, sections }, functions: [], named: new Map(), base: 0n, text: "0" };
}
async function ownModules(): Promise<Record<string, Uint8Array>> {
  const modules: Record<string, Uint8Array> = {};
  for (const { name, entry, pages } of COMPARTMENTS) {
    const wasm = await compileOnboard(entry, { pages });
    modules[moduleSection(name, "wasm")] = readFileSync(wasm);
    modules[moduleSection(name, "map")] = readFileSync(`${wasm}.map`);
  }
  return modules;
}
/** An entry: its length, its number, and so many bytes. */
const entry = (length: number, id: number, ...more: number[]) => {
  const bytes = Buffer.alloc(8 + more.length);
  bytes.writeUInt32LE(length);
  bytes.writeUInt32LE(id, 4);
  bytes.set(more, 8);
  return bytes;
};
const COMMON = 0xffffffff;
const POLICY = "weir: 1\ninterfaces: { out: { next-hop: 52:54:00:77:00:12 } }\nrules: []\n";

it.each<[string, Uint8Array | undefined, string]>([
  ["none", undefined, "no .debug_frame: expected the .debug file that weir build writes"],
  ["an entry longer than the section", entry(100, COMMON, 4, 0), "damaged: .debug_frame"],
  ["an entry that ends where it begins", entry(4, COMMON), "damaged: .debug_frame"],
  ["frames of a common entry that is missing", entry(28, 7, ...Array(24).fill(0)), "damaged: .debug_frame"],
  ["a common entry that is cut", entry(6, COMMON, 4, 0), "damaged: .debug_frame"],
  ["another version", entry(6, COMMON, 1, 0), ".debug_frame of version 1, expected 4"],
])("call frames: %s", (_, frames, message) => {
  expect(() => new Frames(symbolsWith(frames))).toThrow(new Error(message));
});

/** With a table of symbols that say where the user part's code is. */
function named(...symbols: [name: string, address: bigint][]): Uint8Array {
  const names = Buffer.from(`\0.strtab\0.symtab\0${symbols.map(([name]) => `${name}\0`).join("")}`);
  const table = Buffer.alloc(24 * (symbols.length + 1));
  for (const [n, [name, address]] of symbols.entries()) {
    table.writeUInt32LE(names.indexOf(`\0${name}\0`) + 1, 24 * (n + 1));
    table.writeBigUInt64LE(address, 24 * (n + 1) + 8);
  }
  const image = Buffer.from(smallImage());
  for (const [n, name, type, offset, size] of [
    [1, 1, 3, image.length, names.length],
    [2, 9, 2, image.length + names.length, table.length],
  ] as const) {
    image.writeUInt32LE(name, 0x1200 + n * 64);
    image.writeUInt32LE(type, 0x1204 + n * 64);
    image.writeBigUInt64LE(BigInt(offset), 0x1218 + n * 64);
    image.writeBigUInt64LE(BigInt(size), 0x1220 + n * 64);
  }
  return Buffer.concat([image, names, table]);
}

it("symbols: none, of another program, of code that is not there", () => {
  const read = (bytes: Uint8Array) => () => readSymbols("x.debug", bytes);
  expect(read(smallImage())).toThrow(new Error("no symbols: expected the .debug file that weir build writes"));
  expect(read(named(["main", 5n]))).toThrow(new Error("the symbols are not those of an image: user_text is missing"));
  expect(read(named(["user_text", 0x500000n], ["user_text_end", 0x500010n]))).toThrow(
    new Error("no code at 0x500000: expected the .debug file that weir build writes"),
  );
  expect(read(named(["user_text", 0x101000n], ["user_text_end", 0x101010n]))()).toMatchObject({ base: 0x101000n });
});

it("a function that the image does not have", () => {
  expect(() => functionsNamed(symbolsWith(), "guard:nothing")).toThrow(
    new Error("no function guard:nothing in the image: expected COMPARTMENT:NAME"),
  );
});

it("the recorder in memory: how it is copied, and what is found in the copy", () => {
  expect(() => memoryCommand(symbolsWith())).toThrow(new Error("the image has no flight recorder"));
  const recorder = { name: "weir_recorder", address: 0x200000n, size: 32800n };
  expect(memoryCommand({ ...symbolsWith(), named: new Map([["weir_recorder", recorder]]) })).toBe(
    `monitor   pmemsave 0x200000 32800 recorder.bin
QMP       {"execute": "pmemsave", "arguments": {"val": 2097152, "size": 32800, "filename": "recorder.bin"}}
Between stop and cont, for a copy of one moment. The whole memory (dump-guest-memory) will do as well.
`,
  );
  const dump = Buffer.alloc(100 + 32 + 64);
  dump.write("WEIRREC1", 100);
  dump.writeBigUInt64LE(64n, 108);
  dump.writeBigUInt64LE(32n, 124);
  const found = recordsInMemory(dump, symbolsWith(), undefined);
  expect([found.reason, found.records.length]).toEqual(["none: the flight recorder was read from memory", 1]);
  expect(() => recordsInMemory(dump.subarray(0, 120), symbolsWith(), undefined)).toThrow(
    new Error("no flight recorder in the dump"),
  );
});

it("without llvm-symbolizer there are names, and it is said what to install", async () => {
  vi.stubEnv("PATH", "/nowhere");
  const symbols = symbolsWith(Buffer.alloc(0));
  expect(await resolve([5n], symbols)).toMatchObject({ why: "llvm-symbolizer is not installed (Debian: llvm)" });
  const crash = {
    ...CRASH,
    registers: new Map([
      ["rip", 5n],
      ["rsp", 0n],
    ]),
  };
  expect((await diagnose(crash, symbols, undefined, false)).doubts).toContain(
    "no source lines: llvm-symbolizer is not installed (Debian: llvm)",
  );
  vi.unstubAllEnvs();
});

const CRASH: Crash = {
  ...{ reason: "trap: guard: unreachable", base: 0n, text: "0", policy: "", damage: [] },
  ...{ registers: new Map(), calls: new Map(), records: [] },
};

it("replay: no records, no image, another policy, no trap", async () => {
  const why = async (crash: Partial<Crash>, image?: Uint8Array) =>
    (await diagnose({ ...CRASH, ...crash }, symbolsWith(Buffer.alloc(0), modules), image, true)).replay?.why;
  const modules = await ownModules();
  const records = [Buffer.alloc(32)];
  const container = packContainer(compilePolicyText(POLICY, "p").parts);
  const image = placePolicy(smallImage(), container);
  const policy = fnv1a(withoutKeys(container)).toString(16).padStart(16, "0");
  expect(await why({})).toBe("the log has no records of the flight recorder");
  expect(await why({ records })).toBe("the image file is missing, and its policy with it");
  expect(await why({ records, reason: "stopped: guard did not go on" }, image)).toBe(
    "replaying cannot show that run() did not go on",
  );
  expect(await why({ records }, smallImage())).toBe("the image has no policy");
  expect(await why({ records }, image)).toBe("the image's policy is not the one of the crash");
  expect(await why({ records, policy }, image)).toBe("no trap: the recorder kept too few records to reach it");
});

it("a replay that shows another trap", () => {
  const call = { address: 16n, name: "guard: rules/allowed" };
  const replay = { verdict: "another", records: 3, number: 7n, trap: "unreachable", calls: [call, call] } as const;
  expect(render({ crash: CRASH, calls: [], whole: false, replay: replay as never, doubts: ["x"] }, "/")).toBe(
    `crash        trap: guard: unreachable
recorder     0 records
replay       another trap at record 7 (the 3rd of those kept): unreachable
             0x10  guard: rules/allowed
             0x10  guard: rules/allowed
doubt        x`,
  );
});
