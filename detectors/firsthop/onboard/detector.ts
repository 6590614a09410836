// REQ-DETECT-022
// What a host is told by the first hop, without proof: who routes (RFC 4861), who gives addresses (RFC 2131). Each of
// the four is one alert of its VLAN, counted; ../detector.ts says why none accuses anybody.
import { Packet, outerVlan } from "../../../ip/onboard/packet";
import { keyed } from "../../../lib/onboard/keyed";
import { Text, decimal, lit, mac } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { Finding, raise, scaled } from "../../onboard/finding";
import { Endpoints } from "../../ip/onboard/endpoints";
import { knownBeside } from "../../ip/onboard/leases";
import * as advertisements from "./advertisements";
import { Told } from "./advertisements";
import * as clients from "./clients";

const SALT: u64 = 0x2545f4914f6cdd1d;

const enum What {
  NEW = 1,
  KILLED = 2,
  FLOOD = 3,
  SERVER = 4,
  CLIENTS = 5, // of the segment
  ONE_SOURCE = 6,
}

export { evictions } from "./clients";

export function reset(): void {
  advertisements.reset();
  clients.reset();
}

/** While learning, too: what is normal here does not follow from what was normal elsewhere. */
export function check(k: Packet, e: Endpoints): void {
  if (k.macSrc == 0) return;
  if (knownBeside() != 0) say(Detector.ROGUE_DHCP, What.SERVER, k, 2, <f64>knownBeside(), 0);
  const share = clients.outstanding(k, e.frame);
  if (share > 0) {
    const isOne = clients.isOneSource();
    say(Detector.DHCP_STARVATION, isOne ? What.ONE_SOURCE : What.CLIENTS, k, share, clients.count(), clients.limit());
  }
  if (k.protocol != 58) return;
  const told = advertisements.read(k, e.frame);
  if (told == Told.NOTHING) return;
  if (told == Told.FLOOD) say(Detector.RA_FLOOD, What.FLOOD, k, advertisements.level(), advertisements.count(), 0);
  else say(Detector.ROGUE_ROUTER, told == Told.NEW ? What.NEW : What.KILLED, k, 2, <f64>advertisements.other(), 0);
}

/** A finding where the score is above the threshold of 1. */
function say(detector: u32, what: u32, k: Packet, score: f64, b: f64, c: f64): void {
  const threshold = scaled(detector, 1);
  if (!(score > threshold)) return;
  const key = keyed(SALT, outerVlan(k));
  const f = raise(detector, what, key, k.time, min<f64>(score, 100), max<f64>(threshold, 1e-9));
  f.a = <f64>k.macSrc;
  f.b = b;
  f.c = c;
}

export function expected(t: Text, f: Finding): void {
  switch (f.what) {
    case What.NEW:
      lit(t, "router advertisements from ");
      mac(t, <u64>f.b);
      lit(t, ", which was there before");
      return;
    case What.KILLED:
      lit(t, "a router that stays, at ");
      mac(t, <u64>f.b);
      return;
    case What.FLOOD:
      lit(t, "a router advertisement in three seconds from each of a few routers");
      return;
    case What.SERVER:
      lit(t, "answers of the DHCP server at ");
      mac(t, <u64>f.b);
      lit(t, ", which was there before");
      return;
    case What.ONE_SOURCE:
      lit(t, "from one MAC address at most ");
      decimal(t, f.c, 0);
      lit(t, " DHCP clients in a minute");
      return;
    default:
      lit(t, "at most ");
      decimal(t, f.c, 0);
      lit(t, " DHCP clients in a minute that use no address");
  }
}

export function seen(t: Text, f: Finding): void {
  if (f.what == What.CLIENTS) {
    lit(t, "about ");
    decimal(t, f.b, 0);
    lit(t, ", the last one at ");
    mac(t, <u64>f.a);
    return;
  }
  mac(t, <u64>f.a);
  switch (f.what) {
    case What.NEW:
      lit(t, " advertises itself");
      return;
    case What.KILLED:
      lit(t, " sends that it does not: a lifetime of 0, or in its name");
      return;
    case What.FLOOD:
      lit(t, " sends one of about ");
      decimal(t, f.b, 0);
      lit(t, " at once");
      return;
    case What.SERVER:
      lit(t, " answers too");
      return;
    default:
      lit(t, " asks for about ");
      decimal(t, f.b, 0);
  }
}
