/** What the page begins with: files embedded in it, served beside it, or dropped on it. */
import type { Start } from "../html.ts";

const textOf = (id: string) => JSON.parse(document.getElementById(id)!.textContent!) as unknown;
export const start = () => textOf("start") as Start;
export const workerScript = () => textOf("worker") as string;

async function gunzipped(text: string): Promise<Blob> {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).blob();
}

export function loadFiles(files: Start["files"]): Promise<{ name: string; content: Blob }[]> {
  return Promise.all(
    files.map(async (file) => {
      if ("gzip" in file) return { name: file.name, content: await gunzipped(file.gzip) };
      const response = await fetch(file.url);
      if (!response.ok) throw new Error(`${file.name}: cannot be read any more`);
      return { name: file.name, content: await response.blob() };
    }),
  );
}

export type Kind = "capture" | "policy" | "baseline" | "labels" | "other";

/** By its name, and where that does not say, by how it begins. */
export async function kindOf(file: File): Promise<Kind> {
  if (/\.ya?ml$/i.test(file.name)) return "policy";
  if (/\.csv$|label/i.test(file.name)) return "labels";
  if (/\.baseline$/i.test(file.name)) return "baseline";
  if (/\.(config|key)$/i.test(file.name)) return "other";
  const begin = await file.slice(0, 64).text();
  if (begin.startsWith('{"weir-baseline"')) return "baseline";
  return /^(#|weir:)/.test(begin) ? "policy" : "capture";
}
