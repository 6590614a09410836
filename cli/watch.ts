/** The policy of commands that are given none: it watches everything, and lets nothing pass. */
import { join } from "node:path";
import { Option } from "commander";
import { ROOT } from "../lib/asc.ts";

/** @param what the policy is for, in --help */
export const policyOption = (what = "the policy"): Option =>
  new Option("-c, --config <policy.yaml>", what).default(
    join(ROOT, "fixtures", "watch.yaml"),
    "watch everything, pass nothing",
  );
