// The onboard sources as TypeScript sees them: one program for all checks of this folder.
import { join } from "node:path";
import ts from "typescript";

/** Reads tsconfig.onboard.json and returns the program with its onboard files. */
export function onboardProgram(root) {
  const path = join(root, "tsconfig.onboard.json");
  const config = ts.getParsedCommandLineOfConfigFile(
    path,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
  );
  const program = ts.createProgram(config.fileNames, config.options);
  const files = config.fileNames.map((name) => program.getSourceFile(name));
  return { program, checker: program.getTypeChecker(), files, errors: config.errors };
}

function fail(diagnostic) {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
}

/** Visits a node and all that it contains. */
export function visit(node, see) {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

/** The decorators of functions and variables, which AssemblyScript has and TypeScript does not. */
export function foreignDecorators(file) {
  const found = [];
  visit(file, (node) => {
    if (ts.isDecorator(node) && !ts.isClassLike(node.parent) && !ts.isClassElement(node.parent)) found.push(node);
  });
  return found;
}
