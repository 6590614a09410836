/** The claims as far as they are the compartments' own: the very modules that are linked, in this process. */
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import type { Modules, Parts } from "../../appliance/contract/abi.ts";
import { align8, RECORD_HEADER, RecordKind } from "../../appliance/contract/abi.ts";
import { Tag } from "../../appliance/contract/config.ts";
import { Appliance } from "../../appliance/hosts/embedded/appliance.ts";
import { MACS } from "../../appliance/hosts/qemu.ts";
import { withSection } from "../../diode/testing/guard.ts";
import { VECTORS } from "../../diode/testing/vectors.ts";
import { generator } from "../fuzz/random.ts";
import { garbage } from "../image/garbage.ts";
import { POLICY } from "./image.ts";
import { questions, telemetry } from "./script.ts";

export interface Outcome {
  frames: string[];
  /** JSON, console text, datagram. */
  records: string[];
}

export interface Frame {
  bytes: Uint8Array;
  /** ns. */
  time: bigint;
  kind?: number;
}

export class Host {
  readonly appliance: Appliance;
  #number = 0n;

  constructor(modules: Modules, parts: Parts = POLICY.parts) {
    this.appliance = new Appliance(modules, parts);
  }

  /** @param lost what the host tells the journal that was lost on `in`, `out` and `log` */
  run(frames: readonly Frame[], lost: readonly [number, number, number] = [0, 0, 0]): Outcome {
    const { journal } = this.appliance.compartments;
    const counters = new BigUint64Array(journal.memory.buffer, journal.countersAt(), 3);
    lost.forEach((value, n) => {
      counters[n] = BigInt(value);
    });
    const input = Buffer.from(
      this.appliance.input.buffer,
      this.appliance.input.byteOffset,
      this.appliance.input.length,
    );
    let at = 0;
    for (const { bytes, time, kind = RecordKind.FRAME } of frames) {
      input.fill(0, at, at + RECORD_HEADER + align8(bytes.length));
      input.writeBigUInt64LE(time, at);
      input.writeBigUInt64LE(++this.#number, at + 8);
      input.writeUInt32LE(bytes.length, at + 16);
      input.writeUInt32LE(bytes.length, at + 20);
      input.writeUInt16LE(1, at + 24);
      input.writeUInt8(kind, at + 26);
      input.set(bytes, at + RECORD_HEADER);
      at += RECORD_HEADER + align8(bytes.length);
    }
    const outcome: Outcome = { frames: [], records: [] };
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
    this.appliance.run(at, {
      forwarded: (frame) => outcome.frames.push(Buffer.from(frame).toString("hex")),
      record: (json, line, datagram) => outcome.records.push([json, line, datagram].map(text).join("\n")),
    });
    return outcome;
  }

  /** All of inspect's and of guard's memory. */
  memories(): Buffer[] {
    const { inspect, guard } = this.appliance.compartments;
    return [inspect, guard].map(({ memory }) => Buffer.from(memory.buffer));
  }
}

/** The declared flow: what the journal says that the host lost; of a datagram, its checksum and lengths with it. */
const withoutLost = ({ records }: Outcome) =>
  records.map((record) => {
    const [json, line] = record.split("\n");
    return [json!.replace(/"lost":\{"in":\d+,"out":\d+,"log":\d+\}/, '"lost":{}'), line].join("\n");
  });

/**
 * C5: pairs of runs with the same frames, of which the second's host is told at random of losses on `out` and `log`.
 * @param stamp how the second's host may spoil it: the time of a record depends on what was lost
 * @returns what was different, first of all; and how much came out, for nothing is easily the same as nothing
 */
export function pairs(modules: Modules, count: number, seed: number, stamp = (_: number) => 0n) {
  const seen = { different: undefined as string | undefined, frames: 0, records: 0, told: 0 };
  const random = generator(seed);
  const [one, other] = [new Host(modules), new Host(modules)];
  const pool = [
    ...VECTORS.map(({ frame }) => frame),
    ...garbage(MACS.in, seed).filter(({ length }) => length < 3000),
    ...questions(),
    ...Array.from({ length: 120 }, (_, n) => telemetry(n, 4 + n * 4)),
  ];
  let time = 1_700_000_000_000_000_000n;
  for (let pair = 0; pair < count; pair++) {
    const frames = Array.from({ length: 1 + random(8) }, (): Frame => {
      time += BigInt(random(random(15) ? 2_000_000 : 1_500_000_000));
      if (!random(12)) return { bytes: new Uint8Array(), time, kind: RecordKind.TICK };
      const bytes = Uint8Array.from(pool[random(pool.length)]!);
      for (let n = random(2) * random(4); n && bytes.length; n--) bytes[random(bytes.length)] = random(256);
      return { bytes, time };
    });
    const lost = [random(2) * random(1000), random(2 ** 31), random(2) * random(2 ** 31)] as const;
    const a = one.run(frames);
    const b = other.run(
      frames.map((frame) => ({ ...frame, time: frame.time + stamp(lost[1]) })),
      [...lost],
    );
    seen.frames += a.frames.length;
    seen.records += a.records.length;
    if (a.records.join() !== b.records.join()) seen.told++;
    if (a.frames.join() !== b.frames.join()) return { ...seen, different: `pair ${pair}: other frames on out` };
    if (withoutLost(a).join() !== withoutLost(b).join()) return { ...seen, different: `pair ${pair}: other records` };
    if (pair % 250 && pair !== count - 1) continue;
    const [mine, theirs] = [one.memories(), other.memories()];
    for (const [n, name] of (["inspect", "guard"] as const).entries())
      if (!mine[n]!.equals(theirs[n]!)) return { ...seen, different: `pair ${pair}: another state of ${name}` };
  }
  return seen;
}

/** Of frames that differ in what guard makes anew, the same must come out: IP identification, TTL, flags, addresses below. */
export function madeAnew(modules: Modules): string | undefined {
  const of = (id: number, ttl: number, df: boolean, change = (frame: Buffer) => frame) => {
    const bytes = change(telemetry(7, 4, { id, ttl, df }));
    return new Host(modules).run([{ bytes, time: 1n }]).frames;
  };
  const reference = of(0, 64, false);
  if (reference.length !== 1) return "the allowed frame was not forwarded";
  const variants = [
    of(0xa5a5, 64, false),
    of(0, 37, false),
    of(0, 64, true),
    of(0, 64, false, (frame) => Buffer.concat([frame.subarray(0, 46), Buffer.alloc(14, 0xa5)])), // padding
    of(0, 64, false, (frame) =>
      Buffer.concat([Buffer.alloc(12, 0x5a).fill(2, 0, 1).fill(2, 6, 7), frame.subarray(12)]),
    ),
  ];
  const at = variants.findIndex((frames) => frames.join() !== reference.join());
  return at < 0 ? undefined : `variant ${at} comes out as ${variants[at]![0]}`;
}

/** With one of the two checkers broken so that it refuses everything, nothing may be forwarded. */
export function bothCheck(modules: Modules): string | undefined {
  const broken = {
    second: withSection(POLICY.parts.guard, Tag.TABLES, (bytes) => bytes.fill(0, 0, 16)),
    first: withSection(POLICY.parts.guard, Tag.RULES, (bytes) => bytes.fill(0, 0, 1)), // deny
  };
  for (const [which, guard] of Object.entries(broken)) {
    const { frames } = new Host(modules, { ...POLICY.parts, guard }).run([{ bytes: telemetry(1), time: 1n }]);
    if (frames.length) return `the ${which} checker is broken, and ${frames.length} frames were forwarded`;
  }
  return undefined;
}

const ours = new Ajv({ strict: false }).compile(JSON.parse(readFileSync("schema/eve-weir.schema.json", "utf8")));
/** Fields of the types that Suricata's schema has (test/replay.test.ts compares them with it, where it is there). */
const THEIRS: Record<string, readonly string[]> = {
  anomaly: ["anomaly"],
  drop: ["drop"],
  flow: ["flow", "tcp"],
};
const COMMON = [
  "timestamp",
  "event_type",
  "flow_id",
  "pcap_cnt",
  "src_ip",
  "src_port",
  "dest_ip",
  "dest_port",
  "proto",
];
const MORE = ["ip_v", "ether", "vlan", "icmp_type", "icmp_code", "tx_id", "app_proto"];

/** C8: a record has the fields that are listed for its type, and no other. */
export function undeclared(record: Record<string, unknown>): string | undefined {
  const type = String(record.event_type);
  const listed = THEIRS[type];
  if (!listed) return ours(record) ? undefined : `${type}: ${JSON.stringify(ours.errors)}`;
  const extra = Object.keys(record).filter((key) => ![...COMMON, ...MORE, ...listed].includes(key));
  return extra.length ? `${type} has ${extra.join(", ")}` : undefined;
}

/** The same of all that comes of frames of every kind. */
export function undeclaredOf(modules: Modules): string | undefined {
  const host = new Host(modules);
  const all = [...questions(), ...VECTORS.map(({ frame }) => frame), telemetry(1)];
  const frames = all.map((bytes, n) => ({ bytes, time: BigInt(n + 1) * 100_000_000n }));
  for (let n = 0; n < frames.length; n += 50)
    for (const record of host.run(frames.slice(n, n + 50)).records) {
      const found = undeclared(JSON.parse(record.split("\n")[0]!));
      if (found) return found;
    }
  return undefined;
}
