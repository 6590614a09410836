// SCTP and DCCP.
import { bytes, sealed } from "../frames.ts";
import { byte, ip4, type Pairs, pair, patched, times, u16, zeros } from "./pair.ts";

const nothing = zeros(0);

/** CRC-32C bit by bit (RFC 9260 appendix A). */
function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const value of data) {
    crc ^= value;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
function sctp(tag: number, ...chunks: (string | Uint8Array)[]) {
  const packet = bytes("9c40 0b59 0000", u16(tag), "00000000", ...chunks);
  new DataView(packet.buffer, packet.byteOffset).setUint32(8, crc32c(packet), true);
  return packet;
}
const INIT_REST = "00 0014 00000001 0000ffff 000a000a 00000000";
const COOKIE_ACK = "0b00 0004";

export const SCTP: Pairs = {
  "sctp.pkt_too_small": pair((n) => ip4(132, sctp(1).subarray(0, n)), 11, 12),
  "sctp.chunk_too_small": pair((n) => ip4(132, sctp(1, bytes(COOKIE_ACK).subarray(0, n))), 3, 4),
  "sctp.chunk_len_invalid": [
    pair((length: number) => ip4(132, sctp(1, `0b00 00${byte(length)}`)), 3, 4),
    pair((length: number) => ip4(132, sctp(1, `0b00 00${byte(length)}`)), 5, 4),
  ],
  "sctp.too_many_chunks": pair((n) => ip4(132, sctp(1, times(n, bytes(COOKIE_ACK)))), 65, 64),
  "sctp.init_with_non_zero_vtag": pair((tag) => ip4(132, sctp(tag, `01${INIT_REST}`)), 1, 0),
  // an INIT, and an INIT ACK in its place (RFC 9260 section 6.10)
  "sctp.init_chunk_bundled": [
    pair((type: number) => ip4(132, sctp(0, `${byte(type)}${INIT_REST}`, COOKIE_ACK)), 1, 2),
    pair((type: number) => ip4(132, sctp(0, COOKIE_ACK, `${byte(type)}${INIT_REST}`)), 1, 2),
  ],
  "sctp.data_with_zero_vtag": pair(
    (tag) => ip4(132, sctp(tag, "0003 0011 00000001 0000 0000 00000000 ff 000000")),
    0,
    1,
  ),
  "sctp.bad_checksum": pair((low) => ip4(132, patched(sctp(1), 8, sctp(1)[8]! ^ low)), 1, 0),
};

interface Dccp {
  words?: number;
  coverage?: number;
  isExtended?: number;
  data?: Uint8Array;
  src?: string;
}
const dccp = ({ words = 3, coverage = 0, isExtended = 0, data = nothing, src }: Dccp = {}) =>
  sealed(33, bytes("9c40 1388", [words, coverage], "0000", [isExtended], "000000", data), 6, src);

export const DCCP: Pairs = {
  "dccp.pkt_too_small": pair((n) => ip4(33, dccp().subarray(0, n)), 11, 12),
  "dccp.invalid_offset": [
    pair((words) => ip4(33, dccp({ words })), 2, 3),
    pair((words) => ip4(33, dccp({ words })), 4, 3),
    pair((words) => ip4(33, dccp({ words, isExtended: 1, data: zeros(4) })), 3, 4), // RFC 4340 section 5.1
    pair((coverage) => ip4(33, dccp({ coverage })), 2, 1),
  ],
  "dccp.bad_checksum": pair((src) => ip4(33, dccp({ src })), "10.0.0.9", "10.0.0.1"),
};
