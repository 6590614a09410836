// Not linked: which findings become alerts, for a test that compares it with the same in TypeScript.
import { finding, raise, clearFindings } from "../../../../detectors/onboard/finding";
import { admitFinding, configureSuppression, findingsSuppressed } from "./suppression";
import { INPUT_SIZE } from "../../../contract/onboard/abi";
import { Part, verify } from "../../../contract/onboard/config";
const INPUT: usize = memory.data(INPUT_SIZE, 8);
export function at(): usize {
  return INPUT;
}
export function configure(length: u32): bool {
  return verify(INPUT, length, Part.INSPECT) == 0 && configureSuppression(INPUT);
}
export function suppressed(): u64 {
  return findingsSuppressed();
}
export function offer(detector: u32, source: u32, destination: u32, milliseconds: u32): bool {
  clearFindings();
  raise(detector, 0, 1, <u64>milliseconds * 1000000, 2, 1);
  const f = finding(0);
  f.version = 4;
  f.srcLo = source;
  f.dstLo = destination;
  f.hasDest = 1;
  return admitFinding(f);
}
