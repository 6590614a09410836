/**
 * `npm run bench:transfer -- [megabytes [row]]`: a file through the booted image while frames are lost behind it, beside udpcast's
 * forward error correction over a plain cable that loses as many. Goodput: bytes of the file by time, when all of it arrived.
 * Needs root for namespaces, nft for the losses, and udpcast.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { prebuiltImage, withPolicy } from "../../../appliance/build/for.ts";
import { chooseAccelerator, liveClock, MACS, startImage } from "../../../appliance/hosts/qemu.ts";
import { compilePolicyText } from "../../../diode/policy.ts";
import { ROOT } from "../../../lib/asc.ts";
import { Segment, whyNot } from "../../live/segment.ts";

const megabytes = Number(process.argv[2] ?? 100);
const why = whyNot(["ip", "nft", "udp-sender", "udp-receiver"]);
if (why) {
  process.stderr.write(`bench:transfer: skipped: ${why}\n`);
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "weir-bench-transfer-"));
const file = join(folder, "data.bin");
const key = randomBytes(32).toString("hex");
writeFileSync(join(folder, "key"), key);
const digest = makeFile();
const policy = compilePolicyText(
  `weir: 1
interfaces: { out: { next-hop: 52:54:00:77:00:12 } }
rules:
  - { name: files, action: allow, protocol: udp, from: 10.0.0.5, to: 10.0.1.9, ports: 5000, payload: transfer }
transfer: { in: { key-file: key }, out: { key-file: key } }
`,
  join(folder, "policy.yaml"),
);
const image = join(folder, "weir.elf");
writeFileSync(image, withPolicy(await prebuiltImage(), policy));
const accelerator = await chooseAccelerator(image, 8);
const rate = accelerator === "kvm" ? 40 : 15; // Mbit/s that this image takes here
const segment = new Segment();
try {
  const nics = (["source", "destination", "collector"] as const).map((side, n) => ({
    mac: [MACS.in, MACS.out, MACS.log][n]!,
    backend: { kind: "tap", name: segment.tap(side) } as const,
  }));
  const running = startImage({ image, memory: 8, accelerator, nics, append: liveClock() });
  await running.ready;
  segment.attach("source", "02:00:00:00:00:05", "10.0.0.5/24");
  segment.attach("destination", "52:54:00:77:00:12", "10.0.1.9/24");
  segment.route("source", "10.0.1.0/24", "10.0.0.1", "02:00:00:00:00:01");
  const [a, b] = [segment.namespace("source"), segment.namespace("destination")];
  execFileSync("ip", ["link", "add", "cable0", "netns", a, "type", "veth", "peer", "name", "cable1", "netns", b]);
  for (const [space, dev, address] of [
    [a, "cable0", "10.5.0.1/24"],
    [b, "cable1", "10.5.0.2/24"],
  ] as const)
    for (const words of [
      ["link", "set", dev, "up"],
      ["address", "add", address, "dev", dev],
    ])
      execFileSync("ip", ["-n", space, ...words]);
  process.stdout.write(
    `Command: npm run bench:transfer -- ${megabytes}\n${megabytes} MB at ${rate} Mbit/s of datagrams, ${accelerator}\n\n`,
  );
  process.stdout.write(
    "| lost behind | weir send, image, weir receive | udp-sender --fec 8x16/64, cable |\n|---|---|---|\n",
  );
  for (const [name, rule] of [
    ["nothing", ""],
    ["1 %", "numgen random mod 100 < 1 drop"],
    ["5 %", "numgen random mod 100 < 5 drop"],
    ["10 %", "numgen random mod 100 < 10 drop"],
    ["bursts of 100 of 4,000", "numgen inc mod 4000 < 100 drop"],
  ] as const) {
    if (process.argv[3] !== undefined && process.argv[3] !== name) continue;
    lossy(rule);
    const ours = await throughImage();
    const theirs = await udpcast();
    process.stdout.write(`| ${name} | ${ours} | ${theirs} |\n`);
  }
  await running.stop();
} finally {
  segment.remove();
  rmSync(folder, { recursive: true });
}

function makeFile(): string {
  const hash = createHash("sha256");
  const fd = openSync(file, "w");
  for (let n = 0; n < megabytes; n++) {
    const chunk = randomBytes(1_000_000);
    hash.update(chunk);
    writeSync(fd, chunk);
  }
  closeSync(fd);
  return hash.digest("hex");
}

/** Datagrams that come to the destination meet this rule. */
function lossy(rule: string): void {
  const nft = (...words: string[]) =>
    spawnSync("ip", ["netns", "exec", segment.namespace("destination"), "nft", ...words]);
  nft("flush", "ruleset");
  nft("add", "table", "inet", "loss");
  nft("add", "chain", "inet", "loss", "input", "{ type filter hook input priority 0 ; }");
  if (rule) nft("add", "rule", "inet", "loss", "input", "udp", "dport", "{ 5000, 9600-9601 }", ...rule.split(" "));
}

