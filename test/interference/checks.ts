/**
 * The claims (C1 to C9 of the one-way argument, ARCHITECTURE.md) as functions from evidence to what contradicts it: empty
 * when the claim holds. The tests want none from the image, and some from each image that was spoilt on purpose.
 */
import { createHash } from "node:crypto";
import type { Heartbeat as Event } from "../../appliance/contract/generated/events.ts";
import { parseDatagram } from "../../appliance/hosts/datagram.ts";
import { MACS } from "../../appliance/hosts/qemu.ts";
import type { Evidence } from "./rig.ts";
import { featuresWritten, NAMES, type Name, type Packet, queuesMade } from "./witness.ts";

const RECEIVE = 0;
const TRANSMIT = 1;
/** MAC and VERSION_1 (VIRTIO 1.2, 5.1.3 and 6): nothing else is agreed on. */
const FEATURES = (1n << 5n) | (1n << 32n);
/** Bytes of a receive buffer without the header in front: a longer frame is not delivered by QEMU. */
export const LONGEST = 2036;

const list = (values: Iterable<number>) => [...new Set(values)].sort().join(",");

/** Bytes of the inert queue's table and available ring (VIRTIO 1.2, 2.7.5 and 2.7.6): it is two buffers long. */
const INERT = { size: 2, table: 32, available: 10 };

/** The other queue of a NIC is two buffers long, was selected before the own one, and no buffer is in it. */
function inert(e: Evidence, name: Name, own: number): string[] {
  const found: string[] = [];
  const made = queuesMade(e.trace.writes[name]).get(1 - own);
  if (!made) return [`${name}: queue ${1 - own} was not made`];
  if (made.get(0x38) !== INERT.size) found.push(`${name}: the inert queue has ${made.get(0x38)} buffers`);
  const selected = e.trace.writes[name].filter(({ register }) => register === 0x30).at(-1)?.value;
  if (selected !== own) found.push(`${name}: queue ${selected} was selected last, expected ${own}`);
  for (const [what, register, length] of [
    ["table", 0x80, INERT.table],
    ["available ring", 0x90, INERT.available],
  ] as const) {
    const at = (made.get(register) ?? 0) - e.ramAt;
    // Of a machine that has ended by itself there is no memory to look at; that it did is C6's.
    if (e.ram.length && (at <= 0 || e.ram.subarray(at, at + length).some((byte) => byte !== 0)))
      found.push(`${name}: the inert queue's ${what} is not zeros`);
  }
  return found;
}

/** Both queues of the NIC were made, the other one inert; its own doorbell is the only one rung, and QEMU worked on no other. */
function queues(e: Evidence, name: Name, only: number): string[] {
  const found = inert(e, name, only);
  const made = list(queuesMade(e.trace.writes[name]).keys());
  if (made !== "0,1") found.push(`${name}: queues ${made} were made, expected 0 and 1`);
  const rung = list(e.trace.notified[name]);
  if (rung !== String(only)) found.push(`${name}: the doorbells of queues ${rung} were rung, expected ${only}`);
  const used = [...new Set(e.trace.steps[name].map((step) => step.split(" ")[0]))].join(",");
  if (used !== String(only)) found.push(`${name}: QEMU worked on queues ${used}, expected ${only}`);
  for (const queue of e.status[name].queues) {
    const { "queue-index": index, "vring-desc": rings, "used-idx": used, inuse } = queue;
    const moved = used || inuse || queue["last-avail-idx"] || queue["shadow-avail-idx"];
    if (index === 1 - only ? moved : index !== only && rings) found.push(`${name}: QEMU has worked on queue ${index}`);
  }
  return found;
}

/** C1: the transmit queue of `in` is inert, its doorbell is never rung, and no frame left through it. */
export function c1(e: Evidence): string[] {
  const found = queues(e, "in", RECEIVE);
  if (e.sent.in.length) found.push(`in: the image sent ${e.sent.in.length} frames`);
  return [...found, ...e.trace.strays.map((step) => `a queue of no known NIC: ${step}`)];
}

/** C2: `out` and `log` have nothing that a device could receive into. */
export function c2(e: Evidence): string[] {
  const found = (["out", "log"] as const).flatMap((name) => queues(e, name, TRANSMIT));
  for (const name of ["out", "log"] as const) {
    const made = queuesMade(e.trace.writes[name]).get(TRANSMIT);
    const [table, size] = [made?.get(0x80) ?? 0, made?.get(0x38) ?? 0];
    // Of a machine that has ended by itself there is no memory to look at; that it did is C6's.
    for (let n = 0; n < size && table && e.ram.length; n++) {
      const flags = e.ram.readUInt16LE(table - e.ramAt + 16 * n + 12);
      if (flags & 2) found.push(`${name}: descriptor ${n} in memory may be written by the device`);
    }
  }
  return found;
}

