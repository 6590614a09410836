// Not linked: shows the ABI's constants and structure layouts to the test that compares them with abi.ts and abi.h.
import * as abi from "./abi";
export function version(): u32 { return abi.ABI_VERSION; }
