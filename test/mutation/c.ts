/** Mutants of C sources, one small change each, by the look of the text. */

export interface CMutant {
  file: string;
  /** From 1. */
  line: number;
  from: string;
  to: string;
  text: string;
}

/** What is changed to what: a comparison, a boundary, a sign, a role, a direction, a register, a number. */
const CHANGES: [RegExp, (found: string) => string[]][] = [
  [/ (==|!=) /g, (found) => [found.includes("==") ? " != " : " == "]],
  [/ (<|<=|>|>=) /g, (found) => ({ " < ": [" <= "], " <= ": [" < "], " > ": [" >= "], " >= ": [" > "] })[found]!],
  [/ (&&|\|\|) /g, (found) => [found.includes("&") ? " || " : " && "]],
  [/ [+-] /g, (found) => [found === " + " ? " - " : " + "]],
  [/ [&|] /g, (found) => [found === " & " ? " | " : " & "]],
  [/(?<=[( ,])!(?=[\w*(])/g, () => [""]],
  [/(?<=[\w\])])\+\+|\+\+(?=[\w(])/g, () => [""]],
  [/\bROLE_(IN|OUT|LOG)\b/g, (found) => ["ROLE_IN", "ROLE_OUT", "ROLE_LOG"].filter((role) => role !== found)],
  [/\b(RECEIVE|TRANSMIT)_ONLY\b/g, (found) => [found === "RECEIVE_ONLY" ? "TRANSMIT_ONLY" : "RECEIVE_ONLY"]],
  [
    /\bVIRTIO_NET_(RECEIVE|TRANSMIT)Q\b/g,
    (found) => [found.includes("RECEIVE") ? "VIRTIO_NET_TRANSMITQ" : "VIRTIO_NET_RECEIVEQ"],
  ],
  [/\b(IN|SEND)_BUFFERS\b/g, (found) => [found === "IN_BUFFERS" ? "SEND_BUFFERS" : "IN_BUFFERS"]],
  [
    /\bMMIO_(?!MODERN|MAGIC_VALUE)\w+/g,
    (found) =>
      [found === "MMIO_STATUS" ? "MMIO_QUEUE_READY" : "MMIO_STATUS", "MMIO_QUEUE_NOTIFY"].filter((to) => to !== found),
  ],
  [/\bSTATUS_\w+ \| /g, () => [""]],
  [/\b(OUT|LOG)\b/g, (found) => [found === "OUT" ? "LOG" : "OUT"]],
  [/(?<![\w.>#])\d+(?![\w.])/g, (found) => [String(Number(found) + 1)]],
];

/** Not code that does anything: comments, the preprocessor, declarations of what is elsewhere, texts for people. */
const SKIPPED = /^\s*(\/\/|#|\*|extern|typedef)|\bput\("|\bsay\("|^static const char \*const/;

/** A statement of its own, which may be left out. */
const STATEMENT =
  /^\s*(?!return\b|const\b|static\b|struct\b|uint\d+_t\b|int\b|char\b|enum\b|\})[\w*(+].*;\s*(\/\/.*)?$/;

export function mutantsOf(file: string, source: string): CMutant[] {
  const lines = source.split("\n");
  return lines.flatMap((line, n) => {
    const found: CMutant[] = [];
    const change = (from: string, to: string, changed: string) =>
      found.push({ file, line: n + 1, from, to, text: lines.with(n, changed).join("\n") });
    if (SKIPPED.test(line)) return found;
    const code = line.replace(/\/\/.*/, "").replace(/"[^"]*"/g, (text) => " ".repeat(text.length));
    for (const [pattern, replacements] of CHANGES)
      for (const { 0: from, index } of code.matchAll(pattern))
        for (const to of replacements(from))
          change(from.trim() || from, to.trim(), line.slice(0, index) + to + line.slice(index + from.length));
    if (STATEMENT.test(line)) change(line.trim(), "", line.replace(STATEMENT, ";"));
    return found;
  });
}
