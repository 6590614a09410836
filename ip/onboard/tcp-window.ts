// REQ-DECODE-028
// Which segments a receiver takes, as far as an observer can tell: one with a wrong checksum is not taken, nor one
// whose time to live ends before it arrives, nor a RST or FIN outside of what the receiver waits for. RFC 9293 section
// 3.10.7.4, RFC 5961 section 3: a RST counts only with the very number that is waited for; to another the receiver
// answers, and goes on.
//
// An observer sees less than both ends, so what would be strict there is doubted here only where something speaks
// against it: others of that direction had right checksums, or ample time to live; both ends' numbers are known.
import { Is, Packet, innermost } from "./packet";
import { ACK, FIN, RST, SYN } from "./tcp";

// Of each direction (side 0: to the server, 1: to the client) a flow has the number behind the last byte, and how much
// of what was sent the other end has not acknowledged, rounded up to a power of two less one.

/** Bits of what was seen of a direction; in Flow.marks, shifted by SHIFT and the side. */
const enum Seen {
  RIGHT = 1, // right checksums
  AMPLE = 4, // time to live that is no evasion's
  NUMBERED = 16, // its number counts
}
const SHIFT: u32 = 2;

const UNSAID: u32 = 0; // nothing was acknowledged yet
const SHORT: u32 = 8; // a time to live below that may end before the receiver
const LONG: u32 = 16;
const FAR: u32 = 1 << 24; // no window is larger than that by much

/** As a flow keeps it: 1 + bits of the number of bytes. */
@inline function rounded(bytes: u32): u8 {
  return <u8>(33 - clz<u32>(bytes));
}
@inline function bytesOf(open: u32): u32 {
  return open == UNSAID ? 0 : ((<u32>1) << (open - 1)) - 1;
}
@inline function numberAt(numbers: usize, side: u32): usize {
  return numbers + ((<usize>side) << 2);
}

/** Seen of a side, each bit times 1 << (SHIFT + side): what changes sides with the ends of a flow. */
export function otherWay(marks: u32): u32 {
  const mask = (<u32>(Seen.RIGHT | Seen.AMPLE | Seen.NUMBERED)) << SHIFT;
  return ((marks & mask) << 1) | ((marks >> 1) & mask);
}

/**
 * Whether the segment's receiver does not take it. `marks`: of the flow; `numbers`, `open`: where it has u32 and u8 of
 * each side; `side`: that the segment goes to.
 */
export function isIgnored(k: Packet, marks: u32, numbers: usize, open: usize, side: u32): bool {
  const seen = marks >> (SHIFT + side);
  if (k.flags & Is.BAD_CHECKSUM && seen & Seen.RIGHT) return true;
  if (<u32>innermost(k).ttl < SHORT && seen & Seen.AMPLE) return true;
  const flags = <u32>k.tcpFlags;
  if (!(flags & (RST | FIN)) || flags & SYN || !(seen & Seen.NUMBERED)) return false;
  const said = <u32>load<u8>(open + side),
    unacknowledged = bytesOf(said),
    waited = load<u32>(numberAt(numbers, side)) - unacknowledged;
  if (!(flags & RST)) return endOf(k) - waited + 1 > FAR;
  if (said == UNSAID) return k.seq - waited + FAR > 2 * FAR;
  return k.seq - waited + 1 > unacknowledged + 1; // one less: that of a SYN that was just acknowledged
}

/** Notes a segment that the receiver takes; returns what it adds to `marks`. `begins`: no connection was there yet. */
export function noteSent(k: Packet, marks: u32, numbers: usize, open: usize, side: u32, begins: bool): u32 {
  const flags = <u32>k.tcpFlags;
  let seen: u32 = 0;
  if (!(k.flags & (Is.BAD_CHECKSUM | Is.UNVERIFIED))) seen |= Seen.RIGHT;
  if (<u32>innermost(k).ttl >= LONG) seen |= Seen.AMPLE;
  if (!(flags & RST) && (!(flags & SYN) || begins)) {
    const isNumbered = (marks >> (SHIFT + side)) & Seen.NUMBERED && !(flags & SYN);
    noteEnd(numberAt(numbers, side), open + side, endOf(k), isNumbered != 0);
    if (flags & ACK && (marks >> (SHIFT + (side ^ 1))) & Seen.NUMBERED)
      noteAck(numberAt(numbers, side ^ 1), open + (side ^ 1), k.ack);
    seen |= Seen.NUMBERED;
  }
  return seen << (SHIFT + side);
}

function noteEnd(number: usize, open: usize, end: u32, isNumbered: bool): void {
  const more = end - load<u32>(number),
    said = <u32>load<u8>(open);
  if (isNumbered && more >= FAR) return; // sent again, or from elsewhere
  store<u32>(number, end);
  if (!isNumbered) store<u8>(open, UNSAID);
  else if (more != 0 && said != UNSAID) store<u8>(open, rounded(min<u32>(bytesOf(said) + more, FAR)));
}

/** The other end acknowledges: what of this side it has not, or more than was seen of it. */
function noteAck(number: usize, open: usize, acknowledged: u32): void {
  const unacknowledged = load<u32>(number) - acknowledged;
  if (unacknowledged < FAR) store<u8>(open, rounded(unacknowledged));
  else if (acknowledged - load<u32>(number) < FAR) {
    store<u32>(number, acknowledged);
    store<u8>(open, rounded(0));
  }
}

/** The number behind the segment. */
@inline function endOf(k: Packet): u32 {
  const flags = <u32>k.tcpFlags;
  return k.seq + k.payloadClaimed + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
}
