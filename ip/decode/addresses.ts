/** Addresses as text: MAC, IPv4, and IPv6 as RFC 5952 writes it. */
export const mac = (value: bigint): string =>
  value
    .toString(16)
    .padStart(12, "0")
    .replaceAll(/..(?!$)/g, "$&:");

export const ipv4 = (value: number): string =>
  `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;

export function ipv6(hi: bigint, lo: bigint): string {
  const groups: number[] = [];
  for (const half of [hi, lo])
    for (let shift = 48n; shift >= 0n; shift -= 16n) groups.push(Number((half >> shift) & 0xffffn));
  let best = 8;
  let bestLength = 1; // a single zero group is not shortened
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && groups[i + n] === 0) n++;
    if (n > bestLength) {
      best = i;
      bestLength = n;
    }
    i += Math.max(0, n - 1);
  }
  const hex = (part: number[]) => part.map((g) => g.toString(16)).join(":");
  if (best === 8) return hex(groups);
  return `${hex(groups.slice(0, best))}::${hex(groups.slice(best + bestLength))}`;
}

/** @param version 4 or 6 */
export const ip = (version: number, hi: bigint, lo: bigint): string =>
  version === 4 ? ipv4(Number(lo)) : ipv6(hi, lo);
