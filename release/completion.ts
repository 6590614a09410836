/** Completion of the command line in bash and zsh, from what the commands declare for --help. */
import type { Declared, Flag } from "./commands.ts";

const inQuotes = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
const keyOf = ({ path }: Declared) => path.join(" ");

/** `weir` itself, and each command in it. */
function all(commands: readonly Declared[]): { key: string; commands: readonly Declared[]; flags: readonly Flag[] }[] {
  const within = (command: Declared): Declared[] => [command, ...command.commands.flatMap(within)];
  return [
    { key: "weir", commands, flags: [] },
    ...commands.flatMap(within).map((each) => ({ key: keyOf(each), commands: each.commands, flags: each.flags })),
  ];
}

/** Patterns of a shell's `case`: the command so far and a word. */
const patterns = (key: string, words: readonly string[]) => words.map((word) => inQuotes(`${key} ${word}`)).join("|");

interface Shell {
  /** What a value is chosen from. */
  choices(words: readonly string[]): string;
  files: string;
  /** What else can stand here. */
  offers(commands: readonly Declared[], flags: readonly Flag[]): string;
}

/** The `case` that goes one command deeper, the one for an option's value, and the one for everything else. */
function cases(commands: readonly Declared[], shell: Shell): { deeper: string; value: string; rest: string } {
  const nodes = all(commands);
  const deeper = nodes.filter((node) => node.commands.length);
  return {
    deeper: deeper
      .map(({ key, commands }) =>
        patterns(
          key,
          commands.map((one) => one.path.at(-1)!),
        ),
      )
      .join("|"),
    value: nodes
      .flatMap(({ key, flags }) =>
        flags
          .filter(({ takesValue }) => takesValue)
          .map(
            ({ names, choices }) =>
              `    ${patterns(key, names)}) ${choices.length ? shell.choices(choices) : shell.files} ;;`,
          ),
      )
      .join("\n"),
    rest: nodes
      .map(({ key, commands, flags }) => `    ${inQuotes(key)}) ${shell.offers(commands, flags)} ;;`)
      .join("\n"),
  };
}

const wordsOf = (commands: readonly Declared[], flags: readonly Flag[]) =>
  [...commands.map(({ path }) => path.at(-1)!), ...flags.flatMap(({ names }) => names)].join(" ");

export function bashCompletion(commands: readonly Declared[]): string {
  const { deeper, value, rest } = cases(commands, {
    choices: (words) => `COMPREPLY=($(compgen -W ${inQuotes(words.join(" "))} -- "$cur")); return`,
    files: "return",
    offers: (inner, flags) => `words=${inQuotes(wordsOf(inner, flags))}`,
  });
  return `# bash completion of weir, made from what its commands declare for --help
_weir() {
  local cur=\${COMP_WORDS[COMP_CWORD]} key=weir words= n
  COMPREPLY=()
  for ((n = 1; n < COMP_CWORD; n++)); do
    case "$key \${COMP_WORDS[n]}" in
    ${deeper}) key="$key \${COMP_WORDS[n]}" ;;
    esac
  done
  case "$key \${COMP_WORDS[COMP_CWORD-1]}" in
${value}
  esac
  case $key in
${rest}
  esac
  # Nothing found: bash completes names of files.
  COMPREPLY=($(compgen -W "$words" -- "\${cur:--}"))
  [[ $cur ]] || COMPREPLY=($(compgen -W "$words" -X '-*' -- ""))
}
complete -o default -F _weir weir
`;
}

export function zshCompletion(commands: readonly Declared[]): string {
  const described = (entries: readonly [string, string][]) =>
    entries.map(([word, text]) => inQuotes(`${word}:${text.split("\n")[0]}`)).join(" ");
  const { deeper, value, rest } = cases(commands, {
    choices: (words) => `compadd ${words.join(" ")}; return`,
    files: "_files; return",
    offers: (inner, flags) =>
      `commands=(${described(inner.map(({ path, summary }) => [path.at(-1)!, summary]))}) options=(${described(
        flags.flatMap(({ names, description }) => names.map((name): [string, string] => [name, description])),
      )})`,
  });
  return `#compdef weir
# zsh completion of weir, made from what its commands declare for --help
_weir() {
  local key=weir word
  local -a commands options
  for word in \${words[2,CURRENT-1]}; do
    case "$key $word" in
    ${deeper}) key="$key $word" ;;
    esac
  done
  case "$key \${words[CURRENT-1]}" in
${value}
  esac
  case $key in
${rest}
  esac
  if [[ $PREFIX == -* ]]; then _describe option options
  elif (( $#commands )); then _describe command commands
  else _files
  fi
}
_weir "$@"
`;
}
