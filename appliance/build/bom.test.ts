// The bill of materials against the standard's own schema.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { compilePolicy } from "../../diode/policy.ts";
import { billOfMaterials } from "./bom.ts";
import { describeImage } from "./describe.ts";
import { prebuiltImage, withPolicy } from "./for.ts";

it("is one, and names what Node runs", { timeout: 300_000 }, async () => {
  const image = withPolicy(await prebuiltImage(), compilePolicy("fixtures/policy.yaml"));
  const bom = billOfMaterials(describeImage(image)) as {
    components: { name: string; hashes?: { content: string }[] }[];
  };
  const schemas = join(
    dirname(createRequire(import.meta.url).resolve("@cyclonedx/cyclonedx-library/package.json")),
    "res",
    "schema",
  );
  const schema = (name: string) => JSON.parse(readFileSync(join(schemas, name), "utf8"));
  const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false });
  for (const name of ["spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json"])
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}`);
  const valid = ajv.compile(schema("bom-1.5.SNAPSHOT.schema.json"));
  expect(valid(bom), JSON.stringify(valid.errors)).toBe(true);
  expect(bom.components.map(({ name }) => name)).toEqual([
    ...["weir-inspect", "weir-guard", "weir-journal", "weir-runtime", "assemblyscript", "policy"],
  ]);
  // It names the very modules that Node runs
  const { build } = describeImage(image);
  expect(bom.components[0]!.hashes![0]!.content).toBe(build!.compartments[0]!.sha256);
  (bom.components[0] as { type?: string }).type = "nothing";
  expect(valid(bom)).toBe(false);
});