function goodput(since: number): string {
  return `${((megabytes * 8000) / (performance.now() - since)).toFixed(1)} Mbit/s`;
}

function sha(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

async function throughImage(): Promise<string> {
  const weir = join(ROOT, "bin", "weir");
  const out = join(folder, "out");
  const printed = segment.start(
    "destination",
    ...[
      process.execPath,
      weir,
      "receive",
      "--listen",
      "10.0.1.9:5000",
      "--key-file",
      join(folder, "key"),
      "-o",
      out,
      "--expect",
      "1",
    ],
  );
  await sleep(1200);
  const since = performance.now();
  const args = [weir, "send", file, "--to", "10.0.1.9:5000", "--key-file", join(folder, "key"), "--rate", String(rate)];
  await finished(
    spawn("ip", ["netns", "exec", segment.namespace("source"), process.execPath, ...args], { stdio: "ignore" }),
  );
  const speed = goodput(since);
  for (let n = 0; n < 60 && !printed().includes("\n"); n++) await sleep(200);
  await sleep(500);
  const [line] = printed().split("\n");
  const done = line
    ? (JSON.parse(line) as { whole: boolean; path: string; why: string })
    : { whole: false, path: "", why: "nothing arrived" };
  const right = done.whole && sha(done.path) === digest;
  rmSync(out, { recursive: true, force: true });
  return right ? `${speed}, byte-exact` : `not whole: ${done.why}`;
}

async function udpcast(): Promise<string> {
  const out = join(folder, "udpcast.bin");
  rmSync(out, { force: true });
  const inside = (side: "source" | "destination", ...command: string[]) =>
    spawn("ip", ["netns", "exec", segment.namespace(side), "timeout", "900", ...command], { stdio: "ignore" });
  const receiver = inside(
    "destination",
    "udp-receiver",
    ...[
      "--nosync",
      "--nokbd",
      "--mcast-rdv-addr",
      "10.5.0.2",
      "--portbase",
      "9600",
      "--interface",
      "cable1",
      "--file",
      out,
    ],
  );
  await sleep(800);
  const since = performance.now();
  const options = [
    ...["--async", "--fec", "8x16/64", "--max-bitrate", `${rate}m`, "--autostart", "1", "--nokbd"],
    ...["--mcast-rdv-addr", "10.5.0.2", "--mcast-data-addr", "10.5.0.2", "--portbase", "9600"],
  ];
  await finished(inside("source", "udp-sender", "--interface", "cable0", "--file", file, ...options));
  const speed = goodput(since);
  const ended = finished(receiver);
  await Promise.race([ended, sleep(3000)]);
  receiver.kill("SIGKILL");
  if (!existsSync(out)) return "nothing arrived";
  return sha(out) === digest ? `${speed}, byte-exact` : "not whole, and it does not say what is missing";
}

function finished(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve) => child.once("exit", () => resolve()));
}
