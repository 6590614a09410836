/** `weir replay`: captures through the appliance, in this process or in the booted image, and what came of it. */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { archOf, HOST_ARCH } from "../appliance/contract/arch.ts";
import type { Sink, TableKey } from "../appliance/hosts/embedded/appliance.ts";
import { embed } from "../appliance/hosts/node.ts";
import { Report } from "../appliance/hosts/report.ts";
import { damageText } from "../captures/damage.ts";
import { Filter } from "../captures/filter/filter.ts";
import { Hints } from "../captures/hints.ts";
import { CaptureReader } from "../captures/reader.ts";
import { recordStream } from "../captures/records.ts";
import { CaptureWriter } from "../captures/write.ts";
import { type CompiledPolicy, compilePolicy, problemLine } from "../diode/policy.ts";
import { alertRuleText } from "../diode/suppression/config.ts";
import { openOwn } from "../lib/files.ts";
import { readTableKey } from "../lib/table-key.ts";
import { type ImageFacts, machineFor, replayInImage, whyNoImage } from "./image-replay.ts";
import { Progress } from "./progress.ts";
import { printSummary } from "./summary.ts";
import { policyOption } from "./watch.ts";

interface Options {
  read: string[];
  config: string;
  logDir?: string;
  eve?: string;
  write?: string;
  recursive?: boolean;
  image?: boolean;
  orEmbedded?: boolean;
  memory: string;
  arch?: string;
  machine?: string;
  checksums?: string;
  set: string[];
  thresholdConfig?: string;
  baseline?: string;
  html?: string;
  key?: string;
}

export function command(): Command {
  return new Command("replay")
    .description(
      "Replay captures through the appliance: decode, detect, filter, and report. The same compiled compartments run in\n" +
        "this process or, with --image, in the booted image: same capture and policy, same bytes of events and frames.",
    )
    .argument("[filter...]", "only frames that match, in libpcap's filter syntax (captures/filter/README.md)")
    .requiredOption(
      "-r, --read <file|dir>",
      "capture (pcap, pcapng, Chapter 10, each also as .gz, .zst), folder, or - ; may be repeated",
      collect,
      [],
    )
    .addOption(policyOption())
    .option("-l, --log-dir <dir>", "write eve.json and forwarded.pcap to this folder")
    .option("--eve <file>", "write events to this file, one JSON object a line; - is standard output")
    .option("-w, --write <file>", "write the frames that pass to a capture (with times 0: `out` carries no times)")
    .option("-k, --checksums <none>", "none: do not verify checksums (captures taken on the sending host)")
    .option(
      "--set <key=value>",
      "use this value instead of the policy's: detectors.scan.detection=0.999; may be repeated",
      collect,
      [],
    )
    .option(
      "--threshold-config <file>",
      "suppress alerts as this file says, in the format of Suricata's threshold.config",
    )
    .option("--baseline <file>", "use this baseline (weir learn) instead of the policy's")
    .option(
      "--key <digits|file>",
      "the tables' key of a live start, to repeat what the image made of it: weir run keeps it as weir/boot/NUMBER.key",
    )
    .option("--html <file>", "write a report, captures included, that any browser opens (weir page)")
    .option("--recursive", "read folders inside folders too")
    .option("--image", "boot the image under QEMU and replay through its `in` interface")
    .option("--or-embedded", "with --image: without a hypervisor, replay in this process and say so")
    .option("--memory <MiB>", "with --image: memory of the guest", "8")
    .option("--arch <x86_64|aarch64>", "with --image: for which CPU; default: this machine's")
    .option(
      "--machine <microvm|q35>",
      "with --image: QEMU's machine for an x86-64 image: virtio-mmio, or virtio-pci (q35)",
    )
    .addHelpText(
      "after",
      `
Examples:
  weir replay -r fixtures/site.pcap -c fixtures/policy.yaml
  weir replay -r captures/ --recursive -l out/            out/eve.json, out/forwarded.pcap
  weir replay -r site.pcap.gz --eve - | jq 'select(.event_type == "alert")'
  weir replay -r fixtures/site.pcap -c fixtures/policy.yaml --image
  weir replay -r site.pcap tcp port 502 and not host 10.0.0.9
  weir replay -r site.pcap --html report.html             a picture of it all
  weir replay -r site.pcap --baseline site.baseline --set detectors.rate.threshold=2 --set detectors.silence=off

Exit codes: 0 ran to the end; 1 usage or policy error; 2 a capture was damaged or cut: all good packets were processed.`,
    )
    .action(async (words: string[], options: Options) => {
      process.exitCode = await replay(options, words.join(" "));
    });
}

const collect = (value: string, all: string[]) => [...all, value];

