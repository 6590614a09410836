/** `weir host`: joins an appliance to the ports of this host, looks whether that holds, takes it back. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { parseNetwork } from "../lib/addresses.ts";
import { columns } from "../lib/columns.ts";
import { countsOf } from "../wiring/counts.ts";
import { links, run } from "../wiring/kernel.ts";
import { checkOthers, checkTools, holdsIn, look, make, type Outcome, planOf, release, undo } from "../wiring/make.ts";
import { disable, enable, hasSystemd } from "../wiring/unit.ts";
import {
  checkName,
  found,
  type Here,
  keep,
  kept,
  type Neighbour,
  pathOf,
  portOf,
  portsOf,
  tapsOf,
  type Wiring,
} from "../wiring/wiring.ts";
import { collectorIn } from "./collector-in.ts";

interface Common {
  name: string;
  folder: string;
  json?: boolean;
}

interface Setup extends Common {
  watch: string[];
  out?: string;
  log?: string;
  config?: string;
  mtu: string;
  user?: string;
  neighbour: string[];
  again?: boolean;
  once?: boolean;
  print?: boolean;
}

const collect = (value: string, all: string[]) => [...all, value];
const WRONG = 3;
const FOLDER = "/etc/weir";
/** Bytes of a packet that fits, with Ethernet's header and two VLAN tags, into a receive buffer (appliance/runtime/kernel/kernel.h). */
const MOST = 2000;

export function command(): Command {
  const host = new Command("host").description(
    "Join an appliance to the network ports of this Linux host: what comes in on the watched ports goes to the image\n" +
      "and nowhere else, nothing is ever sent there, and what the image sends goes out one way.",
  );
  const part = (name: string) =>
    host
      .command(name)
      .option("--name <name>", "the appliance; its taps are NAME-in, NAME-out, NAME-log", "weir")
      .option("--folder <folder>", "where the wiring is kept", FOLDER);
  part("setup")
    .description("Make it: now, and after each reboot. What holds already stays as it is, so it can be given again.")
    .option("--watch <interface>", "a port that is watched: a SPAN port, a TAP; may be repeated", collect, [])
    .option("--out <interface>", "the port for what the policy lets out; without it that goes nowhere")
    .option("--log <interface|here>", "the port towards the collector; here: the collector runs on this host (with -c)")
    .option("-c, --config <policy.yaml>", "with --log here: the policy, which has the collector's addresses")
    .option(
      "--mtu <bytes>",
      "the longest packet on the watched ports, 68 to 2000; longer ones do not fit into the image",
      "1500",
    )
    .option("--user <user>", "who may open the taps, beside root")
    .option(
      "--neighbour <address=mac@interface>",
      "a station that never answers ARP, as the image does not; may be repeated",
      collect,
      [],
    )
    .option("--again", "as it was made last; the unit of systemd does this, and waits until the ports are there")
    .option("--once", "until the next reboot only")
    .option("--print", "print the commands that are missing, and change nothing")
    .action(async (options: Setup) => {
      process.exitCode = await setup(options);
    });
  part("check")
    .description("Look whether it holds, and how many frames were lost or refused. Changes nothing.")
    .option("--json", "print it as one JSON object")
    .action((options: Common) => {
      process.exitCode = check(options);
    });
  part("undo")
    .description("Take it back: taps, filters and the unit go, ports are as they were.")
    .action((options: Common) => {
      process.exitCode = back(options);
    });
  return host.addHelpText(
    "after",
    `
Examples:
  weir host setup --watch eth1 --out eth2 --log eth3      three ports
  weir host setup --watch eth1 --watch eth4 --log eth0    a TAP with a port for each direction; only watch; the log by the host's own port
  weir host setup --watch eth1 --log here -c site.yaml    the collector runs here: weir collect --listen 514 ...
  weir host setup --watch eth1 --print                    the commands, as a script
  weir host check                                         what holds, what was lost
  weir run site.elf --in weir-in --out weir-out --log weir-log

Wiring, with pictures: docs/handbook/wiring.md. It needs root, iproute2 and ethtool.

Exit codes: 0 done, or all holds; 1 usage, or something cannot be done; 3 check: something does not hold.`,
  );
}

async function setup(options: Setup): Promise<number> {
  checkName(options.name);
  if (!options.print) checkRoot();
  checkTools();
  const folder = resolve(options.folder);
  const wiring = options.again ? kept(folder, options.name) : wiringOf(options);
  if (options.again) await present(wiring);
  if (options.print) {
    const all = links();
    for (const step of planOf(wiring)) {
      if (holdsIn(all, step)) continue;
      process.stdout.write(
        `# ${step.what}\n${step
          .commands()
          .map((one) => one.join(" "))
          .join("\n")}\n`,
      );
    }
    return 0;
  }
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  checkOthers(wiring, folder);
  const old = existsSync(pathOf(folder, wiring.name)) && !options.again ? kept(folder, wiring.name) : undefined;
  planOf(wiring); // what is wrong with it is said before anything is written
  keep(folder, wiring);
  for (const done of old ? release(old, wiring, folder) : []) say(done);
  const done: Outcome["did"][] = [];
  make(wiring, folder, ({ step, did }) => {
    done.push(did);
    if (did === "made") say(`made: ${step.what}`);
  });
  const held = done.filter((did) => did === "held").length;
  if (held) say(`${held} of ${done.length} held already`);
  if (!options.again && !options.once) {
    if (hasSystemd()) {
      enable(wiring.name, [process.execPath, resolve(process.argv[1]!)], folder);
      say(`after a reboot weir-wiring@${wiring.name}.service makes it again`);
    } else
      say(
        `no systemd here: after a reboot give weir host setup --again --name ${wiring.name}${elsewhere(options, "folder")}`,
      );
  }
  const taps = tapsOf(wiring.name);
  say(`next: weir run IMAGE --in ${taps.in} --out ${taps.out} --log ${taps.log}${elsewhere(options, "wiring")}`);
  return 0;
}

