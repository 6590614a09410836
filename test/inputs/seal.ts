/** Makes the checksums of an input right, as the fuzzers' programs do (test/fuzz/native/seal.h): lengths and all else stay. */
import { createHmac } from "node:crypto";
import { checksum } from "../../fixtures/frames.ts";
import { sealData, sealHeader, words } from "../../mil1553/testing/chapter10.ts";
import { FRAME } from "../../transfer/endpoint.ts";
import { TRANSFER_KEY } from "../fuzz/policies.ts";

const PLACES: Record<number, number> = { 17: 6, 6: 16, 1: 2, 58: 2 };

function sealTransport(protocol: number, addresses: Buffer, segment: Buffer): void {
  const at = PLACES[protocol];
  if (at === undefined || segment.length < at + 2 || (protocol === 17 && segment.length < 8)) return;
  if (protocol === 17 && segment.length === 8 + FRAME && segment[8] === 0x57) {
    const code = createHmac("sha256", TRANSFER_KEY).update(segment.subarray(8, 8 + FRAME - 16));
    code.digest().copy(segment, 8 + FRAME - 16, 0, 16);
  }
  segment.writeUInt16BE(0, at);
  const behind = Buffer.from([0, protocol, segment.length >> 8, segment.length & 255]); // addresses, in a pseudo-header
  const sum = protocol === 1 ? checksum(segment) : checksum(addresses, behind, segment);
  segment.writeUInt16BE(protocol === 17 && sum === 0 ? 0xffff : sum, at);
}

/** An Ethernet frame, in place. */
export function sealFrame(frame: Buffer): void {
  const at = frame.length >= 18 && frame.readUInt16BE(12) === 0x8100 ? 16 : 12;
  if (frame.length < at + 2) return;
  const type = frame.readUInt16BE(at);
  const ip = frame.subarray(at + 2);
  if (type === 0x0800 && ip.length >= 20) {
    const header = (ip[0]! & 15) * 4;
    const total = Math.min(ip.readUInt16BE(2), ip.length);
    if (header < 20 || header > total) return;
    ip.writeUInt16BE(0, 10);
    ip.writeUInt16BE(checksum(ip.subarray(0, header)), 10);
    if (!(ip.readUInt16BE(6) & 0x3fff)) sealTransport(ip[9]!, ip.subarray(12, 20), ip.subarray(header, total));
  } else if (type === 0x86dd && ip.length >= 40) {
    const payload = Math.min(ip.readUInt16BE(4), ip.length - 40);
    sealTransport(ip[6]!, ip.subarray(8, 40), ip.subarray(40, 40 + payload));
  }
}

/** Header and data checksums (RCC 106-17, 10.6.1) of every Chapter 10 packet that begins in these bytes, in place. */
export function sealChapter10(bytes: Buffer): void {
  for (let at = 0; at + 24 <= bytes.length; ) {
    const p = bytes.subarray(at);
    if (p.readUInt16LE(0) !== 0xeb25) {
      at++;
      continue;
    }
    sealHeader(p);
    const length = p.readUInt32LE(4);
    const kind = p[14]! & 3;
    const from = p[14]! & 0x80 ? 36 : 24;
    const size = kind === 3 ? 4 : kind;
    if (length < from + size || length > p.length || length & 3) {
      at += 24;
      continue;
    }
    if (from === 36) p.writeUInt16LE(words(p.subarray(24, 34)), 34);
    sealData(p.subarray(0, length));
    at += length;
  }
}
