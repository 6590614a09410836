/** A copy of the project in a folder of its own, in which one source is another for a while: what reads it sees the mutant. */
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import ts from "typescript";
import { ROOT } from "../../lib/asc.ts";
import { hashOf } from "./record.ts";

/** Without the bundle of the commands (bin/weir) they run from the files of dist/, one of which is changed. */
const NOT_COPIED = ["node_modules", "build", ".git", join("dist", "bundle")];
const WASM = join("build", "wasm");
/** A module and its map, as lib/asc.ts names them when they are whole. */
const MODULE = /^[0-9a-f]+\.wasm(\.map)?$/;

export class Tree {
  readonly folder = mkdtempSync(join(tmpdir(), "weir-mutants-"));
  /** Modules of the sources as they are: their names, and what is in them. */
  readonly #modules = new Set<string>();
  #known: Set<string> | undefined;
  #changed: { path: string; text: string }[] = [];

  constructor() {
    const isWanted = (path: string) => !NOT_COPIED.includes(relative(ROOT, path));
    cpSync(ROOT, this.folder, { recursive: true, filter: isWanted });
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
    mkdirSync(join(this.folder, WASM), { recursive: true });
    if (existsSync(join(ROOT, WASM)))
      for (const name of this.#list(ROOT)) linkSync(join(ROOT, WASM, name), join(this.folder, WASM, name));
    this.keep();
  }

  #list(root: string): string[] {
    return readdirSync(join(root, WASM)).filter((name) => MODULE.test(name));
  }

  /** What is compiled by now stays, since it is of the sources as they are. */
  keep(): void {
    for (const name of this.#list(this.folder)) this.#modules.add(name);
  }

  /** Puts a text in a source's place, and in that of what the commands run. */
  change(file: string, text: string): void {
    this.#put(file, text);
    const compiled = join("dist", file.replace(/\.ts$/, ".js"));
    if (!existsSync(join(this.folder, compiled))) return;
    const { outputText } = ts.transpileModule(text, {
      fileName: file,
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        rewriteRelativeImportExtensions: true,
        verbatimModuleSyntax: true,
      },
    });
    this.#put(compiled, outputText);
  }

  #put(file: string, text: string): void {
    const path = join(this.folder, file);
    this.#changed.push({ path, text: readFileSync(path, "utf8") });
    writeFileSync(path, text);
  }

  /** True where modules were compiled anew, and each is the same as one of before: the compiler sees no change. */
  get isSame(): boolean {
    const fresh = this.#list(this.folder).filter((name) => name.endsWith(".wasm") && !this.#modules.has(name));
    const content = (name: string) => hashOf(readFileSync(join(this.folder, WASM, name)));
    this.#known ??= new Set([...this.#modules].filter((name) => name.endsWith(".wasm")).map(content));
    return fresh.length > 0 && fresh.every((name) => this.#known!.has(content(name)));
  }

  restore(): void {
    for (const { path, text } of this.#changed.reverse()) writeFileSync(path, text);
    this.#changed = [];
    for (const name of this.#list(this.folder))
      if (!this.#modules.has(name)) rmSync(join(this.folder, WASM, name), { force: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }
}
