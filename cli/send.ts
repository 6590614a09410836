/** `weir send`: files, folders and streams into the diode. */
import { createSocket } from "node:dgram";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { SingleBar } from "cli-progress";
import { Command, Option } from "commander";
import { interval } from "rxjs";
import { readKeyFile } from "../diode/policy/transfer.ts";
import { Endpoint, PROFILES, type ProfileName } from "../transfer/endpoint.ts";
import { fileSource, Sender, type Source, streamSource } from "../transfer/send.ts";
import { tcpListener, udpListener } from "../transfer/sources.ts";

interface Options {
  to: string;
  keyFile: string;
  rate: string;
  profile: ProfileName;
  repeat: string;
  boot?: string;
  name: string;
  tcp?: string;
  udp?: string;
}

export function command(): Command {
  return new Command("send")
    .description(
      "Send files, folders, standard input (-) or what comes to a socket through the diode, as authenticated UDP frames of\n" +
        "1,472 bytes at a constant rate, with redundancy. Nobody answers: what arrives, `weir receive` says on the other side.",
    )
    .argument("[files...]", "files, folders, or - for standard input")
    .requiredOption("--to <host:port>", "an address behind the diode, which a rule with payload: transfer allows")
    .requiredOption(
      "--key-file <file>",
      "64 hexadecimal digits, the same as the policy's transfer.in (openssl rand -hex 32)",
    )
    .option("--rate <Mbit/s>", "how fast, evenly", "100")
    .addOption(
      new Option("--profile <name>", "the same as in the policy").choices(Object.keys(PROFILES)).default("files"),
    )
    .option("--repeat <n>", "how often what a file is called, and its end, are sent by themselves", "2")
    .option("--tcp <port>", "listen there: each connection is a stream of its own")
    .option("--udp <port>", "listen there: all datagrams are one stream")
    .option("--name <name>", "what streams are called at the receiver", "stream")
    .option("--boot <file>", "where the number of this start is kept, which must grow (default: the time)")
    .addHelpText(
      "after",
      `
Profiles: files  32 + 8 frames in 16 blocks at a time: a burst of 128 lost frames is made up for; 25 % more traffic
          records  16 + 4 frames: a burst of 4; little delay

Examples:
  openssl rand -hex 32 > in.key
  weir send report.pdf logs/ --to 10.0.1.9:5000 --key-file in.key
  journalctl -f | weir send - --name journal --to 10.0.1.9:5000 --key-file in.key --profile records

Exit codes: 0 all was sent, which says nothing of what arrived; 1 usage, or a file cannot be read.`,
    )
    .action(async (files: string[], options: Options) => {
      await send(files, options);
    });
}

async function send(files: string[], options: Options): Promise<void> {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(options.to) ?? [];
  if (!host || !port || Number(port) > 65535) throw new Error(`--to ${options.to}: expected host:port`);
  const rate = Number(options.rate) * 1e6;
  if (!(rate >= 1e4 && rate <= 1e11)) throw new Error(`--rate ${options.rate}: expected Mbit/s from 0.01`);
  const repeat = Number(options.repeat);
  if (!Number.isInteger(repeat) || repeat < 1 || repeat > 100)
    throw new Error(`--repeat ${options.repeat}: expected 1 to 100`);
  const key = readKeyFile(options.keyFile);
  const profile = PROFILES[options.profile];
  const endpoint = await Endpoint.open(key, profile, bootNumber(options.boot));
  const socket = createSocket("udp4");
  socket.unref();
  const sender = new Sender(endpoint, { socket, host, port: Number(port), rate, profile, repeat });
  await sender.warmUp();
  const total = files.reduce((sum, path) => sum + (path === "-" ? 0 : sizeOf(path)), 0);
  const bar = progress(sender, total);
  try {
    for (const path of files)
      for (const [file, name] of path === "-" ? [["-", options.name] as const] : listed(path))
        await sender.send(
          file === "-"
            ? streamSource(name, () => process.stdin as AsyncIterable<Buffer>)
            : await fileSource(file, name),
        );
    if (options.udp) await sender.send(udpListener(portOf(options.udp), options.name));
    if (options.tcp)
      for await (const source of tcpListener(portOf(options.tcp), options.name)) await sender.send(source as Source);
  } finally {
    bar.stop();
    socket.close();
  }
  if (!files.length && !options.udp && !options.tcp)
    throw new Error("nothing to send: expected files, -, --tcp or --udp");
  const { frames, bytes } = sender.progress;
  process.stderr.write(`weir: sent ${bytes} bytes in ${frames} frames\n`);
}

/** Files of a folder, with names in which the folders are joined by underscores: paths do not cross. */
function listed(path: string, prefix = ""): [string, string][] {
  const name = prefix + basename(path);
  if (!statSync(path).isDirectory()) return [[path, name]];
  return readdirSync(path)
    .sort()
    .flatMap((entry) => listed(join(path, entry), `${name}_`));
}

const sizeOf = (path: string): number => listed(path).reduce((sum, [file]) => sum + statSync(file).size, 0);

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Error(`${text}: expected a port`);
  return port;
}

/** Nanoseconds since 1970, or one more than the file says, which is written before anything is sent. */
function bootNumber(file: string | undefined): bigint {
  if (file === undefined) return BigInt(Date.now()) * 1_000_000n;
  let last = 0n;
  try {
    last = BigInt(readFileSync(file, "utf8").trim());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw new Error(`${file}: expected a number`);
  }
  writeFileSync(file, `${last + 1n}\n`);
  return last + 1n;
}

function progress(sender: Sender, total: number): { stop(): void } {
  if (!process.stderr.isTTY || !total) return { stop: () => undefined };
  const bar = new SingleBar({
    format: "{bar} {percentage}% | {frames} frames | {eta_formatted} left",
    stream: process.stderr,
    clearOnComplete: true,
  });
  bar.start(total, 0, { frames: 0 });
  const updates = interval(200).subscribe(() => bar.update(sender.progress.bytes, { frames: sender.progress.frames }));
  return {
    stop: () => {
      updates.unsubscribe();
      bar.stop();
    },
  };
}
