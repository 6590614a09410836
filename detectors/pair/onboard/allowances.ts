// How many new servers an hour a client meets on a service in ordinary life, as the baseline has it (occasions.ts,
// ../novelty.ts): so many are no news. Of a client that never met anybody new each one is.
//
// Expected: at most `limit` in an hour, which begins with the first. score = new-pair's threshold times count / limit,
// and no more than new-pair's own score: so it passes the threshold with the first beyond the limit.
// Of servers inside a service is its port, outside all ports from 1024 on are one.
//
// Rule when full: the section fits, or it is refused.
import { keyed } from "../../../lib/onboard/keyed";
import { claim } from "../../ip/onboard/area";
import { isHost, keyOf, openSection, recordAt, records } from "../../ip/onboard/section";

// u16 client, u16 service (HIGH = any from 1024 on), u8 protocol, u8 1 = outside, u8 limit, u8 zero
const RECORD: u32 = 8;
const MOST: u32 = 128;
const SLOTS: u32 = 256;
const HIGH: u32 = 1024;
const HOUR: u64 = 3600000000000;

@unmanaged
class Allowance {
  key: u64; // 0 = free
  since: u64; // ns, of the hour at hand
  limit: u32;
  count: u32; // new servers in it
}

let table: usize = 0;
let size: u32 = 0;

/** In operation. */
export function resetAllowances(): void {
  size = 0;
  table = claim(SLOTS * offsetof<Allowance>());
}

function keyFor(client: u64, protocol: u32, service: u32, isOutside: bool): u64 {
  const port = isOutside ? min<u32>(service, HIGH) : service;
  return keyed(client, (port << 9) | (isOutside ? 256 : 0) | protocol) | 1;
}

/** The client's place: its record, or a free one. */
function placeOf(key: u64): Allowance {
  let i = <u32>(key >> 40);
  while (true) {
    const a = changetype<Allowance>(table + <usize>(i & (SLOTS - 1)) * offsetof<Allowance>());
    if (a.key == 0 || a.key == key) return a;
    ++i;
  }
}

export function configureAllowances(at: usize, length: u32): bool {
  if (!openSection(at, length, RECORD) || records() > MOST) return false;
  for (let i: u32 = 0; i < records(); ++i) {
    const p = recordAt(i);
    const client = <u32>load<u16>(p),
      limit = <u32>load<u8>(p, 6);
    if (!isHost(client) || load<u8>(p, 5) > 1 || limit == 0) return false;
    const key = keyFor(keyOf(client), load<u8>(p, 4), load<u16>(p, 2), load<u8>(p, 5) == 1);
    const a = placeOf(key);
    a.key = key;
    a.limit = limit;
  }
  size = records();
  return true;
}

/** How many of the hour at hand there were, and how many are ordinary. */
export let met: u32 = 0;
export let usual: u32 = 0;

/** Counts a conversation that the baseline does not know; false where the client meets nobody new on such a service. */
export function meets(client: u64, protocol: u32, service: u32, isOutside: bool, time: u64): bool {
  if (size == 0) return false;
  const a = placeOf(keyFor(client, protocol, service, isOutside));
  if (a.key == 0) return false;
  if (a.count == 0 || time >= a.since + HOUR) {
    a.since = time;
    a.count = 0;
  }
  if (a.count != u32.MAX_VALUE) a.count += 1;
  met = a.count;
  usual = a.limit;
  return true;
}
