/**
 * The trials, in a network namespace that dies with the process: `inside.js FOLDER IMAGE=ARCH... -- SUBJECT...`, numbers of SUBJECTS.
 * Each row is a line of JSON on stdout.
 */
import { execFileSync } from "node:child_process";
import { embed } from "../../appliance/hosts/node.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { recordStream } from "../../captures/records.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { SUBJECTS } from "./subjects.ts";
import { TAPS, tryHost } from "./trial.ts";

const [folder, images, ...chosen] = process.argv.slice(2) as [string, string, ...string[]];
const imageOf = JSON.parse(images) as Record<string, string>;
const CAPTURE = "fixtures/site.pcap";

const ip = (...words: string[]) => execFileSync("ip", words);
ip("link", "set", "lo", "up");
for (const tap of Object.values(TAPS)) {
  ip("tuntap", "add", tap, "mode", "tap");
  execFileSync("sysctl", ["-qw", `net.ipv6.conf.${tap}.disable_ipv6=1`]);
  // The whole capture fits: a host that this machine lets wait loses nothing.
  ip("link", "set", tap, "txqueuelen", "4096", "up");
}

const expected: string[] = [];
const appliance = await embed(compilePolicy("fixtures/policy.yaml").parts);
const reader = await CaptureReader.open([CAPTURE]);
const sink = { forwarded: (frame: Uint8Array) => expected.push(Buffer.from(frame).toString("hex")), record: () => {} };
for await (const chunk of recordStream(reader, appliance.input)) appliance.run(chunk.length, sink);
const sent = reader.summary.packets;

for (const number of chosen) {
  const subject = SUBJECTS[Number(number)]!;
  const material = { image: imageOf[subject.arch]!, capture: CAPTURE, sent, expected, folder };
  process.stdout.write(`${JSON.stringify(await tryHost(subject, material))}\n`);
}
