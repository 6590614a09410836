/** Which files a page is about, and what it calls them. */
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { CaptureReader } from "../captures/reader.ts";
import { compilePolicy } from "../diode/policy.ts";
import { packed, type Start } from "./html.ts";

/** As the command line has them. */
export interface Inputs {
  captures: readonly string[];
  policies: readonly string[];
  baseline?: string | undefined;
  labels: readonly string[];
  sets: readonly string[];
  ignoreChecksums: boolean;
}

export interface Named {
  start: Omit<Start, "version" | "files">;
  /** Where they are, by the name the page knows them by. */
  files: Map<string, string>;
}

/**
 * Gives every file a name: its own, with a number where two have the same. What a policy names goes along.
 * @throws Problems of a policy; InputError for captures that do not exist
 */
export async function named(inputs: Inputs): Promise<Named> {
  const files = new Map<string, string>();
  const give = (path: string): string => {
    const name = basename(path);
    for (let n = 1; ; n++) {
      const own = n === 1 ? name : `${n}-${name}`;
      const there = files.get(own);
      if (there !== undefined && there !== resolve(path)) continue;
      files.set(own, resolve(path));
      return own;
    }
  };
  const captures: string[] = [];
  if (inputs.captures.length) {
    const reader = await CaptureReader.open([...inputs.captures]);
    for (const { path, name } of reader.inputs) {
      if (!path) throw new Error("-r -: the page reads captures more than once: expected a file");
      captures.push(give(name));
    }
    await reader.close();
  }
  for (const path of inputs.policies) {
    const { policy } = compilePolicy(path, {
      sets: inputs.sets,
      ...(inputs.baseline !== undefined && { baseline: inputs.baseline }),
    });
    // The page looks files up by their last part: two policies' files of one name would be taken for each other.
    for (const beside of [inputs.baseline === undefined ? policy.baseline : undefined, policy.thresholds])
      if (beside !== undefined) {
        const own = give(resolve(dirname(path), beside));
        if (own !== basename(beside)) throw new Error(`${beside}: two different files of this name, expected one`);
      }
  }
  const policies = inputs.policies.map(give);
  const labels = inputs.labels.map(give);
  const baseline = inputs.baseline === undefined ? undefined : give(inputs.baseline);
  return {
    start: {
      captures,
      policies,
      labels,
      sets: [...inputs.sets],
      ignoreChecksums: inputs.ignoreChecksums,
      ...(baseline !== undefined && { baseline }),
    },
    files,
  };
}

/** Bytes of files that a report may hold: more would make a page that no browser opens in good time. */
export const MOST = 256 << 20;

/** The files themselves, for a report that stands alone. @throws Error when they are too many */
export function embedded(files: ReadonlyMap<string, string>): Start["files"] {
  const bytes = [...files.values()].reduce((sum, path) => sum + statSync(path).size, 0);
  if (bytes > MOST)
    throw new Error(
      `${bytes} bytes of captures, at most ${MOST} go into one report: cut them, or look at them with weir page -r`,
    );
  return [...files].map(([name, path]) => ({ name, gzip: packed(readFileSync(path)) }));
}
