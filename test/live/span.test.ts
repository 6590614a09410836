/** An operator's segment: two hosts, a switch with a SPAN port, and the image behind it, wired by `weir host setup`. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prebuiltImage, withPolicy } from "../../appliance/build/for.ts";
import { whyNoImage } from "../../cli/image-replay.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { ROOT } from "../../lib/asc.ts";
import { Namespace, whyNoNamespaces } from "../../lib/testing/netns.ts";
import { until } from "../../lib/testing/until.ts";

const tools = ["ip", "tc", "ethtool", "sysctl", "tcpreplay", "ping"];
const reason = whyNoNamespaces(tools) ?? (await whyNoImage());
if (reason) console.log(`skipped: a SPAN port: ${reason}`);

const WEIR = [process.execPath, join(ROOT, "bin/weir")];
const folder = mkdtempSync(join(tmpdir(), "weir-span-"));

describe.skipIf(reason)("behind a SPAN port", () => {
  let [host, lan, alice, bob, beyond]: Namespace[] = [];
  const children: ChildProcess[] = [];
  const said: string[] = [];
  let run: ChildProcess;

  const start = (where: Namespace, ...command: string[]) => {
    const child = spawn("ip", ["netns", "exec", where.name, ...command], { stdio: ["ignore", "pipe", "pipe"] });
    children.push(child);
    return child;
  };
  const lines = (child: ChildProcess) =>
    child.stderr!.setEncoding("utf8").on("data", (text: string) => said.push(...text.split("\n").filter(Boolean)));
  const counts = () =>
    (
      JSON.parse(host!.tried(...WEIR, "host", "check", "--json", "--folder", folder).stdout) as {
        counts: Record<"arrived" | "lostByImage" | "lostByPort" | "refusedOnWatched", number>;
      }
    ).counts;
  /** Frames that the image has seen, by its last heartbeat. */
  const seen = () => {
    const path = join(folder, "log/eve.json");
    if (!existsSync(path)) return 0;
    const last = readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line.includes('"event_type":"heartbeat"'))
      .at(-1);
    const { inspect, journal } = JSON.parse(last ?? "{}") as {
      inspect?: { frames: number };
      journal?: { lost: { in: number } };
    };
    return (inspect?.frames ?? 0) + (journal?.lost.in ?? 0);
  };
  const replay = (...words: string[]) =>
    Number(
      /(\d+) packets/.exec(alice!.run("tcpreplay", "-q", "-i", "e0", ...words, join(ROOT, "fixtures/site.pcap")))![1],
    );

  beforeAll(async () => {
    [host, lan, alice, bob, beyond] = Array.from({ length: 5 }, () => new Namespace());
    host!.cable("eth1", lan!, "span");
    lan!.cable("pa", alice!, "e0");
    lan!.cable("pb", bob!, "e0");
    host!.cable("eth2", beyond!, "d0");
    host!.cable("eth3", beyond!, "d1");
    lan!.run("sysctl", "-qw", "net/ipv6/conf/all/disable_ipv6=1", "net/ipv6/conf/default/disable_ipv6=1");
    lan!.ip("link", "add", "br0", "type", "bridge");
    for (const port of ["pa", "pb"]) {
      lan!.ip("link", "set", port, "master", "br0", "up");
      lan!.run("tc", "qdisc", "add", "dev", port, "clsact");
      const mirror = ["action", "mirred", "egress", "mirror", "dev", "span"];
      lan!.run(
        "tc",
        "filter",
        "add",
        "dev",
        port,
        "ingress",
        "protocol",
        "all",
        "u32",
        "match",
        "u32",
        "0",
        "0",
        ...mirror,
      );
    }
    for (const link of ["br0", "span"]) lan!.ip("link", "set", link, "up");
    for (const [one, address] of [
      [alice!, "10.0.0.5/24"],
      [bob!, "10.0.0.10/24"],
    ] as const) {
      one.run("ethtool", "-K", "e0", "tx", "off");
      one.ip("address", "add", address, "dev", "e0");
      one.ip("link", "set", "e0", "up");
    }
    beyond!.ip("link", "set", "d0", "up");
    beyond!.ip("link", "set", "d1", "address", "52:54:00:77:00:13", "up");
    beyond!.ip("address", "add", "10.0.9.1/24", "dev", "d1");
    const image = join(folder, "site.elf");
    writeFileSync(image, withPolicy(await prebuiltImage(), compilePolicy("fixtures/policy.yaml")));
    host!.run(...WEIR, "host", "setup", "--watch", "eth1", "--out", "eth2", "--log", "eth3", "--folder", folder);
    const collecting = start(beyond!, ...WEIR, "collect", "--listen", "10.0.9.1:514", "-l", join(folder, "log"));
    await new Promise<void>((ready) =>
      collecting.stderr!.on("data", (text: Buffer) => `${text}`.includes("listening") && ready()),
    );
    const taps = ["--in", "weir-in", "--out", "weir-out", "--log", "weir-log"];
    run = start(host!, ...WEIR, "run", image, ...taps, "--wiring", folder, "--boot", folder);
    lines(run);
    await new Promise<void>((ready) =>
      run.stdout!.on("data", (text: Buffer) => `${text}`.includes("weir: ready") && ready()),
    );
  });

  afterAll(async () => {
    run?.kill("SIGTERM");
    for (const child of children) child.kill("SIGKILL");
    for (const one of [host, lan, alice, bob, beyond]) one?.remove();
    rmSync(folder, { recursive: true });
  });

  // REQ-GROUND-021, REQ-GROUND-022
  it("sees each frame between two hosts, or it is counted as lost; a flood is said with how many of how many; nothing goes out there", async () => {
    // Before: what came while no image had the tap open was nobody's
    await until(() => seen() > 0);
    const before = { ...counts(), seen: seen() };
    const rest = () =>
      until(() => {
        const { arrived, lostByImage } = counts();
        return seen() - before.seen >= arrived - before.arrived - (lostByImage - before.lostByImage);
      });
    expect(replay("-p", "2000")).toBe(1089);
    await rest();
    expect(counts()).toMatchObject({ lostByPort: 0 });
    expect(counts().lostByImage - before.lostByImage).toBe(0);

    bob!.tried("ping", "-c", "2", "-w", "2", "10.0.0.5");
    host!.tried("ping", "-6", "-c", "1", "-w", "1", "ff02::1%eth1");
    host!.run("tcpreplay", "-q", "-i", "eth1", join(ROOT, "fixtures/site.pcap"));

    // As fast as it goes, until the image cannot follow
    const mirrored = lan!.counter("span", "tx_packets");
    let sent = 0;
    while (counts().lostByImage === before.lostByImage) sent += replay("-t", "-K", "--loop", "100");
    await until(() => said.some((line) => line.includes("LOST")));
    expect(said.find((line) => line.includes("LOST"))).toMatch(
      /^weir: LOST \d+ of \d+ frames of the last 10 s: \d+ in weir-in, which was full: the image did not take them in time$/,
    );
    await rest();
    const after = counts();
    const gone = after.lostByImage - before.lostByImage;
    expect(gone).toBeGreaterThan(0);
    expect(seen() - before.seen + gone).toBe(after.arrived - before.arrived);
    expect(lan!.counter("span", "tx_packets") - mirrored).toBeGreaterThanOrEqual(sent);
    expect(lan!.counter("span", "rx_packets")).toBe(0);
    expect(after.refusedOnWatched).toBeGreaterThanOrEqual(1089);
  }, 120_000);
});
