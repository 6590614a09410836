/** Mutants of TypeScript and AssemblyScript sources: one small change each, by the syntax tree. */
import ts from "typescript";

export interface Change {
  file: string;
  /** From 1. */
  line: number;
  /** The line, without what it is indented by. */
  text: string;
  from: string;
  to: string;
  /** Of equal changes to equal lines of a file, which one: from 1. */
  nth: number;
  /** What is replaced. */
  start: number;
  end: number;
  /** What takes its place; `to` is what a person reads of it. */
  by: string;
}

/** Members by the name of an enum, or of an object that stands for one. */
export type Enums = ReadonlyMap<string, readonly string[]>;

const K = ts.SyntaxKind;
const OPERATORS = new Map<ts.SyntaxKind, string>([
  [K.EqualsEqualsToken, "!="],
  [K.ExclamationEqualsToken, "=="],
  [K.EqualsEqualsEqualsToken, "!=="],
  [K.ExclamationEqualsEqualsToken, "==="],
  [K.LessThanToken, "<="],
  [K.LessThanEqualsToken, "<"],
  [K.GreaterThanToken, ">="],
  [K.GreaterThanEqualsToken, ">"],
  [K.AmpersandAmpersandToken, "||"],
  [K.BarBarToken, "&&"],
  [K.PlusToken, "-"],
  [K.MinusToken, "+"],
  [K.AsteriskToken, "/"],
  [K.SlashToken, "*"],
  [K.AmpersandToken, "|"],
  [K.BarToken, "&"],
  [K.LessThanLessThanToken, ">>"],
  [K.GreaterThanGreaterThanToken, "<<"],
  [K.PlusEqualsToken, "-="],
  [K.MinusEqualsToken, "+="],
  [K.BarEqualsToken, "&="],
]);
const COMPARISONS = /^[=!<>]=?/;

/** What a function may return at once, by the type that it says it returns. */
function nothing(type: ts.TypeNode | undefined, source: ts.SourceFile): string | undefined {
  const name = type?.getText(source) ?? "void";
  if (/^(void|Promise<void>)$/.test(name)) return "return;";
  if (/^(bool|boolean)$/.test(name)) return "return false;";
  if (/^([iuf](8|16|32|64)|[iu]size|number)$/.test(name)) return "return 0;";
  if (name === "string") return 'return "";';
  if (name === "bigint") return "return 0n;";
  if (/\[\]$/.test(name)) return "return [];";
  return undefined;
}

const isText = (node: ts.Node): boolean =>
  ts.isStringLiteralLike(node) ||
  ts.isTemplateExpression(node) ||
  (ts.isBinaryExpression(node) && (isText(node.left) || isText(node.right)));

