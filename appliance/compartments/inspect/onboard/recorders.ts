// REQ-DECODE-022
// Whose Chapter 10 over UDP is believed: the recorders that the policy names, by address, port and channel.
import { MAX_RECORDERS, NamedRecorder } from "../../../contract/onboard/config";
import { isInside, isNetwork } from "../../../../lib/onboard/networks";

const LIST: usize = memory.data(MAX_RECORDERS * offsetof<NamedRecorder>(), 8);
let count: u32 = 0;
let any: bool = false;
const ANY_PORT: u32 = 0x10000;

@inline function named(i: u32): NamedRecorder {
  return changetype<NamedRecorder>(LIST + <usize>i * offsetof<NamedRecorder>());
}

/** Copies the policy's list (NamedRecorder[]); false when it is malformed. */
export function nameRecorders(anyOne: bool, at: usize, length: u32): bool {
  any = anyOne;
  count = length / <u32>offsetof<NamedRecorder>();
  if (length % <u32>offsetof<NamedRecorder>() || count > MAX_RECORDERS) return false;
  if (length != 0) memory.copy(LIST, at, length);
  for (let i: u32 = 0; i < count; ++i) {
    const n = named(i);
    if (!isNetwork(n.version, n.bits) || n.firstPort > n.lastPort || n.firstChannel > n.lastChannel) return false;
  }
  return true;
}

/** Whether any recorder is named: else datagrams of Chapter 10 are not read. */
export function anyRecorder(): bool {
  return any || count != 0;
}

/** Whether a datagram from this address to this port is a recorder's. */
export function isRecorder(version: u32, hi: u64, lo: u64, port: u32): bool {
  if (any) return true;
  for (let i: u32 = 0; i < count; ++i) {
    const n = named(i);
    if (port != ANY_PORT && (port < <u32>n.firstPort || port > <u32>n.lastPort)) continue;
    if (isInside(n.version, n.bits, n.hi, n.lo, version, hi, lo)) return true;
  }
  return false;
}

/** Whether a recorder is at this address, whatever port it sends to: of fragments only the first says that. */
export function isRecorderAddress(version: u32, hi: u64, lo: u64): bool {
  return isRecorder(version, hi, lo, ANY_PORT);
}

/** Whether messages of this channel of the recorder at this address are judged. */
export function isChannel(version: u32, hi: u64, lo: u64, channel: u32): bool {
  if (any) return true;
  for (let i: u32 = 0; i < count; ++i) {
    const n = named(i);
    if (channel < <u32>n.firstChannel || channel > <u32>n.lastChannel) continue;
    if (isInside(n.version, n.bits, n.hi, n.lo, version, hi, lo)) return true;
  }
  return false;
}
