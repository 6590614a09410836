// REQ-DETECT-019
// Content: what a known conversation says that it never said.
//
//   FUNCTION   a function that this side never used (ip/onboard/application): a write where it only read
//   OBJECT     a function that it used, about something that it never was about
//   VALUE      an octet that was constant, or one of a few, or in a range, and is not
//   OTHER      the same in messages of a protocol that is not known
//   and rules that publishers of GOOSE and Sampled Values keep: streams.ts
//
// Expected: what was learned of the conversation. Score: how long nothing had been new there (novelty.ts); threshold
// the class's limit of the baseline (../learned.ts). Of a message the first of these that is new is told. Rules have a
// score by how sure it is that no publisher does that, threshold 1; they need no baseline.
//
// State: learn.ts while learning, known.ts, of publishers streams.ts; where messages begin
// ip/onboard/application/walk.ts. Not judged: conversations that the baseline knows by a wildcard only, later
// fragments, what is encrypted, and what begins a connection: a client that was started again is no news.
import { Flow, placeOf } from "../../../ip/onboard/flow";
import { App, AppMessage } from "../../../ip/onboard/application/message";
import { CONNECTION, appAt, published, publishedIn, publisherOf } from "../../../ip/onboard/application/messages";
import { beginWalk, forgetWalks, nextMessage, spareWalks } from "../../../ip/onboard/application/walk";
import { Is, Packet } from "../../../ip/onboard/packet";
import { FIN, RST, SYN } from "../../../ip/onboard/tcp";
import { keyed } from "../../../lib/onboard/keyed";
import { Detector } from "../../onboard/catalogue";
import { Finding, raise, scaled } from "../../onboard/finding";
import { steadyTime } from "../../onboard/steady";
import { isSetUp } from "../../../ip/onboard/application/set-up";
import { accuseCountedFlow } from "../../ip/onboard/accuse";
import { learning } from "../../ip/onboard/area";
import { Conversation } from "../../ip/onboard/conversations";
import { Endpoints, external } from "../../ip/onboard/endpoints";
import { knownConversation } from "../../ip/onboard/known";
import { rewind } from "./export";
import { functionKey, layoutKey, objectKey, sideKey } from "./keys";
import { isSaid, isWithin, layoutAt, limitOf, octetAt, octetsOf, openKnown, scoreOf } from "./known";
import { beginLearn, beginSides, learnEvictions, learnMessage } from "./learn";
import { octet } from "./message-octets";
import { Class } from "./novelty";
import { forgetPeaks, passPeaks } from "./peaks";
import { forgetSamples, sample } from "./samples";
import { NO_RULE, Rule, Stream, before, now, openStreams, publish, streamEvictions, streamOf } from "./streams";
import { What } from "./what";

export { configure } from "./known";
export { exportNext } from "./export";
export { context, expected, seen } from "./words";

const OWN: u32 = 1 << Detector.CONTENT;
const SALT: u64 = 0x8bb84b93962eacc9;
const TCP: u32 = 6;
const ARP: u32 = 0x0806;
const MESSAGE: usize = memory.data(offsetof<AppMessage>(), 8);
const EIGHTH: f64 = 0.125;

let walked: bool = false; // places of walk.ts are in use

export function reset(): void {
  rewind();
  openStreams();
  forgetPeaks();
  forgetSamples();
  if (walked) forgetWalks();
  walked = false;
  openKnown(learning());
  if (learning()) beginLearn();
}

export function evictions(): u64 {
  return streamEvictions() + (learning() ? learnEvictions() : 0);
}

/** Messages are looked for in conversations that are known, or learned. */
export function spare(configured: bool, learns: bool): void {
  if (!configured && !learns) spareWalks();
}

export function learn(k: Packet, e: Endpoints): void {
  passPeaks(steadyTime());
  if (k.ips == 0 && publisherOf(k) != App.NONE) {
    const s = listen(k);
    if (s != 0) publish(changetype<Stream>(s), k, published());
  }
  if (e.conversation == 0 || !isRead(k, e)) return;
  const c = changetype<Conversation>(e.conversation),
    m = changetype<AppMessage>(MESSAGE),
    side: u32 = e.toServer ? 0 : 1;
  if (!(c.owned & OWN)) {
    c.owned |= OWN;
    beginSides(c);
  }
  for (open(k, e); next(k, e, m);) learnMessage(c, side, m);
}

