/**
 * Who may import whom. A room is the first folder of a path; of appliance/ each folder is one. A room imports rooms before it
 * in these lists, no other and none beside it; no file imports itself by way of others. Tests, what serves them alone and
 * probes import what they like.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { ROOT } from "../lib/asc.ts";

const GROUND = [
  ...["lib", "appliance/contract", "ip mil1553 transfer", "appliance/build", "appliance/hosts", "captures wiring"],
  ...["detectors", "diode", "log debug", "tuning", "page", "cli", "release"],
];
/** What the ground has compiled for itself (captures' inner loop, for one) is linked into no image, and may use all of it. */
const ONBOARD = [
  ...["lib", "appliance/contract", "ip mil1553 transfer", "detectors diode", "appliance/compartments"],
  "captures tuning debug",
];
const EXEMPT = /\.(test|probe)\.ts$|(^|\/)(test|testing|fixtures)\//;

const roomOf = (path: string) => (/^appliance\/[^/]+|^[^/]+/.exec(path) ?? [""])[0];
const isOnboard = (path: string) => path.includes("/onboard/");

/** What each file imports, by paths from the root; onboard code leaves `.ts` out. */
const imports = new Map<string, string[]>();
for (const room of new Set([...GROUND, ...ONBOARD].flatMap((rank) => rank.split(" "))))
  for (const entry of readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true })) {
    const path = relative(ROOT, join(entry.parentPath, entry.name));
    if (!path.endsWith(".ts") || EXEMPT.test(path)) continue;
    const { importedFiles } = ts.preProcessFile(readFileSync(join(ROOT, path), "utf8"), true, true);
    const inside = importedFiles.filter(({ fileName }) => fileName.startsWith("."));
    imports.set(
      path,
      inside.map(({ fileName }) => join(dirname(path), fileName).replace(/(\.ts)?$/, ".ts")),
    );
  }

describe("rooms", () => {
  it("import rooms before them only", () => {
    const wrong = [...imports].flatMap(([path, others]) => {
      const ranks = isOnboard(path) ? ONBOARD : GROUND;
      const rankOf = (file: string) => ranks.findIndex((rank) => rank.split(" ").includes(roomOf(file)));
      return others
        .filter((other) => roomOf(other) !== roomOf(path) && !(rankOf(other) >= 0 && rankOf(other) < rankOf(path)))
        .map((other) => `${path} -> ${other}`);
    });
    expect(wrong).toEqual([]);
  });

  it("and no file imports itself by way of others", () => {
    const circles: string[][] = [];
    const done = new Set<string>();
    const visit = (path: string, way: readonly string[]): void => {
      if (way.includes(path)) circles.push(way.slice(way.indexOf(path)));
      if (done.has(path) || way.includes(path)) return;
      for (const other of imports.get(path) ?? []) visit(other, [...way, path]);
      done.add(path);
    };
    for (const path of imports.keys()) visit(path, []);
    expect(circles).toEqual([]);
  });

  it("and all imports are found, in every room", () => {
    const missing = [...imports].flatMap(([, others]) => others.filter((other) => !imports.has(other)));
    expect(missing.filter((other) => !EXEMPT.test(other))).toEqual([]);
    expect(imports.get("cli/commands.ts")).toContain("cli/replay.ts");
    expect(new Set([...imports.keys()].map(roomOf)).size).toBe(
      new Set([...GROUND, ...ONBOARD].join(" ").split(" ")).size,
    );
  });
});