/** Places whose texts and numbers are no behaviour: modules' names, types, keys, decorators. */
const isSkipped = (node: ts.Node): boolean =>
  ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node) ||
  ts.isTypeNode(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isDecorator(node) ||
  ts.isEnumDeclaration(node);

/** A call or an assignment that stands by itself, and may be left out. */
const isRemovable = ({ expression }: ts.ExpressionStatement): boolean => {
  const inner = ts.isAwaitExpression(expression) ? expression.expression : expression;
  return (
    ts.isCallExpression(inner) ||
    ts.isPostfixUnaryExpression(inner) ||
    (ts.isBinaryExpression(inner) && inner.operatorToken.kind >= K.FirstAssignment)
  );
};

const oneLine = (text: string) => {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
};

export const parse = (file: string, source: string): ts.SourceFile =>
  ts.createSourceFile(file, source, ts.ScriptTarget.ESNext, true);

/** Every change of a source, in the order of their places. */
export function changesOf(file: string, text: string, enums: Enums): Change[] {
  const source = parse(file, text);
  const found: Change[] = [];
  const count = new Map<string, number>();
  const put = (node: ts.Node, by: string, from = oneLine(node.getText(source)), to = oneLine(by)) => {
    const start = node.getStart(source);
    const { line } = source.getLineAndCharacterOfPosition(start);
    const lines = source.getLineStarts();
    const whole = text.slice(lines[line], lines[line + 1]).trim();
    const key = [whole, from, to].join("\0");
    const nth = (count.get(key) ?? 0) + 1;
    count.set(key, nth);
    found.push({ file, line: line + 1, text: whole, from, to, nth, start, end: node.end, by });
  };
  const negate = (condition: ts.Expression) => {
    const isPlain =
      (ts.isBinaryExpression(condition) && COMPARISONS.test(condition.operatorToken.getText(source))) ||
      (ts.isPrefixUnaryExpression(condition) && condition.operator === K.ExclamationToken);
    if (!isPlain) put(condition, `!(${condition.getText(source)})`);
  };
  const early = (node: ts.FunctionLikeDeclaration) => {
    if (!node.body || !ts.isBlock(node.body) || ts.isConstructorDeclaration(node)) return;
    const first = node.body.statements[0];
    const by = nothing(node.type, source);
    if (!first || !by || (node.body.statements.length === 1 && ts.isReturnStatement(first))) return;
    if (by === "return;" && !node.type && /\breturn\s+[^;\s]/.test(node.body.getText(source))) return;
    if (first.getText(source) !== by) put(first, `${by} ${first.getText(source)}`, "{", `{ ${by}`);
  };
  const visit = (node: ts.Node): void => {
    if (isSkipped(node)) return;
    if (ts.isBinaryExpression(node)) {
      const to = OPERATORS.get(node.operatorToken.kind);
      const joins = node.operatorToken.kind === K.PlusToken || node.operatorToken.kind === K.PlusEqualsToken;
      if (to && !(joins && isText(node))) put(node.operatorToken, to);
    } else if (ts.isPrefixUnaryExpression(node)) {
      if (node.operator === K.ExclamationToken || node.operator === K.MinusToken)
        put(node, `(${node.operand.getText(source)})`);
    } else if (ts.isIfStatement(node) || ts.isWhileStatement(node)) negate(node.expression);
    else if (ts.isConditionalExpression(node)) negate(node.condition);
    else if (ts.isFunctionLike(node)) early(node as ts.FunctionLikeDeclaration);
    else if (ts.isNumericLiteral(node) || ts.isBigIntLiteral(node)) numbers(node);
    else if (node.kind === K.TrueKeyword || node.kind === K.FalseKeyword)
      put(node, node.kind === K.TrueKeyword ? "false" : "true");
    else if (ts.isStringLiteral(node)) {
      if (node.text && !isKey(node)) put(node, '""');
    } else if (ts.isPropertyAccessExpression(node)) members(node);
    if (ts.isExpressionStatement(node) && isRemovable(node)) put(node, ";");
    ts.forEachChild(node, visit);
  };
  const numbers = (node: ts.NumericLiteral | ts.BigIntLiteral) => {
    if (isKey(node)) return;
    const written = node.getText(source).replaceAll("_", "").replace(/n$/, "");
    const end = ts.isBigIntLiteral(node) ? "n" : "";
    const isWhole = /^(\d+|0x[\da-f]+|0b[01]+|0o[0-7]+)$/i.test(written);
    const plus = (step: number) => (isWhole ? String(BigInt(written) + BigInt(step)) : String(Number(written) + step));
    put(node, plus(1) + end);
    if (Number(written) >= 1) put(node, plus(-1) + end);
  };
  const members = (node: ts.PropertyAccessExpression) => {
    const all = ts.isIdentifier(node.expression) ? enums.get(node.expression.text) : undefined;
    const at = all?.indexOf(node.name.text) ?? -1;
    if (all && at >= 0 && all.length > 1) put(node.name, all[(at + 1) % all.length]!);
  };
  visit(source);
  return found.sort((a, b) => a.start - b.start);
}

/** A name, which only looks like a text or a number. */
const isKey = (node: ts.Node): boolean =>
  (ts.isPropertyAssignment(node.parent) || ts.isPropertyDeclaration(node.parent)) && node.parent.name === node;

export const applied = (text: string, { start, end, by }: Change): string =>
  text.slice(0, start) + by + text.slice(end);

/** Enums of a source, and constant objects whose members are named as an enum's are. */
export function enumsOf(file: string, text: string): [string, string[]][] {
  if (!/\benum\b|\bas const\b/.test(text)) return [];
  const found: [string, string[]][] = [];
  const nameOf = ({ name }: ts.EnumMember | ts.ObjectLiteralElementLike) =>
    name && ts.isIdentifier(name) ? name.text : "";
  for (const statement of parse(file, text).statements) {
    if (ts.isEnumDeclaration(statement)) found.push([statement.name.text, statement.members.map(nameOf)]);
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      let object = initializer;
      while (object && (ts.isAsExpression(object) || ts.isSatisfiesExpression(object))) object = object.expression;
      if (!object || object === initializer || !ts.isIdentifier(name) || !ts.isObjectLiteralExpression(object))
        continue;
      const names = object.properties.map(nameOf);
      if (names.every((one) => /^[A-Z]/.test(one))) found.push([name.text, names]);
    }
  }
  return found;
}
