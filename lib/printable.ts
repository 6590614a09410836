// REQ-GROUND-007
/** Text for a terminal: what came from files and traffic must not move its cursor, change its title, or read backwards. */

/** C0 but tab and line feed, DEL, C1, and the marks that turn text around (Unicode TR 36, "bidirectional text spoofing"). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const HIDDEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** With `?` for what is no printable ASCII. */
export const inAscii = (text: string): string => text.replace(/[^ -~]/g, "?");

/** With everything that does not show as `\x1b`, `\u202e`. */
export const printable = (text: string): string =>
  text.replace(HIDDEN, (c) => {
    const hex = c.charCodeAt(0).toString(16);
    return hex.length > 2 ? `\\u${hex.padStart(4, "0")}` : `\\x${hex.padStart(2, "0")}`;
  });
