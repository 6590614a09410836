// Generated from detectors/registry.ts and the declarations that it names by `npm run generate`: do not edit.
/** What a policy may say of detectors that have more to set than a factor and an action, by its key. */
import { policy as newcomer } from "./newcomer/policy.ts";
import { policy as scan } from "./scan/policy.ts";

export const KEYS = { scan: scan.optional(), newcomer: newcomer.optional() };
