// REQ-DETECT-021
// Which MAC address a DHCP server gave an address to, and which servers there are. A lease is believed only when
//
//   1. the client asked: a DISCOVER or REQUEST with this transaction's number, in a frame of the very MAC address that
//      it is for, within ASKED
//   2. a server answered that belongs here: the first of its VLAN, or one that was there from the beginning. Another
//      one, heard when the first had answered ALONE transactions by itself (BESIDE, where it answers what another
//      answered too), is new for HOUR and gives nothing
//
// So who wants an address excused must send in the name, and from the MAC address, of a server that belongs here, and
// no packet of the one who had the address may come afterwards: it voids the lease.
//
// Rules when full: of open questions and leases a newer one takes the place that the key chooses, or what
// ../../onboard/table.ts says; of servers a new one gives way to a newer one, and those that belong here stay. Where
// all places are theirs, another is new each time.
import { Packet } from "../../../ip/onboard/packet";
import { wide3 } from "../../../lib/onboard/keyed";
import { later } from "../../onboard/clock";
import { TABLE, Table, find, open, peek } from "../../onboard/table";
import { Dhcp, DhcpMessage, dhcp } from "./dhcp";

const SECOND: u64 = 1000000000;
const ASKED: u64 = 60 * SECOND;
const HOUR: u64 = 3600 * SECOND;
const ALONE: u32 = 8;
const BESIDE: u32 = 3;
const SERVERS: u32 = 8;
const QUESTIONS: u32 = 256;
const LEASES: u32 = 256;
const SALT: u64 = 0xa24baed4963ee407;

@unmanaged
class Server {
  key: u64; // of its VLAN, MAC address and identifier; 0 = free
  mac: u64;
  first: u64; // ns
  last: u64;
  vlan: u32;
  answered: u32; // transactions
  isNew: u32; // 1 = it came beside others
  pad: u32;
}

/** A client's question. */
@unmanaged
class Question {
  key: u64;
  time: u64; // ns
  answers: u64; // bit n: the server at place n answered
}

@unmanaged
export class Lease {
  key: u64;
  check: u64;
  touch: u64;
  mac: u64;
  isVoid: u64; // 1 = somebody else went on using the address
}

const servers: usize = memory.data(SERVERS * offsetof<Server>(), 8);
const questions: usize = memory.data(QUESTIONS * offsetof<Question>(), 8);
const leases: usize = memory.data(LEASES * offsetof<Lease>(), 8);
const TABLE_AT: usize = memory.data(TABLE, 8);
let given: usize = 0; // the lease that the packet at hand gives, or 0
let isAnswer: bool = false;
let other: u64 = 0; // MAC address of the server beside which the one at hand is new, or 0

@inline function table(): Table {
  return changetype<Table>(TABLE_AT);
}
@inline function server(i: u32): Server {
  return changetype<Server>(servers + <usize>i * offsetof<Server>());
}

export function openLeases(): void {
  memory.fill(servers, 0, SERVERS * offsetof<Server>());
  memory.fill(questions, 0, QUESTIONS * offsetof<Question>());
  open(table(), leases, LEASES, offsetof<Lease>());
  given = 0;
  other = 0;
}

export function leaseEvictions(): u64 {
  return table().evictions;
}

/** The lease that the packet at hand gives and that is believed, or 0. */
@inline export function leaseGiven(): usize {
  return given;
}

/** The packet at hand is an answer of DHCP to a question that was seen, which was asked of everybody. */
@inline export function answersDhcp(): bool {
  return isAnswer;
}

/** The packet at hand is the answer of a server that came beside others: the MAC address of one of those; else 0. */
@inline export function knownBeside(): u64 {
  return other;
}

