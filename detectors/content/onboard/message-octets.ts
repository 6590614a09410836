// The octets of a message that profiles are of: the first BODY of what it carries, then two of its length.
import { AppMessage } from "../../../ip/onboard/application/message";
import { BODY, POSITIONS } from "./capacity";

/** The i-th octet of a message; 256 where it is not at hand. */
@inline export function octet(m: AppMessage, i: u32): u32 {
  if (i < BODY) return m.body + i < m.end ? <u32>load<u8>(m.body + i) : 256;
  return i == POSITIONS - 1 ? m.length & 255 : min<u32>(m.length >> 8, 255);
}
