// REQ-DECODE-025
// TMATS (type 0x01), RCC 106-17 chapter 9: as much of it as names the channels. ASCII `code:value;` after the CSDW:
//
//   R-x\TK1-n:channel   R-x\CDT-n:1553IN   R-x\CHE-n:T|F   R-x\CDLN-n:link (older: BDLN)   R-x\DSI-n:source
//   B-g\DLN:link        B-g\BNA-i:bus name
//
// A channel is called by its bus name (over the link), else by its link, else by its source. Untrusted text: it is
// tokenised within its bounds and printed through `quoted` only.
//
// The text is read once, as it comes, in whatever pieces and order: one packet may have 128 MiB of it (10.6.1.1 c), and
// one text may go on over several packets. It goes on where the next TMATS packet of its channel follows and does not
// begin a text of its own, which is with group G. What it says is kept by R-x and n, and by g, and put together
// whenever a packet ends.
// When full: further measurements, and further buses, are not read. A code longer than CODE is none that is looked for.

import { NAME, TMATS_ENTRIES, TMATS_GROUPS } from "../capacity";
import { CHANNEL_1553, CHANNEL_DISABLED, busFor, setBusName, takeForgotten } from "../channels";

/** CSDW bit 9 (106-17 10.6.2.2): the setup record is XML, not the attributes above. */
export const TMATS_IS_XML: u32 = 0x200;

const NO_CHANNEL: u32 = 0x10000;
const NONE: usize = 0;

/** What R-x says of its n-th measurement. */
@unmanaged
class Measurement {
  key: u32; // x << 16 | n
  channel: u16; // with IS_CHANNEL
  length: u8; // of the text; LONGER: of one that is cut off
  flags: u8; // CHANNEL_*, IS_*
  // + text: its link, without one its source
}

/** What group B-g says of a bus. */
@unmanaged
class Group {
  number: u32;
  linkLength: u8; // or LONGER
  nameLength: u8;
  pad: u16;
  // + link, name: NAME each
}

const TEXT: usize = 8; // where the texts begin, in either
const MEASUREMENT: u32 = <u32>TEXT + NAME;
const GROUP: u32 = <u32>TEXT + 2 * NAME;
const LONGER: u32 = NAME + 1;
/** Of Measurement.flags, beside those of channels.ts. */
const IS_CHANNEL: u32 = 0x40;
const IS_LINK: u32 = 0x80;
const MEASUREMENTS: usize = memory.data(TMATS_ENTRIES * MEASUREMENT, 8);
const GROUPS: usize = memory.data(TMATS_GROUPS * GROUP, 8);
let measurements: u32 = 0;
let groups: u32 = 0;

@inline function measurementAt(i: u32): Measurement {
  return changetype<Measurement>(MEASUREMENTS + <usize>(i * MEASUREMENT));
}
@inline function groupAt(i: u32): Group {
  return changetype<Group>(GROUPS + <usize>(i * GROUP));
}

// The attribute that is being read: its code, and of its value what a name has room for and one more
const CODE: u32 = 64;
const VALUE: u32 = NAME + 1;
const CODE_AT: usize = memory.data(CODE, 8);
const VALUE_AT: usize = memory.data(VALUE, 8);
let codeLength: u32 = 0; // above CODE: too long
let valueLength: u32 = 0; // up to its last character that is no blank; may be above VALUE
let blanks: u32 = 0; // behind that
let inValue: bool = false;
let isOpen: bool = false; // the last packet ended within it

// Whose text it is
let owner: u64 = 0;
let ownerChannel: u32 = 0;
let nextSequence: u32 = 0;

/** Forgets what was read: a text goes on in no packet that comes. */
export function clearTmats(): void {
  measurements = groups = 0;
  nextSequence = 256;
  isOpen = false;
  beginAttribute();
}

/** A TMATS packet of this recorder and channel begins with the text [p, end), or with the beginning of it. */
export function openTmats(p: usize, end: usize, recorder: u64, channel: u32, sequence: u32): void {
  while (p < end && isBlank(load<u8>(p))) ++p;
  const isNew = end - p >= 2 && load<u8>(p) == 0x47 && load<u8>(p, 1) == 0x5c; // G\
  if (isNew || recorder != owner || channel != ownerChannel || sequence != nextSequence) clearTmats();
  owner = recorder;
  ownerChannel = channel;
  nextSequence = (sequence + 1) & 255;
}

