import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";

/** CycloneDX's own validator of 1.5. */
export function validator() {
  const library = createRequire(import.meta.url).resolve("@cyclonedx/cyclonedx-library/package.json");
  const schema = (name: string) => JSON.parse(readFileSync(join(dirname(library), "res", "schema", name), "utf8"));
  const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false });
  for (const name of ["spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json"])
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}`);
  return ajv.compile(schema("bom-1.5.SNAPSHOT.schema.json"));
}
