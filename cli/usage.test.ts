// What each command says of options that it cannot use: it ends with exit code 1 and this line, and has read and written nothing.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { COMMANDS } from "./commands.ts";
import { commandConsole } from "./testing/console.ts";

const seen = commandConsole("usage");
const SITE = "fixtures/site.pcap";
const POLICY = "fixtures/policy.yaml";
const BUS = "fixtures/mil1553/avionics.yaml";
/** Stands for a file that is made for these tests. */
const KEY = "log.key";
const files: Record<string, string> = { [KEY]: "00".repeat(32), "no-number": "x\n" };

const SEND = ["f", "--key-file", KEY, "--to"];
const RECEIVE = ["--key-file", KEY, "-o", "in", "--listen"];
const TUNE = ["-r", SITE, "-c", POLICY];
const EVALUATE = ["-r", SITE, "-c", POLICY, "--labels", "f"];
const SIMULATE = [BUS, "-o", "out.ch10"];
const RUN = ["no-image", "--in", "a", "--out", "b", "--log", "c"];
const HOSTS = "qemu, libvirt, firecracker, cloud-hypervisor, alioth or xen";

const CASES: [command: string, words: string[], message: string][] = [
  ["accept", ["f", "--baseline", "b", "--why", " "], "--why: empty, expected why it is right"],
  ["baseline", ["thresholds", "f", "--false-alarms", "0"], "--false-alarms 0: expected a number above 0"],
  ["baseline", ["thresholds", "f", "--false-alarms", "1e6"], "--false-alarms 1e6: expected a number above 0"],
  ["baseline", ["merge", "f", "-o", KEY], "log.key exists already"],
  ["build", ["--one-queue", "-o", "f"], "--one-queue: expected a policy too (-c)"],
  ["build", ["--arch", "mips", "-o", "f"], "--arch mips: expected x86_64 or aarch64"],
  ["collect", ["-l", "log"], "nothing to collect from: expected --listen PORT or --read FILE"],
  [
    "collect",
    ["-l", "log", "--read", "f", "--listen", "1"],
    "nothing to collect from: expected --listen PORT or --read FILE",
  ],
  ["collect", ["-l", "log", "--read", "f", "--window", "0"], "--window 0: expected a whole number from 1"],
  ["collect", ["-l", "log", "--read", "f", "--keep", "x"], "--keep x: expected a whole number from 0"],
  ["collect", ["-l", "log", "--read", "f", "--keep-events", "0"], "--keep-events 0: expected a whole number from 1"],
  [
    "collect",
    ["-l", "log", "--read", "f", "--rotate", "0MB"],
    "--rotate 0MB: expected a size such as 100MB, an age such as 24h, or both with a comma between",
  ],
  [
    "collect",
    ["-l", "log", "--listen", "::1:514"],
    "--listen ::1:514: expected a port, or address:port ([address]:port for IPv6)",
  ],
  [
    "collect",
    ["-l", "log", "--listen", "65536"],
    "--listen 65536: expected a port, or address:port ([address]:port for IPv6)",
  ],
  ["debug", ["--image", "f", "log"], "f.debug: file not found; weir build -o f writes it"],
  ["decode", [], "no capture: expected -r FILE"],
  ["decode", ["--udp-port", "0", SITE], "--udp-port 0: expected 1 to 65535"],
  ["decode", ["--udp-port", "65536", SITE], "--udp-port 65536: expected 1 to 65535"],
  ["decode", ["--year", "1969", SITE], "--year 1969: expected 1970 to 2499"],
  ["decode", ["--year", "2500", SITE], "--year 2500: expected 1970 to 2499"],
  ["evaluate", [...EVALUATE, "-k", "all"], "-k all: expected none"],
  ["evaluate", [...EVALUATE, "--gap", "86401"], "--gap 86401: expected a number from 0 to 86400"],
  ["evaluate", [...EVALUATE, "--grace", "-1"], "--grace -1: expected a number from 0 to 86400"],
  ["evaluate", [...EVALUATE, "--max-fpr", "1.1"], "--max-fpr 1.1: expected a number from 0 to 1"],
  ["evaluate", [...EVALUATE, "--min-auc", ""], "--min-auc : expected a number from 0 to 1"],
  [
    "evaluate",
    ["-r", "-", "-c", POLICY, "--labels", "labels.csv"],
    "-r -: each capture is read twice: expected a file",
  ],
  ["events", ["-l", "log", "--json", "--table"], "--json, --table: expected one of them"],
  ["events", ["-l", "log"], "-l log: contains no events.db, expected a folder that weir collect wrote"],
  ["events", ["-l", ".", "--limit", "0"], "--limit 0: expected a number from 1"],
  ["events", ["-l", ".", "--severity", "loud"], "--severity loud: expected alert, warning, notice, info"],
  ["events", ["-l", ".", "--src", "10.0.0"], "--src 10.0.0: expected an IP address"],
  ["events", ["-l", ".", "--dest", "x"], "--dest x: expected an IP address"],
  ["events", ["-l", ".", "--since", "1w"], "--since 1w: expected 30m, 2h, 7d, or a time such as 2026-03-02T09:00:00Z"],
  [
    "events",
    ["-l", ".", "--until", "now"],
    "--until now: expected 30m, 2h, 7d, or a time such as 2026-03-02T09:00:00Z",
  ],
  ["inventory", [], "nothing to list: expected -r or --baseline"],
  ["inventory", ["-r", SITE, "--json", "--csv"], "--json and --csv: expected one of the two"],
  ["inventory", ["-r", SITE, "-k", "all"], "-k all: expected none"],
  ["learn", ["-o", "f", "-r", SITE, "--false-alarms", "no"], "--false-alarms no: expected a number above 0"],
  ["learn", ["-o", "f", "-r", SITE, "-k", "all"], "-k all: expected none"],
  ["learn", ["-o", "f"], "nothing to learn from: expected -r or --from-log"],
  ["learn", ["-o", KEY, "-r", SITE], "log.key exists: use --add to add to it, or remove it"],
  ["learn", ["-o", "f", "-r", "empty"], "nothing was learned"],
  ["page", ["-k", "all"], "-k all: expected none"],
  ["page", ["--port", "65536"], "--port 65536: expected 0 to 65535"],
  ["page", ["--port", "-1"], "--port -1: expected 0 to 65535"],
  ["page", ["--out", "f"], "--out: no capture, expected -r FILE"],
  ["page", ["-r", "-"], "-r -: the page reads each capture more than once: expected a file"],
  ["policy", ["derive"], "nothing to derive from: expected -r CAPTURE, --baseline FILE or --bus FILE"],
  ["policy", ["derive", "-r", SITE, "--bus", BUS], "-r, --bus, --baseline: expected only one of them"],
  ["policy", ["derive", "--baseline", "f", "--bus", BUS], "-r, --bus, --baseline: expected only one of them"],
  ["policy", ["derive", "-r", SITE, "--least-frames", "0"], "--least-frames 0: expected a number from 1"],
  ["policy", ["derive", "-r", SITE, "-k", "all"], "-k all: expected none"],
  ["receive", [...RECEIVE, "65536"], "--listen 65536: expected [address:]port"],
  ["receive", [...RECEIVE, "x"], "--listen x: expected [address:]port"],
  ["receive", [...RECEIVE, "1", "--expect", "0"], "--expect 0: expected a number from 1"],
  ["replay", ["-r", SITE, "-k", "all"], "-k all: expected none"],
  ["replay", ["-r", SITE, "--arch", "arm"], "--arch arm: expected x86_64 or aarch64"],
  [
    "replay",
    ["-r", SITE, "--html", "f", "tcp"],
    "--html: takes whole captures, not a filter (weir replay -w writes filtered ones)",
  ],
  ["run", [...RUN, "--host", "vmware"], `--host vmware: expected ${HOSTS}`],
  ["run", [...RUN, "--patience", "0"], "--patience 0: expected whole seconds, or never"],
  ["run", [...RUN, "--memory", "4M"], "--memory 4M: expected whole MiB"],
  ["send", [...SEND, "10.0.0.1"], "--to 10.0.0.1: expected host:port"],
  ["send", [...SEND, "10.0.0.1:65536"], "--to 10.0.0.1:65536: expected host:port"],
  ["send", [...SEND, "h:1", "--rate", "0.009"], "--rate 0.009: expected Mbit/s from 0.01"],
  ["send", [...SEND, "h:1", "--repeat", "101"], "--repeat 101: expected 1 to 100"],
  ["send", [...SEND, "h:1", "--repeat", "0"], "--repeat 0: expected 1 to 100"],
  ["send", [...SEND, "h:1", "--boot", "no-number"], "no-number: expected a number"],
  [
    "send",
    ["--key-file", KEY, "--to", "127.0.0.1:9", "--boot", "boot"],
    "nothing to send: expected files, -, --tcp or --udp",
  ],
  ["simulate", [BUS], "no output: expected -o FILE, --pcap FILE or --udp HOST:PORT"],
  ["simulate", ["-o", "f"], "no bus: expected an interface-control file, or -r RECORDING"],
  ["simulate", [...SIMULATE, "--seconds", "0"], "--seconds 0: expected a number above 0, at most 1000000"],
  ["simulate", [...SIMULATE, "--share", "1.1"], "--share 1.1: expected a number above 0, at most 1"],
  ["simulate", [...SIMULATE, "--seed", "-1"], "--seed -1: expected a whole number from 0 on"],
  ["simulate", [...SIMULATE, "--packet", "99"], "--packet 99: expected 100 to 500000 bytes"],
  ["simulate", [...SIMULATE, "--packet", "500001"], "--packet 500001: expected 100 to 500000 bytes"],
  ["simulate", [...SIMULATE, "--datagram", "63"], "--datagram 63: expected 64 to 65507 bytes"],
  ["simulate", [...SIMULATE, "--datagram", "65508"], "--datagram 65508: expected 64 to 65507 bytes"],
  ["simulate", [BUS, "--udp", "10.0.0.1:0"], "--udp 10.0.0.1:0: expected HOST:PORT"],
  ["simulate", [...SIMULATE, "--attack", "x"], "--attack x: expected NAME[/CHANNEL]@SECONDS[:INTENSITY][+DURATION]"],
  [
    "simulate",
    [...SIMULATE, "--attack", "x@1:loud"],
    "--attack x@1:loud: unknown intensity loud, expected low, medium, high",
  ],
  ["simulate", [BUS, "-o", "-", "--attack", "x@1"], "no file for the labels: expected --labels FILE"],
  ["tune", [...TUNE, "-k", "all"], "-k all: expected none"],
  ["tune", TUNE, "no budget: expected one of --max-alarms-per-hour and --max-fpr"],
  ["tune", [...TUNE, "--max-fpr", "1", "--blocks", "2.5"], "--blocks 2.5: expected a whole number"],
  ["tune", [...TUNE, "--max-fpr", "1", "--blocks", "51"], "--blocks 51: expected a number from 2 to 50"],
  ["tune", [...TUNE, "--max-fpr", "1", "--date", "May 3"], "--date May 3: expected a date such as 2026-03-02"],
  [
    "tune",
    [...TUNE, "--max-fpr", "1", "--date", "2026-02-30"],
    "--date 2026-02-30: expected a date such as 2026-03-02",
  ],
  [
    "events",
    ["-l", ".", "--since", "2026-02-30"],
    "--since 2026-02-30: expected 30m, 2h, 7d, or a time such as 2026-03-02T09:00:00Z",
  ],
  ["tune", [...TUNE, "--max-fpr", "1", "--date", "soon"], "--date soon: expected a date such as 2026-03-02"],
  [
    "tune",
    [...TUNE, "--max-fpr", "1", "--attacked", SITE],
    "--attacked without --labels: nothing says which records are attacks",
  ],
  [
    "tune",
    [...TUNE, "--max-fpr", "1"],
    "fixtures/policy.yaml names no baseline: make one with weir learn, and give it with --baseline",
  ],
];

