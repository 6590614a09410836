import type { Exception } from "./report.ts";

/** What no test can reach, and why; checked both ways (report.ts). */
export const EXCEPTIONS: readonly Exception[] = [];
