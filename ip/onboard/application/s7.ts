// S7comm, Siemens' protocol of S7-300 and later, in a TPDU (as Wireshark's packet-s7comm.c has it; there is no public
// specification), and the head of its successor (0x72).
//
//   32  u8 what (1 job, 2 acknowledgement, 3 with data, 7 user data)  u16 0  u16 reference  u16 bytes of parameters
//   u16 bytes of data  [u16 error, of 2 and 3]  parameters: u8 function ...
//
// kind    what << 24 | function; of user data what << 24 | type and group << 8 | subfunction; 0x72 << 24 | version <<
// 16
//         | function of the successor
// about   of a job that reads or writes: function, area, data block, address, number of items
import { be16, be32 } from "../../../lib/onboard/bytes";
import { AppMessage, says } from "./message";

const JOB: u32 = 1;
const USER: u32 = 7;
const READ: u32 = 4;
const WRITE: u32 = 5;

/** What a TPDU carries, p to end. */
export function s7(p: usize, end: usize, m: AppMessage): bool {
  if (p >= end) return false;
  if (load<u8>(p) == 0x72) return successor(p, end, m);
  if (p + 10 > end || load<u8>(p) != 0x32) return false;
  const what = <u32>load<u8>(p, 1);
  if (what != JOB && what != 2 && what != 3 && what != USER) return false;
  const parameters = p + (what == 2 || what == 3 ? 12 : 10);
  const function_ = parameters < end && be16(p + 6) != 0 ? <u32>load<u8>(parameters) : 0;
  if (what == USER) {
    // 00 01 12  u8 length  u8 method  u8 type and group  u8 subfunction
    const told = parameters + 7 <= end ? be16(parameters + 5) : 0;
    says(m, (what << 24) | told, parameters, end);
    return true;
  }
  says(m, (what << 24) | function_, min<usize>(parameters, end), end);
  m.shape = ((<u64>be16(p + 6)) << 16) | be16(p + 8);
  if (what == JOB && (function_ == READ || function_ == WRITE)) item(parameters, end, function_, m);
  return true;
}

/** Behind a message at p, by the lengths of its parameters and data; 0 where that is not told. */
export function behindS7(p: usize, end: usize): usize {
  if (p + 10 > end || load<u8>(p) != 0x32) return 0;
  const what = <u32>load<u8>(p, 1);
  return p + (what == 2 || what == 3 ? 12 : 10) + be16(p + 6) + be16(p + 8);
}

/** The first item: 12 0a 10  u8 type  u16 number  u16 data block  u8 area  u24 address. */
function item(p: usize, end: usize, code: u32, m: AppMessage): void {
  if (p + 14 > end || load<u8>(p, 2) != 0x12) return;
  const count = <u64>load<u8>(p, 1),
    address = <u64>(be32(p + 10) & 0xffffff);
  m.about =
    ((<u64>code) << 60) |
    ((<u64>load<u8>(p, 10)) << 52) |
    ((<u64>be16(p + 8)) << 36) |
    (address << 12) |
    (((<u64>be16(p + 6)) & 0xff) << 4) |
    (count & 15);
  m.shape ^= m.about;
}

/**
 * 72  u8 version  u16 length  u8 opcode  u16 0  u16 function; from version 3 on encrypted, or a checksum comes first.
 */
function successor(p: usize, end: usize, m: AppMessage): bool {
  if (p + 4 > end) return false;
  const version = <u32>load<u8>(p, 1);
  const function_ = version < 3 && p + 9 <= end ? be16(p + 7) : 0;
  says(m, (0x72 << 24) | (version << 16) | function_, end, end);
  return true;
}
