/** How few false alarms can be promised after so many hours of clean traffic. */

/**
 * What did not come in so many hours comes at most so often per hour, at 95 %: the rule of three (Hanley and Lippman-Hand, JAMA
 * 249 (1983)), from the Poisson distribution. Thresholds may go beyond what was seen; a promise may not.
 */
export const provenRate = (hours: number): number => (hours > 0 ? -Math.log(0.05) / hours : Infinity);

/** Hours that promise a rate. */
export const hoursFor = (rate: number): number => -Math.log(0.05) / rate;

/** What thresholds for this rate are worth, as the end of a sentence about them. */
export function promiseText(rate: number, hours: number): string {
  const proven = provenRate(hours);
  if (proven <= rate) return `for ${rate} false alarms per hour and detector`;
  const most = Number.isFinite(proven) ? `at most ${figure(proven)} false alarms per hour and detector` : "nothing";
  return `that promise ${most}: ${rate} need ${figure(hoursFor(rate))} hours of clean traffic`;
}

const figure = (x: number) => Number(x.toPrecision(2)).toString();
