// Modbus over TCP: "MODBUS Messaging on TCP/IP Implementation Guide V1.0b", 3.1.3, and "MODBUS Application Protocol
// Specification V1.1b3", 6.
//
//   u16 transaction   u16 0   u16 length of what follows   u8 unit   u8 function | 0x80 in an exception   data
//
// kind    function as it stands; of Diagnostics (8) and Encapsulated Interface (43) with 1 + subfunction above it
// about   unit, function, first address, quantity; of an answer unit, function and its length
import { be16 } from "../../../lib/onboard/bytes";
import { AppMessage, says } from "./message";

const LONGEST: u32 = 260; // of unit and PDU: 254, and some controllers' own functions have more
const ANSWER: u64 = 1 << 63;

export function modbus(p: usize, end: usize, toServer: bool, m: AppMessage): bool {
  if (p + 8 > end || be16(p + 2) != 0) return false;
  const length = be16(p + 4),
    unit = <u64>load<u8>(p, 6),
    code = <u32>load<u8>(p, 7);
  if (length < 2 || length > LONGEST) return false;
  m.next = p + 6 + trueLength(p, end, length, code, toServer);
  const last = min<usize>(m.next, end);
  says(m, code | subfunction(p, last, code), p + 8, last);
  const base = (unit << 48) | ((<u64>code) << 40);
  m.about = toServer ? base | asked(p, last, code) : ANSWER | base | (<u32>(m.next - p) - 8);
  m.shape = m.about;
  return true;
}

/**
 * Octets behind the length, as the function tells: it counts where a message stands there, since a server that goes by
 * the function takes that for the next one. Else what the header says.
 */
function trueLength(p: usize, end: usize, length: u32, code: u32, toServer: bool): u32 {
  const own = ownLength(p, end, code, toServer),
    next = p + 6 + own;
  if (own == 0 || own >= length || next + 8 > end) return length;
  const claimed = be16(next + 4);
  return be16(next + 2) == 0 && claimed >= 2 && claimed <= LONGEST && load<u8>(next, 7) != 0 ? own : length;
}

/** 0: the function does not tell. */
function ownLength(p: usize, end: usize, code: u32, toServer: bool): u32 {
  if (code & 0x80) return 3;
  if (code == 0 || p + 13 > end) return 0;
  if (code == 5 || code == 6 || (code <= 4 && toServer)) return 6;
  if (code <= 4) return 3 + <u32>load<u8>(p, 8);
  if (code == 15 || code == 16) return toServer ? 7 + <u32>load<u8>(p, 12) : 6;
  return 0;
}

function subfunction(p: usize, end: usize, code: u32): u32 {
  if (code == 8 && p + 10 <= end) return (1 + be16(p + 8)) << 8;
  return code == 43 && p + 9 <= end ? (1 + <u32>load<u8>(p, 8)) << 8 : 0;
}

/** Address and quantity of a request. */
function asked(p: usize, end: usize, code: u32): u64 {
  if (p + 12 > end) return 0;
  const address = (<u64>be16(p + 8)) << 16;
  switch (code) {
    case 1:
    case 2:
    case 3:
    case 4:
    case 15:
    case 16:
    case 23:
      return address | be16(p + 10);
    case 5:
    case 6:
    case 22:
      return address | 1;
    default:
      return 0;
  }
}
