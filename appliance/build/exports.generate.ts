// What each AssemblyScript entry exports, typed as WebAssembly's JavaScript interface hands it over: for lib/exports.ts.
// An entry is a file that no other onboard file imports.
import { join, relative } from "node:path";
import ts from "typescript";
import { ROOT } from "../../lib/asc.ts";
import { generatedFrom, lines, type Output } from "../contract/generate/text.ts";

const PATH = "lib/generated/exports.ts";
/** AssemblyScript's type -> what JavaScript gets. Classes and enums are numbers: a pointer, an i32. */
const TYPES: Record<string, string> = { i64: "bigint", u64: "bigint", void: "void" };

export default function exportsOfEntries(): Output[] {
  const { checker, files } = onboard();
  const imported = new Set(files.flatMap((file) => importsOf(file, checker)));
  const entries = files.filter((file) => !imported.has(file)).map((file) => entryOf(file, checker));
  const text = [
    ...lines(generatedFrom("the exports of onboard entries")),
    "",
    "export interface OnboardExports {",
    ...entries.filter((entry) => entry.length > 0).flat(),
    "}",
    "",
  ];
  return [{ path: PATH, text: text.join("\n") }];
}

function onboard() {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
  const config = ts.getParsedCommandLineOfConfigFile(join(ROOT, "tsconfig.onboard.json"), {}, host)!;
  const program = ts.createProgram(config.fileNames, config.options);
  const files = config.fileNames
    .map((name) => program.getSourceFile(name)!)
    .sort((a, b) => order(a.fileName, b.fileName));
  return { checker: program.getTypeChecker(), files };
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function importsOf(file: ts.SourceFile, checker: ts.TypeChecker): (ts.Declaration | undefined)[] {
  return file.statements
    .filter((statement) => ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement))
    .flatMap(({ moduleSpecifier }) => (moduleSpecifier ? [checker.getSymbolAtLocation(moduleSpecifier)] : []))
    .map((symbol) => symbol?.valueDeclaration);
}

/** The lines of one entry; none where it exports no function. */
function entryOf(file: ts.SourceFile, checker: ts.TypeChecker): string[] {
  const module = checker.getSymbolAtLocation(file);
  const members = (module ? checker.getExportsOfModule(module) : [])
    .map(
      (symbol) =>
        (symbol.flags & ts.SymbolFlags.Alias
          ? [symbol.name, checker.getAliasedSymbol(symbol)]
          : [symbol.name, symbol]) as [string, ts.Symbol],
    )
    .flatMap(([name, symbol]) => memberOf(name, symbol.valueDeclaration));
  if (!members.length) return [];
  return [`  "${relative(ROOT, file.fileName)}": {`, "    memory: WebAssembly.Memory;", ...members.sort(order), "  };"];
}

function memberOf(name: string, declaration: ts.Declaration | undefined): string[] {
  if (!declaration) return [];
  if (ts.isFunctionDeclaration(declaration)) {
    const parameters = declaration.parameters.map(
      (p) => `${p.name.getText()}${p.initializer ? "?" : ""}: ${typeOf(p.type)}`,
    );
    const result = `): ${typeOf(declaration.type)};`;
    const line = `    ${name}(${parameters.join(", ")}${result}`;
    // As Biome formats it.
    return [
      line.length <= 120 ? line : [`    ${name}(`, ...parameters.map((p) => `      ${p},`), `    ${result}`].join("\n"),
    ];
  }
  if (ts.isVariableDeclaration(declaration)) return [`    ${name}: { value: ${typeOf(declaration.type)} };`];
  return [];
}

function typeOf(type: ts.TypeNode | undefined): string {
  if (!type) throw new Error("an export of an onboard entry without a type");
  return TYPES[type.getText()] ?? "number";
}
