// A message as a line for people (`weir decode`): what it is, and what it is about.
import { Text, lit, unsigned } from "../../../lib/onboard/text";
import { App, AppMessage } from "./message";
import { published } from "./messages";
import { writeName, writeValues } from "./values";
import { writeAbout, writeFunction, writePublisher } from "./words";

const NAME: u32 = 129; // octets of a name (IEC 61850-8-1, 8.1.3.4)
const CLASSES: u64 = 3; // of EtherNet/IP: bit 62 or 63 of what a message is about is set where that is no class

/** One that was found last: of a publisher the rest is in published(). */
export function writeMessage(t: Text, m: AppMessage): void {
  if (m.app == App.GOOSE || m.app == App.SV) {
    writePublisher(t, m.app, published().appId);
    if (published().nameLength != 0) {
      lit(t, m.app == App.GOOSE ? ", gocbRef " : ", svID ");
      writeName(t, published().name, min<u32>(published().nameLength, NAME));
    }
    if (m.app == App.GOOSE) {
      lit(t, ", state ");
      unsigned(t, published().state);
    }
    lit(t, m.app == App.SV ? ", sample " : ", sequence ");
    unsigned(t, published().sequence);
    return;
  }
  writeFunction(t, m.app, m.kind);
  if (m.about != 0 && !isName(m)) writeAbout(t, m.app, m.kind, m.about);
  writeValues(t, m);
}

/** What it is about is a name, of which a number only is known. */
function isName(m: AppMessage): bool {
  return m.app == App.MMS || (m.app == App.ENIP && ((m.about >> 62) & CLASSES) == 1);
}