/** Looks at what readDhcp() read. */
export function followLeases(k: Packet): void {
  given = 0;
  other = 0;
  isAnswer = false;
  const d = dhcp();
  if (d.kind == Dhcp.NONE || k.macSrc == 0) return;
  const key = wide3(SALT ^ d.vlan, d.client, d.xid);
  const q = changetype<Question>(questions + <usize>((<u32>(key >> 40)) & (QUESTIONS - 1)) * offsetof<Question>());
  if (!d.isReply) {
    if ((d.kind != Dhcp.DISCOVER && d.kind != Dhcp.REQUEST) || d.isRelayed || k.macSrc != d.client) return;
    // a REQUEST behind its DISCOVER goes on with the same transaction
    if (q.key != key) q.answers = 0;
    q.key = key;
    q.time = k.time;
    return;
  }
  if (d.kind != Dhcp.OFFER && d.kind != Dhcp.ACK) return;
  isAnswer = q.key == key && (k.time <= q.time || k.time - q.time <= ASKED);
  if (!isAnswer || !belongs(k, d, q)) return;
  if (d.kind == Dhcp.ACK && d.address != 0) give(d);
}

/** Whether the server that answers the question belongs here; otherwise knownBeside() is set. */
function belongs(k: Packet, d: DhcpMessage, q: Question): bool {
  const s = serverOf(k, d, q);
  if (s == 0) return false;
  const at = changetype<Server>(s),
    place = <u64>((s - servers) / offsetof<Server>()),
    bit = (<u64>1) << place;
  if (!(q.answers & bit)) at.answered += 1;
  q.answers |= bit;
  if (!at.isNew && at.answered > BESIDE) faster(at.vlan, q);
  at.last = later(at.last, k.time);
  if (at.isNew && at.last - at.first > HOUR) at.isNew = 0;
  if (at.isNew) other = beside(at.vlan, q);
  return !at.isNew;
}

/** A server that was there answers behind one that answers for the first time, and was the faster: that one is new. */
function faster(inVlan: u32, q: Question): void {
  for (let i: u32 = 0; i < SERVERS; ++i) {
    const s = server(i);
    if (s.key != 0 && s.vlan == inVlan && s.answered == 1 && q.answers & ((<u64>1) << i)) s.isNew = 1;
  }
}

/** The answering server's record, made if need be; 0 where there is no place for it. */
function serverOf(k: Packet, d: DhcpMessage, q: Question): usize {
  const key = wide3(SALT + d.vlan, k.macSrc, d.server);
  let free: usize = 0;
  for (let i: u32 = 0; i < SERVERS; ++i) {
    const s = server(i);
    if (s.key == key) return changetype<usize>(s);
    if (free != 0 && changetype<Server>(free).key == 0) continue;
    if (s.key == 0 || (s.isNew && (free == 0 || s.last < changetype<Server>(free).last))) free = changetype<usize>(s);
  }
  const known = beside(d.vlan, q);
  if (free == 0) {
    other = known;
    return 0;
  }
  const s = changetype<Server>(free);
  memory.fill(free, 0, offsetof<Server>());
  s.key = key;
  s.mac = k.macSrc;
  s.first = k.time;
  s.vlan = d.vlan;
  s.isNew = known != 0 ? 1 : 0;
  return free;
}

/** The MAC address of a server that belongs here and has served long enough by itself; 0 = there is none. */
function beside(inVlan: u32, q: Question): u64 {
  for (let i: u32 = 0; i < SERVERS; ++i) {
    const s = server(i);
    if (s.key == 0 || s.isNew || s.vlan != inVlan) continue;
    const hasAnswered = (q.answers & ((<u64>1) << i)) != 0;
    if (s.answered >= (hasAnswered ? BESIDE : ALONE)) return s.mac;
  }
  return 0;
}

@inline function keyOf(inVlan: u32, ip: u32): u64 {
  return wide3(SALT, ip, inVlan);
}

function give(d: DhcpMessage): void {
  given = find(table(), keyOf(d.vlan, d.address), ((<u64>d.vlan) << 32) | d.address);
  const lease = changetype<Lease>(given);
  lease.mac = d.client;
  lease.isVoid = 0;
}

/** The lease of an address, or 0; nothing changes. */
export function leaseOf(inVlan: u32, ip: u32): usize {
  return peek(table(), keyOf(inVlan, ip), ((<u64>inVlan) << 32) | ip);
}
