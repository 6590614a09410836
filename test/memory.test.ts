/** Captures larger than memory: 2 GB through a pipe, in less than 300 MB of resident memory. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const GIGABYTES = 2;

// REQ-GROUND-012
it.skipIf(!existsSync("/proc/self/status"))(`replays ${GIGABYTES} GB in under 300 MB`, async () => {
  const site = readFileSync("fixtures/site.pcap");
  // Records of 1,400 bytes around the fixture's own, so that the run is about bytes rather than events.
  const record = Buffer.alloc(16 + 1414);
  site.copy(record, 0, 24, 32);
  record.writeUInt32LE(1414, 8);
  record.writeUInt32LE(1414, 12);
  site.copy(record, 16, 40, 52);
  record.writeUInt16BE(0x88b5, 28); // an EtherType for experiments (IEEE 802)
  const block = Buffer.concat([...Array<Buffer>(700).fill(record), site.subarray(24)]);
  const child = spawn(process.execPath, ["bin/weir", "replay", "-r", "-", "-c", "fixtures/policy.yaml"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (data: Buffer) => {
    printed += data.toString();
  });
  child.stdin.write(site.subarray(0, 24));
  let [sent, peak] = [0, 0];
  while (sent < GIGABYTES * 1e9) {
    if (!child.stdin.write(block)) await once(child.stdin, "drain");
    sent += block.length;
    if (sent % 16 === 0) peak = Math.max(peak, resident(child.pid!));
  }
  peak = Math.max(peak, resident(child.pid!));
  child.stdin.end();
  const [status] = (await once(child, "close")) as [number];
  expect(status).toBe(0);
  expect(printed).toMatch(new RegExp(`frames in +${((sent / block.length) * (700 + 1089)).toFixed(0)} `));
  expect(peak).toBeLessThan(300e6);
  console.log(`${(sent / 1e9).toFixed(1)} GB replayed, at most ${Math.round(peak / 1e6)} MB resident`);
});

/** Greatest resident memory of a process until now, bytes. */
function resident(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}
