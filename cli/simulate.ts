// `weir simulate`: a MIL-STD-1553 bus as a Chapter 10 recording or UDP stream, with attacks and their labels.
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { Command, Option } from "commander";
import { readRecording } from "../captures/recording.ts";
import { CaptureWriter } from "../captures/write.ts";
import { INTENSITIES, type Intensity } from "../mil1553/simulator/attacks/attack.ts";
import { catalogueText } from "../mil1553/simulator/attacks/catalogue.ts";
import { readBus } from "../mil1553/simulator/icd/read.ts";
import { loadOf } from "../mil1553/simulator/icd/schedule.ts";
import { type Done, inject, type Removed, type Strike } from "../mil1553/simulator/inject.ts";
import { Labels, strikesCsv } from "../mil1553/simulator/labels.ts";
import type { BusMessage } from "../mil1553/simulator/message.ts";
import { COUNTER_START, simulate } from "../mil1553/simulator/run.ts";
import type { Checksum } from "../mil1553/writer/chapter10.ts";
import { frame, STREAM } from "../mil1553/writer/frame.ts";
import { type Clock, type Packet, recording } from "../mil1553/writer/recording.ts";
import { Sender, Wire } from "../mil1553/writer/send.ts";
import type { ChannelName } from "../mil1553/writer/tmats.ts";
import { datagrams, type TransferFormat } from "../mil1553/writer/transfer.ts";

interface Options {
  read?: string[];
  seconds: number;
  seed: number;
  attack: Strike[];
  share?: number;
  output?: string;
  labels?: string;
  pcap?: string;
  udp?: { host: string; port: number };
  format: string;
  datagram: number;
  packet: number;
  checksum: string;
  secondary?: boolean | "messages";
  fast?: boolean;
  listAttacks?: boolean;
}

const HELP = `
Interface-control file: fixtures/mil1553/avionics.yaml is a whole example; mil1553/simulator/icd/schema.ts has each
key. The same file, seed and attacks give the same bytes, on every machine.

Attacks: NAME[/CHANNEL]@SECONDS[:INTENSITY][+DURATION]
  CHANNEL    Chapter 10 channel number (the busiest one)      SECONDS   from the beginning
  INTENSITY  low, medium, high (medium)                       DURATION  in seconds (to the end)

Labels: with attacks, OUT.labels.csv (a row for each message that is not clean: its number in the file, the attack, what
was done to it) and OUT.attacks.csv (the interval of each attack) are written beside OUT.

Examples:
  weir simulate fixtures/mil1553/avionics.yaml --seconds 60 -o clean.ch10
  weir simulate fixtures/mil1553/avionics.yaml --attack rogue-terminal@3:low+2 data-drift@6:high -o attacked.ch10
  weir simulate -r flight.ch10 --attack message-replay@0.5 --share 0.001 -o attacked.ch10
  weir simulate fixtures/mil1553/avionics.yaml --pcap stream.pcap --format 2
  weir simulate fixtures/mil1553/avionics.yaml --udp 192.0.2.7:2000`;