/** More of its text. */
export function feedTmats(p: usize, end: usize): void {
  for (; p < end; ++p) {
    const c = load<u8>(p);
    if (c == 0x3b) endAttribute();
    else if (inValue) toValue(c);
    else if (c == 0x3a) inValue = true;
    else toCode(c);
  }
}

/** The packet has ended: the channels get what is known of them. */
export function closeTmats(): void {
  isOpen = codeLength != 0;
  for (let i: u32 = 0; i < measurements; ++i) name(measurementAt(i));
  takeForgotten();
}

/** Another packet than TMATS follows: an attribute without the `;` at its end, which might have gone on, counts. */
export function settleTmats(): void {
  if (!isOpen) return;
  takeAttribute();
  closeTmats();
  isOpen = false;
}

function beginAttribute(): void {
  codeLength = valueLength = blanks = 0;
  inValue = false;
}

@inline function isBlank(c: u32): bool {
  return c <= 32;
}

function toCode(c: u32): void {
  if (codeLength == 0 && isBlank(c)) return;
  if (codeLength < CODE) store<u8>(CODE_AT + <usize>codeLength, <u8>c);
  if (codeLength <= CODE) ++codeLength;
}

function toValue(c: u32): void {
  const at = valueLength + blanks;
  if (at >= 0xffff) return;
  if (at < VALUE) store<u8>(VALUE_AT + <usize>at, <u8>c);
  if (!isBlank(c)) {
    valueLength = at + 1;
    blanks = 0;
  } else if (valueLength != 0) ++blanks;
}

let cursor: u32 = 0; // within the code

/** A decimal number at the cursor, at most 65,535; 0xffffffff when there is none. */
function number(): u32 {
  let n: u32 = 0;
  const from = cursor;
  for (; cursor < codeLength; ++cursor) {
    const c = <u32>load<u8>(CODE_AT + <usize>cursor) - 48;
    if (c > 9) break;
    n = n * 10 + c;
    if (n > 65535) return 0xffffffff;
  }
  return cursor != from ? n : 0xffffffff;
}

/** The cursor stands at these ASCII characters: then moves behind them. */
function skip(s: string): bool {
  const n = <u32>s.length;
  if (codeLength - cursor < n) return false;
  for (let i: u32 = 0; i < n; ++i)
    if (<u32>load<u8>(CODE_AT + <usize>(cursor + i)) != <u32>s.charCodeAt(i)) return false;
  cursor += n;
  return true;
}

function valueIs(s: string): bool {
  if (valueLength != <u32>s.length) return false;
  for (let i: u32 = 0; i < valueLength; ++i)
    if (<u32>load<u8>(VALUE_AT + <usize>i) != <u32>s.charCodeAt(i)) return false;
  return true;
}

function endAttribute(): void {
  takeAttribute();
  beginAttribute();
}

function takeAttribute(): void {
  if (codeLength <= 2 || codeLength > CODE) return;
  cursor = 0;
  if (skip("R-")) ofMeasurement();
  else if (skip("B-")) ofBus();
}

const enum Says {
  NOTHING,
  CHANNEL,
  TYPE,
  ENABLED,
  LINK,
  SOURCE,
}

