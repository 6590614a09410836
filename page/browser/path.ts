/** node:path for the worker: there are no folders of its own to be relative to. */
export const join = (...parts: string[]) => parts.join("/");
export const resolve = join;
export const dirname = (path: string) => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".");
export const basename = (path: string) => path.split("/").at(-1)!;
