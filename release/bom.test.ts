// The bill of materials of a release against CycloneDX's own schema, and what a bundle's source maps say is in it.
import { expect, it } from "vitest";
import { prebuiltImage } from "../appliance/build/for.ts";
import { validator } from "../appliance/build/testing/cyclonedx.ts";
import { whyNoImage } from "../cli/image-replay.ts";
import { packagesOf } from "../page/bundle.ts";
import { billOfRelease } from "./bom.ts";

const missing = await whyNoImage("x86_64");
if (missing) console.log(`skipped: the bill of materials of a release: ${missing}`);

it.skipIf(missing)("the bill is CycloneDX 1.5, and has each package and each image with its compartments", async () => {
  const packages = [
    { name: "@noble/hashes", version: "2.4.0", license: "MIT" },
    { name: "pako", version: "3.0.3", license: "(MIT AND Zlib)" },
  ];
  const bill = billOfRelease({ version: "1.2.3", packages, images: [await prebuiltImage()] });
  const valid = validator();
  valid(bill);
  expect(valid.errors).toBeNull();
  const parts = bill.components as { "bom-ref": string; purl?: string; components?: { "bom-ref": string }[] }[];
  expect(parts.map((part) => part.purl ?? part["bom-ref"])).toEqual([
    "pkg:npm/%40noble/hashes@2.4.0",
    "pkg:npm/pako@3.0.3",
    "x86_64-image",
  ]);
  expect(parts[2]!.components!.map((part) => part["bom-ref"])).toContain("x86_64-compartment-guard");
});

it("the packages in a bundle are named by the paths of its modules, scopes too", () => {
  const paths = [
    "../../node_modules/zod/v4/core.js",
    "/a/node_modules/@noble/hashes/sha2.js",
    "../cli/run.ts",
    "x/node_modules/zod/index.js",
  ];
  expect(packagesOf(paths)).toEqual(["@noble/hashes", "zod"]);
});