export function command(): Command {
  return new Command("simulate")
    .description(
      "Simulates the MIL-STD-1553 buses of an interface-control file and writes an IRIG 106 Chapter 10 recording, or the\n" +
        "same as a UDP stream. Attacks of a catalogue can be injected, with ground truth; into recordings too (-r).",
    )
    .argument("[bus.yaml]", "interface-control file")
    .option("-r, --read <files...>", "attack these recordings instead of simulating a bus")
    .option("--seconds <n>", "length of the recording", positive("--seconds", 1e6), 10)
    .option("--seed <n>", "seed of everything random", seedOf, 1)
    .option("--attack <specs...>", "attacks, see below", attackOf, [])
    .option("--share <part>", "share of all messages that each attack changes or adds", positive("--share", 1))
    .option("-o, --output <file>", "Chapter 10 recording; - for standard output")
    .option("--labels <file>", "write the labels to this file")
    .option("--pcap <file>", "write UDP datagrams to a capture (pcapng if its name ends so)")
    .option("--udp <host:port>", "send UDP datagrams to a host, at the pace of the bus", hostOf)
    .option("--fast", "with --udp: as fast as possible")
    .addOption(new Option("--format <n>", "UDP transfer header").choices(["1", "2", "3"]).default("1"))
    .option("--datagram <bytes>", "largest payload of a datagram, bytes", datagramOf, 1472)
    .option(
      "--packet <bytes>",
      "largest data of a packet, bytes: 1400 for packets that fit a datagram",
      packetOf,
      16_384,
    )
    .addOption(new Option("--checksum <bits>", "data checksum").choices(["0", "8", "16", "32"]).default("32"))
    .option("--secondary [messages]", "write secondary headers with IEEE 1588 time; `messages`: for each message too")
    .option("--list-attacks", "print the catalogue of attacks and end")
    .addHelpText("after", HELP)
    .action(async (file: string | undefined, options: Options) => {
      process.exitCode = await run(file, options);
    });
}

// ---- Options --------------------------------------------------------------------------------------------------------

function positive(name: string, most: number) {
  return (text: string): number => {
    const n = Number(text);
    if (!(n > 0 && n <= most)) throw new Error(`${name} ${text}: expected a number above 0, at most ${most}`);
    return n;
  };
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`--seed ${text}: expected a whole number from 0 on`);
  return seed;
}

function packetOf(text: string): number {
  const size = Number(text);
  if (!Number.isInteger(size) || size < 100 || size > 500_000)
    throw new Error(`--packet ${text}: expected 100 to 500000 bytes`);
  return size;
}

function datagramOf(text: string): number {
  const size = Number(text);
  if (!Number.isInteger(size) || size < 64 || size > 65507)
    throw new Error(`--datagram ${text}: expected 64 to 65507 bytes`);
  return size;
}

function hostOf(text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port < 1 || port > 65535) throw new Error(`--udp ${text}: expected HOST:PORT`);
  return { host: match[1] ?? match[2]!, port };
}

/** `NAME[/CHANNEL]@SECONDS[:INTENSITY][+DURATION]` */
function attackOf(text: string, before: Strike[]): Strike[] {
  const match = /^([a-z0-9-]+)(?:\/(\d+))?@(\d+(?:\.\d+)?)(?::([a-z]+))?(?:\+(\d+(?:\.\d+)?))?$/.exec(text);
  if (!match) throw new Error(`--attack ${text}: expected NAME[/CHANNEL]@SECONDS[:INTENSITY][+DURATION]`);
  const [, attack, channel, at, intensity = "medium", seconds] = match as unknown as [string, string, ...string[]];
  if (!INTENSITIES.includes(intensity as Intensity))
    throw new Error(`--attack ${text}: unknown intensity ${intensity}, expected ${INTENSITIES.join(", ")}`);
  const strike: Strike = { attack, at: Number(at), intensity: intensity as Intensity };
  if (channel !== undefined) strike.channel = Number(channel);
  if (seconds !== undefined) strike.seconds = Number(seconds);
  return [...before, strike];
}

// ---- Run ------------------------------------------------------------------------------------------------------------

interface Source {
  messages: Iterable<BusMessage>;
  channels: readonly ChannelName[];
  clock: Clock;
  removed: Removed[];
  strikes: Done[];
  damaged: boolean;
}

const say = (line: string) => void process.stderr.write(`weir: ${line}\n`);

