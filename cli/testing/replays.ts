/** Commands one after the other in one test, and what a replay under a baseline alerts on. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "../commands.ts";
import type { CommandConsole } from "./console.ts";

/** Runs a command; `seen` has what it says, and nothing of those before. */
export const runner =
  (seen: CommandConsole) =>
  async (name: string, ...words: string[]): Promise<void> => {
    seen.out = seen.talk = "";
    process.exitCode = undefined;
    await (await COMMANDS[name]!.load()).command().exitOverride().parseAsync(words, { from: "user" });
  };

/** Alerts of a replay under a baseline of the test's folder, a line each. */
export async function alertLines(seen: CommandConsole, capture: string, baseline = "site.baseline"): Promise<string[]> {
  const at = (name: string) => join(seen.folder, name);
  const policy = `weir: 1\ninterfaces: { out: { next-hop: 52:54:00:77:00:12 } }\nrules: []\nbaseline: ${baseline}\n`;
  writeFileSync(at("policy.yaml"), policy);
  await runner(seen)("replay", "-r", capture, "-c", at("policy.yaml"), "-l", at("log"));
  const lines = readFileSync(at("log/eve.json"), "utf8").split("\n");
  return lines.filter((line) => line.includes('"event_type":"alert"'));
}
