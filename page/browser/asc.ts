/** lib/asc.ts for the worker: onboard code was compiled when the page was made; its .wasm are files. */
import { exportsOf, type OnboardEntry } from "../../lib/exports.ts";
import { bytesOf, fileAt } from "./files.ts";

export const ROOT = "";
export const compileOnboard = async (entry: string) => `${entry}.wasm`;
export const compileOnboardSync = (entry: string) => `${entry}.wasm`;
export const instantiateOnboard = async <Entry extends OnboardEntry>(entry: Entry) => ({
  exports: exportsOf<Entry>(new WebAssembly.Module(bytesOf(fileAt(`${entry}.wasm`)) as BufferSource)),
});
