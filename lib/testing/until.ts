import { setTimeout as pause } from "node:timers/promises";

/**
 * Waits until `seen` gives something other than undefined, null or false, and returns that. It looks again and again; how long
 * it may take is for the test runner to say, whose timeout is the only clock.
 */
export async function until<T>(seen: () => T | Promise<T>): Promise<Exclude<T, undefined | null | false>> {
  for (;;) {
    const value = await seen();
    if (value !== undefined && value !== null && value !== false) return value as Exclude<T, undefined | null | false>;
    await pause(2);
  }
}
