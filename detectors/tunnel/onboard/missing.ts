// REQ-DETECT-024
// Names that do not exist, one after another: a program looks for its master under domains that it makes up (Yadav,
// Reddy, "Winning with DNS Failures", SecureComm 2011). Krishnan, Taylor, Monrose, McHugh, "Crossing the Threshold:
// Detecting Network Malfeasance via Sequential Hypothesis Testing", DSN 2013: count each domain once, for its client,
// against those that exist.
//
// Expected: of the registered domains that a client asks for, no more than a third do not exist. sum = those that do
// not, less half of those that do, never below 0; LEAK of them an hour are forgotten. score = sum / LIMIT, threshold 1;
// the sum stops at three limits. Judged without a baseline.
//
// What does not count: failures of servers (SERVFAIL, REFUSED), so a resolver without its upstream; answers that nobody
// asked for; reverse look-ups, and questions to block lists (RFC 5782), where not to exist is good news; names of one
// label, and of networks that are not the Internet's (RFC 6761, RFC 6762 appendix G). What a search list appends is one
// domain, however many names are tried in it.
//
// New: not among those of this record's Bloom filter of 512 bits, begun anew when half full, after some 170 domains.
// Rule when full: as of any table (../../onboard/table.ts); a record is made by a name that does not exist only.
import { Flow } from "../../../ip/onboard/flow";
import { Is, Packet } from "../../../ip/onboard/packet";
import { keyed } from "../../../lib/onboard/keyed";
import { Text, decimal, lit } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { later } from "../../onboard/clock";
import { Finding, Subject, raise, scaled } from "../../onboard/finding";
import { TABLE, Table, find, open, peek } from "../../onboard/table";
import { learning } from "../../ip/onboard/area";
import { Endpoints } from "../../ip/onboard/endpoints";
import { answer, domainAt, listedAddress, nameLength, opcode, question, reverse, text } from "../../ip/onboard/name";
import { domainKey } from "./limits";

/** A client. 104 bytes. */
@unmanaged
class Client {
  key: u64;
  check: u64;
  touch: u64;
  time: u64; // of the sum, ns
  since: u64; // of the first domain that the sum has
  sum: f32;
  missing: u16; // domains since then, at most 65,535 of each
  existing: u16;
}

const CLIENTS: u32 = 64;
const BLOOM: u32 = 64; // bytes
const STRIDE: u32 = offsetof<Client>() + BLOOM;
const LIMIT: f64 = 60;
const LEAK: f64 = 6;
const FOUND: f64 = 0.5;
const SALT: u64 = 0x428a2f98d728ae22;
const NXDOMAIN: u32 = 3;
const table: usize = memory.data(TABLE, 8);
const clients: usize = memory.data(CLIENTS * STRIDE, 8);

export function reset(): void {
  open(changetype<Table>(table), clients, CLIENTS, STRIDE);
}
export function evictions(): u64 {
  return changetype<Table>(table).evictions;
}

/** A packet with ports, one of which is 53. */
export function check(k: Packet, e: Endpoints): void {
  if (learning() || k.sourcePort != 53 || e.protocol != 17 || e.flow == 0 || k.flags & Is.FRAGMENT) return;
  const f = changetype<Flow>(e.flow);
  if (!f.toClient || f.packetsToServer == 0 || k.payloadOffset + k.payloadLength > k.captured) return;
  const p = e.frame + k.payloadOffset;
  if (!question(p, k.payloadLength) || !answer || opcode != 0) return;
  const code = (<u32>load<u8>(p, 3)) & 15,
    records = load<u16>(p, 6); // 0 or not
  if (code == NXDOMAIN ? records != 0 : code != 0 || records == 0) return;
  if (reverse() || listedAddress() != 0 || !isOfInternet()) return;
  const isMissing = code == NXDOMAIN,
    key = keyed(SALT, e.dst) | 1;
  if (!isMissing && peek(changetype<Table>(table), key, e.dst) == 0) return;
  count(k, e, changetype<Client>(find(changetype<Table>(table), key, e.dst)), isMissing);
}

