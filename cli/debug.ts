/** `weir debug`: what an image's crash record says, in lines of AssemblyScript; and what a debugger needs. */
import { existsSync, readFileSync } from "node:fs";
import { Command } from "commander";
import { gdbScript, TRACE_POINTS } from "../debug/gdb.ts";
import { memoryCommand, recordsInMemory } from "../debug/memory.ts";
import { readCrash } from "../debug/record.ts";
import { diagnose, render } from "../debug/report.ts";
import { readSymbols, type Symbols } from "../debug/symbols.ts";
import { ROOT } from "../lib/asc.ts";

interface Options {
  image: string;
  symbols?: string;
  replay?: boolean;
  json?: boolean;
  gdb?: string | true;
  trace?: string | true;
  break?: string[];
  memory?: string | true;
}

export function command(): Command {
  return new Command("debug")
    .description(
      "Turn the crash record on an image's console into the chain of calls with lines of AssemblyScript, and replay the\n" +
        "flight recorder's frames in this process to the same trap. Needs the .debug file that weir build wrote beside the image.",
    )
    .argument("[crash.log]", "the console's output; - for standard input")
    .option("--image <weir.elf>", "the image that crashed", "weir.elf")
    .option("--symbols <weir.elf.debug>", "its symbols, if they are not in IMAGE.debug")
    .option("--replay", "replay the recorder's records; exit code 3 when they do not lead to the same trap")
    .option("--json", "print it as one JSON object")
    .option(
      "--memory [dump]",
      "read the recorder from a memory dump instead of a log; without a file: print how to make a dump",
    )
    .option("--gdb [host:port]", "print a script for gdb on an image that QEMU runs with -gdb (default :1234)")
    .option("--break <function...>", "with --gdb: stop at these AssemblyScript functions, as guard:run")
    .option("--trace [points]", `with --gdb: print a line at each of ${Object.keys(TRACE_POINTS).join(",")}; go on`)
    .addHelpText(
      "after",
      `
Examples:
  weir run site.elf --in tap0 --out tap1 --log tap2 | tee crash.log
  weir debug crash.log --image site.elf --replay
  weir debug --gdb --break inspect:run --image site.elf > weir.gdb; gdb -x weir.gdb
  weir debug --memory --image site.elf        the command for QEMU's monitor; then
  weir debug --memory recorder.bin --image site.elf --replay

Exit codes: 0 shown; 1 usage; 2 the log has no crash record, or it is damaged; 3 --replay did not lead to the same trap.`,
    )
    .action(async (log: string | undefined, options: Options) => {
      process.exitCode = await debug(log, options);
    });
}

async function debug(log: string | undefined, options: Options): Promise<number> {
  const path = options.symbols ?? `${options.image}.debug`;
  if (!existsSync(path)) throw new Error(`${path}: file not found; weir build -o ${options.image} writes it`);
  const symbols = open(path);
  if (options.gdb) {
    const host = options.gdb === true ? ":1234" : options.gdb;
    process.stdout.write(gdbScript(symbols, ROOT, host, options.break ?? [], options.trace));
    return 0;
  }
  const image = existsSync(options.image) ? readFileSync(options.image) : undefined;
  if (options.memory === true) {
    process.stdout.write(memoryCommand(symbols));
    return 0;
  }
  if (!log && !options.memory)
    throw new Error("nothing to debug: expected a log, --memory or --gdb (weir debug --help)");
  let crash: ReturnType<typeof readCrash>;
  try {
    crash = options.memory
      ? recordsInMemory(readFileSync(options.memory), symbols, image)
      : readCrash(readFileSync(log === "-" ? 0 : log!, "latin1"));
  } catch (error) {
    process.stderr.write(`weir: ${options.memory ?? log}: ${(error as Error).message}\n`);
    return 2;
  }
  const diagnosis = await diagnose(crash, symbols, image, options.replay ?? false);
  process.stdout.write(
    options.json ? `${JSON.stringify(plain(diagnosis), null, 2)}\n` : `${render(diagnosis, ROOT)}\n`,
  );
  if (diagnosis.replay && diagnosis.replay.verdict !== "same") return 3;
  return crash.damage.length ? 2 : 0;
}

function open(path: string): Symbols {
  try {
    return readSymbols(path, readFileSync(path));
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
}

/** Addresses as hexadecimal text, records as base64. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return `0x${value.toString(16)}`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]));
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
  return value;
}
