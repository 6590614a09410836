/** A copy of the project's sources in a folder of its own, to which parts can be added, and what weir does there. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import ts from "typescript";
import { ROOT } from "../../lib/asc.ts";

/** What the commands need. */
const NEEDED = [
  ...["appliance", "bin", "captures", "cli", "debug", "detectors", "diode", "fixtures/watch.yaml", "ip", "lib", "log"],
  ...["mil1553", "page", "transfer", "tuning", "package.json", "package-lock.json"],
  ...["tsconfig.json", "tsconfig.ground.json", "tsconfig.generate.json", "tsconfig.onboard.json"],
];
/** What is compiled without a look at other files. */
const ALONE: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ES2022,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
};

/** The onboard code that the commands below load. */
const COMPILE = `
  import { compileAll } from "./dist/lib/asc.js";
  import { COMPARTMENTS } from "./dist/appliance/build/compartments.js";
  const ground = ["captures/onboard/lay.ts", "captures/filter/onboard/bpf.ts", "ip/decode/onboard/index.ts",
    "captures/mil1553/onboard/index.ts", "detectors/shape/ground/onboard/index.ts"];
  await compileAll([...COMPARTMENTS.map(({ entry, pages }) => [entry, { pages }]), ...ground.map((entry) => [entry])]);
`;

export class House {
  readonly folder = mkdtempSync(join(tmpdir(), "weir-house-"));

  constructor() {
    for (const path of NEEDED) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      cpSync(join(ROOT, path), join(this.folder, path), { recursive: true });
    }
    // What neither is going to change is compiled already
    cpSync(join(ROOT, "build", "wasm"), join(this.folder, "build", "wasm"), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
    cpSync(join(ROOT, "dist"), join(this.folder, "dist"), {
      recursive: true,
      filter: (path) => !/\.(d\.ts|tsbuildinfo|map)$|\/bundle$|\/dist\/test$/.test(path),
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** A line of a file behind another, which is there once. */
  addLine(path: string, behind: string, line: string): void {
    const before = this.read(path);
    if (before.split(behind).length !== 2) throw new Error(`${path}: "${behind}" is not there once`);
    writeFileSync(join(this.folder, path), before.replace(behind, `${behind}\n${line}`));
  }

  /** npm run generate, and the ground compiled. */
  build(): void {
    this.#compile();
    this.#node(["dist/appliance/contract/generate/main.js"]);
    this.#compile();
    this.#node(["--input-type=module", "-e", COMPILE]); // in one process: a third of the time
  }

  /** The ground's files that are not as they are in the project; types were checked where the sources stand. */
  #compile(): void {
    for (const name of readdirSync(this.folder, { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".ts") || /^(node_modules|dist|build)\/|\/onboard\/|\.test\.ts$|\.d\.ts$/.test(name)) continue;
      const source = this.read(name);
      const original = join(ROOT, name);
      if (existsSync(original) && readFileSync(original, "utf8") === source) continue;
      const { outputText } = ts.transpileModule(source, { compilerOptions: ALONE, fileName: join(this.folder, name) });
      const to = join(this.folder, "dist", name.replace(/ts$/, "js"));
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, outputText);
    }
  }

  #node(args: string[]): void {
    execFileSync(process.execPath, args, { cwd: this.folder, stdio: "pipe" });
  }

  /** @throws Error with what it said, where it did not end well */
  weir(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["bin/weir", ...args], {
      cwd: this.folder,
      encoding: "utf8",
      timeout: 240_000,
    });
    if (status !== 0) throw new Error(`weir ${args.join(" ")}: ${status}\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** The page's worker, bundled here, with files by their names; its answer to the last of the calls. */
  async worker(files: readonly string[], calls: readonly [method: string, ...args: unknown[]][]): Promise<unknown> {
    const { scripts } = await import(join(this.folder, "dist/page/bundle.js"));
    const { modules } = await import(join(this.folder, "dist/page/html.js"));
    const worker = new Worker(`${BROWSER}\n${(await scripts()).worker}`, { eval: true });
    try {
      const own = files.map((name) => ({ name, bytes: readFileSync(join(this.folder, name)) }));
      const onboard = (await modules()).map(({ name, bytes }: { name: string; bytes: Uint8Array }) => ({
        name,
        bytes,
      }));
      const messages = [
        { method: "add", files: [...own, ...onboard] },
        ...calls.map(([method, ...args]) => ({ method, args })),
      ];
      return await new Promise((resolve, reject) => {
        worker.on("error", reject);
        worker.on("message", ({ id, result, error }) => {
          if (error !== undefined) reject(new Error(error));
          else if (id === messages.length && result !== undefined) resolve(result);
        });
        for (const [i, message] of messages.entries()) worker.postMessage({ id: i + 1, ...message });
      });
    } finally {
      await worker.terminate();
    }
  }
}

/** What the worker finds in a browser: messages, and files that it reads at once. */
const BROWSER = `
const { parentPort } = require("node:worker_threads");
class File {
  constructor(bytes) { this.bytes = bytes; this.size = bytes.length; }
  slice(from, to) { return new File(this.bytes.subarray(from, to)); }
}
globalThis.FileReaderSync = class { readAsArrayBuffer({ bytes }) { return bytes.slice().buffer; } };
globalThis.postMessage = (message) => parentPort.postMessage(message);
parentPort.on("message", (data) => {
  if (data.files) data.files = data.files.map(({ name, bytes }) => ({ name, content: new File(bytes) }));
  globalThis.onmessage({ data });
});
`;
