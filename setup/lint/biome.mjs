// Biome's linter over onboard code. Biome does not parse decorators before functions and variables, so it reads a copy
// under build/ in which they are blank: every line and column stays where it is, and paths are those of the project.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { foreignDecorators } from "./program.mjs";

/** What differs from the rules for ground code, and why. */
const RULES = {
  correctness: {
    noPrecisionLoss: "off", // integers have 64 bits here
    noUnusedFunctionParameters: "error",
    noUnusedImports: "error",
    noUnusedVariables: "error",
  },
  complexity: { useMathMinMax: "off" }, // asc has min and max, and Math is refused
  style: { useConst: "error", useImportType: "off" }, // asc has no `import type`
  suspicious: {
    noConstEnum: "off", // the compiler puts its numbers in place: nothing of it is left in the module
    noDoubleEquals: "off", // the same as === between numbers
    noShadow: "error",
    noVar: "error",
  },
};

/** Where generated files differ: the largest values of two fields of bits may be the same. */
const GENERATED = { suspicious: { noDuplicateEnumValues: "off" } };

/** Runs the linter, which prints what it finds; false if there is something. */
export function biomePasses(root, files) {
  const copy = join(root, "build", "lint");
  rmSync(copy, { recursive: true, force: true });
  for (const file of files) {
    const path = join(copy, relative(root, file.fileName));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, withoutDecorators(file));
  }
  const overrides = [{ includes: ["**/generated/**"], linter: { rules: GENERATED } }];
  const config = {
    root: true,
    formatter: { enabled: false },
    assist: { enabled: false },
    linter: { rules: RULES },
    overrides,
  };
  writeFileSync(join(copy, "biome.json"), JSON.stringify(config));
  const biome = join(root, "node_modules", "@biomejs", "biome", "bin", "biome");
  const lint = spawnSync(
    process.execPath,
    [biome, "lint", "--error-on-warnings", "--max-diagnostics=none", "--diagnostic-level=warn", "."],
    {
      cwd: copy,
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  return lint.status === 0;
}

function withoutDecorators(file) {
  let text = file.text;
  for (const { pos, end } of foreignDecorators(file))
    text = text.slice(0, pos) + text.slice(pos, end).replaceAll(/\S/g, " ") + text.slice(end);
  return text;
}
