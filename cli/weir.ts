// REQ-GROUND-001, REQ-GROUND-007
/** `weir`: what was asked for is found among the commands and run. */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { isJournal, lineFor, Priority } from "../appliance/hosts/service/journal.ts";
import { printable } from "../lib/printable.ts";
import { COMMANDS } from "./commands.ts";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

async function main(argv: string[]): Promise<void> {
  const program = new Command("weir")
    .description(
      "A network security appliance in one unikernel image: decodes IP and MIL-STD-1553, finds anomalies,\npasses only what policy allows, one way only.",
    )
    .version(version)
    .showHelpAfterError("(weir --help lists the commands)")
    .addHelpText(
      "after",
      `
Exit codes: 0 ran to the end; 1 usage or policy error; 2 input damaged or cut, all good packets were still processed;
3 a gate that was asked for failed. stdout is data, stderr is talk.

First steps:
  weir replay -r fixtures/site.pcap -c fixtures/policy.yaml            in this process
  weir replay -r fixtures/site.pcap -c fixtures/policy.yaml --image    the same in the booted image`,
    );
  const wanted = argv.find((word) => !word.startsWith("-"));
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    if (name === wanted) program.addCommand((await load()).command().summary(summary));
    else program.command(name).summary(summary).description(summary);
  }
  program.exitOverride();
  for (const command of program.commands) command.exitOverride();
  await program.parseAsync(argv, { from: "user" });
}

// Names of files, and what files and traffic hold, are quoted in what is said: a terminal must not act on it. (The progress
// bar's own movements are bytes, not text.)
const talk = process.stderr.write.bind(process.stderr) as (text: string | Uint8Array, ...rest: unknown[]) => boolean;
process.stderr.write = ((text: string | Uint8Array, ...rest: unknown[]) =>
  talk(typeof text === "string" ? printable(text) : text, ...rest)) as typeof process.stderr.write;

// A reader that stops early (`weir decode ... | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 1;
  else {
    const text = `weir: ${error instanceof Error ? error.message : String(error)}`;
    process.stderr.write(lineFor(isJournal(2), Priority.ERROR, text));
    if (process.env.WEIR_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  }
}
