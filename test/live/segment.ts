/**
 * Three network namespaces with a tap each, as the world around a running image: `source` (what is watched),
 * `destination` (what `out` feeds) and `collector` (what `log` feeds). Real tools run in them; nothing is simulated.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { whyNoNamespaces } from "../../lib/testing/netns.ts";
import { until } from "../../lib/testing/until.ts";
import { claim } from "../runner/sweep.ts";

export const SIDES = ["source", "destination", "collector"] as const;
export type Side = (typeof SIDES)[number];

/** Why live tests cannot run here, or undefined when they can. */
export function whyNot(tools: string[]): string | undefined {
  const reason = whyNoNamespaces(tools);
  if (reason) return reason;
  try {
    accessSync("/dev/net/tun", constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return `no tap devices here: ${(error as Error).message}`;
  }
}

export class Segment {
  readonly #id = `weir${process.pid}`;
  readonly #running: ChildProcess[] = [];

  /** Makes the taps, still in this namespace so that a hypervisor can open them. */
  constructor() {
    for (const side of SIDES) {
      claim("link", this.tap(side));
      ip("tuntap", "add", "dev", this.tap(side), "mode", "tap");
    }
  }

  /** Name of a side's tap: at most 15 characters, as Linux has it. */
  tap(side: Side): string {
    return `${this.#id}${side[0]}`.slice(-15);
  }

  namespace(side: Side): string {
    return `${this.#id}-${side}`;
  }

  /** Moves a tap that the hypervisor has opened into a namespace of its own and gives it MAC and address. */
  attach(side: Side, mac: string, address: string): void {
    const [space, tap] = [this.namespace(side), this.tap(side)];
    claim("netns", space);
    ip("netns", "add", space);
    ip("link", "set", tap, "netns", space);
    this.run(side, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv4.conf.all.rp_filter=0");
    ip("-n", space, "link", "set", "lo", "up");
    ip("-n", space, "link", "set", tap, "address", mac, "up");
    ip("-n", space, "address", "add", address, "dev", tap);
  }

  /** Gives a side's tap an IPv6 address too; the link-local one comes with it. */
  attach6(side: Side, address: string): void {
    this.run(
      side,
      "sysctl",
      "-qw",
      `net.ipv6.conf.all.disable_ipv6=0`,
      `net.ipv6.conf.${this.tap(side)}.disable_ipv6=0`,
    );
    ip("-n", this.namespace(side), "address", "add", address, "dev", this.tap(side), "nodad");
  }

  /** Who has this address, said once for all: nobody will answer when asked. */
  neighbour(side: Side, address: string, mac: string): void {
    ip("-n", this.namespace(side), "neighbour", "add", address, "lladdr", mac, "dev", this.tap(side));
  }

  /** Sends everything for `network` to a MAC that nothing answers for: the appliance only listens. */
  route(side: Side, network: string, via: string, mac: string): void {
    const [space, tap] = [this.namespace(side), this.tap(side)];
    ip("-n", space, "neighbour", "add", via, "lladdr", mac, "dev", tap);
    ip("-n", space, "route", "add", network, "via", via, "dev", tap);
  }

  /** Runs a program to its end in a side's namespace; its output, whatever its exit code. */
  run(side: Side, ...command: string[]): string {
    try {
      const args = ["netns", "exec", this.namespace(side), "timeout", "60", ...command];
      return execFileSync("ip", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string };
      return `${stdout ?? ""}${stderr ?? ""}`;
    }
  }

  /** Runs shell commands in a side's namespace, several at a time; what all of them printed, once all have ended. */
  runAll(side: Side, commands: readonly string[], atOnce = 8): Promise<string> {
    const args = [
      "netns",
      "exec",
      this.namespace(side),
      "xargs",
      "-d",
      "\\n",
      "-P",
      String(atOnce),
      "-I{}",
      "timeout",
      "20",
      "sh",
      "-c",
      "{} 2>&1",
    ];
    const child = spawn("ip", args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#running.push(child);
    let printed = "";
    child.stdout.on("data", (data: Buffer) => {
      printed += data.toString("latin1");
    });
    child.stderr.resume();
    child.stdin.end(commands.join("\n"));
    return new Promise((resolve) => child.on("close", () => resolve(printed)));
  }

  /** Starts a program in a side's namespace; returns what it has printed so far. It ends with the segment. */
  start(side: Side, ...command: string[]): () => string {
    const child = spawn("ip", ["netns", "exec", this.namespace(side), ...command], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#running.push(child);
    let printed = "";
    child.stdout.on("data", (data: Buffer) => {
      printed += data.toString("latin1");
    });
    child.stderr.resume();
    return () => printed;
  }

  /** Once a program has a UDP port of a side's namespace. */
  async listening(side: Side, port: number): Promise<void> {
    const place = `:${port.toString(16).toUpperCase().padStart(4, "0")} `;
    await until(() => this.run(side, "cat", "/proc/net/udp", "/proc/net/udp6").includes(place));
  }

  /** Once a program watches a side's tap. */
  async watching(side: Side): Promise<void> {
    await until(() => this.run(side, "cat", "/proc/net/packet").trim().split("\n").length > 1);
  }

  /** Ends every program and removes namespaces and taps. */
  remove(): void {
    for (const child of this.#running) child.kill("SIGTERM");
    for (const side of SIDES) {
      quietly("netns", "del", this.namespace(side));
      quietly("link", "del", this.tap(side));
    }
  }
}

function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: "pipe" });
}

function quietly(...args: string[]): void {
  try {
    ip(...args);
  } catch {
    // it was not there
  }
}
