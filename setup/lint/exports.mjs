// Exports that no other onboard file imports. A file that nobody imports is an entry: its exports are those of a module.
import ts from "typescript";
import { visit } from "./program.mjs";

/**
 * Written by `npm run generate` from what both sides share: all of a layout or of the registry, whoever needs which part.
 */
const GENERATED = /\/onboard\/generated\/|\/detectors\/onboard\/(catalogue|dispatch|endpoints\.probe)\.ts$/;

/** Yields { file, start, message } for each export that is used by no other file. */
export function* unusedExports({ checker, files }) {
  const own = new Set(files);
  const { imported, used } = uses(checker, own);
  for (const file of files) {
    if (!imported.has(file) || GENERATED.test(file.fileName)) continue;
    for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(file) ?? { exports: new Map() })) {
      const declaration = symbol.declarations[0];
      if (declaration.getSourceFile() !== file || used.has(symbol)) continue;
      const start = (declaration.name ?? declaration).getStart();
      yield { file, start, message: `${symbol.name} is exported, but no other file imports it` };
    }
  }
}

/** The files that another one imports, and the symbols that a file other than their own imports or exports again. */
function uses(checker, own) {
  const imported = new Set();
  const used = new Set();
  for (const file of own)
    visit(file, (node) => {
      if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
        const target = checker.getSymbolAtLocation(node.moduleSpecifier)?.valueDeclaration;
        imported.add(target);
        if (ts.isExportDeclaration(node) && !node.exportClause)
          for (const symbol of checker.getExportsOfModule(checker.getSymbolAtLocation(node.moduleSpecifier)))
            used.add(symbol);
      }
      if (ts.isImportSpecifier(node) || ts.isExportSpecifier(node))
        for (const symbol of aliases(checker, node)) used.add(symbol);
      if (ts.isPropertyAccessExpression(node) || ts.isQualifiedName(node)) {
        const symbol = checker.getSymbolAtLocation(node);
        if (symbol?.declarations?.some((declaration) => declaration.getSourceFile() !== file)) used.add(symbol);
      }
    });
  return { imported, used };
}

/** What a specifier names, and what that stands for where it is exported again. */
function* aliases(checker, specifier) {
  let symbol = checker.getSymbolAtLocation(specifier.name);
  while (symbol && symbol.flags & ts.SymbolFlags.Alias) {
    symbol = checker.getImmediateAliasedSymbol(symbol);
    if (symbol) yield symbol;
  }
}
