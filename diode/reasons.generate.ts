/** What onboard code calls the reasons of ./layouts/reasons.ts. */
import { generatedFrom, type Output } from "../appliance/contract/generate/text.ts";
import { NAMES } from "./layouts/reasons.ts";

export default function outputs(): Output[] {
  const lines = [
    `// ${generatedFrom("diode/layouts/reasons.ts")}`,
    'import { Text, lit } from "../../../lib/onboard/text";',
    'import { Reason } from "./reasons";',
    "",
    "/** As `drop.reason` says it. */",
    "export function writeReason(t: Text, reason: u32): void {",
    "  switch (reason) {",
    ...NAMES.flatMap((name) => [`    case Reason.${name}:`, `      lit(t, "${name.toLowerCase()}");`, "      break;"]),
    "  }",
    "}",
  ];
  return [{ path: "diode/onboard/generated/reason-names.ts", text: `${lines.join("\n")}\n` }];
}
