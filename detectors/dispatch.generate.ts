/** What `npm run generate` makes of the registry; README.md. */
import { generatedFrom, type Output } from "../appliance/contract/generate/text.ts";
import * as ground from "./generate/ground.ts";
import * as onboard from "./generate/onboard.ts";
import { registered } from "./generate/registered.ts";

const FROM = "detectors/registry.ts and the declarations that it names";

export default async function outputs(): Promise<Output[]> {
  const all = await registered();
  const ofEndpoints = all.filter(({ declaration }) => declaration.input === "endpoints" && declaration.learned);
  const made = (path: string, text: string): Output => ({ path, text: `// ${generatedFrom(FROM)}\n${text}\n` });
  return [
    made("detectors/onboard/catalogue.ts", onboard.catalogue(all)),
    made("detectors/onboard/dispatch.ts", onboard.dispatch(all)),
    // for tests: those that learn of endpoints by themselves
    made("detectors/onboard/endpoints.probe.ts", onboard.dispatch(ofEndpoints)),
    made("detectors/catalogue.ts", ground.catalogue(all)),
    made("detectors/policy.ts", ground.policyKeys(all)),
    made("detectors/baseline/registry.ts", ground.halves(all)),
  ];
}
