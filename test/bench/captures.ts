/** Speed on captures: reader + decoder + flows in Node against tcpdump and ndpiReader, one core each, in one run. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { INPUT_SIZE } from "../../appliance/contract/abi.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { CaptureWriter } from "../../captures/write.ts";
import { sharedPath } from "../../lib/testing/shared.ts";

const TARGET = 6_000_000; // packets: enough that starting up does not count

/**
 * Writes a capture of about six million packets: all Ethernet packets of the sources, one file behind the other, repeated,
 * each repetition later than the one before and between other hosts (or a peer that stops looking into a flow after its
 * first packets would be measured on nothing new). Real captures where they are at hand, else the project's own.
 * @returns its packets and bytes
 */
export async function makeLargeCapture(path: string): Promise<{ packets: number; bytes: number }> {
  const real = ["conformance/ndpi", "labelled/slips", "labelled/lemay-modbus"]
    .map((name) => sharedPath(name))
    .filter((path) => existsSync(path));
  const sources = real.length ? real : ["fixtures/site.pcap"];
  const writer = new CaptureWriter(path, { format: "pcap" });
  const buffer = new Uint8Array(INPUT_SIZE);
  const view = new DataView(buffer.buffer);
  let time = 1_600_000_000_000_000_000n;
  let repetition = -1;
  while (writer.packets < TARGET) {
    const reader = await CaptureReader.open(sources);
    repetition++;
    for (let length = await reader.fill(buffer); length; length = await reader.fill(buffer)) {
      for (let at = 0; at < length; ) {
        const captured = view.getUint32(at + 16, true);
        if (view.getUint16(at + 24, true) === 1 && buffer[at + 26] === 0) {
          time += 10_000n; // 100,000 packets a second
          moveHosts(view, at + 32, captured, repetition);
          writer.write(time, buffer.subarray(at + 32, at + 32 + captured), view.getUint32(at + 20, true));
        }
        at += 32 + ((captured + 7) & ~7);
      }
    }
  }
  writer.close();
  return { packets: writer.packets, bytes: statSync(path).size };
}

/** Changes both addresses of an IPv4 packet without options, and its checksums along (RFC 1624): right stays right. */
function moveHosts(view: DataView, at: number, captured: number, by: number): void {
  if (by === 0 || captured < 34 || view.getUint16(at + 12) !== 0x0800 || view.getUint8(at + 14) !== 0x45) return;
  const protocol = view.getUint8(at + 23);
  const checksum = protocol === 6 ? 50 : protocol === 17 ? 40 : 0;
  const first = (view.getUint16(at + 20) & 0x1fff) === 0 && captured >= checksum + 2;
  const summed = first && checksum && !(protocol === 17 && view.getUint16(at + 40) === 0);
  for (const address of [26, 30]) {
    const old = view.getUint16(at + address);
    const now = old ^ (by << 4);
    view.setUint16(at + address, now);
    for (const place of summed ? [24, checksum] : [24]) {
      let sum = (~view.getUint16(at + place) & 0xffff) + (~old & 0xffff) + now;
      sum = (sum & 0xffff) + (sum >> 16);
      view.setUint16(at + place, ~((sum & 0xffff) + (sum >> 16)) & 0xffff);
    }
  }
}

/** Least wall time of three runs in seconds, on one core; undefined where the program is absent or fails. */
export function leastTime(command: string[]): number | undefined {
  let least: number | undefined;
  for (let run = 0; run < 3; run++) {
    const started = performance.now();
    const { status } = spawnSync("taskset", ["-c", "0", ...command], { stdio: "ignore" });
    if (status !== 0) return undefined;
    least = Math.min(least ?? Number.POSITIVE_INFINITY, (performance.now() - started) / 1000);
  }
  return least;
}

/** Whether there is such a program. */
export function installed(program: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
}
