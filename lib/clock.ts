/** Milliseconds since 1970 by the clock as it was when this process began: never less than before, whatever is done to that clock. */
export const steady = (): number => performance.timeOrigin + performance.now();
