/** Runs before each test file of the coverage run. */
import { afterAll } from "vitest";
import { withProbesOn } from "./probes.ts";

const folder = process.env.WEIR_COVERAGE;
if (!folder) throw new Error("WEIR_COVERAGE: not set; npm run coverage sets it");
afterAll(withProbesOn(folder));
