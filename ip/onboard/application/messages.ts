// REQ-DECODE-034
// Which application a service is, and the message at a place of what it carries. No port is believed alone: what is
// there must be a message of that protocol. DNP3 has a checksum of its own, so it is one at any port.
import { Packet } from "../packet";
import { App, AppMessage, TELLING, UNKNOWN, says } from "./message";
import { bacnet } from "./bacnet";
import { dnp3, isDnp3 } from "./dnp3";
import { enip } from "./enip";
import { iec104 } from "./iec104";
import { mms } from "./mms";
import { modbus } from "./modbus";
import { PUBLISHED, Published, goose, sampled } from "./published";
import { behindS7, s7 } from "./s7";
import { isData, isTpkt, tpkt } from "./tpkt";

const TCP: u32 = 6;
const UDP: u32 = 17;
const GOOSE: u32 = 0x88b8; // EtherTypes
const SAMPLED: u32 = 0x88ba;

/** Kind of a segment that begins or ends a connection: this and its TCP flags. */
export const CONNECTION: u32 = 0xffff00;

const PUBLISHING: usize = memory.data(PUBLISHED, 8);

/** What the last GOOSE or SV message said besides. */
@inline export function published(): Published {
  return changetype<Published>(PUBLISHING);
}

/** The protocol that a service is known for (IANA's list of service names and ports); App.MMS stands for S7, too. */
export function appAt(protocol: u32, port: u32): u32 {
  switch (port) {
    case 502:
      return App.MODBUS;
    case 20000:
      return App.DNP3;
    case 102:
      return protocol == TCP ? App.MMS : App.NONE;
    case 2404:
      return protocol == TCP ? App.IEC104 : App.NONE;
    case 44818:
      return App.ENIP;
    default:
      return protocol == UDP && port >= 47808 && port <= 47823 ? App.BACNET : App.NONE;
  }
}

/** The App of a publisher's frame, or NONE. */
@inline export function publisherOf(k: Packet): u32 {
  const type = <u32>k.etherType;
  return type == GOOSE ? App.GOOSE : type == SAMPLED ? App.SV : App.NONE;
}

/** The message of a publisher's frame; false where it is none. */
export function publishedIn(k: Packet, m: AppMessage): bool {
  const app = publisherOf(k),
    from = k.base + k.payloadOffset;
  return app != App.NONE && messageAt(app, from, from + k.payloadLength, true, m);
}

/** Whether a message of a protocol that needs no port begins at p. */
@inline export function isItself(p: usize, end: usize): bool {
  return isDnp3(p, end);
}

/** The message of `app` at p, before `end`; false when none begins there. */
export function messageAt(app: u32, p: usize, end: usize, toServer: bool, m: AppMessage): bool {
  m.app = app;
  m.about = 0;
  m.shape = 0;
  m.next = end;
  m.isCut = 0;
  if (!read(app, p, end, toServer, m)) return false;
  m.length = <u32>(m.next - p);
  if (m.next > end && <u32>(end - p) < TELLING) {
    m.isCut = 1;
    m.about = 0;
  }
  return true;
}

function read(app: u32, p: usize, end: usize, toServer: bool, m: AppMessage): bool {
  switch (app) {
    case App.MODBUS:
      return modbus(p, end, toServer, m);
    case App.DNP3:
      return dnp3(p, end, m);
    case App.IEC104:
      return iec104(p, end, m);
    case App.S7:
    case App.MMS:
      return carried(p, end, m);
    case App.ENIP:
      return enip(p, end, m);
    case App.BACNET:
      return bacnet(p, end, m);
    case App.GOOSE:
      return goose(p, end, m, published());
    case App.SV:
      return sampled(p, end, m, published());
    default:
      return false;
  }
}

/** S7 or MMS in a TPDU; a TPDU without data, or with others, is a message by itself. */
function carried(p: usize, end: usize, m: AppMessage): bool {
  if (!tpkt(p, end, m)) return false;
  if (!isData(m) || m.body == m.end) return true; // Siemens' stations begin with a TPDU that carries nothing
  const body = m.body,
    last = m.end;
  if (s7(body, last, m)) {
    m.app = App.S7;
    const own = behindS7(body, last);
    if (own != 0 && own < m.next && isTpkt(own, end)) m.next = own; // TPKT says more than there is in it
  } else if (!mms(body, last, m)) says(m, UNKNOWN, last, last);
  return true;
}
