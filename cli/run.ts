/** `weir run`: starts an image on tap devices, prints its console, stops it cleanly. */
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { fromEvent, merge, take } from "rxjs";
import { describeImage } from "../appliance/build/describe.ts";
import {
  type Accelerator,
  chooseAccelerator,
  liveClock,
  qemuArguments,
  qemuProgram,
  startImage,
} from "../appliance/hosts/qemu.ts";

interface Options {
  in: string;
  out: string;
  log: string;
  memory: string;
  accelerator?: string;
  print?: boolean;
}

export function command(): Command {
  return new Command("run")
    .summary("start an image on network interfaces")
    .description("Start an image under QEMU on three tap devices, print its console, and stop it on Ctrl-C or SIGTERM.")
    .argument("<image>", "what `weir build` wrote")
    .requiredOption("--in <tap>", "watched: the image receives only, nothing is ever sent here")
    .requiredOption("--out <tap>", "where frames that policy allows go: the image sends only")
    .requiredOption("--log <tap>", "where alerts and counters go, as syslog datagrams: the image sends only")
    .option("--memory <MiB>", "memory of the guest", "8")
    .option("--accelerator <kvm|tcg>", "kvm where it works, else tcg, unless this says which")
    .option("--print", "print the hypervisor's command and start nothing")
    .addHelpText(
      "after",
      `
The taps must exist; QEMU opens them and configures nothing:
  ip tuntap add dev tap0 mode tap && ip link set tap0 up        the same for tap1, tap2
  ip link add br0 type bridge; ip link set eth1 master br0; ip link set tap0 master br0    to watch eth1

Examples:
  weir build -c policy.yaml -o site.elf
  weir run site.elf --in tap0 --out tap1 --log tap2

Exit codes: 0 stopped from outside; 1 usage, or the image refused to start or stopped by itself (it says why).`,
    )
    .action(async (image: string, options: Options) => {
      process.exitCode = await run(image, options);
    });
}

async function run(image: string, options: Options): Promise<number> {
  const memory = Number(options.memory);
  if (!Number.isInteger(memory) || memory < 1) throw new Error(`--memory ${options.memory}: expected whole MiB`);
  const { accelerator: asked } = options;
  if (asked !== undefined && asked !== "kvm" && asked !== "tcg")
    throw new Error(`--accelerator ${asked}: expected kvm or tcg`);
  const { interfaces } = describeImage(readFileSync(image));
  const taps: Record<string, string> = { in: options.in, out: options.out, log: options.log };
  const nics = interfaces.map(({ name, mac }) => ({ mac, backend: { kind: "tap", name: taps[name]! } as const }));
  const accelerator: Accelerator = asked ?? (options.print ? "tcg" : await chooseAccelerator(image, memory));
  const launch = { image, memory, accelerator, nics, append: liveClock() };
  if (options.print) {
    process.stdout.write(`${qemuProgram(image)} ${qemuArguments(launch).map(quoted).join(" ")}\n`);
    return 0;
  }
  const running = startImage({ ...launch, onLine: (line) => process.stdout.write(`${line}\n`) });
  const stops = merge(fromEvent(process, "SIGINT"), fromEvent(process, "SIGTERM")).pipe(take(1));
  const stopping = stops.subscribe(() => void running.stop());
  const exit = await running.exit;
  stopping.unsubscribe();
  for (const complaint of running.complaints) process.stderr.write(`${complaint}\n`);
  if (exit.name === "STOPPED") return 0;
  process.stderr.write(`weir: the image ended: ${exit.text}\n`);
  return 1;
}

const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
