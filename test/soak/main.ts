/**
 * `npm run soak -- --minutes N` soaks the booted image (--image FILE: one built before); `npm run soak -- --native N` puts N frames through the natively compiled
 * compartments, and Node through as many of them as fit into --compare (1 million unless said) for the same digests.
 * Writes build/evidence/soak.json or soak-native.json. Exit code 3 when a check fails.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "../../lib/asc.ts";
import { soakNative } from "./native.ts";
import { soak } from "./soak.ts";
import type { Check } from "./watch.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string" },
    stretch: { type: "string", default: "60" },
    image: { type: "string" },
    native: { type: "string" },
    compare: { type: "string", default: "1000000" },
  },
});

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text.replaceAll("_", ""));
  if (value > 0) return value;
  process.stderr.write(`soak: --${name} ${text}: expected a number above 0\n`);
  process.exit(1);
}

function write(name: string, what: object, checks: readonly Check[]): void {
  const folder = join(ROOT, "build", "evidence");
  mkdirSync(folder, { recursive: true });
  const command = ["npm run soak --", ...process.argv.slice(2)].join(" ");
  writeFileSync(join(folder, name), `${JSON.stringify({ command, ...what }, undefined, 1)}\n`);
  for (const { ok, name: title, what: found } of checks)
    process.stdout.write(`${ok ? "ok    " : "FAILED"} ${title}: ${found}\n`);
  process.exitCode = checks.every(({ ok }) => ok) ? 0 : 3;
}

const [minutes, native] = [number("minutes", values.minutes), number("native", values.native)];
if (native) {
  const result = await soakNative(native, number("compare", values.compare)!);
  write("soak-native.json", result, result.checks);
} else {
  const seconds = 60 * (minutes ?? 1);
  const stretch = Math.min(number("stretch", values.stretch)!, seconds / 6);
  const result = await soak({
    seconds,
    stretch,
    ...(values.image ? { image: values.image } : {}),
    onStretch: (one) => process.stderr.write(`${JSON.stringify(one)}\n`),
  });
  write("soak.json", result, result.checks);
}
