// A stand-in for the runtime, for tests of the pipeline around it: a program of the image's shape that starts one
// compartment called guard and halts. Nothing of it is ever in an image.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ROOT } from "../asc.ts";
import type { Linked, LinkRequest } from "../image.ts";
import { MANIFEST_SIZE, NOTE_MANIFEST } from "../manifest.ts";
import { NATIVE_FLAGS, NATIVE_INCLUDE } from "../native.ts";

const PROGRAM = `#include "guard.h"
__attribute__((used, aligned(4), section(".note.weir.manifest"))) static const struct {
  unsigned owner, size, type; char name[8]; unsigned version, count; char room[${MANIFEST_SIZE - 8}];
} manifest = {5, ${MANIFEST_SIZE}, ${NOTE_MANIFEST}, "Weir", 1, 0, {0}};
_Noreturn void weir_trap(unsigned compartment, weir_trap_reason reason) {
  for (;;) __asm__ volatile("hlt" : : "a"(compartment), "d"(reason));
}
static w2c_guard guard;
__attribute__((noinline)) void user_main(void) {
  wasm2c_guard_instantiate(&guard);
  w2c_guard_configure(&guard, w2c_guard_run(&guard, 0, 0));
}
void _start(void) { user_main(); for (;;) __asm__ volatile("hlt"); }
`;

const SCRIPT = `ENTRY(_start)
PHDRS { text PT_LOAD FLAGS(5); note PT_NOTE FLAGS(4); data PT_LOAD FLAGS(6); policy PT_LOAD FLAGS(4); }
SECTIONS {
  . = 0x100000;
  .text : { *(.text*) } :text
  .rodata : { *(.rodata*) } :text
  .note : { KEEP(*(.note.*)) } :text :note
  . = ALIGN(4096);
  .data : { *(.data*) } :data
  .bss : { *(.bss*) } :data
  . = ALIGN(4096);
  .policy (NOLOAD) : { policy_start = .; . += 4096; } :policy
  /DISCARD/ : { *(.comment) *(.eh_frame*) }
}
`;

/** A Link with this much stack. */
export const standIn =
  (stackBytes: number) =>
  async ({ sources, folder, out }: LinkRequest): Promise<Linked> => {
    writeFileSync(join(folder, "program.c"), PROGRAM);
    writeFileSync(join(folder, "script.ld"), SCRIPT);
    const names = [...sources.map((source) => basename(source, ".c")), "program"];
    const flags = [...NATIVE_FLAGS, "--target=x86_64-none-elf", "-ffreestanding", "-fno-pic", "-fstack-usage"];
    const include = ["-I", join(ROOT, "appliance", "runtime", "wasm")];
    for (const name of names) execFileSync("clang", [...flags, ...include, "-c", `${name}.c`], { cwd: folder });
    const memory = ["-c", join(NATIVE_INCLUDE, "memory.c"), "-o", "memory.o"];
    execFileSync("clang", [...flags, ...memory], { cwd: folder });
    const objects = [...names, "memory"].map((name) => `${name}.o`);
    execFileSync("ld.lld", ["-T", "script.ld", "-o", out, ...objects], { cwd: folder });
    return {
      usage: [...names, "memory"].map((name) => join(folder, `${name}.su`)),
      stack: { entry: "user_main", bytes: stackBytes },
      lines: { standin: 20 },
      tools: {},
    };
  };