async function replay(options: Options, words: string): Promise<number> {
  if (options.checksums !== undefined && options.checksums !== "none")
    throw new Error(`-k ${options.checksums}: expected none`);
  const arch = options.arch === undefined ? HOST_ARCH : archOf(options.arch);
  const machine = machineFor(arch, options);
  const policy = load(options);
  const key = options.key === undefined ? undefined : readTableKey(options.key);
  const filter = words ? await Filter.create(words) : undefined;
  const hints = await Hints.create(options.checksums === "none" || policy.policy.ignoreChecksums);
  const reader = await CaptureReader.open(options.read, {
    recursive: options.recursive ?? false,
    hints,
    ...(filter && { filter }),
  });
  if (options.html !== undefined) {
    if (words) throw new Error("--html: takes whole captures, not a filter (weir replay -w writes filtered ones)");
    const { writeReport } = await import("../page/inputs.ts");
    await writeReport(options.html, {
      captures: reader.inputs.map(({ name }) => name),
      policies: [options.config],
      baseline: options.baseline,
      thresholds: options.thresholdConfig,
      labels: [],
      sets: options.set,
      ignoreChecksums: options.checksums === "none",
    });
  }
  const outputs = new Outputs(options);
  const report = new Report();
  const progress = new Progress(reader);
  const sink: Sink = {
    forwarded: (frame) => {
      report.forwarded++;
      outputs.frame(frame);
    },
    record: (json) => {
      report.take(json);
      outputs.event(json);
    },
  };
  const started = performance.now();
  let facts: ImageFacts | undefined;
  try {
    const missing = options.image ? await whyNoImage(arch) : undefined;
    if (missing && !options.orEmbedded) throw new Error(`--image: ${missing}`);
    if (missing) process.stderr.write(`weir: ${missing}; replaying in this process instead\n`);
    if (options.image && !missing)
      facts = await replayInImage(reader, policy, Number(options.memory), sink, arch, machine, key);
    else await replayHere(reader, policy, sink, key);
  } finally {
    progress.stop();
    outputs.close();
    await reader.close();
  }
  const talk = options.eve === "-" || options.write === "-" ? process.stderr : process.stdout;
  printSummary(talk, {
    reader,
    report,
    facts,
    filtered: filter?.dropped,
    seconds: (performance.now() - started) / 1000,
  });
  for (const note of filter?.notes(reader.summary) ?? []) process.stderr.write(`weir: ${note}\n`);
  for (const hint of hints.texts()) process.stderr.write(`weir: ${hint}\n`);
  for (const line of report.idle) process.stderr.write(`weir: ${idleText(policy, line)}\n`);
  for (const damage of reader.summary.damage) process.stderr.write(`weir: ${damageText(damage)}\n`);
  if (facts && facts.exit !== "DONE") throw new Error(`the image ended early: ${facts.exitText}`);
  return reader.summary.damages ? 2 : 0;
}

/** A suppression that matches nothing is most often a slip, or has outlived what it was for. */
function idleText({ alertRules, policy }: CompiledPolicy, line: number): string {
  const rule = alertRules.find((r) => r.line === line);
  return `${policy.thresholds}:${line}: matched no alert${rule ? ` (${alertRuleText(rule)})` : ""}`;
}

/** The policy, with what the command line changes in it. */
function load({ config, checksums, set, thresholdConfig, baseline }: Options): CompiledPolicy {
  const compiled = compilePolicy(config, {
    ignoreChecksums: checksums === "none",
    sets: set,
    ...(thresholdConfig !== undefined && { thresholds: thresholdConfig }),
    ...(baseline !== undefined && { baseline }),
  });
  for (const warning of compiled.warnings) process.stderr.write(`${problemLine(warning)}\n`);
  return compiled;
}

async function replayHere(reader: CaptureReader, policy: CompiledPolicy, sink: Sink, key?: TableKey): Promise<void> {
  const appliance = await embed(policy.parts, key);
  for await (const chunk of recordStream(reader, appliance.input)) appliance.run(chunk.length, sink);
}

/** The files that events and frames go to. */
class Outputs {
  readonly #events: number[] = [];
  readonly #captures: CaptureWriter[] = [];
  #lines: Buffer[] = [];
  #held = 0;

  constructor({ logDir, eve, write }: Options) {
    if (logDir) {
      mkdirSync(logDir, { recursive: true });
      this.#events.push(openOwn(join(logDir, "eve.json"), "anew"));
      this.#captures.push(new CaptureWriter(join(logDir, "forwarded.pcap"), { own: true }));
    }
    if (eve) this.#events.push(eve === "-" ? 1 : openSync(eve, "w"));
    if (write) this.#captures.push(new CaptureWriter(write));
  }

  event(json: Uint8Array): void {
    if (!this.#events.length) return;
    const line = Buffer.allocUnsafe(json.length + 1);
    line.set(json);
    line[json.length] = 10;
    this.#lines.push(line);
    this.#held += line.length;
    if (this.#held > 1 << 18) this.#flush();
  }

  frame(frame: Uint8Array): void {
    for (const capture of this.#captures) capture.write(0n, frame);
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#lines);
    this.#lines = [];
    this.#held = 0;
    for (const fd of this.#events) for (let at = 0; at < bytes.length; ) at += writeSome(fd, bytes, at);
  }

  close(): void {
    this.#flush();
    for (const fd of this.#events) if (fd !== 1) closeSync(fd);
    for (const capture of this.#captures) capture.close();
  }
}

/** A pipe that is full (its reader is slower) is waited for; standard output may not block by itself. */
function writeSome(fd: number, bytes: Uint8Array, at: number): number {
  try {
    return writeSync(fd, bytes, at, bytes.length - at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    Atomics.wait(WAIT, 0, 0, 5);
    return 0;
  }
}
const WAIT = new Int32Array(new SharedArrayBuffer(4));
