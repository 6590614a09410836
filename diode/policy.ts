/** Policies: from the file people write to the parts that the compartments take. */
import { dirname, resolve } from "node:path";
import type { Interface } from "../appliance/build/manifest.ts";
import type { Parts } from "../appliance/contract/abi.ts";
import { INPUT_SIZE } from "../appliance/contract/abi.ts";
import { policyName, type Section, Tag } from "../appliance/contract/config.ts";
import { readBaseline } from "../detectors/baseline/file.ts";
import { packBaseline } from "../detectors/baseline/merge.ts";
import { macText } from "../lib/addresses.ts";
import { MOST_WRITTEN, readText } from "../lib/files.ts";
import { inOrder, type Problem, Problems, readYaml, type YamlSource } from "../lib/yaml.ts";
import { formatsOf } from "./policy/formats.ts";
import { lint } from "./policy/lint.ts";
import { modelOf, type Policy, scaledTuning } from "./policy/model.ts";
import { alertSections, guardPart, inspectPart, journalPart } from "./policy/pack.ts";
import { regretsOf } from "./policy/regrets.ts";
import { policySchema } from "./policy/schema.ts";
import { tablesOf } from "./policy/tables.ts";
import { keyOf, packTransfer } from "./policy/transfer.ts";
import { type AlertRule, readThresholds } from "./suppression/config.ts";

export { Problems, problemLine } from "../lib/yaml.ts";
export type { Policy } from "./policy/model.ts";

/** Bytes that guard has for its part (appliance/compartments/guard/onboard/policy.ts). */
const MAX_GUARD_PART = 98304;

export interface CompiledPolicy {
  /** What each compartment's configure() takes. */
  parts: Parts;
  /** For the image's manifest: `in` receives, `out` and `log` transmit. */
  interfaces: Interface[];
  /** For the manifest, too: seconds after which the image ends when the device of `log` takes nothing; 0: never. */
  logSilence: number;
  /** In the order of the file. */
  warnings: Problem[];
  /** What its author may regret, though nothing is doubtful in the file itself. */
  regrets(): Problem[];
  /** By the number that guard gives them. */
  ruleNames: string[];
  /** What names it everywhere (policyName). */
  name: string;
  policy: Policy;
  /** A key stands in the text itself (or in `sets`), not in a file of its own: who hands the text on hands on the key. */
  holdsKey: boolean;
  /** Of the threshold.config that it names. */
  alertRules: AlertRule[];
}

export interface CompileOptions {
  /** Tells this start of the image from others in the log. */
  boot?: bigint;
  /** As if the file said `checksums: ignore`. */
  ignoreChecksums?: boolean;
  /** As if the file named this baseline; the path is the caller's. */
  baseline?: string;
  /** Values in place of the file's: `detectors.scan.detection=0.999`. */
  sets?: readonly string[];
  /** As if the file named this threshold.config; the path is the caller's. */
  thresholds?: string;
  /** As if the file said `learn: {}`. */
  learn?: boolean;
  /** Every finding an alert of its own. */
  ungrouped?: boolean;
  /** Every finding's numbers beside the alerts (appliance/contract: EventKind.SCORE). */
  scores?: boolean;
  /** Do not read key files; use all-zero keys. For offline analysis. */
  keyless?: boolean;
  /** As if the file gave each detector this factor on its thresholds, on top of its own. */
  threshold?: number;
}

/**
 * Reads and compiles a policy file.
 * @throws Problems, with every error as `file:line:column: path: what, expected what`; Error when it cannot be read.
 */
export function compilePolicy(path: string, options: CompileOptions = {}): CompiledPolicy {
  return compilePolicyText(readText(path, MOST_WRITTEN), path, options);
}

const ZERO = { key: "00".repeat(32) };

function withoutKeys({ log, transfer }: Policy): Pick<Policy, "log" | "transfer"> {
  return {
    log: log.key ? { ...log, key: ZERO } : log,
    transfer: transfer && { ...transfer, in: ZERO, out: ZERO },
  };
}

