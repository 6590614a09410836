/** Runs fuzzing that goes on (native/stream.c): frames without end, an oracle beside guard. */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { CORPUS } from "./corpus.ts";
import { FINDINGS, type Figures, noFigures } from "./libfuzzer.ts";

export interface StreamOptions {
  seed: number;
  /** 0: until the time is over. */
  frames: number;
  /** 0: until all frames were given. */
  seconds: number;
  progress?: (figures: Figures) => void;
}

export interface StreamFigures extends Figures {
  /** Of the frames. */
  forwarded: number;
}

/** The frames of the corpus, where it begins. */
const inputs = (): string[] =>
  readdirSync(join(CORPUS, "frame"))
    .sort()
    .map((name) => join(CORPUS, "frame", name));

/** @returns its figures; `executions` are frames. */
export async function streamFrames(program: string, options: StreamOptions): Promise<StreamFigures> {
  mkdirSync(FINDINGS, { recursive: true });
  const began = performance.now();
  const figures: StreamFigures = { ...noFigures(), forwarded: 0 };
  const pcap = join(FINDINGS, `stream-${options.seed}.pcap`);
  const most = options.frames || Number.MAX_SAFE_INTEGER;
  const child = spawn(program, [String(options.seed), String(most), pcap, ...inputs()], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [rest, told, late] = ["", "", false];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const [executions, forwarded, edges, edgesTotal, kept] = line.split(" ").map(Number);
      Object.assign(figures, { executions, forwarded, edges, edgesTotal, inputs: kept });
      options.progress?.(figures);
    }
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    told = (told + text).slice(-100_000);
  });
  const timer = options.seconds ? setTimeout(() => (late = child.kill()), options.seconds * 1000) : undefined;
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      figures.seconds = (performance.now() - began) / 1000;
      const what = /^FINDING: .*$/m.exec(told)?.[0] ?? `ended with ${code ?? signal}`;
      if (code !== 0 && !late) figures.findings.push({ what, input: pcap });
      resolve(figures);
    });
  });
}