/** `R-x\NAME-n` with nothing behind it. */
function ofMeasurement(): void {
  const x = number();
  if (x == 0xffffffff || !skip("\\")) return;
  let says: Says = Says.NOTHING;
  if (skip("TK1-")) says = Says.CHANNEL;
  else if (skip("CDT-")) says = Says.TYPE;
  else if (skip("CHE-")) says = Says.ENABLED;
  else if (skip("CDLN-") || skip("BDLN-")) says = Says.LINK;
  else if (skip("DSI-")) says = Says.SOURCE;
  if (says == Says.NOTHING) return;
  const n = number();
  const key = (x << 16) | n;
  if (n == 0xffffffff || cursor != codeLength || key == 0) return;
  const channel = says == Says.CHANNEL ? channelOf() : 0;
  if (channel == NO_CHANNEL) return;
  const m = measurementFor(key);
  if (changetype<usize>(m) == NONE) return;
  if (says == Says.CHANNEL) {
    m.channel = <u16>channel;
    m.flags |= <u8>IS_CHANNEL;
  } else if (says == Says.TYPE) {
    if (valueIs("1553IN")) m.flags |= <u8>CHANNEL_1553;
  } else if (says == Says.ENABLED) {
    if (valueIs("F")) m.flags |= <u8>CHANNEL_DISABLED;
  } else if (valueLength != 0 && (says == Says.LINK || m.length == 0)) {
    m.length = keep(changetype<usize>(m) + TEXT);
    if (says == Says.LINK) m.flags |= <u8>IS_LINK;
  }
}

/** The value as a channel number, or NO_CHANNEL. */
function channelOf(): u32 {
  if (valueLength == 0 || valueLength > 5) return NO_CHANNEL;
  let channel: u32 = 0;
  for (let i: u32 = 0; i < valueLength; ++i) {
    const c = <u32>load<u8>(VALUE_AT + <usize>i) - 48;
    if (c > 9) return NO_CHANNEL;
    channel = channel * 10 + c;
  }
  return channel > 65535 ? NO_CHANNEL : channel;
}

/** Keeps the value where there is room for NAME; returns its length, or LONGER. */
function keep(to: usize): u8 {
  memory.copy(to, VALUE_AT, <usize>min<u32>(valueLength, NAME));
  return <u8>min<u32>(valueLength, LONGER);
}

/** That of the key; NONE when there is no room for another. */
function measurementFor(key: u32): Measurement {
  for (let i: u32 = 0; i < measurements; ++i) if (measurementAt(i).key == key) return measurementAt(i);
  if (measurements == TMATS_ENTRIES) return changetype<Measurement>(NONE);
  const m = measurementAt(measurements);
  measurements += 1;
  memory.fill(changetype<usize>(m), 0, MEASUREMENT);
  m.key = key;
  return m;
}

/** `B-g\DLN`, `B-g\BNA-1`. */
function ofBus(): void {
  const g = number();
  if (g == 0 || g == 0xffffffff) return;
  const isLink = skip("\\DLN");
  if ((!isLink && !skip("\\BNA-1")) || cursor != codeLength) return;
  const b = groupFor(g);
  if (changetype<usize>(b) == NONE) return;
  const at = changetype<usize>(b);
  if (isLink) b.linkLength = keep(at + TEXT);
  else if (valueLength != 0) b.nameLength = keep(at + TEXT + NAME);
}

function groupFor(g: u32): Group {
  for (let i: u32 = 0; i < groups; ++i) if (groupAt(i).number == g) return groupAt(i);
  if (groups == TMATS_GROUPS) return changetype<Group>(NONE);
  const b = groupAt(groups);
  groups += 1;
  memory.fill(changetype<usize>(b), 0, GROUP);
  b.number = g;
  return b;
}

function name(m: Measurement): void {
  if (((<u32>m.flags) & IS_CHANNEL) == 0) return;
  const bus = busFor(owner, m.channel);
  bus.flags = m.flags & (<u8>(CHANNEL_1553 | CHANNEL_DISABLED));
  const group = linked(m);
  if (group != NONE) setBusName(bus, group + TEXT + NAME, changetype<Group>(group).nameLength);
  else setBusName(bus, changetype<usize>(m) + TEXT, m.length);
}

/** The last group that has a name and the measurement's link. A link longer than a name's room is not compared. */
function linked(m: Measurement): usize {
  const n = <u32>m.length;
  if (((<u32>m.flags) & IS_LINK) == 0 || n > NAME) return NONE;
  let found: usize = NONE;
  for (let i: u32 = 0; i < groups; ++i) {
    const at = changetype<usize>(groupAt(i));
    const b = groupAt(i);
    if (b.nameLength == 0 || <u32>b.linkLength != n) continue;
    if (memory.compare(at + TEXT, changetype<usize>(m) + TEXT, <usize>n) == 0) found = at;
  }
  return found;
}
