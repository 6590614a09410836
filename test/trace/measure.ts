/** Which figures are missing or older than the sources that they are of, and how they are measured anew. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../lib/asc.ts";
import { sources } from "../../lib/testing/sources.ts";
import { isProduct } from "../mutation/graph.ts";
import { hashOf } from "../mutation/record.ts";
import { pathOf, type Subject } from "./evidence.ts";

export type State = "missing" | "old" | "current";

/** Of all sources of the product, and of what measures them. @param own the folder of the script that measures */
export function sourcesHash(own: string, root = ROOT): string {
  const inC = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.([chS]|ld)$/.test(file))
      .map((file) => join(folder, file));
  const files = [
    ...sources().filter((file) => isProduct(file) || file.startsWith(`${own}/`)),
    ...inC("appliance/runtime"),
  ];
  return hashOf(...[...files.sort(), "package-lock.json"].flatMap((file) => [file, readFileSync(join(root, file))]));
}

/** Stands beside a figure: the hash of the sources that it is of. */
const stampOf = (path: string) => `${path}.of`;

/** @param folders where figures are looked for, in this order */
export function stateOf(subject: Subject, folders: readonly string[], hash = sourcesHash(subject.own)): State {
  const path = pathOf(subject, folders);
  if (path === undefined) return "missing";
  const stamp = stampOf(path);
  return existsSync(stamp) && readFileSync(stamp, "utf8").trim() === hash ? "current" : "old";
}

/** Runs the command of a figure, and notes which sources it is of. @returns what went wrong */
export function measured(
  subject: Subject,
  folders: readonly string[],
  run: (command: string) => number | null = shell,
): string | undefined {
  const hash = sourcesHash(subject.own);
  const status = run(subject.command);
  const path = pathOf(subject, folders);
  if (status !== 0 && !subject.mayFail) return `${subject.command}: exit code ${status}`;
  if (path === undefined) return `${subject.command}: wrote no ${subject.file}`;
  writeFileSync(stampOf(path), `${hash}\n`);
  return undefined;
}

const shell = (command: string) =>
  spawnSync(command, { shell: true, cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] }).status;
