// A script for gdb on an image that QEMU runs with -gdb: symbols, sources, breakpoints, trace points. gdb then shows lines
// of AssemblyScript, for the DWARF says so (appliance/build/lines.ts).
import { readableName } from "../appliance/build/info.ts";
import { type Symbols, section } from "./symbols.ts";

/**
 * Places at which a frame's way through the image can be watched: functions that are there anyway, called from another
 * file and so never inlined. They cost nothing, since nothing of them is in the image but what it consists of.
 */
export const TRACE_POINTS: Record<string, { function: string; commands: string[] }> = {
  receive: { function: "receive", commands: ['printf "receive\\n"'] },
  idle: { function: "receive_wait", commands: ['printf "idle %lu ns\\n", nanoseconds'] },
  record: { function: "recorder_take", commands: ['printf "record of %u bytes\\n", size'] },
  inspect: { function: "w2c_inspect_run", commands: ['printf "inspect %u to %u\\n", var_p0, var_p1'] },
  guard: { function: "w2c_guard_run", commands: ['printf "guard %u to %u\\n", var_p0, var_p1'] },
  journal: { function: "w2c_journal_run", commands: ['printf "journal %u to %u\\n", var_p0, var_p1'] },
  // No text of gdb's own as an argument: it would have the image allocate it.
  send: {
    function: "send",
    commands: [
      "if which",
      'printf "send on log, "',
      "else",
      'printf "send on out, "',
      "end",
      'printf "%u bytes\\n", length',
    ],
  },
  crash: { function: "user_crash", commands: ['printf "crash\\n"'] },
};

/**
 * @param root where the sources are
 * @param host where QEMU listens
 * @param stops AssemblyScript functions (functionsNamed())
 * @param trace names of TRACE_POINTS with commas between; true: all
 * @throws Error naming what there is not
 */
export function gdbScript(
  symbols: Symbols,
  root: string,
  host: string,
  stops: readonly string[],
  trace?: string | true,
): string {
  const points = trace === true ? Object.keys(TRACE_POINTS) : trace ? trace.split(",") : [];
  const lines = [
    "set pagination off",
    "set confirm off",
    `file ${symbols.path}`,
    `directory ${root}`,
    `target remote ${host}`,
    ...stops.flatMap((stop) => functionsNamed(symbols, stop)).map((name) => `hbreak ${name}`),
    ...points.flatMap((name) => traced(name)),
  ];
  return `${lines.join("\n")}\n`;
}

function traced(name: string): string[] {
  const point = TRACE_POINTS[name];
  if (!point) throw new Error(`unknown trace point ${name}, expected one of ${Object.keys(TRACE_POINTS).join(", ")}`);
  // At its first instruction, where its arguments are where they were passed.
  return [`hbreak *${point.function}`, "commands", "silent", ...point.commands, "continue", "end"];
}

/**
 * C functions that an AssemblyScript function became, by `COMPARTMENT:NAME`: its name, or as much of the end of its path as
 * is wanted (`guard:allowed`, `guard:rules/allowed`). A C function of the runtime by its name alone.
 * @throws Error when there is none
 */
export function functionsNamed({ functions, elf }: Symbols, wanted: string): string[] {
  const [, compartment, name] = /^(?:(\w+):)? *(\S+)$/.exec(wanted) ?? [];
  // One that was inlined everywhere is no symbol, but DWARF knows it, and so does gdb.
  const inlined = Buffer.from(section(elf, ".debug_str") ?? [])
    .toString("latin1")
    .match(/(?<=^|\0)w2c_\w+(?=\0)/g);
  const names = [...new Set([...functions.map((f) => f.name), ...(inlined ?? [])])];
  const found = names.filter((each) => {
    const readable = readableName(each);
    return compartment
      ? readable.startsWith(`${compartment}: `) && readable.endsWith(`/${name}`)
      : each === name && !readable.includes(": ");
  });
  if (!name || !found.length) throw new Error(`no function ${wanted} in the image: expected COMPARTMENT:NAME`);
  return found;
}
