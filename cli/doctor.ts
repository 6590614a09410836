/** `weir doctor`: what is wrong with this host, its wiring, its clock, and the way to the collector. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { HOST_ARCH } from "../appliance/contract/arch.ts";
import { installed } from "../appliance/hosts/here.ts";
import { chooseAccelerator, PROGRAMS } from "../appliance/hosts/qemu.ts";
import { clock, type Finding, kvm } from "../wiring/doctor.ts";
import { collector, unwired, wired } from "../wiring/joined.ts";
import { checkTools } from "../wiring/make.ts";
import { checkName, type Here, kept, pathOf } from "../wiring/wiring.ts";
import { collectorIn } from "./collector-in.ts";

interface Options {
  name: string;
  folder: string;
  config?: string;
  image?: string;
  json?: boolean;
}

const BAD = 3;
/** MiB in which any image starts. */
const ENOUGH = 8;
const SIGNS = { good: "ok  ", unsure: "?   ", bad: "BAD " };

export function command(): Command {
  return new Command("doctor")
    .description("Say in plain words what is wrong with this host, and what to do. Looks only, changes nothing.")
    .option("--name <name>", "the appliance, as weir host setup was given it", "weir")
    .option("--folder <folder>", "where its wiring is kept", "/etc/weir")
    .option("-c, --config <policy.yaml>", "its policy: look at the way to the collector, too")
    .option("--image <image>", "its image: try whether KVM starts it")
    .option("--json", "print it as one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  weir doctor                                      the host, the ports, the clock
  weir doctor -c site.yaml --image site.elf        the collector, and whether KVM starts the image

Exit codes: 0 nothing is bad; 1 usage; 3 something is bad.`,
    )
    .action(async (options: Options) => {
      process.exitCode = await doctor(options);
    });
}

async function doctor(options: Options): Promise<number> {
  checkName(options.name);
  const folder = resolve(options.folder);
  const findings = [await hypervisor(options.image), clock(), unwired(folder, options.name)].flat();
  if (existsSync(pathOf(folder, options.name))) {
    checkTools();
    const wiring = kept(folder, options.name);
    findings.push(...wired(wiring));
    if (options.config !== undefined) findings.push(...collector(wiring, collectorOf(options.config)));
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ findings })}\n`);
  else
    for (const { state, what, todo } of findings)
      process.stdout.write(`${SIGNS[state]}${what}\n${todo === undefined ? "" : `      -> ${todo}\n`}`);
  return findings.some(({ state }) => state === "bad") ? BAD : 0;
}

async function hypervisor(image: string | undefined): Promise<Finding[]> {
  const program = PROGRAMS[HOST_ARCH];
  const there: Finding = installed(program)
    ? { state: "good", what: `${program} is installed` }
    : {
        state: "bad",
        what: `${program} is not installed`,
        todo: "apt-get install qemu-system-x86, or another host: weir run --help",
      };
  const device = kvm();
  if (image === undefined || device.state !== "good" || there.state !== "good") return [there, device];
  const works = (await chooseAccelerator(image, ENOUGH)) === "kvm";
  return [
    there,
    works
      ? { state: "good", what: `KVM starts ${image}` }
      : {
          state: "bad",
          what: `KVM does not start ${image}: it runs without, ten to thirty times slower`,
          todo: "what QEMU says: weir run --accelerator kvm ...",
        },
  ];
}

function collectorOf(path: string): Here {
  const here = collectorIn(path);
  if (!here) throw new Error(`${path}: interfaces.log: has no collector, so nothing is sent there`);
  return here;
}
