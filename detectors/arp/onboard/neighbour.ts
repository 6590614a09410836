// What neighbour discovery (RFC 4861) says of who has an address: an advertisement of its target, the other messages of
// their sender, where they name a link-layer address.
import { addressKey } from "../../../ip/onboard/address";
import { Packet, outerVlan, outermost } from "../../../ip/onboard/packet";
import { be48, be64 } from "../../../lib/onboard/bytes";
import { NA, NS, discoveryAt, optionAt } from "../../ip/onboard/discovery";
import { ask, asked, question } from "./tables";

const SOURCE_ADDRESS: u32 = 1; // options, section 4.6.1
const TARGET_ADDRESS: u32 = 2;
const OVERRIDE: u32 = 0x20;

@unmanaged
class Claim {
  hi: u64;
  lo: u64;
  mac: u64;
  isOverride: bool;
  isUnasked: bool; // to one neighbour, who did not ask
}
const CLAIM: usize = memory.data(offsetof<Claim>(), 8);
let questions: u32 = 0; // seen at all

@inline export function claim(): Claim {
  return changetype<Claim>(CLAIM);
}

export function reset(): void {
  questions = 0;
}

/** Whether the packet says that an address is at a MAC address: claim() has both then. */
export function read(k: Packet, frame: usize): bool {
  if (k.icmpType < 133 || k.icmpType > NA || k.macSrc == 0) return false;
  const isTargets = k.icmpType == NA || k.icmpType == NS;
  const fixed: u32 = isTargets ? 24 : k.icmpType == 133 ? 8 : 16,
    p = discoveryAt(k, frame, fixed);
  if (p == 0) return false;
  return k.icmpType == NA ? advertised(k, p) : sent(k, p, p + fixed);
}

function advertised(k: Packet, p: usize): bool {
  const c = claim(),
    option = optionAt(p + 24, TARGET_ADDRESS, 8),
    ip = outermost(k);
  c.hi = be64(p + 8);
  c.lo = be64(p + 16);
  c.mac = option != 0 ? be48(option + 2) : k.macSrc;
  c.isOverride = (load<u8>(p, 4) & OVERRIDE) != 0;
  const isToOne = ip.dstHi >> 56 != 0xff;
  c.isUnasked = isToOne && questions != 0 && !asked(questionOf(k, ip.dstHi, ip.dstLo, c.hi, c.lo), k.time);
  return c.mac != 0 && c.hi >> 56 != 0xff;
}

function sent(k: Packet, p: usize, options: usize): bool {
  const c = claim(),
    ip = outermost(k);
  if (k.icmpType == NS) {
    questions += 1;
    ask(questionOf(k, ip.srcHi, ip.srcLo, be64(p + 8), be64(p + 16)), k.time);
  }
  const option = optionAt(options, SOURCE_ADDRESS, 8);
  if (option == 0 || (ip.srcHi | ip.srcLo) == 0) return false;
  c.hi = ip.srcHi;
  c.lo = ip.srcLo;
  c.mac = be48(option + 2);
  c.isOverride = true;
  c.isUnasked = false;
  return c.mac != 0;
}

@inline function questionOf(k: Packet, whoHi: u64, whoLo: u64, whomHi: u64, whomLo: u64): u64 {
  return question(outerVlan(k), addressKey(6, whoHi, whoLo), addressKey(6, whomHi, whomLo));
}