@inline export function check(k: Packet, e: Endpoints): void {
  if (k.ips == 0 && publisherOf(k) != App.NONE) judgeStream(k);
  if (e.conversation == 0) return;
  const c = changetype<Conversation>(e.conversation);
  if (c.known == 0 || c.wildcard || !(knownConversation(c.known - 1).owned & OWN)) return;
  if (isRead(k, e)) judgeMessages(k, e, c);
}

/** The Stream of a publisher's frame, or 0; published() is what it said. */
function listen(k: Packet): usize {
  if (!publishedIn(k, changetype<AppMessage>(MESSAGE))) return 0;
  return changetype<usize>(streamOf(k, published(), publisherOf(k)));
}

/** Whether messages are looked for in the packet. */
function isRead(k: Packet, e: Endpoints): bool {
  if (k.flags & (Is.LATER | Is.ENCRYPTED | Is.BAD_CHECKSUM)) return false;
  if (e.version == 0) return k.payloadLength != 0 && e.service != ARP;
  if (!(k.flags & Is.PORTS)) return false;
  // what comes from the Internet, or goes there, by TCP, is no machine's protocol
  if (e.protocol == TCP && appAt(TCP, e.service) == App.NONE)
    if (external(e.version, e.srcHi, e.srcLo) || external(e.version, e.dstHi, e.dstLo)) return false;
  return k.payloadLength != 0 || (e.protocol == TCP && ((<u32>k.tcpFlags) & (SYN | FIN | RST)) != 0);
}

let isOne: bool = false; // open() has found the message that next() gives

/** Begins with what the packet says: next() gives one message after the other. */
function open(k: Packet, e: Endpoints): void {
  const m = changetype<AppMessage>(MESSAGE);
  isOne = false;
  if (e.version == 0) {
    isOne = publisherOf(k) == App.NONE ? isFrame(k, m) : publishedIn(k, m);
    return;
  }
  walked = true;
  beginWalk(k, placeOf(e.flow), e.flow != 0 ? changetype<Flow>(e.flow).start : 0, e.service, e.toServer != 0);
  if (e.protocol == TCP && k.payloadLength == 0) isOne = isConnection(k, e, m);
}

function next(k: Packet, e: Endpoints, m: AppMessage): bool {
  if (isOne) {
    isOne = false;
    return true;
  }
  return e.version != 0 && nextMessage(k, m);
}

/** A frame without IP, of no known protocol, is one message. */
function isFrame(k: Packet, m: AppMessage): bool {
  memory.fill(MESSAGE, 0, offsetof<AppMessage>());
  m.body = k.base + k.payloadOffset;
  m.end = m.body + k.payloadLength;
  m.length = k.payloadClaimed;
  return true;
}

/** The beginning or the end of a connection of a known protocol is a message, without a layout. */
function isConnection(k: Packet, e: Endpoints, m: AppMessage): bool {
  const flags = (<u32>k.tcpFlags) & (SYN | FIN | RST),
    app = appAt(TCP, e.service);
  if (flags == 0 || app == App.NONE) return false;
  memory.fill(MESSAGE, 0, offsetof<AppMessage>());
  m.app = app;
  m.kind = CONNECTION | flags;
  m.isCut = 1;
  return true;
}

function judgeMessages(k: Packet, e: Endpoints, c: Conversation): void {
  const m = changetype<AppMessage>(MESSAGE),
    side: u32 = e.toServer ? 0 : 1;
  for (open(k, e); next(k, e, m);) judge(k, e, c, side, m);
}

