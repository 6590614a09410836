/** Captures whose packets are numbered by their time, so that tcpdump's output says which they are. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INPUT_SIZE, RECORD_HEADER } from "../../../appliance/contract/abi.ts";
import { CaptureReader } from "../../reader.ts";
import { MAGIC, type PcapPacket, pcapFile } from "../../testing/files.ts";
import { Filter } from "../filter.ts";
import { LINK } from "../link.ts";

let folder: string | undefined;

/** Removes what numbered() wrote. */
export function cleanUp(): void {
  if (folder) rmSync(folder, { recursive: true });
  folder = undefined;
}

export const hasTcpdump = (() => {
  try {
    execFileSync("tcpdump", ["--version"], { stdio: "pipe" });
    return true;
  } catch {
    console.log("skipped: filters against tcpdump: no tcpdump");
    return false;
  }
})();

export interface Frame {
  bytes: Buffer;
  original: number;
}

/** The frames of a pcap file, and their link type; nothing when it is none. */
export function framesOf(path: string): { link: number; frames: Frame[] } | undefined {
  const file = readFileSync(path);
  if (file.length < 24) return undefined;
  const magics: number[] = [MAGIC.microseconds, MAGIC.nanoseconds];
  const little = magics.includes(file.readUInt32LE(0));
  if (!little && !magics.includes(file.readUInt32BE(0))) return undefined;
  const u32 = (at: number) => (little ? file.readUInt32LE(at) : file.readUInt32BE(at));
  const frames: Frame[] = [];
  for (let at = 24; at + 16 <= file.length; ) {
    const captured = u32(at + 8);
    if (captured > 65536 || at + 16 + captured > file.length) break;
    frames.push({ bytes: file.subarray(at + 16, at + 16 + captured), original: Math.max(captured, u32(at + 12)) });
    at += 16 + captured;
  }
  return { link: u32(20), frames };
}

let files = 0;

/** Writes frames as a capture where the first has second 1, the next second 2; returns its path. */
export function numbered(frames: readonly Frame[], link: number): string {
  folder ??= mkdtempSync(join(tmpdir(), "weir-filter-"));
  const path = join(folder, `${files++}-${link}.pcap`);
  const packets = frames.map(
    ({ bytes, original }, n): PcapPacket => ({ seconds: n + 1, fraction: 0, bytes, original }),
  );
  writeFileSync(path, pcapFile(packets, { link }));
  return path;
}

/** Ethernet frames as another link type has them: what is not IP, and not in a type that it has, is left out. */
export function relinked(frames: readonly Frame[], link: number): Frame[] {
  return frames.flatMap(({ bytes, original }) => {
    const type = bytes.readUInt16BE(12);
    const header = headerOf(link, type);
    if (!header) return [];
    return [{ bytes: Buffer.concat([header, bytes.subarray(14)]), original: original - 14 + header.length }];
  });
}

function headerOf(link: number, type: number): Buffer | undefined {
  const family = type === 0x0800 ? 2 : type === 0x86dd ? 30 : undefined; // IPv6 as on macOS
  switch (link) {
    case LINK.LINUX_SLL: {
      const header = Buffer.alloc(16);
      header.writeUInt16BE(1, 2);
      header.writeUInt16BE(type, 14);
      return header;
    }
    case LINK.LINUX_SLL2: {
      const header = Buffer.alloc(20);
      header.writeUInt16BE(type, 0);
      return header;
    }
    case LINK.NULL:
    case LINK.LOOP: {
      if (family === undefined) return undefined;
      const header = Buffer.alloc(4);
      header[link === LINK.NULL ? 0 : 3] = family;
      return header;
    }
    case LINK.IPV4:
      return family === 2 ? Buffer.alloc(0) : undefined;
    case LINK.IPV6:
      return family === 30 ? Buffer.alloc(0) : undefined;
    default:
      return family === undefined ? undefined : Buffer.alloc(0);
  }
}

/** Numbers of the packets that a filter leaves. */
export async function ours(path: string, filter: Filter | string): Promise<number[]> {
  const made = typeof filter === "string" ? await Filter.create(filter) : filter;
  const reader = await CaptureReader.open([path], { filter: made });
  const buffer = new Uint8Array(INPUT_SIZE);
  const view = new DataView(buffer.buffer);
  const numbers: number[] = [];
  for (let length = await reader.fill(buffer); length; length = await reader.fill(buffer))
    for (let at = 0; at < length; at += RECORD_HEADER + ((view.getUint32(at + 16, true) + 7) & ~7))
      numbers.push(view.getUint32(at + 8, true));
  await reader.close();
  return numbers;
}

/** Numbers of the packets that tcpdump leaves, or what it says against the words. */
export function theirs(path: string, words: string, ...options: string[]): number[] | string {
  const { status, stdout, stderr } = spawnSync("tcpdump", [...options, "-r", path, "-w", "-", "--", words], {
    maxBuffer: 1e9,
  });
  if (status !== 0) {
    const why = stderr.toString();
    // Its optimiser found that no packet can match
    return why.includes("expression rejects all packets") ? [] : why;
  }
  const numbers: number[] = [];
  for (let at = 24; at + 16 <= stdout.length; at += 16 + stdout.readUInt32LE(at + 8))
    numbers.push(stdout.readUInt32LE(at));
  return numbers;
}
