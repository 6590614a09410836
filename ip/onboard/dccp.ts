// DCCP (RFC 4340 section 5.1): ports, data offset (4-byte words), coverage, checksum, type and X (extended sequence).
import { be16 } from "../../lib/onboard/bytes";
import { Anomaly } from "./generated/anomaly";
import { checkTransport } from "./checksum";
import { Packet, need, note, rest } from "./packet";
import { Protocol } from "./generated/protocol";
import { ports, tooSmall } from "./tcp";

export function dccp(k: Packet): u32 {
  if (!need(k, 12, tooSmall(k, Anomaly.DCCP_TOO_SMALL))) {
    ports(k);
    return Protocol.NONE;
  }
  ports(k);
  const header = (<u32>load<u8>(k.at, 4)) << 2;
  const least: u32 = load<u8>(k.at, 8) & 1 ? 16 : 12;
  if (header < least) {
    note(k, Anomaly.DCCP_OFFSET);
    return Protocol.NONE;
  }
  if (!need(k, header, Anomaly.DCCP_OFFSET)) return Protocol.NONE;
  // coverage: 0 = all, else the header and (coverage - 1) words of data
  const coverage = (<u32>load<u8>(k.at, 5)) & 15;
  const length = rest(k);
  const covered = coverage == 0 ? length : header + ((coverage - 1) << 2);
  if (covered > length) note(k, Anomaly.DCCP_OFFSET);
  else if (be16(k.at + 6) != 0) checkTransport(k, length, covered, 33, Anomaly.DCCP_CHECKSUM);
  k.at += header;
  return Protocol.NONE;
}
