/**
 * What QEMU saw of an image, told apart by NIC, from three witnesses that do not depend on the image: the trace of every
 * register write and every step of a virtqueue, a capture of each NIC and direction (filter-dump), and the machine
 * protocol. Which NIC is at which address is QEMU's word (its object tree), not the image's.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Qmp } from "./qmp.ts";

export const NAMES = ["in", "out", "log"] as const;
export type Name = (typeof NAMES)[number];
export type Each<T> = Record<Name, T>;

export const each = <T>(make: (name: Name, n: number) => T): Each<T> =>
  Object.fromEntries(NAMES.map((name, n) => [name, make(name, n)])) as Each<T>;

const TRACED = ["memory_region_ops_write", "virtio_set_status", "virtio_queue_notify", "virtio_notify", "virtqueue_*"];

/** `sent`: by the guest. `offered`: to the guest, whether or not it takes them. */
export const dumpFile = (folder: string, name: Name, way: "sent" | "offered") => join(folder, `${name}-${way}.pcap`);

/** QEMU's arguments for all that is read here; `stamped`: with the host's time of each event. */
export function witnessArguments(folder: string, stamped = false): string[] {
  const dump = (name: Name, n: number, way: "sent" | "offered") => {
    // `rx` is what the netdev receives, so what the guest sends.
    const options = `filter-dump,id=${way}${n},netdev=n${n},queue=${way === "sent" ? "rx" : "tx"}`;
    return ["-object", `${options},file=${dumpFile(folder, name, way)}`];
  };
  return [
    ...NAMES.flatMap((name, n) => [...dump(name, n, "sent"), ...dump(name, n, "offered")]),
    ...TRACED.flatMap((event) => ["-trace", event]),
    ...["-D", join(folder, "trace.log")],
    ...(stamped ? ["-msg", "timestamp=on"] : []),
  ];
}

export interface Packet {
  /** Of QEMU's virtual clock, microseconds. */
  time: number;
  /** Bytes on the wire; `bytes` may be fewer. */
  length: number;
  bytes: Buffer;
}

/** A capture that filter-dump wrote (pcap, this machine's byte order); half a packet at its end is left out. */
export function packetsOf(path: string): Packet[] {
  const file = readFileSync(path);
  const packets: Packet[] = [];
  for (let at = 24; at + 16 <= file.length; ) {
    const length = file.readUInt32LE(at + 8);
    const bytes = file.subarray(at + 16, at + 16 + length);
    if (bytes.length < length) break;
    const time = file.readUInt32LE(at) * 1_000_000 + file.readUInt32LE(at + 4);
    packets.push({ time, length: file.readUInt32LE(at + 12), bytes });
    at += 16 + length;
  }
  return packets;
}

export interface Write {
  register: number;
  value: number;
}

export interface Trace {
  /** Every write to a register of the NIC's transport (VIRTIO 1.2, 4.2.2), in order. */
  writes: Each<Write[]>;
  /** Queue numbers of the doorbells rung, in order. */
  notified: Each<number[]>;
  /** Every step of its virtqueues by QEMU, in order, with the queue's number: what was taken, filled, flushed, interrupted. */
  steps: Each<string[]>;
  /** Steps of queues that nobody ever rang and nobody was interrupted for: whose they are, the trace does not tell. */
  strays: string[];
}

/** Addresses of the NICs' transports, as QEMU has them. */
export async function transports(qmp: Qmp): Promise<Each<number>> {
  const get = (path: string, property: string) => qmp.ask<string | number>("qom-get", { path, property });
  const found = each(() => 0);
  for (const [n, name] of NAMES.entries()) {
    const bus = String(await get(`/machine/peripheral/nic${n}`, "parent_bus"));
    found[name] = Number(await get(`${bus.replace(/\/[^/]*$/, "")}/virtio-mmio[0]`, "addr"));
  }
  return found;
}

const STATUS = 0x70;
const SIZE = 0x200;

/** Reads the trace. @param stamps is given each line of a NIC with the host's time, microseconds, where it is stamped */
export function readTrace(
  folder: string,
  bases: Each<number>,
  stamps?: (name: Name, time: number, what: string) => void,
): Trace {
  const trace: Trace = { writes: each(() => []), notified: each(() => []), steps: each(() => []), strays: [] };
  const devices = new Map<string, Name>();
  const queues = new Map<string, { name: Name; queue: string }>();
  const later: { line: string; queue: string; time: number }[] = [];
  let written: { name: Name; register: number } | undefined;
  const nameAt = (address: number) => NAMES.find((name) => address >= bases[name] && address < bases[name] + SIZE);
  for (const whole of readFileSync(join(folder, "trace.log"), "latin1").split("\n")) {
    const [, stamp, line] = /^(?:\d+@([\d.]+):)?(.*)$/.exec(whole)!;
    const time = Number(stamp ?? 0) * 1e6;
    if (line!.startsWith("memory_region_ops_write")) {
      const [, at, value] = / addr 0x(\w+) value 0x(\w+) /.exec(line!) ?? [];
      const address = Number.parseInt(at!, 16);
      const name = nameAt(address);
      written = name && { name, register: address - bases[name] };
      if (!written) continue;
      trace.writes[written.name].push({ register: written.register, value: Number.parseInt(value!, 16) });
      stamps?.(written.name, time, `write ${written.register} ${Number.parseInt(value!, 16)}`);
      continue;
    }
    // The first write to a transport's status tells which device is behind it.
    const [, device] = /^virtio_set_status vdev (\w+)/.exec(line!) ?? [];
    if (device && written?.register === STATUS) devices.set(device, written.name);
    const [, vdev, n, vq] = /^virtio_(?:queue_)?notify vdev (\w+) (?:n (\d+) )?vq (\w+)/.exec(line!) ?? [];
    const name = devices.get(vdev ?? "");
    if (name && n) trace.notified[name].push(Number(n));
    if (name && (n || !queues.has(vq!))) queues.set(vq!, { name, queue: n ?? "?" });
    const [, queue] = /^virt(?:queue_(?:pop|fill|flush)|io_(?:queue_)?notify) .*?vq (\w+)/.exec(line!) ?? [];
    if (queue) later.push({ line: line!, queue, time });
  }
  for (const { line, queue, time } of later) {
    const found = queues.get(queue);
    const step = line.replace(/ (vdev|vq|elem) (0x\w+|\(nil\))/g, "");
    if (!found) {
      trace.strays.push(step);
      continue;
    }
    trace.steps[found.name].push(`${found.queue} ${step}`);
    stamps?.(found.name, time, step);
  }
  return trace;
}

/** Queues that were made ready, by number; what was written of each. */
export function queuesMade(writes: readonly Write[]): Map<number, Map<number, number>> {
  const made = new Map<number, Map<number, number>>();
  let selected = 0;
  const pending = new Map<number, number>();
  for (const { register, value } of writes) {
    if (register === 0x30) {
      selected = value;
      pending.clear();
    } else if (register === 0x44 && value) made.set(selected, new Map(pending));
    else pending.set(register, value);
  }
  return made;
}

/** The feature bits that the driver wrote. */
export function featuresWritten(writes: readonly Write[]): bigint {
  let half = 0;
  let mask = 0n;
  for (const { register, value } of writes) {
    if (register === 0x24) half = value;
    if (register === 0x20) mask |= BigInt(value >>> 0) << BigInt(32 * half);
  }
  return mask;
}
