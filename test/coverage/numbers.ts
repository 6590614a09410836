/** Numbers of probes begin here in the compiled code, where no other constant is. */
export const FIRST = 0x5c000000;

/** Where a module's own marks are, one byte a probe: below everything else in its memory (probes.ts makes the room). */
export const MARKS = 1024;
export const MARKS_END = 49152;
