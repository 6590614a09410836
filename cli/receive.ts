/** `weir receive`: what the diode lets out of a transfer becomes files again. */
import { createSocket } from "node:dgram";
import { mkdirSync } from "node:fs";
import { Command, Option } from "commander";
import { fromEvent, interval, merge, take } from "rxjs";
import { readKeyFile } from "../diode/policy/transfer.ts";
import { Endpoint, PROFILES, type ProfileName } from "../transfer/endpoint.ts";
import { type Done, Receiver, stages } from "../transfer/receive.ts";

interface Options {
  listen: string;
  keyFile: string;
  output: string;
  profile: ProfileName;
  expect?: string;
  overwrite?: boolean;
}

export function command(): Command {
  return new Command("receive")
    .description(
      "Receive what `weir send` sends through the diode. A file is written under a temporary name, verified (SHA-256), and then given its\n" +
        "name, in the output folder and nowhere else. For missing data, the receiver prints which bytes, and where they were lost.",
    )
    .requiredOption("--listen <[address:]port>", "UDP port that the appliance sends to")
    .requiredOption("--key-file <file>", "file with 64 hexadecimal digits, the same key as the policy's transfer.out")
    .option("-o, --output <folder>", "folder to write files to", ".")
    .addOption(
      new Option("--profile <name>", "the same as in the policy").choices(Object.keys(PROFILES)).default("files"),
    )
    .option("--expect <n>", "end after this many files and streams; otherwise on Ctrl-C")
    .option("--overwrite", "replace files of the same name")
    .addHelpText(
      "after",
      `
Output: a line of JSON for each file or stream: name, path, whole, size, missing (ranges of bytes), why.
An incomplete file stays in the output folder, as .weir-BOOT-STREAM.part. What was received there before does not come
again: .weir-received.json remembers up to which session and frame that was.

Examples:
  weir receive --listen 5000 --key-file out.key -o incoming/
  weir receive --listen 10.0.1.9:5000 --key-file out.key -o incoming/ --expect 3

Exit codes: 0 everything received is complete; 1 usage; 2 something is missing or damaged.`,
    )
    .action(async (options: Options) => {
      process.exitCode = await receive(options);
    });
}

/** ms without any frame after which it is said that nobody sends. */
const SILENCE = 3000;

async function receive(options: Options): Promise<number> {
  const [, address, port] = /^(?:(.+):)?(\d{1,5})$/.exec(options.listen) ?? [];
  if (!port || Number(port) > 65535) throw new Error(`--listen ${options.listen}: expected [address:]port`);
  const expected = options.expect === undefined ? Infinity : Number(options.expect);
  if (!(expected >= 1)) throw new Error(`--expect ${options.expect}: expected a number from 1`);
  const endpoint = await Endpoint.open(readKeyFile(options.keyFile), PROFILES[options.profile], 0n);
  mkdirSync(options.output, { recursive: true });
  const done: Done[] = [];
  const receiver = new Receiver(endpoint, {
    folder: options.output,
    ...(options.overwrite && { overwrite: true }),
    onDone: (one) => {
      done.push(one);
      process.stdout.write(`${JSON.stringify(one)}\n`);
      if (!one.whole) process.stderr.write(`weir: ${one.name}: incomplete: ${one.why}\n`);
    },
  });
  const socket = createSocket({ type: "udp4", recvBufferSize: 64 << 20 });
  socket.on("message", (datagram) => receiver.take(datagram, performance.now()));
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(Number(port), address, resolve);
  });
  process.stderr.write(`weir: listening on port ${socket.address().port}\n`);
  let silent = false;
  await new Promise<void>((resolve) => {
    const stops = merge(fromEvent(process, "SIGINT"), fromEvent(process, "SIGTERM"))
      .pipe(take(1))
      .subscribe(() => resolve());
    const watch = interval(200).subscribe(() => {
      const now = performance.now();
      receiver.giveUp(now);
      remember(receiver);
      const quiet = receiver.lastFrame > 0 && now - receiver.lastFrame > SILENCE;
      if (quiet !== silent)
        process.stderr.write(
          quiet ? `weir: nothing received for ${SILENCE / 1000} s\n` : "weir: receiving frames again\n",
        );
      silent = quiet;
      if (done.length >= expected) resolve();
    });
    void new Promise<void>((end) => socket.once("close", end)).then(() => {
      watch.unsubscribe();
      stops.unsubscribe();
    });
  });
  socket.close();
  receiver.giveUp(0, true);
  while (receiver.open) await new Promise((resolve) => setTimeout(resolve, 20));
  remember(receiver);
  for (const line of stages(receiver, endpoint.totals)) process.stderr.write(`${line}\n`);
  if (receiver.refused.get("boot"))
    process.stderr.write(
      `weir: refused as \`boot\`: frames of a session older than one that was received into this folder (${receiver.sessions.path}):\n` +
        "weir: a recording, or an appliance whose clock went back\n",
    );
  return done.every(({ whole }) => whole) ? 0 : 2;
}

/** A folder that cannot be written to is told by the files that cannot be kept there. */
function remember(receiver: Receiver): void {
  try {
    receiver.remember();
  } catch {
    // told for each file
  }
}
