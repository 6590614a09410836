// What applications say in the packets of a batch, as lines for people.
//
// Rule when full: of a packet's messages the first ROOM bytes of lines are there, the rest is counted.
import { Text, byte, lit, open, unsigned } from "../../../lib/onboard/text";
import { App, AppMessage, GOES_ON } from "../../onboard/application/message";
import { firstMessage, nextMessage } from "../../onboard/application/walk";
import { writeMessage } from "../../onboard/application/line";
import { writeApp } from "../../onboard/application/words";
import { update } from "../../onboard/flow";
import { Packet } from "../../onboard/packet";

const ROOM: u32 = 2048;
const LONGEST: u32 = 500; // a line: the four points of DNP3 that are shown
const message: usize = memory.data(offsetof<AppMessage>(), 8);
const text: usize = memory.data(offsetof<Text>(), 8);
const said: usize = memory.data(ROOM, 8);

/** At saidAt(): the protocol, and a line for each message of it, all behind line ends. Returns their bytes, 0: none. */
export function saidIn(k: Packet): u32 {
  const m = changetype<AppMessage>(message),
    t = changetype<Text>(text);
  let more: u32 = 0,
    app: u32 = App.NONE;
  open(t, said, ROOM);
  for (let is = firstMessage(k, update(k), m); is; is = k.ips != 0 && nextMessage(k, m)) {
    if (m.app == App.NONE || m.kind == GOES_ON) continue;
    if (app == App.NONE) writeApp(t, m.app);
    app = m.app;
    if (t.at + LONGEST > t.end) {
      more += 1;
      continue;
    }
    byte(t, 10);
    writeMessage(t, m);
  }
  if (more != 0) {
    lit(t, "\nand ");
    unsigned(t, more);
    lit(t, " more");
  }
  return <u32>(t.at - said);
}

/**
 * At saidAt(): what a message is called, with these numbers and `length` bytes of body at p; 0: publishers have names
 * only.
 */
export function wordsOf(app: u32, kind: u32, about: u64, p: usize, length: u32): u32 {
  const m = changetype<AppMessage>(message),
    t = changetype<Text>(text);
  if (app == App.GOOSE || app == App.SV || app == App.NONE) return 0;
  open(t, said, ROOM);
  m.app = app;
  m.kind = kind;
  m.about = about;
  m.body = p;
  m.end = p + length;
  writeMessage(t, m);
  return <u32>(t.at - said);
}

/** At saidAt(): the protocol; `failed` for a number that none has. */
export function protocolOf(app: u32): u32 {
  const t = changetype<Text>(text);
  open(t, said, ROOM);
  writeApp(t, app);
  return <u32>(t.at - said);
}

export function saidAt(): usize {
  return said;
}
