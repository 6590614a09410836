/** What a policy may say of the scan detector: the parameters of Jung et al. 2004, its action, and whose scans are
 * wanted. */
import { networks } from "../../lib/addresses.ts";
import { object, oneOf, parsed } from "../../lib/yaml.ts";

const share = parsed<number>("a number above 0 and below 1", (value) =>
  typeof value === "number" && value > 0 && value < 1 ? value : undefined,
);

export const policy = object({
  "benign-success": share.optional(),
  "scanner-success": share.optional(),
  "false-positive": share.optional(),
  detection: share.optional(),
  action: oneOf("alert", "tighten", "quarantine", "quarantine-flow").optional(),
  scanners: networks().optional(),
});
