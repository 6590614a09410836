// What the baseline says of domains and of hosts that ping: limits in place of the defaults. Section of the policy:
//
//   record, 64 bytes    u8 kind (1 domain, 2 echo), u8 length of the name, u16 client, u16 server, u16 zero,
//                       4 x f32 limits, 40 bytes name
import { keyed, keyedBytes } from "../../../lib/onboard/keyed";
import { isHost, keyOf, openSection, recordAt, records, sane } from "../../ip/onboard/section";

const RECORD: u32 = 64;
const KNOWN: u32 = 128;
const known: usize = memory.data(KNOWN * 24, 8); // u64 key, 4 x f32
let count: u32 = 0;

export const NAME: u32 = 40;

export function forgetLimits(): void {
  count = 0;
}

/** Key of a domain by its name in lower case (its last NAME characters), of two hosts that ping by their keys. */
export function domainKey(p: usize, length: u32): u64 {
  return keyedBytes(p, length) | 1;
}
export function echoKey(client: u64, server: u64): u64 {
  return keyed(client, server) | 1;
}

export function configure(at: usize, length: u32): bool {
  count = 0;
  if (!openSection(at, length, RECORD) || records() > KNOWN) return false;
  for (let i: u32 = 0; i < records(); ++i) {
    const p = recordAt(i),
      kind = <u32>load<u8>(p),
      n = <u32>load<u8>(p, 1);
    const client = <u32>load<u16>(p, 2),
      server = <u32>load<u16>(p, 4);
    if ((kind != 1 && kind != 2) || n > NAME || (kind == 2 && !(isHost(client) && isHost(server)))) return false;
    for (let j: usize = 8; j < 24; j += 4) if (!sane(load<f32>(p + j))) return false;
    const to = known + <usize>(i * 24);
    store<u64>(to, kind == 1 ? domainKey(p + 24, n) : echoKey(keyOf(client), keyOf(server)));
    memory.copy(to + 8, p + 8, 16);
  }
  count = records();
  return true;
}

/** Where the four limits of this key stand, or `otherwise`. */
export function limitsOf(key: u64, otherwise: usize): usize {
  for (let i: u32 = 0; i < count; ++i) {
    const p = known + <usize>(i * 24);
    if (load<u64>(p) == key) return p + 8;
  }
  return otherwise;
}