function count(k: Packet, e: Endpoints, c: Client, isMissing: bool): void {
  if (!isNew(c, domainKey(text + domainAt, nameLength - domainAt))) return;
  const passed = k.time > c.time && c.time != 0 ? <f64>(k.time - c.time) * 1e-9 : 0;
  c.time = later(c.time, k.time);
  let sum = max<f64>(0, <f64>c.sum - (LEAK / 3600) * passed);
  if (sum == 0) {
    c.since = k.time;
    c.missing = 0;
    c.existing = 0;
  }
  if (isMissing) {
    sum = min<f64>(sum + 1, 3 * LIMIT);
    if (c.missing != u16.MAX_VALUE) c.missing += 1;
  } else {
    sum = max<f64>(0, sum - FOUND);
    if (c.existing != u16.MAX_VALUE) c.existing += 1;
  }
  c.sum = <f32>sum;
  const threshold = scaled(Detector.NXDOMAIN, 1);
  if (!isMissing || !(sum / LIMIT > threshold)) return;
  const f = raise(Detector.NXDOMAIN, 1, c.key, k.time, sum / LIMIT, max<f64>(threshold, 1e-9));
  // whoever can answer in the resolver's place can make it look like this: nobody is accused
  f.subject = Subject.HOSTS;
  f.since = c.since;
  f.version = e.version;
  f.srcHi = e.dstHi;
  f.srcLo = e.dstLo;
  f.a = <f64>c.missing;
  f.b = <f64>c.existing;
}

/** Whether the domain is not among the client's last ones. */
function isNew(c: Client, hash: u64): bool {
  const bits = changetype<usize>(c) + offsetof<Client>(),
    h = <u32>(hash >> 1); // its lowest bit is always set
  const first = bits + (((h & 511) >> 6) << 3),
    second = bits + ((((h >> 9) & 511) >> 6) << 3);
  const a: u64 = (<u64>1) << (h & 63),
    b: u64 = (<u64>1) << ((h >> 9) & 63);
  if (load<u64>(first) & a && load<u64>(second) & b) return false;
  let set: u32 = 0;
  for (let i: usize = 0; i < BLOOM; i += 8) set += <u32>popcnt<u64>(load<u64>(bits + i));
  if (set >= BLOOM * 4) memory.fill(bits, 0, BLOOM);
  store<u64>(first, load<u64>(first) | a);
  store<u64>(second, load<u64>(second) | b);
  return true;
}

/** Of two labels at least, of which the last is none that stands for a network of one's own. */
function isOfInternet(): bool {
  let at = nameLength;
  while (at != 0 && load<u8>(text + at - 1) != 46) --at;
  if (at == 0) return false;
  return !(
    isLast(at, "local") ||
    isLast(at, "lan") ||
    isLast(at, "home") ||
    isLast(at, "corp") ||
    isLast(at, "mail") ||
    isLast(at, "internal") ||
    isLast(at, "intranet") ||
    isLast(at, "private") ||
    isLast(at, "localdomain") ||
    isLast(at, "localhost") ||
    isLast(at, "invalid") ||
    isLast(at, "test")
  );
}

function isLast(at: u32, label: string): bool {
  if (nameLength - at != <u32>label.length) return false;
  for (let i: u32 = 0; at + i < nameLength; ++i)
    if (<u32>load<u8>(text + at + i) != <u32>load<u16>(changetype<usize>(label) + ((<usize>i) << 1))) return false;
  return true;
}

export function expected(t: Text, _f: Finding): void {
  lit(t, "at most ");
  decimal(t, LIMIT, 0);
  lit(t, " domains that do not exist beyond half of those that do, ");
  decimal(t, LEAK, 0);
  lit(t, " an hour aside");
}

export function seen(t: Text, f: Finding): void {
  decimal(t, f.a, 0);
  lit(t, " that do not exist, ");
  decimal(t, f.b, 0);
  lit(t, " that do");
}
