/** What a soaked appliance gets: a plant's network with an intruder, attacked MIL-STD-1553 buses, floods; and what it passes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ethernet, ipv4, SYN, TCP, tcp, UDP, udp } from "../../fixtures/frames.ts";
import { ROOT } from "../../lib/asc.ts";
import { frame, STREAM } from "../../mil1553/writer/frame.ts";
import type { Packet } from "../../mil1553/writer/recording.ts";
import { datagrams } from "../../mil1553/writer/transfer.ts";

/** Everything on: both kinds of rules, detectors that quarantine, a bound of a rate. */
export const POLICY = `weir: 1
interfaces:
  out: { next-hop: 52:54:00:77:00:12 }
  log: { address: 10.0.9.2, collector: { address: 10.0.9.1, mac: 52:54:00:77:00:13 } }
quarantine: { for: 5s, per-minute: 60 }
rules:
  - { name: marker, action: allow, protocol: udp, from: 10.0.0.5, to: 10.0.1.9, ports: 5999, size: 16 }
  - { name: telemetry, action: allow, protocol: udp, from: 10.0.0.0/24, to: 10.0.1.9, ports: 5000, size: 1-512 }
  - { name: bus, action: allow, protocol: udp, from: 192.0.2.53, to: 239.255.0.10, ports: 2000, payload: mil1553 }
messages:
  - { name: attitude, action: allow, channel: 2, rt: 5, sa: 1, direction: transmit, words: 28 }
  - { name: air, action: allow, rt: 3, sa: 4, direction: receive, words: 16, from: { rt: 6, sa: 2 } }
detectors:
  scan: { action: quarantine }
protected: [10.0.0.5, 192.0.2.53]
`;

/** A marker says when it was sent, ms of performance.now(), and the how manieth it is. */
const MARKER_PORT = 5999;

export function marker(number: number, sent: number): Buffer {
  const payload = Buffer.alloc(16);
  payload.writeDoubleBE(sent, 0);
  payload.writeDoubleBE(number, 8);
  return overIpv4(
    "10.0.0.5",
    "10.0.1.9",
    UDP,
    udp({ src: "10.0.0.5", dst: "10.0.1.9", sport: 4000, dport: MARKER_PORT }, payload),
  );
}

/** When a frame on `out` was sent, if it is a marker. */
export function sentOf(frame: Buffer): number | undefined {
  if (frame.length < 58 || frame[23] !== UDP || frame.readUInt16BE(36) !== MARKER_PORT) return undefined;
  return frame.readDoubleBE(42);
}

function overIpv4(src: string, dst: string, protocol: number, payload: Uint8Array): Buffer {
  const ends = { from: "02:00:00:00:00:05", to: "02:00:00:00:00:01" };
  return ethernet(ends, 0x0800, ipv4({ src, dst, protocol }, payload));
}

/**
 * One round of frames, the same ones always, in the order in which they are sent: recordings with and without attacks cut
 * into datagrams, the plant between them, and from `round` on a flood of connections from addresses that come once in 65,536
 * rounds, so that every table is full and stays so.
 */
export class Traffic {
  readonly #plant = packetsOf("fixtures/site.pcap");
  readonly #buses = ["clean", "bc-impersonation", "collision", "mode-transmitter-shutdown"].flatMap((name) =>
    datagramsOf(`fixtures/mil1553/${name}.ch10`),
  );

  round(number: number): Buffer[] {
    const frames: Buffer[] = [];
    const longest = Math.max(this.#plant.length, this.#buses.length);
    for (let n = 0; n < longest; n++) {
      const [ip, bus] = [this.#plant[n % this.#plant.length]!, this.#buses[n % this.#buses.length]!];
      frames.push(ip, bus);
      if (n % 8 === 0) frames.push(stranger(number, n));
    }
    return frames;
  }
}

/** A connection that nobody asked for, from somewhere in 172.16.0.0/12. */
function stranger(round: number, n: number): Buffer {
  const src = `172.${16 + (n % 16)}.${(round >> 8) & 255}.${round & 255}`;
  const ends = { src, dst: "10.0.0.30", sport: 1024 + (n % 60000), dport: n % 3 ? 502 : n % 1024 };
  return overIpv4(src, ends.dst, TCP, tcp({ ...ends, seq: n, ack: 0, flags: SYN }));
}

/** The packets of a pcap, little-endian, its usual header. */
function packetsOf(path: string): Buffer[] {
  const file = readFileSync(join(ROOT, path));
  const packets: Buffer[] = [];
  for (let at = 24; at + 16 <= file.length; at += 16 + file.readUInt32LE(at + 8))
    packets.push(file.subarray(at + 16, at + 16 + file.readUInt32LE(at + 8)));
  return packets;
}

/** A recording as its recorder would send it: each packet says its length (RCC 106-17, 10.6.1.1). */
function datagramsOf(path: string): Buffer[] {
  const file = readFileSync(join(ROOT, path));
  const packets: Packet[] = [];
  for (let at = 0; at + 24 <= file.length; at += file.readUInt32LE(at + 4))
    packets.push({
      bytes: file.subarray(at, at + file.readUInt32LE(at + 4)),
      channel: file.readUInt16LE(at + 2),
      type: file[at + 15]!,
      time: 0,
      messages: [],
    });
  return [...datagrams(packets, { format: 1 })].map(({ payload }, id) => frame(payload, STREAM, id));
}
