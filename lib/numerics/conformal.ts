// Conformal p-values: how often a score at least this large must be expected of clean traffic, by rank alone.
// Vovk, Gammerman, Shafer, "Algorithmic Learning in a Random World" (2005), chapter 2; for anomaly detection: Laxhammar,
// Falkman, IEEE TPAMI 36 (2014). Valid for any distribution as long as scores are exchangeable.

/** (1 + number of clean scores >= score) / (n + 1), for scores sorted ascending; never 0. */
export function pValue(sortedClean: Float64Array, score: number): number {
  let low = 0;
  let high = sortedClean.length;
  while (low < high) {
    const m = (low + high) >> 1;
    if (sortedClean[m]! < score) low = m + 1;
    else high = m;
  }
  return (1 + sortedClean.length - low) / (sortedClean.length + 1);
}

/**
 * The smallest limit for which P(score > limit) <= q for the next exchangeable score; null when the sample is too small
 * for any (q < 1 / (n + 1)): then only more data helps.
 */
export function conformalLimit(sortedClean: Float64Array, q: number): number | null {
  const n = sortedClean.length;
  const k = Math.floor(q * (n + 1) + 1e-9);
  return k < 1 ? null : sortedClean[Math.max(0, n - k)]!;
}
