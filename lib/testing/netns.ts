/** Network namespaces for tests: hosts of their own, joined by cables. */
import { execFileSync, spawnSync } from "node:child_process";
import { claim } from "../../test/runner/sweep.ts";

/** Why there can be none here; undefined when there can. */
export function whyNoNamespaces(tools: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return "needs root for network namespaces";
  const missing = tools.filter((tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0);
  if (missing.length) return `not installed: ${missing.join(", ")}`;
  const name = `weir-try-${process.pid}`;
  claim("netns", name);
  if (spawnSync("ip", ["netns", "add", name]).status !== 0) return "no network namespaces here";
  spawnSync("ip", ["netns", "del", name]);
  return undefined;
}

let made = 0;

/** A host with nothing but `lo`. IPv6 is on, as it is everywhere. */
export class Namespace {
  readonly name = `weir${process.pid}-${++made}`;

  constructor() {
    claim("netns", this.name);
    execFileSync("ip", ["netns", "add", this.name]);
  }

  /** What it prints on stdout. @throws when it fails */
  run(...command: string[]): string {
    return execFileSync("ip", ["netns", "exec", this.name, ...command], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Whatever comes of it. */
  tried(...command: string[]): { status: number | null; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync("ip", ["netns", "exec", this.name, ...command], { encoding: "utf8" });
    return { status, stdout, stderr };
  }

  ip(...words: string[]): string {
    return execFileSync("ip", ["-n", this.name, ...words], { encoding: "utf8" });
  }

  /** A cable to another host. */
  cable(own: string, other: Namespace, others: string): void {
    this.ip("link", "add", own, "type", "veth", "peer", "name", others, "netns", other.name);
  }

  counter(link: string, what: string): number {
    return Number(this.run("cat", `/sys/class/net/${link}/statistics/${what}`));
  }

  remove(): void {
    spawnSync("ip", ["netns", "del", this.name]);
  }
}
