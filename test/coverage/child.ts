/** The same for programs that tests start: `node --import` runs it in each, and it is about `weir` alone. */
import { withProbesOn } from "./probes.ts";

const folder = process.env.WEIR_COVERAGE;
if (folder && /bin\/weir$/.test(process.argv[1] ?? "")) process.on("exit", withProbesOn(folder));
