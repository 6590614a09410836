/**
 * The first 38,363 packets of the Mirai capture of Mirsky et al. (NDSS 2018), all of them benign: 23 minutes of a network
 * of cameras, phones and computers. Only tshark's fields of it are at hand, so frames are made of them: addresses, ports,
 * lengths and times are real, TCP flags and payloads are not. Not part of this project.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { ACK, address, bytes, icmp, ipv4, tcp, udp } from "../../../ip/testing/frames.ts";
import { sharedPath } from "../../../lib/testing/shared.ts";
import type { Frame } from "../../testing/site.ts";

/** Of the captures of others (lib/testing/shared.ts). */
export const MIRAI = ["labelled", "mirai-kitsune", "mirai.first38363.tsv.gz"] as const;
const mac = (text: string) => text.split(":").map((byte) => Number.parseInt(byte, 16));

export function mirai(): Frame[] {
  const lines = gunzipSync(readFileSync(sharedPath(...MIRAI)))
    .toString()
    .trim()
    .split("\n")
    .slice(1);
  return lines.map((line) => frameOf(line.split("\t"))).sort((a, b) => a.time - b.time);
}

function frameOf(fields: string[]): Frame {
  const [time, length, from, to, src, dst, ts, td, us, ud, type, , op, senderMac, sender, targetMac, target] = fields;
  const room = Math.max(0, Math.min(1514, Number(length)) - 34);
  const data = (header: number) => new Uint8Array(Math.max(0, room - header));
  const frame = (kind: number, body: Uint8Array) => ({
    time: Math.round(Number(time) * 1e6) * 1000,
    data: bytes(mac(to!), mac(from!), [kind >> 8, kind & 255], body),
  });
  if (op) {
    const body = bytes(
      "0001 0800 06 04",
      [0, Number(op)],
      mac(senderMac!),
      address(sender!),
      mac(targetMac!),
      address(target!),
    );
    return frame(0x0806, body);
  }
  if (!src) return frame(0x86dd, bytes([0x60], new Uint8Array(room)));
  const ends = { src: src.split(",")[0]!, dst: dst!.split(",")[0]! };
  const ports = (s: string, d: string) => ({ ...ends, sport: Number.parseInt(s, 10), dport: Number.parseInt(d, 10) });
  if (ts) return frame(0x0800, ipv4(6, tcp(ACK, { ...ports(ts, td!), data: data(20) }), ends));
  if (us) return frame(0x0800, ipv4(17, udp(data(8), ports(us, ud!)), ends));
  if (type) return frame(0x0800, ipv4(1, icmp(Number.parseInt(type, 10), 0, data(4)), ends));
  return frame(0x0800, ipv4(2, data(0), ends));
}
