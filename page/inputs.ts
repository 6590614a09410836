// REQ-GROUND-010
/** Which files a page is about, and what it calls them. */
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { CaptureReader } from "../captures/reader.ts";
import { compilePolicy } from "../diode/policy.ts";
import { writeWhole } from "../lib/files.ts";
import { packed, pageHtml, type Start } from "./html.ts";

/** As the command line has them. */
export interface Inputs {
  captures: readonly string[];
  policies: readonly string[];
  baseline?: string | undefined;
  thresholds?: string | undefined;
  labels: readonly string[];
  sets: readonly string[];
  ignoreChecksums: boolean;
}

export interface Named {
  start: Omit<Start, "version" | "files">;
  /** Where they are, by the name the page knows them by. */
  files: Map<string, string>;
  /** Policies in whose text a key stands. */
  keyed: string[];
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
      if (!path) throw new Error("-r -: the page reads each capture more than once: expected a file");
      captures.push(give(name));
    }
    await reader.close();
  }
  const instead = {
    ...(inputs.baseline !== undefined && { baseline: inputs.baseline }),
    ...(inputs.thresholds !== undefined && { thresholds: inputs.thresholds }),
  };
  const keyed: string[] = [];
  for (const path of inputs.policies) {
    const { policy, holdsKey } = compilePolicy(path, { sets: inputs.sets, keyless: true, ...instead });
    if (holdsKey) keyed.push(path);
    const beside = [!instead.baseline && policy.baseline, !instead.thresholds && policy.thresholds];
    // The page looks files up by their last part: two policies' files of one name would be taken for each other.
    for (const file of beside) {
      if (!file || give(resolve(dirname(path), file)) === basename(file)) continue;
      throw new Error(`${file}: two different files of this name, expected only one`);
    }
  }
  const policies = inputs.policies.map(give);
  const labels = inputs.labels.map(give);
  return {
    start: {
      captures,
      policies,
      labels,
      sets: [...inputs.sets],
      ignoreChecksums: inputs.ignoreChecksums,
      ...(instead.baseline !== undefined && { baseline: give(instead.baseline) }),
      ...(instead.thresholds !== undefined && { thresholds: give(instead.thresholds) }),
    },
    files,
    keyed,
  };
}

/** Bytes of files that a report may hold: more would make a page that no browser opens in good time. */
export const MOST = 256 << 20;

/**
 * One file that stands alone, captures and policy included.
 * @throws Error when captures are too many, or a key would stand in it; Problems of the policy
 */
export async function writeReport(path: string, inputs: Inputs): Promise<void> {
  const { start, files, keyed } = await named(inputs);
  const bytes = [...files.values()].reduce((sum, file) => sum + statSync(file).size, 0);
  if (bytes > MOST)
    throw new Error(
      `${bytes} bytes of captures, at most ${MOST} go into one report: cut them, or look at them with weir page -r`,
    );
  if (keyed.length) throw new Error(`${keyed[0]}: the report would show this key to all readers: expected a key-file`);
  const packedFiles = [...files].map(([name, file]) => ({ name, gzip: packed(readFileSync(file)) }));
  const { html } = await pageHtml({ ...start, files: packedFiles });
  writeWhole(path, html);
}
