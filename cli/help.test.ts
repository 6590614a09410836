// What --help says, of every command and of those within commands: compared with cli/testing/golden (npx vitest run cli/help -u).
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Command } from "commander";
import { expect, it } from "vitest";
import { ROOT } from "../lib/asc.ts";
import { COMMANDS } from "./commands.ts";

/** As wide as where no terminal says how wide it is. */
const WIDTH = 80;

function helpOf(command: Command): string[] {
  const parts: string[] = [];
  const output = { writeOut: (part: string) => void parts.push(part), getOutHelpWidth: () => WIDTH };
  command.configureOutput({ ...output, getOutHasColors: () => false }).outputHelp();
  return [parts.join(""), ...command.commands.flatMap(helpOf)];
}

const names = Object.keys(COMMANDS);

it.each(names)("weir %s --help", async (name) => {
  const { command } = await COMMANDS[name]!.load();
  const text = helpOf(command()).join(`\n${"-".repeat(WIDTH)}\n`);
  await expect(text).toMatchFileSnapshot(`testing/golden/${name}.txt`);
});

it("weir --help", async () => {
  const text = execFileSync(process.execPath, [join(ROOT, "bin/weir"), "--help"], { encoding: "utf8" });
  await expect(text).toMatchFileSnapshot("testing/golden/weir.txt");
});
