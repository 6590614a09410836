// Manual pages and completion from what commands declare: of a small command to the letter, of all commands as man and bash take them.
import { spawnSync } from "node:child_process";
import { Command } from "commander";
import { beforeAll, expect, it } from "vitest";
import { installed } from "../appliance/hosts/here.ts";
import { COMMANDS } from "../cli/commands.ts";
import { type Declared, declared, declaredCommands } from "./commands.ts";
import { bashCompletion, zshCompletion } from "./completion.ts";
import { manPage, overview } from "./man.ts";

const ABOUT = { version: "1.2.3", date: new Date("2026-03-02T09:00:00Z") };
let commands: Declared[];
beforeAll(async () => {
  commands = await declaredCommands();
});

it("a command's page has its synopsis, arguments, options, examples and exit codes", () => {
  const command = new Command("try")
    .summary("try a thing")
    .description("Try a thing.\nTwice.")
    .argument("<file>", "what to try")
    .option("-n, --times <n>", "how often", "2")
    .addHelpText("after", "\n.hidden is a word.\n\nExamples:\n  weir try a\\b   one\n\nExit codes: 0 tried;\n1 usage.");
  expect(manPage(declared(command, ["weir", "try"]), ABOUT)).toBe(`.TH "WEIR\\-TRY" 1 "2026-03-02" "Weir 1.2.3" "Weir"
.SH NAME
weir\\-try \\- try a thing
.SH SYNOPSIS
.B weir try [options] <file>
.SH DESCRIPTION
.PP
Try a thing. Twice.
.SH ARGUMENTS
.TP
\\fBfile\\fR
what to try
.SH OPTIONS
.TP
\\fB\\-n, \\-\\-times <n>\\fR
how often (default: "2")
.TP
\\fB\\-h, \\-\\-help\\fR
display help for command
.PP
\\&.hidden is a word.
.SH EXAMPLES
.PP
.nf
.RS 2
weir try a\\eb   one
.RE
.fi
.SH "EXIT STATUS"
.PP
0 tried; 1 usage.
.SH "SEE ALSO"
.BR weir (1)
`);
});

const noMan = installed("man") ? undefined : "man is not installed";
if (noMan) console.log(`skipped: manual pages as man shows them: ${noMan}`);

it.skipIf(noMan)("man shows every page without a warning, with each option of its command", () => {
  const show = (page: string) => {
    const env = { ...process.env, MANROFFSEQ: "", LC_ALL: "C.UTF-8", MANWIDTH: "200" };
    const done = spawnSync("man", ["--warnings=all", "-l", "-"], { input: page, env, encoding: "utf8" });
    expect([done.status, done.stderr]).toEqual([0, ""]);
    return done.stdout;
  };
  for (const command of commands) {
    const shown = show(manPage(command, ABOUT));
    for (const { names } of [command, ...command.commands].flatMap(({ flags }) => flags))
      for (const name of names) expect(shown).toContain(name);
  }
  expect(show(manPage(commands.find(({ path }) => path[1] === "run")!, ABOUT))).toContain("EXIT STATUS");
  expect(show(overview(commands, "What it is.", "Exit codes: 0 good.", ABOUT))).toContain("weir-replay");
});

/** What bash offers for the last of these words. */
function offered(...words: string[]): string[] {
  const list = words.map((word) => `'${word}'`).join(" ");
  const script = `${bashCompletion(commands)}COMP_WORDS=(${list}); COMP_CWORD=$((${words.length} - 1)); _weir; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const done = spawnSync("bash", ["-c", script], { encoding: "utf8" });
  expect(done.stderr).toBe("");
  return done.stdout.split("\n").filter(Boolean);
}

it("bash offers commands, options and the words that an option takes, and names of files elsewhere", () => {
  expect(offered("weir", "")).toEqual(Object.keys(COMMANDS));
  expect(offered("weir", "re")).toEqual(["replay", "receive"]);
  expect(offered("weir", "policy", "")).toEqual(["check", "show", "derive"]);
  expect(offered("weir", "policy", "derive", "--b")).toEqual(["--bus", "--baseline"]);
  expect(offered("weir", "run", "--host", "fire")).toEqual(["firecracker"]);
  expect(offered("weir", "replay", "-r", "")).toEqual([]);
  expect(offered("weir", "replay", "")).toEqual([]);
});

const noZsh = installed("zsh") ? undefined : "zsh is not installed";
if (noZsh) console.log(`skipped: zsh's completion: ${noZsh}`);

it.skipIf(noZsh)("zsh takes its completion, and finds the same commands and options in it", () => {
  const text = zshCompletion(commands).replace(/_weir "\$@"\n$/, "");
  const ask = (words: string, prefix: string) => `words=(${words}) CURRENT=$#words PREFIX=${prefix} _weir`;
  const stubs = `_describe() { print -l -- "\${(@P)2}" }; compadd() { print -l -- "$@" }; _files() { print files }\n`;
  const script = `${stubs}${text}${ask("weir policy ''", "''")}; ${ask("weir run --host ''", "''")}; ${ask("weir replay -r ''", "''")}; ${ask("weir inspect --bo", "--bo")}`;
  const done = spawnSync("zsh", ["-f", "-c", script], { encoding: "utf8" });
  expect(done.stderr).toBe("");
  const lines = done.stdout.split("\n");
  expect(lines.slice(0, 3).map((line) => line.split(":")[0])).toEqual(["check", "show", "derive"]);
  expect(lines).toEqual(expect.arrayContaining(["qemu", "alioth", "files"]));
  expect(lines.some((line) => line.startsWith("--bom:"))).toBe(true);
});
