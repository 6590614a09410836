// Dates of the Gregorian calendar from 1970 to 2499, and the binary coded digits they are written in.

export const BAD: u32 = 0xffffffff;

/** Of two binary coded digits; BAD when one is none. */
@inline export function digits(units: u32, tens: u32): u32 {
  return units > 9 || tens > 9 ? BAD : tens * 10 + units;
}

@inline export function leap(y: u32): bool {
  return y % (y % 100 == 0 ? 400 : 4) == 0;
}

/** Days from 1970-01-01 to the first of January of a year from 1970 on. */
export function daysToYear(y: u32): u32 {
  const n = y - 1;
  return (y - 1970) * 365 + (n / 4 - n / 100 + n / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400);
}

/** The year of a day since 1970-01-01. */
export function yearOf(days: u32): u32 {
  let y = 1970 + days / 366;
  while (daysToYear(y + 1) <= days) ++y;
  return y;
}

export function daysInMonth(y: u32, month: u32): u32 {
  if (month == 2) return leap(y) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** 1 = the first of January. */
export function dayOfYear(y: u32, month: u32, day: u32): u32 {
  let n = day;
  for (let m: u32 = 1; m < month; ++m) n += daysInMonth(y, m);
  return n;
}
