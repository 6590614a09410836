// Test entry: Peaks behind plain exports.
const AT: usize = memory.data(32, 8);
export function at(): usize {
  return AT;
}
export { update } from "./peaks";
