/** Policies: from the file people write to the parts that the compartments take. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Interface } from "../appliance/build/manifest.ts";
import type { Parts } from "../appliance/hosts/embedded/appliance.ts";
import { inOrder, type Problem, Problems, readYaml } from "../lib/yaml.ts";
import { lint } from "./policy/lint.ts";
import { modelOf, type Policy } from "./policy/model.ts";
import { guardPart, inspectPart, journalPart } from "./policy/pack.ts";
import { policySchema } from "./policy/schema.ts";
import { macText } from "./policy/values.ts";

export { Problems, problemLine } from "../lib/yaml.ts";
export type { Policy } from "./policy/model.ts";

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
export function compilePolicyText(text: string, file: string, { boot = 0n }: CompileOptions = {}): CompiledPolicy {
  const { value, source } = readYaml(text, file, policySchema);
  const policy = modelOf(value);
  const { errors, warnings } = lint(policy, source);
  if (errors.length) throw new Problems(inOrder(errors));
  const parts = { inspect: inspectPart(policy), guard: guardPart(policy), journal: journalPart(policy, boot) };
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
