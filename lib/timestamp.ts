/** Timestamps as events have them. */

/** Seconds since 1970 of 2026-03-02T09:00:30.000226+0000; the fraction may have any length. */
export const secondsOf = (timestamp: string): number =>
  Date.parse(`${timestamp.slice(0, 19)}Z`) / 1000 + Number(`0${timestamp.slice(19).split("+")[0]}`);
