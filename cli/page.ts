/** `weir page`: captures, scores and thresholds to look at in a browser; or a running appliance, from its log. */
import { Command } from "commander";
import { Follower } from "../page/follow.ts";
import { named, writeReport } from "../page/inputs.ts";
import { servePage } from "../page/server.ts";
import { policyOption } from "./watch.ts";

interface Options {
  read: string[];
  config: string;
  baseline?: string;
  labels: string[];
  set: string[];
  checksums?: string;
  port: string;
  out?: string;
  live?: string;
}

export function command(): Command {
  return new Command("page")
    .description(
      "Serve a page on loopback that runs the appliance's own compartments in the browser: drop captures on it, see each\n" +
        "detector's scores over time, drag its threshold and watch alerts come and go, then export the policy.",
    )
    .option("-r, --read <file|dir>", "capture to start with; may be repeated", collect, [])
    .addOption(policyOption())
    .option("--baseline <file>", "use this baseline (weir learn) instead of the policy's")
    .option("--labels <file>", "which records are attacks, as weir evaluate takes it; may be repeated", collect, [])
    .option("--set <key=value>", "use this value instead of the policy's; may be repeated", collect, [])
    .option("-k, --checksums <none>", "none: do not verify checksums")
    .option("--port <number>", "port on loopback; 0: any free one", "0")
    .option("--out <report.html>", "write one self-contained file instead, captures included; it needs no network")
    .option("--live <dir>", "show a running appliance, from the folder that weir collect -l writes")
    .addHelpText(
      "after",
      `
Examples:
  weir page                                                       asks for captures
  weir page -r fixtures/site.pcap -c fixtures/policy.yaml --labels fixtures/site.labels.csv
  weir page -r flight.ch10 --baseline bus.baseline --out flight.html
  weir collect --listen 10.0.9.1:514 --key-file log.key -l log/ & weir page --live log/

The page is served to this machine only (127.0.0.1), at an address with a token that nobody else knows, and loads nothing from
anywhere else. Ctrl-C ends it.`,
    )
    .action(async (options: Options) => {
      process.exitCode = await page(options);
    });
}

const collect = (value: string, all: string[]) => [...all, value];

async function page(options: Options): Promise<number> {
  if (options.checksums !== undefined && options.checksums !== "none")
    throw new Error(`-k ${options.checksums}: expected none`);
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new Error(`--port ${options.port}: expected 0 to 65535`);
  const inputs = {
    captures: options.read,
    policies: [options.config],
    baseline: options.baseline,
    labels: options.labels,
    sets: options.set,
    ignoreChecksums: options.checksums === "none",
  };
  if (options.out !== undefined) {
    if (!options.read.length) throw new Error("--out: no capture, expected -r FILE");
    await writeReport(options.out, inputs);
    return 0;
  }
  const { start, files } = await named(inputs);
  const follower = options.live === undefined ? undefined : new Follower(options.live);
  const served = await servePage(start, files, port, follower?.show);
  process.stdout.write(`${served.url}\n`);
  await new Promise<void>((end) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => end());
  });
  follower?.close();
  served.close();
  return 0;
}
