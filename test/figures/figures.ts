/** The figures of README.md, taken from the image itself, and the output that it shows of `npm start`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeImage } from "../../appliance/build/describe.ts";
import { prebuiltImage, withPolicy } from "../../appliance/build/for.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { ROOT } from "../../lib/asc.ts";

export interface Figure {
  name: string;
  value: number;
  unit: string;
}

export const POLICY = "fixtures/policy.yaml";
/** Characters after which a line of output is cut. */
const WIDTH = 120;

/** Of the x86-64 image with fixtures/policy.yaml; builds it when it is not there. */
export async function measured(): Promise<Figure[]> {
  const policy = compilePolicyText(readFileSync(join(ROOT, POLICY), "utf8"), POLICY);
  const { bytes, memory, build } = describeImage(withPolicy(await prebuiltImage(), policy));
  const { c, assemblyscript } = build!.lines;
  const kernel = readFileSync(join(ROOT, "appliance/runtime/kernel/kernel.h"), "utf8");
  const calls = /enum weir_call \{([^}]*)\}/.exec(kernel)![1]!.split(",").length;
  return [
    { name: `image with \`${POLICY}\`, x86-64`, value: Math.round(bytes / 1000), unit: "kB" },
    { name: "memory that it starts with", value: Math.ceil(memory! / 2 ** 20), unit: "MiB" },
    { name: "AssemblyScript in it: decoders, detectors, filter, log", value: assemblyscript, unit: "lines" },
    { name: "C and assembly in it, unprivileged (ring 3)", value: c.user! + c.virtio!, unit: "lines" },
    { name: "C and assembly in it, privileged (ring 0)", value: c.kernel!, unit: "lines" },
    { name: "calls from the unprivileged part into the privileged", value: calls, unit: "" },
  ];
}

export function table(figures: Figure[]): string {
  const rows = figures.map(({ name, value, unit }) => `| ${name} | ${value.toLocaleString("en")} ${unit}`.trimEnd());
  return `| in numbers | |\n| --- | --- |\n${rows.map((row) => `${row} |`).join("\n")}\n`;
}

/** The figures of a table, as it was written. */
export function figuresIn(table: string): Figure[] {
  return [...table.matchAll(/^\| (.*?) \| ([\d,]+) ?(\S*) \|$/gm)].map(([, name, value, unit]) => ({
    name: name!,
    value: Number(value!.replaceAll(",", "")),
    unit: unit!,
  }));
}

/** What `npm start` prints behind its set-up, as README.md shows it. */
export function shown(output: string): string {
  const lines = output.trimEnd().split("\n");
  const cut = lines.map((line) => (line.length > WIDTH ? `${line.slice(0, WIDTH - 4)} ...` : line));
  return `\`\`\`\n${cut.join("\n")}\n\`\`\`\n`;
}
