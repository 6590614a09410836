/** `weir deploy`: another image for a service that weir run is, and back when it is no good. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { editionOf, sendsLog, unpackContainer } from "../appliance/build/container.ts";
import { describeImage } from "../appliance/build/describe.ts";
import { sha256 } from "../appliance/build/info.ts";
import { policyIn } from "../appliance/build/place.ts";
import { signaturePath, signedAs, verifyImage } from "../appliance/build/signature.ts";
import { deploy, type Outcome, type Service } from "../appliance/hosts/service/deploy.ts";
import { readStatus } from "../appliance/hosts/service/status.ts";
import { ImageStore } from "../appliance/hosts/service/store.ts";
import { alone } from "../lib/lock.ts";

interface Options {
  service: string;
  folder?: string;
  status?: string;
  restart?: string;
  keep: string;
  beats: string;
  patience: string;
  back?: boolean;
  list?: boolean;
  verify?: string;
  notOlderThan?: string;
}

const EXIT: Record<Outcome, number> = { deployed: 0, back: 3, down: 4 };

export function command(): Command {
  return new Command("deploy")
    .description(
      "Give a running service another image: check it, put it in, start the service again, wait until the image is ready and\n" +
        "sends heartbeats. When it does not, put the image of before back. The last images are kept.",
    )
    .argument("[new.elf]", "what `weir build` wrote")
    .option("--service <name>", "which service: weir@NAME of systemd", "weir")
    .option("--back", "instead of a new image: the one that was deployed before the one that runs")
    .option("--list", "instead: list the images that are kept")
    .option("--keep <n>", "images that stay", "5")
    .option("--beats <n>", "signs of life to wait for; one comes each second", "3")
    .option("--patience <s>", "seconds that an image has for all of it", "60")
    .option("--verify <key.pem>", "only an image that was signed with this public key's other half (weir build --sign)")
    .option("--not-older-than <n>", "with --verify: the earliest edition; without: that of the image that runs")
    .option("--folder <dir>", "where the images are (default: /var/lib/weir/images/NAME)")
    .option("--status <file>", "what weir run --status writes (default: /run/weir/NAME/status.json)")
    .option(
      "--restart <command>",
      "how the service is started again, for a shell (default: systemctl restart weir@NAME)",
    )
    .addHelpText(
      "after",
      `
What happens: the image gets a number N and is kept as N.elf in the folder. current.elf, which the service starts, becomes a link
to it, in one step. The new image must start with a greater number than the start before, say ready, and send on log. What fails
in that is put back and started again; the console of the image that failed is in the journal (journalctl -u weir@NAME).

Examples:
  weir deploy site.elf
  weir deploy site.elf --service east --verify verify.pem
  weir deploy --back --service east
  weir deploy --list
  weir deploy site.elf --folder images --status status.json --restart 'kill $(cat weir.pid)'    under another supervisor

Exit codes: 0 the new image runs; 1 usage, or the image was refused: nothing was changed; 3 it was no good: the image of before
runs again; 4 neither of them runs.`,
    )
    .action(async (image: string | undefined, options: Options) => {
      process.exitCode = await run(image, options);
    });
}

async function run(image: string | undefined, options: Options): Promise<number> {
  const { service: name } = options;
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name))
    throw new Error(`--service ${name}: expected 1 to 64 letters, digits, _ . or -`);
  const store = new ImageStore(options.folder ?? join("/var/lib/weir/images", name));
  if (options.list) {
    const current = store.current();
    for (const each of store.names())
      process.stdout.write(`${each} sha256 ${sha256(store.read(each))}${each === current ? ", runs" : ""}\n`);
    return 0;
  }
  if ((image === undefined) !== (options.back === true)) throw new Error("expected an image, or --back");
  const keep = whole("--keep", options.keep, 2);
  const patience = whole("--patience", options.patience, 1);
  const beats = whole("--beats", options.beats, 0);
  const found = image === undefined ? undefined : checked(image, store, options);
  return alone(join(store.folder, ".deploy"), async () => {
    const next = found === undefined ? earlier(store) : store.add(found.bytes, found.beside);
    const sends = sendsLog(unpackContainer(policyIn(store.read(next))!));
    if (!sends) say("the policy has no collector: the image sends no heartbeat, so only its start is waited for");
    const path = options.status ?? join("/run/weir", name, "status.json");
    const service: Service = {
      ...{ store, patience: patience * 1000, beats: sends ? beats : 0, say },
      restart: () => shell(options.restart ?? `systemctl restart weir@${name}.service`),
      status: () => readStatus(path),
    };
    const outcome = await deploy(service, next);
    if (outcome !== "deployed" && found !== undefined) store.remove(next);
    for (const old of store.prune(keep)) say(`${old} is no longer kept`);
    return EXIT[outcome];
  });
}

const say = (text: string) => void process.stdout.write(`${text}\n`);

function whole(option: string, text: string, least: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : -1;
  if (value < least) throw new Error(`${option} ${text}: expected a whole number from ${least}`);
  return value;
}

/** The image that was kept before the one that runs. @throws Error when there is none */
function earlier(store: ImageStore): string {
  const names = store.names();
  const before = names[names.indexOf(store.current() ?? "") + 1];
  if (before === undefined) throw new Error(`--back: ${store.folder} has no earlier image`);
  return before;
}

/** The image's bytes, and what is kept beside it. @throws Error saying why it is not to be started */
function checked(
  image: string,
  store: ImageStore,
  options: Options,
): { bytes: Buffer; beside: Record<string, Uint8Array> } {
  const signed = signedAs(options);
  const bytes = readFileSync(image);
  let names: string;
  try {
    names = describeImage(bytes)
      .interfaces.map((each) => each.name)
      .join();
  } catch (error) {
    throw new Error(`${image}: ${(error as Error).message}`);
  }
  const policy = policyIn(bytes);
  if (!policy || names !== "in,out,log")
    throw new Error(`${image}: has no policy, expected an image of weir build -c policy.yaml`);
  const current = store.current();
  const runs = current === undefined ? undefined : policyIn(store.read(current));
  // An image that was signed once must not come back when a later one took its place.
  const oldest = options.notOlderThan === undefined && runs ? editionOf(runs) : (signed?.oldest ?? 0);
  const wrong = signed && verifyImage(image, signed.key, oldest, bytes);
  if (wrong !== undefined) throw new Error(`${image}: ${wrong}`);
  const beside = ([".debug", signaturePath("")] as const).filter((end) => existsSync(image + end));
  return { bytes, beside: Object.fromEntries(beside.map((end) => [end, readFileSync(image + end)])) };
}

/** @returns what it complained about, where it failed */
function shell(command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn("sh", ["-c", command], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (text) => {
      said = `${said}${text}`.slice(-1000);
    });
    child.on("exit", (status) => resolve(status === 0 ? undefined : said.trim() || `${command}: exit code ${status}`));
  });
}
