// Test entry: records in, the messages that applications say in them out.
import { INPUT_SIZE, RECORD_HEADER, RecordHeader, RecordKind } from "../../../appliance/contract/onboard/abi";
import { align8 } from "../../../lib/onboard/bytes";
import { Text, open } from "../../../lib/onboard/text";
import { decode } from "../decode";
import { update } from "../flow";
import { PACKET_SIZE, Packet } from "../packet";
import { App, AppMessage } from "./message";
import { published } from "./messages";
import { firstMessage, forgetWalks, nextMessage } from "./walk";
import { writeApp, writeFunction } from "./words";

/** A message that was found. */
@unmanaged
class Said {
  number: u64;
  about: u64;
  app: u32;
  kind: u32;
  state: u32;
  sequence: u32;
}

const MOST: u32 = 8192;
const input: usize = memory.data(INPUT_SIZE, 8);
const packet: usize = memory.data(PACKET_SIZE, 8);
const list: usize = memory.data(MOST * offsetof<Said>(), 8);
const message: usize = memory.data(offsetof<AppMessage>(), 8);
const text: usize = memory.data(offsetof<Text>(), 8);
const words: usize = memory.data(MOST, 8);
let found: u32 = 0;

export function inputAt(): usize {
  return input;
}
export function inputSize(): u32 {
  return INPUT_SIZE;
}
export function listAt(): usize {
  return list;
}
export function textAt(): usize {
  return words;
}
export function forget(): void {
  forgetWalks();
}

/** Messages of the records in input[0..to); those of TCP and UDP, GOOSE and SV. Returns how many. */
export function run(to: u32): u32 {
  const k = changetype<Packet>(packet);
  found = 0;
  for (let at: u32 = 0; at < to;) {
    const r = changetype<RecordHeader>(input + at);
    if (r.kind == RecordKind.FRAME) {
      k.time = r.time;
      k.number = r.number;
      decode(input + at + RECORD_HEADER, r.captured, r.original, r.link, 0, k);
      look(k, update(k));
    }
    at += RECORD_HEADER + align8(r.captured);
  }
  return found;
}

function look(k: Packet, flow: usize): void {
  const m = changetype<AppMessage>(message);
  for (let is = firstMessage(k, flow, m); is; is = k.ips != 0 && nextMessage(k, m)) if (m.app != App.NONE) keep(k, m);
}

function keep(k: Packet, m: AppMessage): void {
  if (found == MOST) return;
  const s = changetype<Said>(list + <usize>found * offsetof<Said>());
  s.number = k.number;
  s.about = m.about;
  s.app = m.app;
  s.kind = m.kind;
  s.state = m.app == App.GOOSE ? published().state : 0;
  s.sequence = m.app == App.GOOSE || m.app == App.SV ? published().sequence : 0;
  found += 1;
}

/** What they are called, at textAt(); bytes. */
export function describe(app: u32, kind: u32): u32 {
  const t = changetype<Text>(text);
  open(t, words, 128);
  writeApp(t, app);
  store<u8>(t.at, 32);
  t.at += 1;
  writeFunction(t, app, kind);
  return <u32>(t.at - words);
}
