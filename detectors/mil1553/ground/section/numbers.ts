/** Numbers as the fields of a section hold them. */

export const byte = (v: number): number => Math.max(0, Math.min(255, Math.round(v)));
/** Bits of surprise in eighths. */
export const eighths = (bits: number): number => byte(8 * bits);
/** Of 32 bits, with or without a sign. */
export const long = (v: number): number => Math.max(-0x80000000, Math.min(0xffffffff, Math.round(v)));
/** How many bits are set. */
export const ones = (v: number): number => v.toString(2).replaceAll("0", "").length;
