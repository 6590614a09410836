// What commands say of trouble that comes on the way, not from their options (usage.test.ts).
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { placeManifest } from "../appliance/build/place.ts";
import { smallImage } from "../appliance/build/testing/image.ts";
import { pcapFile } from "../captures/testing/files.ts";
import { summary } from "./collect.ts";
import { COMMANDS } from "./commands.ts";
import { qemuVersion, replayInImage } from "./image-replay.ts";
import { commandConsole } from "./testing/console.ts";

vi.mock("./image-replay.ts", async (original) => ({
  ...(await original<typeof import("./image-replay.ts")>()),
  replayInImage: vi.fn(),
}));

const seen = commandConsole("troubles");
const file = (name: string, content: string | Uint8Array = "") => {
  writeFileSync(join(seen.folder, name), content);
  return join(seen.folder, name);
};
const run = async (name: string, ...words: string[]) =>
  (await COMMANDS[name]!.load()).command().exitOverride().parseAsync(words, { from: "user" });
const HEAD = "weir: 1\ninterfaces: { out: { next-hop: 52:54:00:77:00:12 } }\n";
const SITE = ["-r", "fixtures/site.pcap", "-c", "fixtures/policy.yaml"];

it("an unknown command: where the commands are listed", () => {
  const { status, stderr } = spawnSync(process.execPath, ["bin/weir", "replya"], { encoding: "utf8" });
  expect([status, stderr]).toEqual([
    1,
    "error: unknown command 'replya'\n(Did you mean replay?)\n(weir --help lists the commands)\n",
  ]);
});

it("collect: of a class of reports the first 50 are said; what was lost is in the summary", async () => {
  const raw = file("raw", "no record\n".repeat(60));
  await run("collect", "--read", raw, "-l", join(seen.folder, "log"));
  const said = seen.talk.split("\n").filter((line) => line.includes("not ours"));
  expect(said).toHaveLength(51);
  expect(said.at(-1)).toBe("weir: not ours: further reports go to collect.json only");
  const verifier = { counts: new Map(), datagrams: 5, records: 4, missing: 0, authenticated: true };
  expect(summary({ verifier, unindexed: 1, unsent: new Map([[7, 3]]), unwritten: 2 } as never, 6)).toBe(
    `datagrams       5
records         4, each authenticated
missing         0
unsent          3 of boot 7: the appliance's log interface was full
overrun         6 datagrams: this machine's socket was full
unwritten       2: there was no room for them
unindexed       1: in eve.json only
`,
  );
});

it("collect: a state that no collector wrote", async () => {
  const state = file("collect.state.json", "[]");
  await expect(run("collect", "--listen", "127.0.0.1:0", "-l", seen.folder)).rejects.toThrow(
    new Error(`${state}: not the state of a collector; remove it to start again`),
  );
});

it("evaluate: alerts that the labels are not for", async () => {
  const mixed = ["-r", "fixtures/site.pcap", "-r", "fixtures/mil1553/bc-impersonation.ch10"];
  await run(
    "evaluate",
    ...mixed,
    "-c",
    "fixtures/policy.yaml",
    "--labels",
    "fixtures/mil1553/bc-impersonation.labels.csv",
  );
  expect(seen.talk).toMatch(/^weir: \d+ alerts are not about messages, which the labels are for: ignored$/m);
});

it("inspect: a disk with another file in it", async () => {
  const disk = Buffer.alloc(20 * 2048);
  disk.write("\x01CD001\x01", 16 * 2048, "latin1");
  const path = file("disk.iso", disk);
  await run("inspect", path);
  expect([process.exitCode, seen.talk]).toEqual([2, `weir: ${path}: a disk without an image of weir build\n`]);
});

/** UDP, to port 256. */
function datagram(from: number, to: number): Buffer {
  const bytes = Buffer.alloc(60);
  bytes.write("ffffffffffff020000000001080045", 0, "hex");
  bytes.write("002e0000000040110000", 16, "hex");
  bytes.writeUInt32BE(0x0a000000 + from, 26);
  bytes.writeUInt32BE(0x0a000000 + to, 30);
  bytes.write("03e80100001a", 34, "hex");
  return bytes;
}
const capture = (name: string, ...frames: Buffer[]) =>
  file(name, pcapFile(frames.map((bytes, n) => ({ seconds: 1, fraction: n, bytes }))));

it("learn: more hosts than fit", async () => {
  const path = capture("many.pcap", ...Array.from({ length: 4000 }, (_, n) => datagram(n, 0x800000 + n)));
  await run("learn", "-k", "none", "-r", path, "-o", join(seen.folder, "many.baseline"));
  expect(seen.talk).toMatch(
    /^weir: .*many\.pcap: more hosts and conversations than fit at a time: \d+ were forgotten, the longest unused first$/m,
  );
});

