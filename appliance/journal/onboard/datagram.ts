// One record of the log as an Ethernet frame: IPv4, UDP, syslog (RFC 5424), body EVE JSON.
//
//   <facility*8+severity>1 TIME HOST weir - eve [weir@32473 boot="B" seq="N"][timeQuality tzKnown="1" isSynced="0"] JSON
//
// Addresses are configured, never asked for: nothing on `log` is listened to. 32473 is the enterprise number that
// RFC 5612 sets aside for documentation; a product that ships puts its own here.
import { Refusal } from "../../abi/onboard/abi";
import { fold16, put16, put32, sum16 } from "../../../lib/onboard/bytes";
import { Text, byte, lit, open, unsigned } from "../../../lib/onboard/text";
import { JournalSettings, Part, Tag, section, sectionLength, verify } from "../../abi/onboard/config";

const FACILITY: u32 = 13; // log audit
const HEADERS: u32 = 14 + 20 + 8;
const TIMESTAMP_AT: u32 = 14; // every event starts {"timestamp":"2026-11-20T22:31:05.123456+0000"
const TIMESTAMP_LENGTH: u32 = 26; // without the offset

const WRITER: usize = memory.data(24, 8);

/** A copy of the journal's settings, kept where a new input does not overwrite it. */
@unmanaged
export class Log extends JournalSettings {}

export function configureLog(log: Log, part: usize, length: u32): u32 {
  const refusal = verify(part, length, Part.JOURNAL);
  if (refusal != Refusal.NONE) return refusal;
  const at = section(part, Tag.SETTINGS);
  if (at == 0 || sectionLength(part, Tag.SETTINGS) != offsetof<JournalSettings>()) return Refusal.CONTENT;
  memory.copy(changetype<usize>(log), at, offsetof<JournalSettings>());
  return Refusal.NONE;
}

/** Writes the frame of one record at `frame` and returns its length in bytes; 0 where the policy names no collector. */
export function datagram(log: Log, frame: usize, json: usize, jsonLength: u32, severity: u32, sequence: u64): u32 {
  if (log.collectorIp == 0) return 0;
  const t = changetype<Text>(WRITER);
  open(t, frame + HEADERS, 2048 + jsonLength);
  byte(t, 60); unsigned(t, FACILITY * 8 + severity); lit(t, ">1 ");
  copy(t, json + TIMESTAMP_AT, TIMESTAMP_LENGTH); lit(t, "Z ");
  const host = changetype<usize>(log) + offsetof<JournalSettings>("hostname");
  let n: u32 = 0;
  while (n < 32 && load<u8>(host + n) != 0) ++n;
  copy(t, host, n);
  lit(t, ' weir - eve [weir@32473 boot="'); unsigned(t, log.boot);
  lit(t, '" seq="'); unsigned(t, sequence);
  lit(t, '"][timeQuality tzKnown="1" isSynced="0"] ');
  copy(t, json, jsonLength);
  const length = <u32>(t.at - frame);
  headers(log, frame, length);
  return length;
}

// @ts-ignore: decorator
@inline function copy(t: Text, from: usize, length: u32): void {
  memory.copy(t.at, from, length);
  t.at += length;
}

function headers(log: Log, p: usize, length: u32): void {
  store48(p, log.collectorMac);
  store48(p + 6, log.sourceMac);
  put16(p + 12, 0x0800);
  const ip = p + 14;
  put32(ip, 0x45000000 | (length - 14));
  put32(ip + 4, 0x00004000); // id 0, don't fragment: an atomic datagram needs no id (RFC 6864)
  put32(ip + 8, 0x40110000); // time to live 64, UDP
  put32(ip + 12, log.sourceIp);
  put32(ip + 16, log.collectorIp);
  store<u16>(ip + 10, <u16>~fold16(sum16(ip, 20, 0)));
  const udp = p + 34;
  put16(udp, log.sourcePort);
  put16(udp + 2, log.collectorPort);
  put16(udp + 4, length - 34);
  put16(udp + 6, 0);
  // The pseudo header: both addresses, protocol, length; in memory order as sum16 has it.
  const pseudo = sum16(ip + 12, 8, <u64>bswap<u16>(17) + <u64>bswap<u16>(<u16>(length - 34)));
  const sum = <u16>~fold16(sum16(udp, length - 34, pseudo));
  store<u16>(udp + 6, sum == 0 ? 0xffff : sum);
}

function store48(p: usize, mac: u64): void {
  put16(p, <u32>(mac >> 32));
  put32(p + 2, <u32>mac);
}
