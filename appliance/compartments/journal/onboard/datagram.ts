// REQ-LOG-002, REQ-LOG-004
// One record of the log as an Ethernet frame: IPv4, UDP, syslog (RFC 5424), body EVE JSON.
//
//   <facility*8+severity>1 TIME HOST weir - eve
//   [weir@32473 boot="B" seq="N"][timeQuality tzKnown="1" isSynced="0"] JSON
//
// and with a key, behind seq, ` len="L" prev="16 digits" mac="32 digits"`: mac is the code (keys.ts) over the whole
// datagram without these 32 digits, prev the first half of the mac of the record before, zeros in the first of all, len
// the bytes of the JSON. So a record vouches for the one before it, and one that was cut or altered on its way still
// shows which it was.
//
// No datagram is longer than 1,399 bytes, IP header and all: 1,112 of JSON, at most 287 around them.
//
// Addresses are configured, never asked for: nothing on `log` is listened to. 32473 is the enterprise number that
// RFC 5612 sets aside for documentation; a product that ships puts its own here.
import { Refusal } from "../../../contract/onboard/abi";
import { MAC, authenticate } from "./keys";
import { fold16, put16, put32, sum16 } from "../../../../lib/onboard/bytes";
import { DIGEST } from "../../../../lib/onboard/sha256";
import { Text, byte, hex8, lit, open, unsigned } from "../../../../lib/onboard/text";
import {
  JournalFlag,
  JournalSettings,
  Part,
  Tag,
  section,
  sectionLength,
  verify,
} from "../../../contract/onboard/config";

const FACILITY: u32 = 13; // log audit
const HEADERS: u32 = 14 + 20 + 8;
const TIMESTAMP_AT: u32 = 14; // every event starts {"timestamp":"2026-11-20T22:31:05.123456+0000"
const TIMESTAMP_LENGTH: u32 = 26; // without the offset

const WRITER: usize = memory.data(24, 8);
const LAST: usize = memory.data(8, 8); // of the mac of the last record, the first half

/** A copy of the journal's settings, kept where a new input does not overwrite it. */
@unmanaged
export class Log extends JournalSettings {}

@inline export function keyed(log: Log): bool {
  return (log.flags & JournalFlag.KEYED) != 0;
}

export function configureLog(log: Log, part: usize, length: u32): u32 {
  const refusal = verify(part, length, Part.JOURNAL);
  if (refusal != Refusal.NONE) return refusal;
  const at = section(part, Tag.SETTINGS);
  if (at == 0 || sectionLength(part, Tag.SETTINGS) != offsetof<JournalSettings>()) return Refusal.CONTENT;
  if ((load<u32>(at, offsetof<JournalSettings>("flags")) & ~JournalFlag.KEYED) != 0) return Refusal.CONTENT;
  memory.copy(changetype<usize>(log), at, offsetof<JournalSettings>());
  // The key stays in one place, until keys.ts has taken it.
  memory.fill(at + offsetof<JournalSettings>("key"), 0, DIGEST);
  return Refusal.NONE;
}

/** Writes the frame of one record at `frame` and returns its length in bytes; 0 where the policy names no collector. */
export function datagram(log: Log, frame: usize, json: usize, jsonLength: u32, severity: u32, sequence: u64): u32 {
  if (log.collectorIp == 0) return 0;
  const t = changetype<Text>(WRITER);
  open(t, frame + HEADERS, 2048 + jsonLength);
  byte(t, 60);
  unsigned(t, FACILITY * 8 + severity);
  lit(t, ">1 ");
  copy(t, json + TIMESTAMP_AT, TIMESTAMP_LENGTH);
  lit(t, "Z ");
  const host = changetype<usize>(log) + offsetof<JournalSettings>("hostname");
  let n: u32 = 0;
  while (n < 32 && load<u8>(host + n) != 0) ++n;
  copy(t, host, n);
  lit(t, ' weir - eve [weir@32473 boot="');
  unsigned(t, log.boot);
  lit(t, '" seq="');
  unsigned(t, sequence);
  if (keyed(log)) {
    lit(t, '" len="');
    unsigned(t, jsonLength);
    lit(t, '" prev="');
    digits(t, LAST, MAC / 2);
    lit(t, '" mac="');
  }
  const before = t.at;
  if (keyed(log)) t.at += 2 * MAC;
  const behind = t.at;
  lit(t, '"][timeQuality tzKnown="1" isSynced="0"] ');
  copy(t, json, jsonLength);
  const length = <u32>(t.at - frame);
  if (keyed(log)) {
    const payload = frame + HEADERS;
    const mac = authenticate(payload, <u32>(before - payload), behind, <u32>(t.at - behind));
    memory.copy(LAST, mac, MAC / 2);
    t.at = before;
    digits(t, mac, MAC);
  }
  headers(log, frame, length);
  return length;
}

@inline function copy(t: Text, from: usize, length: u32): void {
  memory.copy(t.at, from, length);
  t.at += length;
}

function digits(t: Text, p: usize, n: u32): void {
  for (let i: u32 = 0; i < n; ++i) hex8(t, <u32>load<u8>(p + i));
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