function check({ name, folder, json }: Common): number {
  checkName(name);
  checkTools();
  const wiring = kept(resolve(folder), name);
  const outcomes = look(wiring);
  const wrong = outcomes.filter(({ did }) => did === "wrong");
  const all = links();
  const ports = wiring.watch.map((port) => found(port, all)!.name);
  const counts = countsOf(name, ports);
  if (json) {
    const steps = outcomes.map(({ step, did }) => ({ of: step.of, what: step.what, holds: did === "held" }));
    process.stdout.write(`${JSON.stringify({ name, steps, counts })}\n`);
  } else {
    for (const { step } of wrong) process.stdout.write(`DOES NOT HOLD: ${step.what}\n`);
    process.stdout.write(`${outcomes.length - wrong.length} of ${outcomes.length} hold\n`);
    const watched = ports.join(", ");
    const rows = [
      [`came in on ${watched}`, String(counts.arrived)],
      ["lost: the port could not take them", String(counts.lostByPort)],
      ["lost: the image did not take them in time", String(counts.lostByImage)],
      [`wanted to be sent on ${watched}; not one was`, String(counts.refusedOnWatched)],
      [`came out of ${tapsOf(name).in}; not one went on`, String(counts.refusedFromIn)],
    ];
    process.stdout.write(
      `\nframes\n${columns(rows)
        .map((row) => `  ${row}\n`)
        .join("")}`,
    );
  }
  if (!wrong.length) return 0;
  say("weir host setup --again makes it as it was");
  return WRONG;
}

function back({ name, folder }: Common): number {
  checkName(name);
  checkRoot();
  checkTools();
  const wiring = kept(resolve(folder), name);
  for (const done of undo(wiring, resolve(folder))) say(done);
  if (hasSystemd()) disable(name);
  rmSync(pathOf(resolve(folder), name));
  return 0;
}

const elsewhere = ({ folder }: Common, option: string) => (folder === FOLDER ? "" : ` --${option} ${folder}`);

function checkRoot(): void {
  if (process.getuid?.() !== 0) throw new Error("needs root: it changes interfaces");
}

/** Ports of a machine that has just started come one after the other. */
async function present(wiring: Wiring): Promise<void> {
  const ports = portsOf(wiring);
  const missing = ports.filter((port) => !found(port)).map((port) => `${port.interface} (${port.mac})`);
  if (missing.length) say(`waits up to 30 s for ${missing.join(", ")}`);
  for (let n = 0; n < 60 && ports.some((port) => !found(port)); n++) await new Promise((done) => setTimeout(done, 500));
}

function wiringOf(options: Setup): Wiring {
  const { name, watch, out, log, user } = options;
  if (!watch.length) throw new Error("nothing to watch: expected --watch INTERFACE, or --again");
  const mtu = Number(options.mtu);
  if (!/^\d+$/.test(options.mtu) || mtu < 68 || mtu > MOST)
    throw new Error(`--mtu ${options.mtu}: expected a number from 68 to ${MOST}`);
  if (user !== undefined) checkUser(user);
  const all = links();
  const one = new Set(watch);
  if (one.size !== watch.length) throw new Error("--watch: names an interface twice");
  return {
    name,
    watch: watch.map((port) => portOf(port, "--watch", all)),
    ...(out !== undefined && { out: portOf(out, "--out", all) }),
    ...(log !== undefined && { log: log === "here" ? hereOf(options) : portOf(log, "--log", all) }),
    mtu,
    ...(user !== undefined && { user }),
    neighbours: options.neighbour.map((text) => neighbourOf(text, all)),
  };
}

function checkUser(user: string): void {
  try {
    run("id", "-u", "--", user);
  } catch {
    throw new Error(`--user ${user}: this host knows no such user`);
  }
}

function hereOf({ config }: Setup): Here {
  if (config === undefined) throw new Error("--log here: expected -c POLICY, which has the collector's addresses");
  const here = collectorIn(config);
  if (!here) throw new Error(`${config}: interfaces.log: has no address or no collector, so nothing is sent there`);
  return here;
}

function neighbourOf(text: string, all: ReturnType<typeof links>): Neighbour {
  const [, address, mac, name] = /^([^=@]+)=([0-9a-f:]{17})@(.+)$/i.exec(text) ?? [];
  if (address === undefined || address.includes("/") || !parseNetwork(address))
    throw new Error(`--neighbour ${text}: expected ADDRESS=MAC@INTERFACE`);
  return { address, mac: mac!.toLowerCase(), interface: portOf(name!, "--neighbour", all).interface };
}

const say = (text: string) => void process.stderr.write(`weir: ${text}\n`);
