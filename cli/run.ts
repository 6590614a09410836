/** `weir run`: starts an image on tap devices, prints its console, stops it cleanly; or shows how a host would start it. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { fromEvent, merge, take } from "rxjs";
import { describeImage } from "../appliance/build/describe.ts";
import { inMebibytes } from "../appliance/build/spare.ts";
import { type Appliance, type Attached, checkAppliance } from "../appliance/hosts/descriptions/appliance.ts";
import { interfacesOf } from "../appliance/hosts/descriptions/manifest.ts";
import type { Accelerator } from "../appliance/hosts/host.ts";
import { HOSTS, hostOf, starterOf } from "../appliance/hosts/hosts.ts";
import { archOfImage, isFlat, liveClock } from "../appliance/hosts/qemu.ts";

interface Options {
  host: string;
  in: string;
  out: string;
  log: string;
  memory?: string;
  accelerator?: string;
  machine?: string;
  name: string;
  print?: boolean;
}

export function command(): Command {
  return new Command("run")
    .summary("start an image on network interfaces")
    .description(
      "Start an image under QEMU on three tap devices, print its console, and stop it on Ctrl-C or SIGTERM. With --print,\n" +
        "show exactly what would be started, for QEMU or for another host, and start nothing.",
    )
    .argument("<image>", "what `weir build` wrote")
    .requiredOption("--in <tap>", "watched: the image receives only, nothing is ever sent here")
    .requiredOption("--out <tap>", "where frames that policy allows go: the image sends only")
    .requiredOption("--log <tap>", "where alerts and counters go, as syslog datagrams: the image sends only")
    .option(
      `--host <${HOSTS.map(({ name }) => name).join("|")}>`,
      "the hypervisor; all but qemu are for --print",
      "qemu",
    )
    .option("--memory <MiB>", "memory of the guest; as much as the image needs unless said")
    .option("--accelerator <kvm|tcg>", "kvm where it works, else tcg, unless this says which; for libvirt kvm")
    .option("--machine <microvm|q35>", "QEMU's machine for an x86-64 image: virtio-mmio, or virtio-pci (q35)")
    .option("--name <name>", "what libvirt, Xen or Firecracker call it", "weir")
    .option("--print", "print the hypervisor's command or configuration, and put nothing on the interfaces")
    .addHelpText(
      "after",
      `
The taps must exist; QEMU opens them and configures nothing:
  ip tuntap add dev tap0 mode tap && ip link set tap0 up        the same for tap1, tap2
  ip link add br0 type bridge; ip link set eth1 master br0; ip link set tap0 master br0    to watch eth1

Examples:
  weir build -c policy.yaml -o site.elf
  weir run site.elf --in tap0 --out tap1 --log tap2
  weir run site.elf --in tap0 --out tap1 --log tap2 --print
  weir run site.elf --host libvirt --in tap0 --out tap1 --log tap2 --print > weir.xml && virsh create weir.xml
  weir run site.elf --host firecracker --in tap0 --out tap1 --log tap2 --print > weir.json
  firecracker --no-api --config-file weir.json

What each host gives an image, and what was tried: appliance/hosts/README.md.

Exit codes: 0 stopped from outside; 1 usage, or the image refused to start or stopped by itself (it says why).`,
    )
    .action(async (image: string, options: Options) => {
      process.exitCode = await run(image, options);
    });
}

async function run(image: string, options: Options): Promise<number> {
  const host = hostOf(options.host);
  const starter = options.print && typeof host.starter === "string" ? undefined : starterOf(host);
  const machine = options.machine === undefined ? undefined : starterOf(HOSTS[0]!).machineOf(options.machine);
  const appliance = { ...applianceOf(image, options), ...(machine && { machine }) };
  if (machine && (!starter || appliance.arch !== "x86_64"))
    throw new Error(`--machine ${machine}: is for x86-64 images under --host qemu`);
  checkAppliance(appliance);
  const { memory, append, nics } = appliance;
  if (starter) appliance.accelerator = acceleratorOf(options) ?? (await starter.accelerator(image, memory));
  if (!starter || options.print) {
    const { text, command, notes } = host.describe(appliance);
    process.stdout.write(text);
    for (const line of [...(command ? [`start it with: ${command}`] : []), ...notes])
      process.stderr.write(`weir: ${line}\n`);
    return 0;
  }
  const running = starter.start({
    ...{ image, memory, append, accelerator: appliance.accelerator, ...(machine && { machine }) },
    nics: nics.map(({ mac, tap }) => ({ mac, backend: { kind: "tap", name: tap } })),
    onLine: (line) => process.stdout.write(`${line}\n`),
  });
  const stops = merge(fromEvent(process, "SIGINT"), fromEvent(process, "SIGTERM")).pipe(take(1));
  const stopping = stops.subscribe(() => void running.stop());
  const exit = await running.exit;
  stopping.unsubscribe();
  for (const complaint of running.complaints) process.stderr.write(`${complaint}\n`);
  if (exit.name === "STOPPED") return 0;
  process.stderr.write(`weir: the image ended: ${exit.text}\n`);
  return 1;
}

/** @throws Error when an option or the image is not what it must be */
function applianceOf(image: string, options: Options): Appliance {
  if (options.memory !== undefined && !/^[1-9]\d{0,6}$/.test(options.memory))
    throw new Error(`--memory ${options.memory}: expected whole MiB`);
  const flat = isFlat(image);
  const bytes = readFileSync(image);
  const memory = options.memory === undefined ? memoryFor(bytes, flat) : Number(options.memory);
  const taps: Record<string, string> = { in: options.in, out: options.out, log: options.log };
  const nics = interfacesOf(bytes, flat).map((one): Attached => {
    const tap = taps[one.name];
    if (tap === undefined)
      throw new Error(`${image}: its manifest has an interface ${one.name}, expected in, out, log`);
    return { ...one, tap };
  });
  if (nics.length === 0) throw new Error(`${image}: has no policy and so no interfaces (weir build -c policy.yaml)`);
  return {
    ...{ name: options.name, image: resolve(image), given: image, arch: archOfImage(image), flat, memory, nics },
    ...{ accelerator: acceleratorOf(options) ?? "kvm", append: liveClock() },
  };
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
