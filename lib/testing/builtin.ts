/** Functions of a test in the place of those of Node's modules. */
import { syncBuiltinESMExports } from "node:module";
import { afterAll, beforeAll } from "vitest";

/**
 * While the tests of this file run, whoever imports these functions by name has the test's; packages that ask for the module as a
 * whole have Node's. Afterwards all have Node's again: files of tests share their worker's modules.
 * @param module the module's default export @param own given Node's functions
 */
export function standIn<T extends object>(module: T, own: (real: T) => Partial<T>): void {
  const real = { ...module };
  const functions = own(real);
  const names = Object.keys(functions) as (keyof T)[];
  beforeAll(() => {
    Object.assign(module, functions);
    syncBuiltinESMExports();
    for (const name of names) module[name] = real[name];
  });
  afterAll(syncBuiltinESMExports);
}