/** C3: the features agreed on are these, so no control queue, no queue pairs, no offload, no announcement. */
export function c3(e: Evidence): string[] {
  return NAMES.flatMap((name) => {
    const written = featuresWritten(e.trace.writes[name]);
    const found = written === FEATURES ? [] : [`${name}: features 0x${written.toString(16)} were agreed on`];
    const known = e.status[name].features.map((text) => text.split(":")[0]).sort();
    const expected = "VIRTIO_F_VERSION_1,VIRTIO_NET_F_MAC";
    return known.join(",") === expected ? found : [...found, `${name}: QEMU has the features ${known.join(", ")}`];
  });
}

/** Bytes of a made-anew frame of rule `telemetry` in fixtures/policy.yaml that never change. */
const ALLOWED = /^525400770012525400770002080045(00....)(....)(0000)4011....0a0000..0a000109....1388/;

/** C4, seen from `out` and `log`: nothing leaves but what policy names and the log's own records. */
export function c4(e: Evidence): string[] {
  const found: string[] = e.sent.in.map(({ bytes }) => `in: the image sent ${bytes.toString("hex", 0, 60)}`);
  for (const { bytes } of e.sent.out)
    if (!ALLOWED.test(bytes.toString("hex"))) found.push(`out: the image sent ${bytes.toString("hex", 0, 60)}`);
  for (const { bytes } of e.sent.log)
    try {
      if (bytes.toString("hex", 6, 12) !== MACS.log.replaceAll(":", "")) throw new Error("log: from another address");
      parseDatagram(bytes);
    } catch (error) {
      found.push((error as Error).message);
    }
  return found;
}

/** Everything that can be seen of `in`, or by the operator, of one run; what is declared to depend on others left out. */
export interface Behaviour {
  /** Each step on the receive queue (buffers taken, filled, given back, interrupts) and each doorbell, in order. */
  steps: readonly string[];
  /** Each write to a register of `in`, in order. */
  registers: readonly string[];
  console: readonly string[];
  /** Log records, without the counters of frames that `out` and `log` did not take. */
  records: readonly string[];
}

type Heartbeat = Record<string, unknown> & Pick<Event, "journal">;

/** Frames that `out` or `log` did not take: the declared flow from them into the log, and the only one. */
export const lostOf = (e: Evidence) =>
  e.records.map(({ journal }) => (journal as Heartbeat["journal"])?.lost).filter((lost) => lost !== undefined);

/** What the console says of the devices of `out` and `log`: the declared flow from them to the operator. */
const DECLARED = /^weir: the device/;

export function behaviour(e: Evidence): Behaviour {
  const records = e.records.map((record: Heartbeat) => {
    if (!record.journal) return JSON.stringify(record);
    const lost = { ...record.journal.lost, out: "declared", log: "declared" };
    return JSON.stringify({ ...record, journal: { ...record.journal, lost } });
  });
  const registers = e.trace.writes.in.map(({ register, value }) => `${register}=${value}`);
  return { steps: e.trace.steps.in, registers, console: e.console.filter((line) => !DECLARED.test(line)), records };
}

export const digest = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

/** C5, C6, C8: the behaviour is bit for bit that of the run it is compared with. */
export function same(is: Evidence, reference: Evidence, parts: (keyof Behaviour)[] = ALL): string[] {
  const [a, b] = [behaviour(is), behaviour(reference)];
  return parts.flatMap((part) => {
    if (digest(a[part]) === digest(b[part])) return [];
    const at = a[part].findIndex((line, n) => line !== b[part][n]);
    const where = at < 0 ? a[part].length : at;
    return [
      `${part} differ from ${where} on (${a[part].length}, ${b[part].length}): ${a[part][where]} | ${b[part][where]}`,
    ];
  });
}
const ALL: (keyof Behaviour)[] = ["steps", "registers", "console", "records"];

/** Frames of the script that QEMU can deliver at all. */
export const deliverable = (frames: readonly Packet[]) => frames.filter(({ length }) => length <= LONGEST).length;

/** C6: every frame that came was taken, its buffer given back, and it goes on, whatever becomes of what is sent. */
export function c6(e: Evidence): string[] {
  const taken = e.trace.steps.in.filter((step) => step.includes("virtqueue_fill")).length;
  const came = deliverable(e.offered.in);
  const found = taken === came ? [] : [`in: ${came} frames came, ${taken} were taken`];
  return e.exit.name === "STOPPED" ? found : [...found, `it ended: ${e.exit.name}`];
}

/** What was sent on `out` is, in order and to the bit, of what had to be sent; a full ring loses some, and adds nothing. */
export function sentOf(e: Evidence, expected: readonly string[]): string[] {
  let next = 0;
  for (const { bytes } of e.sent.out) {
    const at = expected.indexOf(bytes.toString("hex"), next);
    if (at < 0) return [`out: an unexpected frame: ${bytes.toString("hex", 0, 60)}`];
    next = at + 1;
  }
  return [];
}

/** All of C1 to C4 and C6, of one run. */
export const alone = (e: Evidence): Record<string, string[]> => ({
  C1: c1(e),
  C2: c2(e),
  C3: c3(e),
  C4: c4(e),
  C6: c6(e),
});
