// REQ-IMAGE-015
/** `weir inspect`: everything that is in an image. */
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { billOfMaterials } from "../appliance/build/bom.ts";
import { describeImage, type ImageDescription } from "../appliance/build/describe.ts";
import { sha256 } from "../appliance/build/info.ts";
import { fileOfDisk, isDisk } from "../appliance/build/iso.ts";
import { signedAs, verifyImage } from "../appliance/build/signature.ts";
import { inMebibytes } from "../appliance/build/spare.ts";
import { columns } from "../lib/columns.ts";
import { printable } from "../lib/printable.ts";

export function command(): Command {
  return new Command("inspect")
    .description(
      "List everything that is in an image: which interfaces it has and which way each one works, what is loaded where\n" +
        "with which permissions, the policy, the compartments, the bound of their stack, and how much was written for it.",
    )
    .argument("<image>", "an image that weir build made, or a disk with one (weir build --disk)")
    .option("--json", "print it as one JSON object")
    .option("--bom", "print its bill of materials: CycloneDX 1.5, JSON")
    .option("--verify <key.pem>", "check its signature (weir build --sign) with this public key: nothing is listed")
    .option("--not-older-than <n>", "with --verify: refuse an earlier edition (weir build --edition), though signed")
    .addHelpText(
      "after",
      `
Reads the file only; nothing is started. The policy's name is its own wherever it runs: two images with the same one and the
same compartments decide alike. A compartment's SHA-256 is that of the .wasm which weir replay runs in Node.

Examples:
  weir inspect weir.elf
  weir inspect --json weir.elf | jq .policy.name
  weir inspect --bom weir.elf > weir.cdx.json              (npm sbom --sbom-format cyclonedx: the ground's packages)

  weir inspect site.elf --verify verify.pem --not-older-than 7 && weir run site.elf --in tap0 --out tap1 --log tap2

Exit codes: 0 listed, or verified; 2 the file is not a whole Weir image; 3 its signature does not hold, or it is older.`,
    )
    .action((image: string, options: { json?: boolean; bom?: boolean; verify?: string; notOlderThan?: string }) => {
      const signed = signedAs(options);
      if (signed) {
        process.exitCode = checked(image, signed.key, signed.oldest);
        return;
      }
      let description: ReturnType<typeof describeFile>;
      const bytes = readFileSync(image);
      try {
        description = describeFile(bytes);
        if (options.bom) {
          process.stdout.write(`${JSON.stringify(billOfMaterials(description), null, 2)}\n`);
          return;
        }
      } catch (error) {
        process.stderr.write(`weir: ${image}: ${(error as Error).message}\n`);
        process.exitCode = 2;
        return;
      }
      process.stdout.write(
        options.json ? `${JSON.stringify(description, null, 2)}\n` : printable(`${render(description)}\n`),
      );
    });
}

/** Of a disk that of the image in it, and which disk it is. @throws Error */
function describeFile(bytes: Uint8Array): ImageDescription & { disk?: { bytes: number; sha256: string } } {
  if (!isDisk(bytes)) return describeImage(bytes);
  const image = fileOfDisk(bytes);
  if (!image) throw new Error("a disk without an image of weir build");
  return { disk: { bytes: bytes.length, sha256: sha256(bytes) }, ...describeImage(image) };
}

function checked(image: string, key: string, oldest: number): number {
  const wrong = verifyImage(image, key, oldest);
  if (wrong === undefined) process.stdout.write(`${image}: signed with ${key}, and unchanged\n`);
  else process.stderr.write(`weir: ${image}: ${wrong}\n`);
  return wrong === undefined ? 0 : 3;
}

const number = (n: number) => n.toLocaleString("en-US");

/** The description as text, a section for each subject. */
export function render(d: ReturnType<typeof describeFile>): string {
  const { build, disk } = d;
  const lines = [
    ...(disk ? [`disk of ${number(disk.bytes)} bytes, sha256 ${disk.sha256}; in it:`, ""] : []),
    `Weir ${build?.weir ?? "(made without weir build)"} for ${d.machine}, ${number(d.bytes)} bytes, entry ${d.entry}`,
    `sha256 ${d.sha256}`,
    "",
    ...table(
      "interface",
      ["way", "MAC address"],
      d.interfaces.map((i) => [i.name, `${i.direction} only`, i.mac]),
    ),
    ...(d.oneQueue ? ["  one queue for each, no inert one"] : []),
    ...(d.logSilence ? [`  ends when the device of log takes nothing for ${d.logSilence} s`] : []),
    ...(d.interfaces.length ? [] : ["  none: this image has no policy yet (weir build -c policy.yaml)"]),
    "",
    ...table(
      "segment",
      ["permissions", "in file", "in memory"],
      d.segments.map((s) => [s.address, s.permissions, number(s.fileBytes), number(s.memoryBytes)]),
    ),
    "",
    ...table(
      "section",
      ["address", "permissions", "bytes"],
      d.sections.map((s) => [s.name, s.address, s.permissions, number(s.memoryBytes)]),
    ),
    "",
    ...policy(d),
    ...memory(d),
  ];
  if (build) lines.push("", ...made(build));
  return lines.join("\n");
}

function policy({ policy }: ImageDescription): string[] {
  if (!policy) return ["policy       none: the image will refuse to start"];
  const parts = Object.entries(policy.parts).map(([name, bytes]) => `${name} ${number(bytes)}`);
  const edition = policy.edition ? `, edition ${policy.edition}` : "";
  return [
    `policy       ${number(policy.bytes)} bytes: ${parts.join(", ")}${edition}`,
    `  named ${policy.name}, sha256 ${policy.sha256}`,
  ];
}

function memory({ memory }: ImageDescription): string[] {
  return memory === undefined ? [] : [`memory       needs ${number(memory)} bytes: ${inMebibytes(memory)} MiB`];
}

function made({ compartments, stack, lines, tools }: NonNullable<ImageDescription["build"]>): string[] {
  const c = Object.entries(lines.c).map(([folder, count]) => `${folder} ${number(count)}`);
  return [
    ...table(
      "compartment",
      ["memory", "imports", "functions", "wasm bytes", "AssemblyScript lines", "sha256 of the wasm"],
      compartments.map((x) => [
        x.name,
        ...[x.memoryBytes, x.imports, x.functions, x.wasmBytes, x.lines].map(number),
        x.sha256,
      ]),
    ),
    "",
    `stack        at most ${number(stack.bytes)} of ${number(stack.given)} bytes, on this path:`,
    `  ${stack.path.map((frame) => `${frame.name} ${frame.bytes}`).join(" > ")}`,
    "",
    `lines        C by hand: ${c.join(", ")}; AssemblyScript: ${number(lines.assemblyscript)} (blank lines not counted)`,
    `made with    ${Object.entries(tools)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}`,
  ];
}

/** Where text stands behind the sections' names. */
const INDENT = 11;

function table(first: string, rest: string[], rows: string[][]): string[] {
  return columns([[first, ...rest], ...rows.map(([name, ...cells]) => [`  ${name}`, ...cells])], INDENT);
}
