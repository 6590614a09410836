/** What little else of Node the worker's code names. */
export const stdin = undefined;
/** node:timers/promises: lets messages come in between. */
export const setImmediate = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
