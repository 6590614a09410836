/** The worker: answers calls of the page by number, with the results of page/work.ts. */
import { Work } from "../work.ts";
import { addFile } from "./files.ts";

export type Call =
  | { id: number; method: "add"; files: { name: string; content: Blob }[] }
  | { id: number; method: "open" | "again" | "compare" | "around" | "provenance"; args: unknown[] };

const work = new Work();
const scope = globalThis as unknown as {
  postMessage(message: unknown): void;
  onmessage: (event: { data: Call }) => void;
};

async function answer(call: Call): Promise<unknown> {
  if (call.method === "add") {
    for (const { name, content } of call.files) addFile(name, content);
    return undefined;
  }
  const progress = (packets: number) => scope.postMessage({ id: call.id, progress: packets });
  const method = work[call.method] as (...args: unknown[]) => Promise<unknown>;
  return method.call(work, ...call.args, progress);
}

// One after the other: they share what was read.
let before: Promise<unknown> = Promise.resolve();
scope.onmessage = ({ data }) => {
  before = before.then(async () => {
    try {
      scope.postMessage({ id: data.id, result: await answer(data) });
    } catch (error) {
      scope.postMessage({ id: data.id, error: error instanceof Error ? error.message : String(error) });
    }
  });
};