function judge(k: Packet, e: Endpoints, c: Conversation, side: u32, m: AppMessage): void {
  const key = sideKey(c.key, side),
    index = <u32>c.known - 1;
  if (isSetUp(m.app, m.kind)) return;
  if (m.app != App.NONE && !isSaid(functionKey(key, m.app, m.kind))) {
    found(k, e, c, side, m, What.FUNCTION, Class.FUNCTION, <f64>scoreOf(index, side, false) * EIGHTH);
    return;
  }
  if (m.about != 0 && !isSaid(objectKey(key, m.app, m.kind, m.about))) {
    found(k, e, c, side, m, What.OBJECT, Class.OBJECT, <f64>scoreOf(index, side, true) * EIGHTH);
    return;
  }
  if (m.isCut) return;
  const layout = layoutAt(layoutKey(key, m.app, m.kind, m.shape));
  if (layout != 0) judgeOctets(k, e, c, side, m, layout);
}

function judgeOctets(k: Packet, e: Endpoints, c: Conversation, side: u32, m: AppMessage, layout: usize): void {
  let score: u32 = 0,
    which: u32 = 0;
  const count = octetsOf(layout);
  for (let i: u32 = 0; i < count; ++i) {
    const x = octetAt(layout, i);
    if (<u32>x.score <= score) continue;
    const value = octet(m, x.place);
    if (value > 255 || isWithin(x, value)) continue;
    score = x.score;
    which = i;
  }
  if (score == 0) return;
  const isOther = m.app == App.NONE;
  const f = found(
    k,
    e,
    c,
    side,
    m,
    isOther ? What.OTHER : What.VALUE,
    isOther ? Class.OTHER : Class.VALUE,
    <f64>score * EIGHTH,
  );
  if (f == 0) return;
  const x = octetAt(layout, which);
  changetype<Finding>(f).mac = m.shape;
  changetype<Finding>(f).c = <f64>x.known;
  changetype<Finding>(f).d = <f64>(((<u32>x.place) << 16) | ((<u32>x.values) << 8) | octet(m, x.place));
}

/** Raises a finding where the score is above the limit; 0 where it is not. */
function found(
  k: Packet,
  e: Endpoints,
  c: Conversation,
  side: u32,
  m: AppMessage,
  what: u32,
  class_: u32,
  score: f64,
): usize {
  const limit = limitOf(class_),
    threshold = scaled(Detector.CONTENT, limit);
  if (!(score > threshold) || limit == 0) return 0;
  const f = raise(
    Detector.CONTENT,
    what,
    keyed(SALT + what, sideKey(c.key, side)),
    k.time,
    score,
    max<f64>(threshold, 1e-9),
  );
  accuseCountedFlow(f, e);
  f.a = <f64>told(e, m.app, side);
  f.b = <f64>m.kind;
  f.c = <f64>(m.about >> 32);
  f.d = <f64>(m.about & 0xffffffff);
  // what a server answers, and what publishers say, changes: any value of it is right where the function is
  if (what <= <u32>What.OBJECT && side == 0 && k.ips != 0) sample(f, m);
  return changetype<usize>(f);
}

/** Of words.ts: the conversation's service (bit 40: neither side serves) and protocol, the application and the side. */
function told(e: Endpoints, app: u32, side: u32): u64 {
  const talk = ((<u64>e.unordered) << 24) | ((<u64>e.protocol) << 16) | (<u64>e.service);
  return (talk << 16) | ((<u64>app) << 8) | (<u64>side);
}

/** Who sends in a publisher's name is not known: nobody is accused. */
function judgeStream(k: Packet): void {
  const at = listen(k);
  if (at == 0) return;
  const s = changetype<Stream>(at),
    sender = s.mac,
    which = publish(s, k, published());
  if (which == NO_RULE) return;
  const score: f64 = which == Rule.SEQUENCE || which == Rule.CLOCK || which == Rule.TIME ? 2 : 3,
    threshold = scaled(Detector.CONTENT, 1);
  if (!(score > threshold)) return;
  const f = raise(
    Detector.CONTENT,
    What.RULES + which,
    keyed(SALT + What.RULES, s.key),
    k.time,
    score,
    max<f64>(threshold, 1e-9),
  );
  f.a = <f64>s.app;
  f.b = <f64>published().appId;
  f.c = which == Rule.SENDER ? <f64>sender : <f64>before;
  f.d = which == Rule.SENDER ? <f64>k.macSrc : <f64>now;
}
