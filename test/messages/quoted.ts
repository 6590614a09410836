/**
 * Whether some test quotes a text: three words in a row of it, which no other text has where there are such words. A test's literals
 * count, its regular expressions, and files that outputs are compared with.
 */
import ts from "typescript";
import { parse } from "../mutation/changes.ts";
import type { Text } from "./texts.ts";

const RUN = 3;
const WORD = /[\p{L}\p{N}_-]+/gu;

/** The words of a test's texts and patterns, one list for each. */
export function quotesOf(file: string, text: string): string[] {
  const source = parse(file, text);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.push(node.text);
    else if (ts.isTemplateExpression(node))
      found.push(node.head.text, ...node.templateSpans.map((one) => one.literal.text));
    else if (ts.isRegularExpressionLiteral(node))
      found.push(node.text.replaceAll(/\\[dwsDWSbn]/g, " ").replaceAll("\\", ""));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const wordsOf = (text: string) => text.match(WORD) ?? [];

function runsOf(words: readonly string[], length: number): string[] {
  return words.slice(length - 1).map((_, n) => words.slice(n, n + length).join(" "));
}

/** Runs of words of a text, as long as its longest piece allows; a word that a value is joined to is no word of it. */
function ownRuns({ pieces }: Text): string[] {
  const words = pieces.map((piece, n) => {
    const before = n > 0 && /^[\p{L}\p{N}_-]/u.test(piece);
    const behind = n < pieces.length - 1 && /[\p{L}\p{N}_-]$/u.test(piece);
    return wordsOf(piece).slice(before ? 1 : 0, behind ? -1 : undefined);
  });
  const length = Math.min(RUN, Math.max(...words.map((one) => one.length)));
  return length ? words.flatMap((one) => runsOf(one, length)) : [];
}

/** Texts that no quote quotes. */
export function unquoted(texts: readonly Text[], quotes: readonly string[]): Text[] {
  const said = new Set<string>();
  for (const quote of quotes) {
    const words = wordsOf(quote);
    for (let length = 1; length <= RUN; length++) for (const run of runsOf(words, length)) said.add(run);
  }
  const count = new Map<string, number>();
  const runs = texts.map((text) => [...new Set(ownRuns(text))]);
  for (const run of runs.flat()) count.set(run, (count.get(run) ?? 0) + 1);
  return texts.filter((_, n) => {
    const rare = runs[n]!.filter((run) => count.get(run) === 1);
    return !(rare.length ? rare : runs[n]!).some((run) => said.has(run));
  });
}
