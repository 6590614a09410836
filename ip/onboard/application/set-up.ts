// What begins a connection of an application: both sides say it once, and nothing happens by it. Who learns from a
// connection that was there before has not seen it; when a client starts again, it comes.
import { App } from "./message";
import { CONNECTION } from "./messages";
import { TPDU } from "./tpkt";

const SYN: u32 = 2;
const ENDS: u32 = 5; // FIN and RST

/** Whether a message of this kind begins a connection. */
export function isSetUp(app: u32, kind: u32): bool {
  if (kind >> 8 == CONNECTION >> 8) return (kind & (SYN | ENDS)) == SYN;
  switch (app) {
    case App.IEC104: // STARTDT act and con
      return kind == 0x207 || kind == 0x20b;
    case App.S7: // connection request and confirm of COTP; set up communication, and its answer
      return kind == (TPDU | 0xe0) || kind == (TPDU | 0xd0) || kind == 0x010000f0 || kind == 0x030000f0;
    case App.MMS: // the same of COTP, where nothing tells S7 from MMS yet; session connect and accept
      return kind == (TPDU | 0xe0) || kind == (TPDU | 0xd0) || kind == 0x2000d || kind == 0x2000e;
    case App.ENIP: // RegisterSession
      return kind == 0x65 << 16;
    default:
      return false;
  }
}
