/**
 * The bill of materials of an image, in CycloneDX 1.5 (ECMA-424): what is linked into it, and what made it. Of the ground's
 * packages `npm sbom --sbom-format cyclonedx` makes one. No serial number and no time: the same image, the same bytes.
 */
import type { ImageDescription } from "./describe.ts";

const npm = (name: string, version: string) => `pkg:npm/${name}@${version}`;
const hashes = (content: string) => [{ alg: "SHA-256", content }];
const property = (name: string, value: string | number) => ({ name: `weir:${name}`, value: String(value) });

/** @throws Error for an image that was not made by weir build */
export function billOfMaterials(image: ImageDescription): Record<string, unknown> {
  const { build } = image;
  if (!build) throw new Error("no record of how it was built: not an image of weir build");
  const version = build.weir;
  const compartments = build.compartments.map(({ name, sha256, memoryBytes, lines }) => ({
    type: "library",
    "bom-ref": `compartment-${name}`,
    name: `weir-${name}`,
    version,
    description: "compartment: AssemblyScript, compiled to WebAssembly, to C, to machine code",
    licenses: [{ license: { id: "Apache-2.0" } }],
    hashes: hashes(sha256),
    properties: [property("memory-bytes", memoryBytes), property("lines", lines)],
  }));
  const runtime = {
    type: "library",
    "bom-ref": "runtime",
    name: "weir-runtime",
    version,
    description: "kernel part, user part, WebAssembly's operations: C and assembly",
    licenses: [{ license: { id: "Apache-2.0" } }],
    properties: Object.entries(build.lines.c).map(([folder, lines]) => property(`lines:${folder}`, lines)),
  };
  const standard = {
    type: "library",
    "bom-ref": "assemblyscript-std",
    name: "assemblyscript",
    version: build.tools.assemblyscript ?? "",
    purl: npm("assemblyscript", build.tools.assemblyscript ?? ""),
    description: "functions of its standard library that the compartments use (NativeMath); no allocator, no collector",
    // Its mathematics are musl's and Arm's (its NOTICE).
    licenses: [{ expression: "Apache-2.0 AND MIT" }],
  };
  const policy = image.policy && {
    type: "data",
    "bom-ref": "policy",
    name: "policy",
    hashes: hashes(image.policy.sha256),
  };
  const components = [...compartments, runtime, standard, ...(policy ? [policy] : [])];
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
      component: {
        type: "firmware",
        "bom-ref": "image",
        name: "weir",
        version,
        hashes: hashes(image.sha256),
        properties: [property("machine", image.machine), property("bytes", image.bytes)],
      },
      tools: {
        components: Object.entries(build.tools).map(([name, version]) => ({ type: "application", name, version })),
      },
    },
    components,
    dependencies: [
      { ref: "image", dependsOn: components.map((component) => component["bom-ref"]) },
      ...compartments.map((component) => ({ ref: component["bom-ref"], dependsOn: ["assemblyscript-std"] })),
    ],
  };
}
