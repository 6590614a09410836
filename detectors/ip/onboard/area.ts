// One stretch of memory with two uses that never meet: while learning, what is being learned of each host and talk;
// in operation, what was learned. The first learn() after a reset clears it for learning, and what was configured is
// forgotten; before that, and from a reset on, it is for operation.
export const AREA: u32 = 376832;
export const area: usize = memory.data(376832, 8);

let learns: bool = false;
let used: bool = false; // until then it is zero, and stays untouched

/** Something is known, or learned, from here on. */
export function useArea(): void {
  used = true;
}

// @ts-ignore: decorator
@inline export function learning(): bool {
  return learns;
}

export function setLearning(on: bool): void {
  learns = on;
  if (used) memory.fill(area, 0, AREA);
  used = on;
}
