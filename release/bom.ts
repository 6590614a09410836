/**
 * The bill of materials of a release, in CycloneDX 1.5 as that of an image: the npm packages that are in its bundles, and the images with
 * what is in each. No serial number and no time, so that the same release has the same bill.
 */
import { billOfMaterials } from "../appliance/build/bom.ts";
import { describeImage } from "../appliance/build/describe.ts";
import type { Package } from "./stage.ts";

export interface Released {
  version: string;
  packages: readonly Package[];
  /** The prebuilt images. */
  images: readonly Uint8Array[];
}

interface ImageBill {
  metadata: { component: Record<string, unknown> };
  components: Record<string, unknown>[];
}

export function billOfRelease({ version, packages, images }: Released): Record<string, unknown> {
  const libraries = packages.map(({ name, version, license }) => ({
    type: "library",
    "bom-ref": `npm-${name}`,
    name,
    version,
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    licenses: [/ (AND|OR) |^\(/.test(license) ? { expression: license } : { license: { id: license } }],
  }));
  const firmware = images.map((image) => {
    const { machine } = describeImage(image);
    const bill = billOfMaterials(describeImage(image)) as unknown as ImageBill;
    const own = (ref: unknown) => `${machine}-${ref}`;
    return {
      ...bill.metadata.component,
      "bom-ref": own("image"),
      components: bill.components.map((part) => ({ ...part, "bom-ref": own(part["bom-ref"]) })),
    };
  });
  const components = [...libraries, ...firmware];
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": "weir",
        name: "weir",
        version,
        licenses: [{ license: { id: "Apache-2.0" } }],
      },
    },
    components,
    dependencies: [{ ref: "weir", dependsOn: components.map((component) => component["bom-ref"]) }],
  };
}
