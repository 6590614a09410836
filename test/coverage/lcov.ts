/** Counters of images to lines and branches, by llvm-profdata and llvm-cov. */
import { execFile } from "node:child_process";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Arch } from "../../appliance/contract/arch.ts";
import { readCounters, Sums } from "./counters.ts";
import type { Point } from "./report.ts";

const run = promisify(execFile);

/** Sums up the memories that images have left in `folder`, and removes them: those of `program`, whose process is gone. */
export function takeMemories(folder: string, sums: Record<string, Sums>): number {
  let taken = 0;
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".ram")) continue;
    const [pid] = name.split(".");
    const arch = join(folder, `${pid}.arch`);
    if (isAlive(Number(pid)) || !existsSync(arch)) continue;
    const file = join(folder, name);
    const key = readFileSync(arch, "utf8").replace("qemu-system-", "");
    sums[key] ??= new Sums();
    for (const counted of inPieces(file)) sums[key].add(counted);
    rmSync(file);
    rmSync(arch);
    taken++;
  }
  return taken;
}

/** An image lies anywhere in memories of up to gigabytes, which are holes for the most part. */
function* inPieces(file: string) {
  const [piece, margin] = [64 << 20, 4 << 20];
  const { size } = statSync(file);
  const fd = openSync(file, "r");
  const buffer = Buffer.alloc(piece + 2 * margin);
  for (let at = 0; at < size; at += piece) {
    const from = Math.max(0, at - margin);
    const length = readSync(fd, buffer, 0, buffer.length, from);
    yield readCounters(buffer.subarray(0, length), at - from, at - from + piece);
  }
  closeSync(fd);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Lines and branches of the runtime's C in the image of `arch`, whose code map is in `symbols`. */
export async function pointsOfImage(folder: string, arch: Arch, sums: Sums, symbols: string): Promise<Point[]> {
  const text = join(folder, `${arch}.proftext`);
  const data = join(folder, `${arch}.profdata`);
  writeFileSync(text, sums.text());
  await run("llvm-profdata", ["merge", text, "-o", data]);
  const { stdout } = await run("llvm-cov", ["export", "-format=lcov", `-instr-profile=${data}`, symbols], {
    cwd: join(folder, "tree"),
    maxBuffer: 1 << 28,
  });
  return readLcov(stdout).filter(({ file }) => file.startsWith("appliance/runtime/") && !file.endsWith("/counted.c"));
}

/** lcov's DA (line, count) and BRDA (line, block, branch, taken or "-"). */
export function readLcov(text: string): Point[] {
  const points: Point[] = [];
  let file = "";
  for (const line of text.split("\n")) {
    const [key, rest = ""] = [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)];
    const part = rest.split(",");
    if (key === "SF") file = rest.replace(/^.*?(?=appliance\/runtime\/)/, "");
    else if (key === "DA")
      points.push({
        file,
        line: Number(part[0]),
        key: `l${part[0]}`,
        branch: false,
        covered: Number(part[1]) > 0,
        text: "",
      });
    else if (key === "BRDA") {
      const covered = part[3] !== "-" && Number(part[3]) > 0;
      points.push({
        file,
        line: Number(part[0]),
        key: `b${part.slice(0, 3).join(".")}`,
        branch: true,
        covered,
        text: "",
      });
    }
  }
  return points;
}
