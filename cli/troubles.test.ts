// What commands say of trouble that comes on the way, not from their options (usage.test.ts).
import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
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

it("learn: more hosts than fit", async () => {
  const frame = (n: number) => {
    const bytes = Buffer.alloc(60);
    bytes.write("ffffffffffff0200000000010800", 0, "hex");
    bytes.write("4500002e000000004011000000000000000000000001000100" + "1a", 14, "hex");
    bytes.writeUInt32BE(0x0a000000 + n, 26);
    bytes.writeUInt32BE(0x0a800000 + n, 30);
    bytes.writeUInt16BE(26, 38);
    return bytes;
  };
  const packets = Array.from({ length: 4000 }, (_, n) => ({ seconds: 1, fraction: n, bytes: frame(n) }));
  const path = file("many.pcap", pcapFile(packets));
  await run("learn", "-k", "none", "-r", path, "-o", join(seen.folder, "many.baseline"));
  expect(seen.talk).toMatch(
    /^weir: .*many\.pcap: more hosts and conversations than fit at a time: \d+ were forgotten, the longest unused first$/m,
  );
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

it("tune: a date of the build that is none", async () => {
  vi.stubEnv("SOURCE_DATE_EPOCH", "today");
  const words = ["-r", "fixtures/normal.pcap", "-c", "fixtures/policy.yaml", "--max-fpr", "1"];
  await expect(run("tune", ...words)).rejects.toThrow(
    new Error("SOURCE_DATE_EPOCH today: expected seconds since 1970"),
  );
});
