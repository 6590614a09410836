import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sharedPath } from "../../lib/testing/shared.ts";
import { type Item, input, type Seeded } from "./seeds.ts";

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Inputs made of captures of others, when these are there. Nothing made of them goes into the repository. */
export function sharedSeeds(target: Seeded, policies: number): Buffer[] {
  if (target === "frame")
    return filesBelow(sharedPath("conformance"))
      .filter((path) => /\.(pcap|cap|trace)$/.test(path) && statSync(path).size < 1 << 20)
      .flatMap((path, n) => {
        const file = readFileSync(path);
        if (file.length < 40 || file.readUInt32LE(0) !== 0xa1b2c3d4) return [];
        const items: Item[] = [];
        const link = [0, 1, 12, 101, 113, 108, 228, 229, 276, 105].indexOf(file.readUInt32LE(20));
        for (let at = 24; at + 16 <= file.length && items.length < 12; at += 16 + file.readUInt32LE(at + 8)) {
          const bytes = file.subarray(at + 16, at + 16 + Math.min(file.readUInt32LE(at + 8), 1600));
          if (link === 1) items.push({ what: 0, later: 3, bytes });
          else if (link >= 0) items.push({ what: 3, later: 3, bytes: Buffer.concat([Buffer.from([link, 0]), bytes]) });
        }
        return items.length ? [input(n % policies, items)] : [];
      });
  if (target === "readers")
    return [...filesBelow(sharedPath("conformance")), ...filesBelow(sharedPath("mil1553"))]
      .filter((path) => /\.(pcap|pcapng|cap|trace|ntar|ch10|c10|gz)$/i.test(path))
      .map((path) => readFileSync(path).subarray(0, 20_000));
  if (target === "file")
    return filesBelow(sharedPath("mil1553"))
      .filter((path) => /\.(ch10|c10)$/i.test(path))
      .map((path, n) => Buffer.concat([Buffer.from([[4, 3][n % 2]!, 2 * n]), readFileSync(path).subarray(0, 16_000)]));
  return [];
}