it.each(CASES)("weir %s %j: %s", async (name, words, message) => {
  for (const [file, text] of Object.entries(files)) writeFileSync(join(seen.folder, file), text);
  mkdirSync(join(seen.folder, "empty"));
  writeFileSync(join(seen.folder, "labels.csv"), "number,label\n1,x\n");
  // Names without a folder are of the test's own
  const isOwn = (word: string) =>
    ["f", "log", "boot", "empty", ".", "in", "out.ch10", "labels.csv", ...Object.keys(files)].includes(word);
  const given = words.map((word, n) => (isOwn(word) && words[n - 1] !== "--in" ? join(seen.folder, word) : word));
  if (name === "events" && words.includes(".")) writeFileSync(join(seen.folder, "events.db"), "");
  const before = readdirSync(seen.folder);
  const { command } = await COMMANDS[name]!.load();
  const ran = command().exitOverride().parseAsync(given, { from: "user" });
  const error = await ran.then(
    () => expect.fail("no error"),
    (why: Error) => why,
  );
  expect(error.message.replaceAll(`${seen.folder}/.`, ".").replaceAll(`${seen.folder}/`, "")).toBe(message);
  expect(seen.out).toBe("");
  expect(readdirSync(seen.folder).filter((file) => file !== "boot")).toEqual(before);
  expect(existsSync(join(seen.folder, "in"))).toBe(false);
});
