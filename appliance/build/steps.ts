// Progress for people: one line on stderr for each step, only when stderr is a terminal.

/** Runs a step and shows it: what it does while it runs, what it came to and how long it took when it is done. */
export async function step<T>(what: string, work: () => Promise<T>, result?: (value: T) => string): Promise<T> {
  const { stderr } = process;
  if (!stderr.isTTY) return work();
  const began = performance.now();
  stderr.write(`  … ${what}\r`);
  try {
    const value = await work();
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    stderr.write(`\x1b[2K  ✔ ${what}${result ? `: ${result(value)}` : ""} (${seconds} s)\n`);
    return value;
  } catch (error) {
    stderr.write(`\x1b[2K  ✖ ${what}\n`);
    throw error;
  }
}
