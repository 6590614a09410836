/**
 * A copy of the project whose images count what they execute. clang's own instrumentation (-fcoverage-mapping) goes into the
 * kernel part and the user part, and the linker script gets room for its counters; the compartments' C, and everything
 * else, is as it is. The image's memory is a file of the host (qemu-system-*, in bin/), so what was counted can be read
 * however the image ended.
 */
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../lib/asc.ts";

/**
 * In the image's memory at a multiple of 16: how far back from here clang's records of functions begin and end, and their
 * names, follows in four numbers of 64 bits.
 */
export const MAGIC = "weir's counters:";

/** Makes the copy anew at `folder`: tree/ and bin/. */
export function copyTree(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  const tree = join(folder, "tree");
  mkdirSync(tree, { recursive: true });
  for (const entry of readdirSync(ROOT))
    if (!["node_modules", "build", "dist", ".git"].includes(entry))
      cpSync(join(ROOT, entry), join(tree, entry), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(tree, "node_modules"));
  edit(join(tree, "appliance/build/link.ts"), [
    ["kernel: [...common,", `kernel: [...common, ...COUNTED,`],
    ["user: [...common,", `user: [...common, ...COUNTED,`],
    ["unknown-elf", "unknown-linux-gnu"], // for another system clang registers each counter, by a call at the start
    // Counters keep the optimizer from taking structures apart: what the kernel part then wants to clear, it clears itself.
    [
      'tool("clang", args, cwd);',
      `tool("clang", args, cwd).then(() =>
        tool("llvm-objcopy", object.startsWith("k-") ? ["--redefine-sym", "memset=kernel_memset", object] : ["--version"], folder),
      );`,
    ],
    ["interface Flags {", `const COUNTED = ["-fprofile-instr-generate", "-fcoverage-mapping"];\n\ninterface Flags {`],
  ]);
  for (const arch of ["x86_64", "aarch64"]) edit(join(tree, "appliance/runtime/arch", arch, "link.ld"), SECTIONS);
  writeFileSync(join(tree, "appliance/runtime/kernel/counted.c"), MEMSET);
  const bin = join(folder, "bin");
  mkdirSync(bin);
  mkdirSync(join(folder, "memory"));
  for (const program of ["qemu-system-x86_64", "qemu-system-aarch64"]) {
    writeFileSync(join(bin, program), WRAPPER);
    chmodSync(join(bin, program), 0o755);
  }
  return tree;
}

const quads = (text: string) =>
  [0, 8].map((at) => `QUAD(0x${Buffer.from(text).readBigUInt64LE(at).toString(16)})`).join(" ");

/**
 * clang's records and names in sections of their own, where llvm-cov looks for them; the user part's counters at the end of
 * its data, the kernel part's at the beginning of its own, which is next.
 */
const SECTIONS: [string, string][] = [
  [
    "  .data.user :",
    `  __llvm_prf_data : { counted_data = .; *(__llvm_prf_data) counted_data_end = .; } :data
  __llvm_prf_names : { counted_names = .; *(__llvm_prf_names) counted_names_end = .; . = ALIGN(4096); } :data
  .data.user :`,
  ],
  [
    "EXCLUDE_FILE(k-*.o) .data.*)",
    [
      `EXCLUDE_FILE(k-*.o) .data.*) . = ALIGN(16); counted = .; ${quads(MAGIC)}`,
      ...["data", "data_end", "names", "names_end"].map((name) => `QUAD(counted - counted_${name})`),
      "*(EXCLUDE_FILE(k-*.o) __llvm_prf_cnts)",
    ].join(" "),
  ],
  ["kernel_data = .;", "kernel_data = .; k-*.o(__llvm_prf_cnts)"],
  [
    "  .debug_abbrev 0 :",
    "  __llvm_covfun 0 : { *(__llvm_covfun) }\n  __llvm_covmap 0 : { *(__llvm_covmap) }\n  .debug_abbrev 0 :",
  ],
];

const MEMSET = `void *kernel_memset(void *to, int value, unsigned long n) {
  for (volatile char *at = to; n; n--) *at++ = (char)value;
  return to;
}
`;

/** Takes QEMU's place on the PATH: the same arguments, and the guest's memory in a file beside the image's name. */
const WRAPPER = `#!/bin/sh
# The program of this name that is next on the PATH, with the guest's memory in a file.
here=$(dirname "$0")
self=$(basename "$0")
PATH=$(echo "$PATH" | sed "s|$here:||g")
memory= image= previous=
for argument in "$@"; do
  case $previous in -m) memory=$argument;; -kernel) image=$argument;; esac
  previous=$argument
done
[ -n "$memory" ] && [ -n "$image" ] || exec "$self" "$@"
file=$here/../memory/$$
printf %s "$self" > "$file.arch"
exec "$self" "$@" -object "memory-backend-file,id=counted,share=on,mem-path=$file.ram,size=\${memory}M" -machine memory-backend=counted
`;

/** Each text must be there: another linker script or other flags are an error here, never an image that is not counted. */
function edit(path: string, changes: [string, string][]): void {
  let text = readFileSync(path, "utf8");
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${path}: expected ${JSON.stringify(from)}`);
    text = text.replace(from, to);
  }
  writeFileSync(path, text);
}
