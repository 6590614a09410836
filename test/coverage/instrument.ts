/**
 * Onboard sources with probes in them. A copy of every AssemblyScript file gets a call before each statement, and one around
 * each condition that a decision is made of: clang's definitions for C (-fcoverage-mapping), so both languages are counted
 * alike. The copies are compiled with the very flags of the originals; what the compiler then links in says which probes
 * there are, so that code no compartment has is not counted, and code that no test reaches is.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { ROOT } from "../../lib/asc.ts";
import { onboardSources } from "../../lib/sources.ts";
import { FIRST, MARKS, MARKS_END } from "./numbers.ts";

export interface Probe {
  file: string;
  line: number;
  column: number;
  /** A condition has two probes, one behind the other: it was true, it was false. A case label is a branch of one. */
  kind: "statement" | "true" | "false" | "case";
  /** The beginning of its source, for reports. */
  text: string;
}

/** The file that the copies import; `hit` comes from outside (probes.ts), and is called once for each probe and instance. */
const PROBES = `@external("coverage", "hit")
declare function hit(n: i32): void;
function first(n: i32): void { store<u8>(n - ${FIRST - MARKS}, 1); hit(n); }
// @ts-ignore: decorator
@inline export function __c(n: i32): void { if (!load<u8>(n - ${FIRST - MARKS})) first(n); }
// @ts-ignore: decorator
@inline export function __b<T>(value: T, n: i32): T { if (value) __c(n); else __c(n + 1); return value; }
`;

/** Lists the probes that a module was compiled with, before anything is optimized away; the compiler runs it. */
const TRANSFORM = `import { mkdirSync, writeFileSync } from "node:fs";
export default {
  afterCompile(module) {
    const numbers = new Set();
    for (const [, digits] of module.emitText().matchAll(/i32\\.const (\\d+)/g)) {
      const n = Number(digits) - ${FIRST};
      if (n >= 0 && n < 1 << 20) numbers.add(n);
    }
    const folder = new URL("linked/", import.meta.url);
    mkdirSync(folder, { recursive: true });
    const entry = process.argv[2];
    writeFileSync(new URL(entry.replaceAll("/", "-") + ".json", folder), JSON.stringify([...numbers]));
  },
};
`;

/** Makes the copies, unless they are there, and returns the folder: src/, probes.json, transform.mjs, later linked/ and hits/. */
export function instrument(): string {
  const sources = onboardSources().map((file) => [file, readFileSync(join(ROOT, file), "utf8")] as const);
  const own = readFileSync(join(ROOT, "test", "coverage", "instrument.ts"), "utf8");
  const hash = createHash("sha256")
    .update(JSON.stringify([sources, own]))
    .digest("hex")
    .slice(0, 16);
  const folder = join(ROOT, "build", "coverage", hash);
  if (existsSync(folder)) return folder;
  const temporary = `${folder}.${process.pid}`;
  const probes: Probe[] = [];
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(temporary, path)), { recursive: true });
    writeFileSync(join(temporary, path), text);
  };
  for (const [file, text] of sources) {
    const to = relative(dirname(file), "probes").replaceAll("\\", "/");
    put(`src/${file}`, `import { __b, __c } from "${to}"; ${withProbes(file, text, probes)}`);
  }
  if (MARKS + probes.length > MARKS_END) throw new Error(`${probes.length} probes, room for ${MARKS_END - MARKS}`);
  put("src/probes.ts", PROBES);
  put("probes.json", JSON.stringify(probes));
  put("transform.mjs", TRANSFORM);
  if (existsSync(folder)) rmSync(temporary, { recursive: true });
  else renameSync(temporary, folder);
  return folder;
}

interface Edit {
  at: number;
  /** What ends here comes before what begins here; of what ends, the inner first. */
  order: number;
  text: string;
}

/** The source with probes, which are appended to `probes`. */
export function withProbes(file: string, text: string, probes: Probe[]): string {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const edits: Edit[] = [];
  const insert = (at: number, open: boolean, added: string) =>
    edits.push({ at, order: open ? edits.length : -edits.length - 1, text: added });
  const probe = (node: ts.Node, kind: Probe["kind"]): number => {
    const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
    const shown = node.getText(source).split("\n")[0]!.slice(0, 80);
    probes.push({ file, line: line + 1, column: character + 1, kind, text: shown });
    return FIRST + probes.length - 1;
  };

  const statement = (node: ts.Statement) => {
    if (ts.isBlock(node)) return;
    const lonely = !ts.isBlock(node.parent) && !ts.isCaseOrDefaultClause(node.parent);
    insert(node.getStart(source), true, `${lonely ? "{" : ""}__c(${probe(node, "statement")});`);
    if (lonely) insert(node.getEnd(), false, "}");
  };
  const leaf = (node: ts.Expression) => {
    if (isStatic(node)) return;
    insert(node.getStart(source), true, "__b(");
    const n = probe(node, "true");
    probe(node, "false");
    insert(node.getEnd(), false, `, ${n})`);
  };
  const leaves = (node: ts.Expression): void => {
    if (ts.isParenthesizedExpression(node)) leaves(node.expression);
    else if (isNot(node)) leaves(node.operand);
    else if (isLogical(node)) {
      leaves(node.left);
      leaves(node.right);
    } else leaf(node);
  };
  const visit = (node: ts.Node, inCondition: boolean): void => {
    if (ts.isStatement(node) && !ts.isFunctionDeclaration(node)) statement(node);
    if (ts.isCaseOrDefaultClause(node)) {
      const colon = node.getChildren(source).find((child) => child.kind === ts.SyntaxKind.ColonToken)!;
      insert(colon.getEnd(), true, `__c(${probe(node, "case")});`);
    }
    const condition = conditionOf(node);
    if (condition) leaves(condition);
    else if (isLogical(node) && !inCondition) leaves(node);
    // What leaves() has been through already is not gone through once more.
    const done = isLogical(node) || (inCondition && isComposed(node));
    ts.forEachChild(node, (child) => visit(child, isComposed(child) && (done || child === condition)));
  };
  const find = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body) visit(node.body as ts.Node, false);
    else ts.forEachChild(node, find);
  };
  find(source);
  edits.sort((a, b) => a.at - b.at || a.order - b.order);
  let out = "";
  let from = 0;
  for (const { at, text: added } of edits) {
    out += text.slice(from, at) + added;
    from = at;
  }
  return out + text.slice(from);
}

function conditionOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) return node.expression;
  if (ts.isForStatement(node) || ts.isConditionalExpression(node)) return node.condition;
  return undefined;
}

function isLogical(node: ts.Node): node is ts.BinaryExpression {
  const { BarBarToken, AmpersandAmpersandToken } = ts.SyntaxKind;
  return ts.isBinaryExpression(node) && [BarBarToken, AmpersandAmpersandToken].includes(node.operatorToken.kind);
}

function isNot(node: ts.Node): node is ts.PrefixUnaryExpression {
  return ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken;
}

/** Made of conditions; not one itself. */
function isComposed(node: ts.Node): boolean {
  return isLogical(node) || ts.isParenthesizedExpression(node) || isNot(node);
}

/** Known to the compiler: literals and constants, which are written in capitals. A decision by it is none. */
function isStatic(node: ts.Node): boolean {
  if (ts.isCallExpression(node)) return false;
  if (ts.isIdentifier(node)) return /^[A-Z][A-Z0-9_]*$/.test(node.text);
  if (ts.isPropertyAccessExpression(node)) return isStatic(node.name);
  let all = true;
  ts.forEachChild(node, (child) => {
    all &&= isStatic(child);
  });
  return all;
}