/** Returns the exit code: 2 when a recording that was read is damaged, else 0. */
async function run(file: string | undefined, options: Options): Promise<number> {
  if (options.listAttacks) {
    process.stdout.write(catalogueText());
    return 0;
  }
  const { output, pcap, udp } = options;
  if (!output && !pcap && !udp) throw new Error("no output: expected -o FILE, --pcap FILE or --udp HOST:PORT");
  if ((file === undefined) === (options.read === undefined))
    throw new Error("no bus: expected an interface-control file, or -r RECORDING");
  const beside = output && output !== "-" ? output : pcap;
  const labels = options.labels ?? (options.attack.length && beside ? `${stem(beside)}.labels.csv` : undefined);
  if (options.attack.length && !labels) throw new Error("no file for the labels: expected --labels FILE");

  const source = file === undefined ? await recorded(options) : simulated(file, options);
  const numbers = new Labels(source.removed);
  await write(source, numbers, options);
  if (labels) {
    writeFileSync(labels, numbers.csv());
    const strikes = `${stem(labels).replace(/\.labels$/, "")}.attacks.csv`;
    if (source.strikes.length) writeFileSync(strikes, strikesCsv(source.strikes, source.clock));
  }
  for (const { attack, intensity, channel, from, counts } of source.strikes) {
    const done = Object.entries(counts).flatMap(([change, n]) => (n ? [`${n} ${change}`] : []));
    const at = ((from - source.clock.counter) / 1e7).toFixed(3);
    say(`${attack} (${intensity}) on channel ${channel} from ${at} s: ${done.join(", ") || "nothing"}`);
  }
  say(`${numbers.messages} messages${labels ? `, ${numbers.attacks} of them labelled in ${labels}` : ""}`);
  return source.damaged ? 2 : 0;
}

const stem = (path: string) => path.replace(/\.[A-Za-z0-9]+$/, "");

function simulated(file: string, options: Options): Source {
  const bus = readBus(file);
  for (const channel of bus.channels) {
    const { load, messagesPerSecond, fullest, fullestFrame } = loadOf(channel);
    const most = `${(fullest / 10_000).toFixed(2)} of ${channel.minorFrame / 10_000} ms in minor frame ${fullestFrame}`;
    say(
      `${channel.name} (channel ${channel.channel}): ${messagesPerSecond.toFixed(0)} messages/s, ` +
        `load ${(load * 100).toFixed(1)} %, at most ${most}`,
    );
  }
  const clean = simulate(bus, { seed: options.seed, seconds: options.seconds });
  const clock = { counter: COUNTER_START, ms: bus.start };
  return attacked({ messages: clean, channels: bus.channels, clock, damaged: false }, options);
}

async function recorded(options: Options): Promise<Source> {
  return attacked(await readRecording(options.read!, say), options);
}

function attacked(source: Omit<Source, "removed" | "strikes">, { attack, share, seed }: Options): Source {
  if (!attack.length) return { ...source, removed: [], strikes: [] };
  const strikes = attack.map((strike) => (share === undefined ? strike : { ...strike, share }));
  return { ...source, ...inject([...source.messages], strikes, seed) };
}

async function write(source: Source, labels: Labels, options: Options): Promise<void> {
  const { output, pcap, udp } = options;
  const packets = recording(source.messages, {
    channels: source.channels,
    clock: source.clock,
    checksum: Number(options.checksum) as Checksum,
    secondary: options.secondary ?? false,
    packetBytes: options.packet,
  });
  const out = output === undefined ? undefined : output === "-" ? 1 : openSync(output, "w");
  const capture = pcap === undefined ? undefined : new CaptureWriter(pcap);
  const sender = udp && (await Sender.open(udp, !options.fast));
  const through = function* (): Generator<Packet> {
    for (const packet of packets) {
      for (const message of packet.messages) labels.add(message);
      if (out !== undefined) for (let at = 0; at < packet.bytes.length; ) at += writeSync(out, packet.bytes, at);
      yield packet;
    }
  };
  if (capture || sender) {
    const wire = new Wire(source.clock);
    const format = Number(options.format) as TransferFormat;
    for (const datagram of datagrams(through(), { format, size: options.datagram })) {
      if (capture) capture.write(wire.time(datagram), frame(datagram.payload, STREAM, wire.count));
      await sender?.send(datagram);
    }
  } else for (const _ of through());
  capture?.close();
  sender?.close();
  if (out !== undefined && out !== 1) closeSync(out);
}