function withOptions(policy: Policy, options: CompileOptions): Policy {
  const { ignoreChecksums, baseline, thresholds, learn, ungrouped, scores, keyless, threshold = 1 } = options;
  const tuning = threshold === 1 ? policy.tuning : scaledTuning(policy.tuning, threshold);
  return {
    ...policy,
    ...(keyless && withoutKeys(policy)),
    ...(ignoreChecksums && { ignoreChecksums }),
    ...(baseline !== undefined && { baseline: resolve(baseline) }),
    ...(thresholds !== undefined && { thresholds: resolve(thresholds) }),
    ...(learn && { learn: policy.learn ?? { every: 0n } }),
    ...(ungrouped && { ungrouped }),
    ...(scores && { scores }),
    tuning,
  };
}

/** The lines of the threshold.config, and packed; its path is relative to the policy's. */
function thresholdsOf({ thresholds }: Policy, source: YamlSource): { rules: AlertRule[]; packed: Section[] } {
  try {
    const rules = thresholds === undefined ? [] : readThresholds(resolve(dirname(source.file), thresholds), "file");
    return { rules, packed: alertSections(rules) };
  } catch (error) {
    if (error instanceof Problems) throw error;
    throw new Problems([source.problem(["alerts", "thresholds"], (error as Error).message)]);
  }
}

/** What was learned, packed. Its path is relative to the policy's. */
function sectionsOf({ baseline, learn }: Policy, source: YamlSource): Section[] {
  if (baseline === undefined || learn) return [];
  try {
    return packBaseline(readBaseline(resolve(dirname(source.file), baseline), "file"));
  } catch (error) {
    if (error instanceof Problems) throw error;
    throw new Problems([source.problem(["baseline"], (error as Error).message)]);
  }
}

/** What authenticates the log, from the policy or a file beside it. */
function logKey({ log }: Policy, source: YamlSource): Uint8Array | undefined {
  if (!log.key) return undefined;
  try {
    return keyOf(log.key, dirname(source.file));
  } catch (error) {
    throw new Problems([source.problem(["interfaces", "log", "key-file"], (error as Error).message)]);
  }
}

/** Keys are read from their files, whose paths are relative to the policy's. */
function transferSections({ transfer }: Policy, source: YamlSource): Section[] {
  if (!transfer) return [];
  try {
    return [{ tag: Tag.TRANSFER, bytes: packTransfer(transfer, source.file) }];
  } catch (error) {
    throw new Problems([source.problem(["transfer"], (error as Error).message)]);
  }
}

/** The same from text; `file` is what messages call it. */
export function compilePolicyText(text: string, file: string, options: CompileOptions = {}): CompiledPolicy {
  const { boot = 0n, sets } = options;
  const { value, source } = readYaml(text, file, policySchema, sets);
  const written = modelOf(value);
  const policy = withOptions(written, options);
  const { errors, warnings } = lint(policy, source);
  if (errors.length) throw new Problems(inOrder(errors));
  const checker = { formats: formatsOf(policy), tables: tablesOf(policy) };
  const guard = guardPart(policy, checker, transferSections(policy, source));
  if (guard.length > MAX_GUARD_PART)
    throw new Problems([
      source.problem(["rules"], `${guard.length} bytes when compiled, expected at most ${MAX_GUARD_PART}`),
    ]);
  const { rules: alertRules, packed } = thresholdsOf(policy, source);
  const sections = [...packed, ...sectionsOf(policy, source)];
  const parts = {
    inspect: inspectPart(policy, sections),
    guard,
    journal: journalPart(policy, boot, logKey(policy, source)),
  };
  if (parts.inspect.length > INPUT_SIZE)
    throw new Problems([
      source.problem(
        policy.baseline ? ["baseline"] : ["detectors", "newcomer"],
        `${parts.inspect.length} bytes of inspect's part when compiled, expected at most ${INPUT_SIZE}`,
      ),
    ]);
  return {
    parts,
    interfaces: [
      { name: "in", direction: "receive", mac: macText(policy.in.mac) },
      { name: "out", direction: "transmit", mac: macText(policy.out.mac) },
      { name: "log", direction: "transmit", mac: macText(policy.log.mac) },
    ],
    logSilence: policy.log.silence,
    warnings: inOrder(warnings),
    regrets: () => regretsOf(policy, source),
    ruleNames: policy.rules.map(({ name }) => name),
    name: policyName(parts),
    policy,
    holdsKey: [written.log.key, written.transfer?.in, written.transfer?.out].some((key) => key?.key !== undefined),
    alertRules,
  };
}
