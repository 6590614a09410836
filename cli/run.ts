/** `weir run`: starts an image on tap devices, prints its console, stops it cleanly; or shows how a host would start it. */

import { accessSync, constants, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { sendsLog, unpackContainer } from "../appliance/build/container.ts";
import { describeImage } from "../appliance/build/describe.ts";
import { sha256 } from "../appliance/build/info.ts";
import { isFlatImage, policyIn } from "../appliance/build/place.ts";
import { signedAs, verifyImage } from "../appliance/build/signature.ts";
import { inMebibytes } from "../appliance/build/spare.ts";
import type { Arch } from "../appliance/contract/arch.ts";
import { type Appliance, type Attached, checkAppliance } from "../appliance/hosts/descriptions/appliance.ts";
import { interfacesOf } from "../appliance/hosts/descriptions/manifest.ts";
import { installed } from "../appliance/hosts/here.ts";
import type { Accelerator, Host, Machine, Starter } from "../appliance/hosts/host.ts";
import { HOSTS, hostOf, starterOf } from "../appliance/hosts/hosts.ts";
import { keyedImage } from "../appliance/hosts/keyed.ts";
import { archOf, liveClock } from "../appliance/hosts/qemu.ts";
import { whyNoTap } from "../appliance/hosts/service/devices.ts";
import { startFacts } from "../appliance/hosts/service/facts.ts";
import { Priority } from "../appliance/hosts/service/journal.ts";
import { Supervisor } from "../appliance/hosts/service/notify.ts";
import { LifeWatch } from "../appliance/hosts/service/watch.ts";
import { nextStart, stateFolder } from "../lib/starts.ts";
import { newTableKey } from "../lib/table-key.ts";
import { LOOK, say, watched } from "./watched.ts";

interface Options {
  host: string;
  in: string;
  out: string;
  log: string;
  memory?: string;
  accelerator?: string;
  machine?: string;
  name: string;
  boot?: string;
  patience: string;
  wiring: string;
  print?: boolean;
  status?: string;
  vhost?: boolean;
  verify?: string;
  notOlderThan?: string;
}

export function command(): Command {
  return new Command("run")
    .description(
      "Start an image under a hypervisor on three tap devices, print its console, and stop it on Ctrl-C or SIGTERM. It is\n" +
        "ended when it is not ready in time, or when the host takes none of its alerts. With --print, show exactly what\n" +
        "would be started, and start nothing.",
    )
    .argument("<image>", "what `weir build` wrote")
    .requiredOption("--in <tap>", "watched: the image receives only, nothing is ever sent here")
    .requiredOption("--out <tap>", "where frames that policy allows go: the image sends only")
    .requiredOption("--log <tap>", "where alerts and counters go, as syslog datagrams: the image sends only")
    .option(`--host <${HOSTS.map(({ name }) => name).join("|")}>`, "the hypervisor; xen is for --print", "qemu")
    .option("--memory <MiB>", "memory of the guest; as much as the image needs unless said")
    .option("--accelerator <kvm|tcg>", "kvm where it works, else tcg (QEMU, libvirt), unless this says which")
    .option("--machine <name>", "of an x86-64 image: microvm or q35 (virtio-pci) of QEMU, mmio or pci of Firecracker")
    .option("--name <name>", "what libvirt, Xen or Firecracker call it", "weir")
    .option(
      "--boot <folder>",
      "where the number of each start is kept, which must grow (default: weir/boot in /var/lib for root, else in ~/.local/state)",
    )
    .option(
      "--patience <s|never>",
      "end it with exit code 1 when it is not ready after so many seconds, or the host takes nothing on log for so long",
      "30",
    )
    .option("--vhost", "QEMU: let the host's kernel move the frames (vhost-net, needs /dev/vhost-net)")
    .option(
      "--status <file>",
      "keep in this file how the image is, as JSON: starting, ready, ended; its number; signs of life",
    )
    .option(
      "--verify <key.pem>",
      "start nothing that was not signed with this public key's other half (weir build --sign)",
    )
    .option("--not-older-than <n>", "with --verify: nor an earlier edition (weir build --edition), though signed")
    .option("--wiring <folder>", "where weir host setup keeps wirings: to count what the host loses", "/etc/weir")
    .option("--print", "print the hypervisor's command or configuration, and put nothing on the interfaces")
    .addHelpText(
      "after",
      `
The taps must exist: weir host setup makes them, and joins them to ports. Never watch through a bridge: it learns where hosts are, and
then keeps frames from the image. What the host loses on the way to the image is said every ${LOOK} s.

At its start it says which image and policy this is, the host, the accelerator, and why it is not KVM. Under systemd (weir@.service)
it says when it is ready, and tells the watchdog that it is alive while the image sends heartbeats on log. In the journal its lines
have priorities.

Examples:
  weir build -c policy.yaml -o site.elf
  weir run site.elf --in tap0 --out tap1 --log tap2
  weir run site.elf --in tap0 --out tap1 --log tap2 --print
  weir run site.elf --host cloud-hypervisor --in tap0 --out tap1 --log tap2
  weir run site.elf --host firecracker --in tap0 --out tap1 --log tap2       in its jailer, for root who has it
  weir run site.elf --host libvirt --in tap0 --out tap1 --log tap2 --print > weir.xml && virsh create weir.xml

What each host gives an image, what was tried, and why a running image must NEVER be saved or restored (snapshots):
appliance/hosts/README.md.

Exit codes: 0 stopped by a signal to this command; 1 usage, a tap does not exist, the image refused to start or ended by itself (it
says why), the hypervisor was killed, or the image was ended because of --patience.`,
    )
    .action(async (image: string, options: Options) => {
      process.exitCode = await run(image, options);
    });
}

async function run(image: string, options: Options): Promise<number> {
  const host = hostOf(options.host);
  const signed = signedAs(options);
  const starter = options.print && typeof host.starter === "string" ? undefined : starterOf(host);
  const patience = patienceOf(options);
  const { appliance, bytes } = applianceOf(image, host, options, signed);
  if (options.vhost) checkVhost(host);
  if (options.machine !== undefined) appliance.machine = machineOf(options.machine, host, appliance.arch);
  checkAppliance(appliance);
  // A description may start many times, and be read by others: there the image draws a key itself.
  if (options.print) appliance.append = numberOf(options).append;
  if (!starter || options.print) {
    // Of QEMU the command is shown that would be started here.
    if (starter && host === HOSTS[0]) appliance.accelerator = await acceleratorFor(starter, appliance, options);
    const { text, command, notes } = host.describe(appliance);
    process.stdout.write(text);
    for (const line of [...(command ? [`start it with: ${command}`] : []), ...notes]) say(line);
    return 0;
  }
  const program = starter.programs[appliance.arch];
  if (program === undefined) throw new Error(`${image}: --host ${host.name} starts no images for ${appliance.arch}`);
  for (const { name, tap } of appliance.nics) {
    const wrong = whyNoTap(tap);
    if (wrong) throw new Error(`--${name} ${tap}: ${wrong}`);
  }
  if (!installed(program)) throw new Error(`--host ${host.name}: ${program} is not installed (${starter.source})`);
  appliance.accelerator = await acceleratorFor(starter, appliance, options);
  const number = numberOf(options);
  for (const line of startFacts(bytes, appliance, program, number.boot)) say(line, Priority.NOTICE);
  const emulated =
    appliance.accelerator === "tcg" && !options.accelerator && (await starter.whyNoKvm?.(image, appliance.memory));
  if (emulated) say(`KVM is not used, so the image is many times slower: ${emulated}`);
  const policy = policyIn(bytes);
  const life = new LifeWatch({
    tap: appliance.nics.find(({ name }) => name === "log")?.tap ?? "",
    sends: policy !== undefined && sendsLog(unpackContainer(policy)),
    supervisor: new Supervisor(process.env, say),
    file: options.status,
    sha256: sha256(bytes),
    boot: number.boot,
    warn: say,
  });
  const digits = newTableKey(folderOf(options), number.boot);
  const keyed = keyedImage(appliance.image, bytes, Buffer.from(digits, "hex"));
  appliance.append = [...number.append, ...(keyed ? [] : [`weir.key=${digits}`])];
  if (keyed) appliance.image = keyed.path;
  try {
    return await watched(starter, appliance, { patience, wiring: options.wiring, life });
  } finally {
    keyed?.remove();
  }
}

/** @throws Error when frames cannot be moved that way */
function checkVhost(host: Host): void {
  if (host !== HOSTS[0]) throw new Error(`--vhost: is for --host ${HOSTS[0]!.name}`);
  try {
    accessSync("/dev/vhost-net", constants.R_OK | constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`--vhost: /dev/vhost-net cannot be opened (${code}); as root: modprobe vhost_net`);
  }
}

/**
 * When it starts, and the number of this start. The log's receivers and keys go by that number, so it grows when the host's clock
 * does not; where no earlier number is known here it is the time in ms, which earlier versions took, too.
 */
function numberOf(options: Options): { boot: bigint; append: string[] } {
  const now = Date.now();
  const boot = nextStart(folderOf(options), BigInt(now), BigInt(Number.MAX_SAFE_INTEGER));
  return { boot, append: liveClock(now, boot) };
}

const folderOf = ({ boot = stateFolder("boot") }: Options) => boot;

const acceleratorFor = (starter: Starter, { image, memory }: Appliance, options: Options) =>
  starter.accelerator(image, memory, acceleratorOf(options));

function machineOf(text: string, { name, starter }: Host, arch: Arch): Machine {
  const machines: readonly Machine[] = typeof starter === "string" ? [] : starter.machines;
  if (!machines.length || arch !== "x86_64") {
    const choice = HOSTS.filter(({ starter }) => typeof starter !== "string" && starter.machines.length);
    const names = choice.map((host) => host.name).join(" or ");
    throw new Error(`--machine ${text}: is for x86-64 images under --host ${names}`);
  }
  const found = machines.find((machine) => machine === text);
  if (!found) throw new Error(`--machine ${text}: --host ${name} has ${machines.join(" and ")}`);
  return found;
}

/** Seconds; undefined: for ever. */
function patienceOf({ patience }: Options): number | undefined {
  if (patience === "never") return undefined;
  if (!/^[1-9]\d{0,5}$/.test(patience)) throw new Error(`--patience ${patience}: expected whole seconds, or never`);
  return Number(patience);
}

/** @throws Error when an option or the image is not what it must be */
function applianceOf(
  image: string,
  host: Host,
  options: Options,
  signed: ReturnType<typeof signedAs>,
): { appliance: Appliance; bytes: Buffer } {
  if (options.memory !== undefined && !/^[1-9]\d{0,6}$/.test(options.memory))
    throw new Error(`--memory ${options.memory}: expected whole MiB`);
  const bytes = readImage(image); // once: what is checked is what starts
  const wrong = signed && verifyImage(image, signed.key, signed.oldest, bytes);
  if (wrong !== undefined) throw new Error(`${image}: ${wrong}`);
  const flat = isFlatImage(bytes);
  const memory =
    options.memory === undefined ? memoryFor(bytes, flat) + (host.moreMemory ?? 0) : Number(options.memory);
  const taps: Record<string, string> = { in: options.in, out: options.out, log: options.log };
  const nics = interfacesOf(bytes, flat).map((one): Attached => {
    const tap = taps[one.name];
    if (tap === undefined)
      throw new Error(`${image}: its manifest has an interface ${one.name}, expected in, out, log`);
    return { ...one, tap };
  });
  if (nics.length === 0) throw new Error(`${image}: has no policy and so no interfaces (weir build -c policy.yaml)`);
  const appliance: Appliance = {
    ...{ name: options.name, image: resolve(image), given: image, arch: archOf(bytes), flat, memory, nics },
    // What a description says that is for another machine
    ...{ accelerator: acceleratorOf(options) ?? "kvm", append: [], ...(options.vhost && { vhost: true }) },
  };
  return { appliance, bytes };
}

function readImage(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** MiB. A flat image says it in its header: where it is put, and how long it is there. */
function memoryFor(image: Buffer, flat: boolean): number {
  if (flat) return inMebibytes(Number(image.readBigUInt64LE(8) + image.readBigUInt64LE(16)));
  const { memory } = describeImage(image);
  return memory === undefined ? LARGEST : inMebibytes(memory);
}

/** MiB that are enough for any image that does not say what it needs. */
const LARGEST = 8;

function acceleratorOf({ accelerator: asked }: Options): Accelerator | undefined {
  if (asked !== undefined && asked !== "kvm" && asked !== "tcg")
    throw new Error(`--accelerator ${asked}: expected kvm or tcg`);
  return asked;
}
