/** Texts that people read, in the ground's sources: messages, help, headings of tables. By the syntax tree. */
import ts from "typescript";
import { parse } from "../mutation/changes.ts";

export interface Text {
  file: string;
  /** From 1. */
  line: number;
  /** What is written between the values that are put in. */
  pieces: string[];
}

/** Two words with a space between them, beside what is put in. */
const FOR_PEOPLE = /[a-z]{2,}[^\n]* [^\n]*[a-z]{2,}/i;

/** A literal's pieces; of a template's, those between the values. */
function piecesOf(node: ts.Node): string[] | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isTemplateExpression(node)) return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
  return undefined;
}

export function textsOf(file: string, text: string): Text[] {
  const source = parse(file, text);
  const found: Text[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    const pieces = piecesOf(node);
    if (pieces && FOR_PEOPLE.test(pieces.join(" "))) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      found.push({ file, line: line + 1, pieces });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
