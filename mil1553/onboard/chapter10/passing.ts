// The data checksum (RCC 106-17 10.6.1.1 g) of a packet that is too long to be held: added up as its bytes pass.
//
// Its messages or frames are read as they come, so a wrong sum is said behind them; it cannot take them back.
import { C } from "../anomalies";
import { report } from "../waiting";
import { Packet, bodyStart, checksumBytes } from "./header";

let bytes: u32 = 0; // of the checksum; 0 = there is none to look at
let before: u32 = 0; // bytes in front of what is added up
let left: u32 = 0; // to be added up
let claimLeft: u32 = 0; // bytes of the packet's own sum that are still to come
let sum: u32 = 0;
let claim: u32 = 0;
let place: u32 = 0; // within a number of `bytes` bytes
let channel: u32 = 0;
let offset: u64 = 0;
let isWrong: bool = false;

export function forgetSum(): void {
  bytes = 0;
  isWrong = false;
}

/** The bytes of this packet follow, from its first. */
export function beginSum(k: Packet): void {
  const flags = <u32>k.flags;
  bytes = checksumBytes(flags);
  before = bodyStart(flags);
  left = k.length - before - bytes;
  claimLeft = bytes;
  sum = claim = place = 0;
  channel = <u32>k.channel;
  offset = k.offset;
}

/** The next n bytes of the packet; behind the last it is reported that their sum is wrong. */
export function passSum(p: usize, n: u32): void {
  if (bytes == 0) return;
  const front = min<u32>(before, n);
  before -= front;
  let at = p + <usize>front;
  const end = p + <usize>n;
  const stop = at + <usize>min<u32>(left, <u32>(end - at));
  left -= <u32>(stop - at);
  for (; at < stop && place != 0; ++at) add(at);
  for (; at + 4 <= stop; at += 4) addFour(load<u32>(at));
  for (; at < stop; ++at) add(at);
  for (; at < end && claimLeft != 0; ++at) {
    claim |= (<u32>load<u8>(at)) << ((bytes - claimLeft) << 3);
    claimLeft -= 1;
  }
  if (claimLeft == 0) settle();
}

@inline function add(at: usize): void {
  sum += (<u32>load<u8>(at)) << (place << 3);
  place = (place + 1) & (bytes - 1);
}

@inline function addFour(v: u32): void {
  if (bytes == 4) sum += v;
  else if (bytes == 2) sum += (v & 0xffff) + (v >> 16);
  else sum += (v & 0xff) + ((v >> 8) & 0xff) + ((v >> 16) & 0xff) + (v >> 24);
}

function settle(): void {
  const mask: u32 = bytes == 4 ? 0xffffffff : (1 << (bytes << 3)) - 1;
  if ((sum & mask) != claim) {
    isWrong = true;
    report(C.DATA_CHECKSUM, channel, 0, offset);
  }
  bytes = 0;
}

/** Whether the packet before had a wrong sum; reading it clears it. */
export function takeWrongSum(): bool {
  const was = isWrong;
  isWrong = false;
  return was;
}
