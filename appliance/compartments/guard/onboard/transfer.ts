// A transfer in guard: what datagrams of it come to (transfer/onboard/relay.ts), and whose fields the frames have that
// leave.
import { Fields, FIELDS } from "../../../../diode/onboard/fields";
import { Reason } from "../../../../diode/onboard/generated/reasons";
import { FRAME as FRAME_SIZE, KEY_SIZE } from "../../../../transfer/onboard/sizes";
import { limitRelay, openRelay, relayNext, relayTake, relayTime } from "../../../../transfer/onboard/relay";
import { TransferSettings } from "../../../contract/onboard/config";
import { POLICY, transferAt } from "./policy";

const LAST: usize = memory.data(FIELDS, 8); // Fields of the last datagram that was taken
const FRAME: usize = memory.data(FRAME_SIZE, 8);
let known: bool = false;

/** Frames that left. */
export let relayed: u64 = 0;

/** @param input where the policy came: its keys are erased there, too. What signs frames stays in the relay. */
export function beginTransfer(input: usize): void {
  if (transferAt == 0) return;
  const t = changetype<TransferSettings>(transferAt),
    at = transferAt;
  limitRelay(t.total, t.tolerance);
  openRelay(
    t.data,
    t.parity,
    t.interleave,
    at + offsetof<TransferSettings>("keyIn"),
    at + offsetof<TransferSettings>("keyOut"),
    at,
    at + offsetof<TransferSettings>("names"),
  );
  const keys = offsetof<TransferSettings>("keyIn");
  memory.fill(at + keys, 0, 2 * KEY_SIZE);
  memory.fill(input + (at - POLICY) + keys, 0, 2 * KEY_SIZE);
}

/** Takes a datagram that a rule lets pass to here; a Reason. */
export function takeTransfer(f: Fields, time: u64): u32 {
  if (relayTake(f.payload, f.payloadLength, time) != 0) return Reason.TRANSFER;
  memory.copy(LAST, changetype<usize>(f), FIELDS);
  known = true;
  return Reason.NONE;
}

/** Time goes on. */
export function transferTime(time: u64): void {
  if (known) relayTime(time);
}

/** The fields of the next frame that leaves; 0 = there is none now. */
export function nextTransfer(time: u64): usize {
  if (!known) return 0;
  const n = relayNext(FRAME, time);
  if (n == 0) return 0;
  const f = changetype<Fields>(LAST);
  f.payload = FRAME;
  f.payloadLength = n;
  relayed += 1;
  return LAST;
}
