/** Policies: from the file people write to the parts that the compartments take. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { INPUT_SIZE } from "../appliance/abi/abi.ts";
import type { Interface } from "../appliance/build/manifest.ts";
import type { Parts } from "../appliance/hosts/embedded/appliance.ts";
import { inOrder, type Problem, Problems, readYaml } from "../lib/yaml.ts";
import { formatsOf } from "./policy/formats.ts";
import { lint } from "./policy/lint.ts";
import { modelOf, type Policy } from "./policy/model.ts";
import { guardPart, inspectPart, journalPart } from "./policy/pack.ts";
import { policySchema } from "./policy/schema.ts";
import { tablesOf } from "./policy/tables.ts";
import { macText } from "./policy/values.ts";

export { Problems, problemLine } from "../lib/yaml.ts";
export type { Policy } from "./policy/model.ts";

/** Bytes that guard has for its part (appliance/guard/onboard/policy.ts). */
const MAX_GUARD_PART = 98304;

export interface CompiledPolicy {
  /** What each compartment's configure() takes. */
  parts: Parts;
  /** For the image's manifest: `in` receives, `out` and `log` transmit. */
  interfaces: Interface[];
  /** In the order of the file. */
  warnings: Problem[];
  /** By the number that guard gives them. */
  ruleNames: string[];
  /** SHA-256 over the three parts, in hexadecimal. */
  hash: string;
  policy: Policy;
}

export interface CompileOptions {
  /** Tells this start of the image from others in the log. */
  boot?: bigint;
  /** As if the file said `checksums: ignore`. */
  ignoreChecksums?: boolean;
}

/**
 * Reads and compiles a policy file.
 * @throws Problems, with every error as `file:line:column: path: what, expected what`; Error when it cannot be read.
 */
export function compilePolicy(path: string, options: CompileOptions = {}): CompiledPolicy {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  return compilePolicyText(text, path, options);
}

/** The same from text; `file` is what messages call it. */
export function compilePolicyText(text: string, file: string, options: CompileOptions = {}): CompiledPolicy {
  const { boot = 0n, ignoreChecksums } = options;
  const { value, source } = readYaml(text, file, policySchema);
  const policy = { ...modelOf(value), ...(ignoreChecksums && { ignoreChecksums }) };
  const { errors, warnings } = lint(policy, source);
  if (errors.length) throw new Problems(inOrder(errors));
  const guard = guardPart(policy, { formats: formatsOf(policy), tables: tablesOf(policy) });
  if (guard.length > MAX_GUARD_PART)
    throw new Problems([
      source.problem(["rules"], `${guard.length} bytes when compiled, expected at most ${MAX_GUARD_PART}`),
    ]);
  const parts = { inspect: inspectPart(policy), guard, journal: journalPart(policy, boot) };
  if (parts.inspect.length > INPUT_SIZE)
    throw new Problems([
      source.problem(
        ["detectors", "newcomer"],
        `${parts.inspect.length} bytes when compiled, expected at most ${INPUT_SIZE}`,
      ),
    ]);
  const hash = createHash("sha256");
  for (const part of [parts.inspect, parts.guard, parts.journal]) hash.update(part);
  return {
    parts,
    interfaces: [
      { name: "in", direction: "receive", mac: macText(policy.in.mac) },
      { name: "out", direction: "transmit", mac: macText(policy.out.mac) },
      { name: "log", direction: "transmit", mac: macText(policy.log.mac) },
    ],
    warnings: inOrder(warnings),
    ruleNames: policy.rules.map(({ name }) => name),
    hash: hash.digest("hex"),
    policy,
  };
}
