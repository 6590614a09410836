// DHCP clients that take addresses away and never use them (Yersinia, DHCPig, dhcpstarv). Per minute:
//
//   asked    clients, by MAC address, that ask a server of this segment
//   spoken   MAC addresses that send ARP or ask for neighbours, as each host does that got an address; of clients
//            behind a relay those that a server acknowledged
//
// Score: those that asked and did not speak, above LIMIT; a segment of a thousand hosts that start within a minute has
// some 80 at a time. And of one sender of frames: clients for which it asks, by MAC address and client identifier,
// above OF_ONE: a host has a few (of its firmware, its loader, its system), a bridge that hides MAC addresses some
// more.
//
// Rule when full: of eight neighbours the sender found longest ago is forgotten (../../onboard/table.ts). Who sends ARP
// in each client's name, from its MAC address, is a host to everybody.
import { addressKey } from "../../../ip/onboard/address";
import { Packet } from "../../../ip/onboard/packet";
import { keyed } from "../../../lib/onboard/keyed";
import { Dhcp, dhcp } from "../../ip/onboard/dhcp";
import { NS, discoveryAt } from "../../ip/onboard/discovery";
import { estimate, update } from "../../onboard/distinct";
import { TABLE, Table, find, open } from "../../onboard/table";

const SENDERS: u32 = 64;
const LIMIT: f64 = 128;
const OF_ONE: f64 = 16;
const DISTINCT: u32 = 64; // bytes
const MINUTE: u64 = 60000000000;
const SALT: u64 = 0x9fb21c651e98df25;

/** 96 bytes. A MAC address that sends for DHCP clients. */
@unmanaged
class Sender {
  key: u64;
  check: u64;
  touch: u64;
  minute: u64;
  asked: u64; // 64 bytes, a Distinct
  a1: u64;
  a2: u64;
  a3: u64;
  a4: u64;
  a5: u64;
  a6: u64;
  a7: u64;
}

const senders: usize = memory.data(SENDERS * offsetof<Sender>(), 8);
const TABLE_AT: usize = memory.data(TABLE, 8);
const asked: usize = memory.data(DISTINCT, 8);
const spoken: usize = memory.data(DISTINCT, 8);
const either: usize = memory.data(DISTINCT, 8);
let minute: u64 = 0;
let many: f64 = 0;
let most: f64 = 0;

@inline function table(): Table {
  return changetype<Table>(TABLE_AT);
}

export function reset(): void {
  open(table(), senders, SENDERS, offsetof<Sender>());
  memory.fill(asked, 0, DISTINCT);
  memory.fill(spoken, 0, DISTINCT);
  minute = 0;
}

export function evictions(): u64 {
  return table().evictions;
}

/** After outstanding(): how many, whether they are of one sender, and the limit of them. */
export function count(): f64 {
  return many;
}
export function isOneSource(): bool {
  return most == OF_ONE;
}
export function limit(): f64 {
  return most;
}

/** Clients that are outstanding, as the packet makes it, as a share of their limit; 0 where it says nothing of them. */
export function outstanding(k: Packet, frame: usize): f64 {
  const d = dhcp();
  const speaks = (k.arpOp != 0 && k.ips == 0) || (k.icmpType == NS && discoveryAt(k, frame, 24) != 0);
  if (d.kind == Dhcp.NONE && !speaks) return 0;
  if (k.time / MINUTE != minute) {
    minute = k.time / MINUTE;
    memory.fill(asked, 0, DISTINCT);
    memory.fill(spoken, 0, DISTINCT);
  }
  if (speaks) update(spoken, keyed(SALT, k.macSrc));
  else if (d.isReply) {
    if (d.kind == Dhcp.ACK && d.isRelayed) update(spoken, keyed(SALT, d.client));
  } else if (d.kind == Dhcp.DISCOVER || d.kind == Dhcp.REQUEST) return asks(k);
  return 0;
}

function asks(k: Packet): f64 {
  const d = dhcp();
  if (!d.isRelayed) {
    const ofOne = ofSender(k.macSrc, d.identity);
    if (ofOne > OF_ONE) {
      many = ofOne;
      most = OF_ONE;
      return ofOne / OF_ONE;
    }
  }
  most = LIMIT;
  if (!update(asked, keyed(SALT, d.client))) return 0;
  for (let i: u32 = 0; i < DISTINCT; ++i) store<u8>(either + i, max<u8>(load<u8>(asked + i), load<u8>(spoken + i)));
  many = min<f64>(estimate(asked), estimate(either) - estimate(spoken));
  return many / LIMIT;
}

/** For how many clients this MAC address asks in this minute. */
function ofSender(mac: u64, identity: u64): f64 {
  const s = changetype<Sender>(find(table(), addressKey(0, 0, mac), mac)),
    at = changetype<usize>(s) + offsetof<Sender>("asked");
  if (s.minute != minute) {
    s.minute = minute;
    memory.fill(at, 0, DISTINCT);
  }
  update(at, keyed(SALT, identity));
  return estimate(at);
}
