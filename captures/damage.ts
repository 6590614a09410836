// REQ-DECODE-010
// What is wrong with a file, and where. Content never throws: a reader notes the damage, hands on every good packet, and
// the command ends with exit code 2.

export interface Damage {
  file: string;
  /** Bytes from the start of the file; of the uncompressed bytes when the file is compressed. */
  offset: number;
  what: string;
  expected: string;
}

/** `file: offset 1234: packet record cut: 60 bytes announced, 12 left` */
export function damageText(d: Damage): string {
  return `${d.file}: offset ${d.offset}: ${d.what}: ${d.expected}`;
}

/** A path that cannot be read at all, which is a mistake of the caller: exit code 1. */
export class InputError extends Error {}
