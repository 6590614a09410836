// What publishers of IEC 61850 send in Ethernet frames: GOOSE (IEC 61850-8-1, 18.1 and annex A) and Sampled Values (IEC
// 61850-9-2, 8.5).
//
//   u16 APPID  u16 length  u16 reserved  u16 reserved   61 len (GOOSE) or 60 len (SV)   elements
//
// kind    a number for the stream: its APPID and control block (GOOSE), or its ID (SV)
// about   of GOOSE data set, configuration revision, number of entries and the test bits; of SV revision and data set
// body    of GOOSE the values of the data set as words (ber.ts); of SV the samples of its first ASDU
import { be16, be64, mix } from "../../../lib/onboard/bytes";
import { App, AppMessage, BODY, nameOf, rewritten, says } from "./message";
import { ELEMENT, Element, dataIn, element, layout, numberIn } from "./ber";

/** What only publishers say. */
@unmanaged
export class Published {
  stream: u64; // a number for it
  time: u64; // GOOSE: t, when the state began
  state: u32; // GOOSE: stNum
  sequence: u32; // GOOSE: sqNum; SV: smpCnt of the first ASDU
  asdus: u32; // SV: in this frame; GOOSE: 1
  appId: u32;
  data: u64; // a number for the values
  settings: u64; // AppMessage.about
  name: usize; // where it says its name: gocbRef of GOOSE, svID of SV; in the frame at hand
  nameLength: u32;
}
export const PUBLISHED: i32 = offsetof<Published>();

const HERE: usize = memory.data(ELEMENT, 8);
const HEADER: u32 = 8;

/** Opens the APDU with this tag at p; false when there is none. */
function open(p: usize, end: usize, tag: u32, e: Element, to: Published): bool {
  if (p + HEADER > end || !element(p + HEADER, end, e) || e.tag != tag) return false;
  to.appId = be16(p);
  to.stream = mix(1, to.appId);
  to.asdus = 1;
  return true;
}

function named(e: Element, to: Published): void {
  to.name = e.at;
  to.nameLength = <u32>(e.end - e.at);
  to.stream = nameOf(e.at, to.nameLength, to.stream);
}

export function goose(p: usize, end: usize, m: AppMessage, to: Published): bool {
  const e = changetype<Element>(HERE);
  memory.fill(changetype<usize>(to), 0, PUBLISHED);
  if (!open(p, end, 0x61, e, to)) return false;
  const last = e.end;
  m.next = e.next;
  let settings: u64 = 0,
    seen: u32 = 0,
    data: usize = 0,
    dataEnd: usize = 0;
  for (let at = e.at; element(at, last, e); at = e.next) {
    switch (e.tag) {
      case 0x80: // gocbRef
        named(e, to);
        break;
      case 0x82: // datSet
      case 0x83: // goID
        settings = nameOf(e.at, <u32>(e.end - e.at), settings);
        break;
      case 0x84: // t: the last octet is its quality
        to.time = e.end - e.at == 8 ? be64(e.at) & ~255 : 0;
        break;
      case 0x85:
        to.state = numberIn(e, false);
        seen |= 1;
        break;
      case 0x86:
        to.sequence = numberIn(e, false);
        seen |= 2;
        break;
      case 0x87: // simulation (test in the first edition)
      case 0x88: // confRev
      case 0x89: // ndsCom
      case 0x8a: // numDatSetEntries
        settings = mix(settings, ((<u64>e.tag) << 32) | numberIn(e, false));
        break;
      case 0xab: // allData
        data = e.at;
        dataEnd = e.end;
        break;
    }
  }
  if (seen != 3) return false;
  to.settings = settings;
  const words = data != 0 ? dataIn(data, dataEnd, rewritten(), BODY >> 2) : 0;
  to.data = nameOf(rewritten(), words << 2, layout);
  says(m, (<u32>(to.stream >> 32)) >> 1, rewritten(), rewritten() + ((<usize>words) << 2));
  m.about = settings | (1 << 63);
  m.shape = layout;
  m.app = App.GOOSE;
  return true;
}

/** Goes from a sequence of ASDUs to the first of them. */
function isFirstOf(e: Element): bool {
  return element(e.at, e.end, e) && e.tag == 0x30;
}

export function sampled(p: usize, end: usize, m: AppMessage, to: Published): bool {
  const e = changetype<Element>(HERE);
  memory.fill(changetype<usize>(to), 0, PUBLISHED);
  if (!open(p, end, 0x60, e, to)) return false;
  m.next = e.next;
  let last = e.end,
    at = e.at,
    isIn = false,
    seen = false,
    settings: u64 = 0;
  says(m, 0, end, end);
  for (; element(at, last, e); at = e.next) {
    if (!isIn) {
      if (e.tag == 0x80) to.asdus = max<u32>(1, numberIn(e, false) & 0xff);
      if (e.tag == 0xa2 && isFirstOf(e)) {
        // the first ASDU
        isIn = true;
        last = e.end;
        e.next = e.at;
      }
      continue;
    }
    if (e.tag == 0x80)
      named(e, to); // svID
    else if (e.tag == 0x81)
      settings = nameOf(e.at, <u32>(e.end - e.at), settings); // datSet
    else if (e.tag == 0x82) {
      to.sequence = numberIn(e, false); // smpCnt
      seen = true;
    } else if (e.tag == 0x83)
      settings = mix(settings, numberIn(e, false)); // confRev
    else if (e.tag == 0x87) {
      says(m, 0, e.at, e.end);
      to.data = nameOf(e.at, <u32>min<usize>(e.end - e.at, BODY), 1);
    }
  }
  if (!seen) return false;
  m.kind = (<u32>(to.stream >> 32)) >> 1;
  m.about = settings | (1 << 63);
  to.settings = settings;
  m.app = App.SV;
  return true;
}