it("learn: a log without a whole export", async () => {
  const words = (log: string) => ["learn", "--from-log", log, "-o", join(seen.folder, "f.baseline")] as const;
  const none = file("none.json", "{}\n");
  await expect(run(...words(none))).rejects.toThrow(new Error(`${none}: no whole export of a baseline in it`));
  const eve = join(seen.folder, "eve.json");
  const policy = file("learn.yaml", `${HEAD}learn: { every: 10s }\nrules: []\n`);
  await run("replay", "-r", "fixtures/normal.pcap", "-c", policy, "--eve", eve);
  const lines = readFileSync(eve, "utf8").split("\n");
  const lacks = file("lacks.json", lines.filter((line) => !line.includes('"detector":"flood"')).join("\n"));
  await expect(run(...words(lacks))).rejects.toThrow(
    new Error(`${lacks}: no whole export of a baseline in it (6 lack entries that were lost on the way)`),
  );
});

it("baseline show: nothing that has a threshold", async () => {
  const members = { captures: [], falseAlarmsPerHour: 1, thresholds: [], entries: [] };
  await run("baseline", "show", file("no.baseline", JSON.stringify({ "weir-baseline": 1, ...members })));
  expect(seen.out).toContain("\n  none: no detector has learned a threshold\n");
});

it("policy derive: what was seen seldom, and from more sources than a rule should name", async () => {
  const crowd = Array.from({ length: 65 }, (_, n) => datagram(n, 0x800000));
  const path = capture("crowd.pcap", ...crowd, datagram(1, 0x800001));
  await run("policy", "derive", "-k", "none", "-r", path, "--least-frames", "2");
  expect(seen.out).toContain(`
# Seen fewer than 2 times, not proposed:
#   udp 256 from 10.0.0.1 to 10.128.0.1: 1 frames, at most 1 in a second, 18 bytes

# From more than 64 sources, not proposed:
#   udp 256 from 65 sources to 10.128.0.0: 65 frames, at most 65 in a second, 18 bytes
`);
});

it("replay: filter words and a Chapter 10 recording", async () => {
  await run("replay", "-r", "fixtures/mil1553/clean.ch10", "tcp");
  expect(seen.talk).toContain("weir: the filter is for frames: Chapter 10 recordings went in whole\n");
});

it("replay: without what an image needs, and an image that ends early", async () => {
  vi.stubEnv("PATH", seen.folder);
  await expect(run("replay", ...SITE, "--image")).rejects.toThrow(
    new Error("--image: not installed: clang, ld.lld, qemu-system-x86_64"),
  );
  await run("replay", ...SITE, "--image", "--or-embedded");
  expect(seen.talk).toBe("weir: not installed: clang, ld.lld, qemu-system-x86_64; replaying in this process instead\n");
  for (const name of ["clang", "ld.lld", "qemu-system-x86_64"]) chmodSync(file(name, "#!/bin/sh\necho none\n"), 0o755);
  expect(await qemuVersion("x86_64")).toBe("QEMU of unknown version");
  vi.mocked(replayInImage).mockResolvedValueOnce({
    ...{ emittedOnIn: 0, readyMs: 0, guestUs: 0, bytes: 0, memory: 0, hypervisor: "" },
    ...{ exit: "STOPPED", exitText: "stopped from outside" },
  });
  await expect(run("replay", ...SITE, "--image")).rejects.toThrow(
    new Error("the image ended early: stopped from outside"),
  );
});

it("run: a host that starts no images for this processor", async () => {
  const [input, out, log] = ["in", "out", "log"].map((name, n) => ({
    name,
    direction: n ? "transmit" : "receive",
    mac: `52:54:00:00:00:0${n}`,
  }));
  const image = placeManifest(smallImage(), [input, out, log] as never);
  new DataView(image.buffer).setUint16(18, 183, true);
  const path = file("weir.elf", image);
  await expect(run("run", path, "--in", "a", "--out", "b", "--log", "c", "--host", "alioth")).rejects.toThrow(
    new Error(`${path}: --host alioth starts no images for aarch64`),
  );
});

it("tune: captures that span no time", async () => {
  const baseline = join(seen.folder, "one.baseline");
  const one = capture("one.pcap", datagram(1, 2));
  await run("learn", "-k", "none", "-r", one, "-o", baseline);
  await expect(
    run(
      "tune",
      "-r",
      one,
      "-k",
      "none",
      "-c",
      "fixtures/policy.yaml",
      "--baseline",
      baseline,
      "--max-alarms-per-hour",
      "1",
      "--dry-run",
    ),
  ).rejects.toThrow(new Error("the captures span no time, so no rate per hour follows from them"));
});

it("tune: an invalid date of the build", async () => {
  vi.stubEnv("SOURCE_DATE_EPOCH", "today");
  const words = ["-r", "fixtures/normal.pcap", "-c", "fixtures/policy.yaml", "--max-fpr", "1"];
  await expect(run("tune", ...words)).rejects.toThrow(
    new Error("SOURCE_DATE_EPOCH today: expected seconds since 1970"),
  );
});
