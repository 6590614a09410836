/** The commands as they are declared to commander: what --help shows, for manual pages and completion. */
import type { EventEmitter } from "node:events";
import type { Command, Option } from "commander";
import { COMMANDS } from "../cli/commands.ts";

export interface Flag {
  /** As in --help: "-c, --config <policy.yaml>". */
  term: string;
  /** "-c", "--config". */
  names: string[];
  description: string;
  takesValue: boolean;
  /** Words that its value is one of, where it is; else what it takes is a file, a number, a name. */
  choices: string[];
}

export interface Declared {
  /** weir run: ["weir", "run"]. */
  path: string[];
  /** A few words. */
  summary: string;
  description: string;
  /** "weir run [options] <image>". */
  usage: string;
  arguments: { term: string; description: string }[];
  flags: Flag[];
  /** Commands of this one. */
  commands: Declared[];
  /** What follows the options in --help: examples, exit codes. */
  after: string;
}

/** All commands, in the order of --help. */
export async function declaredCommands(): Promise<Declared[]> {
  return Promise.all(
    Object.entries(COMMANDS).map(async ([name, { summary, load }]) => {
      const { command } = await load();
      return { ...declared(command(), ["weir", name]), summary };
    }),
  );
}

export function declared(command: Command, path: string[]): Declared {
  const help = command.createHelp();
  const [first = ""] = command.description().split("\n");
  return {
    path,
    summary: command.summary() || first.replace(/[.;:].*$/, ""),
    description: command.description(),
    usage: `${path.join(" ")} ${command.usage()}`,
    arguments: help.visibleArguments(command).map((argument) => ({
      term: help.argumentTerm(argument),
      description: help.argumentDescription(argument),
    })),
    flags: help.visibleOptions(command).map((option) => ({
      ...flagOf(option),
      term: help.optionTerm(option),
      description: help.optionDescription(option),
    })),
    commands: command.commands.map((each) => declared(each, [...path, each.name()])),
    after: afterHelp(command),
  };
}

function flagOf({ flags, short, long, required, optional }: Option) {
  return {
    names: [short, long].filter((name) => name !== undefined),
    takesValue: required || optional,
    choices: choicesOf(flags),
  };
}

/** Of <kvm|tcg>. A word of one letter stands for a number, and <file|dir> for the name of one. */
function choicesOf(flags: string): string[] {
  const words = /[<[]([\w-]+(?:\|[\w-]+)+)[>\]]/.exec(flags)?.[1]?.split("|") ?? [];
  return words.some((word) => word.length === 1 || /^(file|dir|folder|number)$/.test(word)) ? [] : words;
}

/** The texts of addHelpText("after"), as commander asks for them. */
function afterHelp(command: Command): string {
  const parts: string[] = [];
  (command as unknown as EventEmitter).emit("afterHelp", {
    error: false,
    command,
    write: (text: string) => parts.push(text),
  });
  return parts.join("").trim();
}
