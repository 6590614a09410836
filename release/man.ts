/** Manual pages of the commands, in man(7)'s language, from what they declare for --help. */
import type { Declared } from "./commands.ts";

export interface About {
  version: string;
  /** Of the commit. */
  date: Date;
}

/** What man(7) must not take for its own: escapes, requests at the start of a line, and hyphens, which are to be minus signs. */
export const plain = (text: string): string =>
  text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/gm, "\\&$1");

const heading = (name: string) => `.SH ${name}`;
const paragraph = (text: string) => [".PP", plain(text.replaceAll("\n", " "))];
const tagged = (term: string, text: string) => [".TP", `\\fB${plain(term)}\\fR`, plain(text.replaceAll("\n", " "))];
const asItIs = (lines: readonly string[]) => [".PP", ".nf", ".RS 2", ...lines.map(plain), ".RE", ".fi"];

const title = (name: string, { version, date }: About) =>
  `.TH "${plain(name.toUpperCase())}" 1 "${date.toISOString().slice(0, 10)}" "Weir ${version}" "Weir"`;

export function manPage(command: Declared, about: About): string {
  const name = command.path.join("-");
  const lines = [
    ...[title(name, about), heading("NAME"), `${plain(name)} \\- ${plain(command.summary)}`],
    ...[heading("SYNOPSIS"), `.B ${plain(command.usage)}`],
    ...bodyOf(command, heading),
    ...(command.commands.length ? [heading("COMMANDS"), ...command.commands.flatMap(within)] : []),
    ...[heading('"SEE ALSO"'), ".BR weir (1)"],
  ];
  return `${lines.join("\n")}\n`;
}

/** The page of `weir` itself: the list of its commands. */
export function overview(commands: readonly Declared[], description: string, after: string, about: About): string {
  const lines = [
    ...[title("weir", about), heading("NAME"), "weir \\- network security appliance in one unikernel image"],
    ...[heading("SYNOPSIS"), `.B ${plain("weir <command> [options]")}`],
    ...[heading("DESCRIPTION"), ...paragraph(description), heading("COMMANDS")],
    ...commands.flatMap(({ path, summary }) => tagged(path.join("-"), summary)),
    ...afterOf(after, heading),
  ];
  return `${lines.join("\n")}\n`;
}

/** A command of another one, as a part of its page. */
const within = (command: Declared): string[] => [
  `.SS "${plain(command.usage)}"`,
  ...bodyOf(command, (name) => `.PP\n.I ${name.toLowerCase().replaceAll('"', "")}`),
];

function bodyOf(command: Declared, head: (name: string) => string): string[] {
  return [
    ...[head("DESCRIPTION"), ...command.description.split("\n\n").flatMap(paragraph)],
    ...(command.arguments.length ? [head("ARGUMENTS")] : []),
    ...command.arguments.flatMap(({ term, description }) => tagged(term, description)),
    ...(command.flags.length ? [head("OPTIONS")] : []),
    ...command.flags.flatMap(({ term, description }) => tagged(term, description)),
    ...afterOf(command.after, head),
  ];
}

/** Paragraphs as they are, lines that are set in unbroken; "Examples:" and "Exit codes:" begin what manuals have under such names. */
function afterOf(text: string, head: (name: string) => string): string[] {
  const lines: string[] = [];
  for (const block of text.split("\n\n")) {
    const [first = "", ...rest] = block.split("\n");
    if (/^Examples?:/.test(first)) lines.push(head("EXAMPLES"), ...asItIs(rest.map((line) => line.slice(2))));
    else if (/^Exit codes: /.test(first))
      lines.push(head('"EXIT STATUS"'), ...paragraph([first.slice(12), ...rest].join("\n")));
    else if (rest.some((line) => /^ {2}/.test(line)) || /^ {2}/.test(first)) lines.push(...asItIs([first, ...rest]));
    else if (block.trim()) lines.push(...paragraph(block));
  }
  return lines;
}
