/** The worker, called as if it were here. */
import type { Around } from "../around.ts";
import type { Job, RunResult } from "../run.ts";
import type { View, Work } from "../work.ts";

type Method = "open" | "again" | "compare" | "around" | "provenance";
type Answer = { id: number; result?: unknown; error?: string; progress?: number };

export class Client {
  readonly #worker: Worker;
  readonly #waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void; progress: (packets: number) => void }
  >();
  #calls = 0;

  constructor(script: string) {
    this.#worker = new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#take(data);
    this.#worker.onerror = ({ message }) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(message));
    };
  }

  #take({ id, result, error, progress }: Answer): void {
    const waiting = this.#waiting.get(id);
    if (progress !== undefined) {
      waiting?.progress(progress);
      return;
    }
    this.#waiting.delete(id);
    if (error !== undefined) waiting?.reject(new Error(error));
    else waiting?.resolve(result);
  }

  #call<T>(message: object, progress: (packets: number) => void = () => {}): Promise<T> {
    const id = ++this.#calls;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject, progress });
      this.#worker.postMessage({ id, ...message });
    });
  }

  add(files: { name: string; content: Blob }[]): Promise<void> {
    return this.#call({ method: "add", files });
  }
  open(job: Job, labels: readonly string[], progress: (packets: number) => void): Promise<View> {
    return this.#ask("open", [job, labels], progress);
  }
  again(sets: readonly string[], progress?: (packets: number) => void): ReturnType<Work["again"]> {
    return this.#ask("again", [sets], progress);
  }
  compare(job: Omit<Job, "captures">): Promise<RunResult> {
    return this.#ask("compare", [job]);
  }
  around(unit: "packets" | "messages", number: number): Promise<Around[]> {
    return this.#ask("around", [unit, number]);
  }
  provenance(): ReturnType<Work["provenance"]> {
    return this.#ask("provenance", []);
  }
  #ask<T>(method: Method, args: unknown[], progress?: (packets: number) => void): Promise<T> {
    return this.#call({ method, args }, progress);
  }
}
