/** Timestamps as events have them, and days as people write them. */

/** Seconds since 1970 of 2026-03-02T09:00:30.000226+0000; the fraction may have any length. */
export const secondsOf = (timestamp: string): number =>
  Date.parse(`${timestamp.slice(0, 19)}Z`) / 1000 + Number(`0${timestamp.slice(19).split("+")[0]}`);

/** Whether a text begins with a day of the calendar: 2026-02-28, not 2026-02-30, which Date.parse() takes for 2026-03-02. */
export function isDay(text: string): boolean {
  const day = /^\d{4}-\d\d-\d\d/.exec(text)?.[0];
  const ms = day === undefined ? NaN : Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === day;
}
