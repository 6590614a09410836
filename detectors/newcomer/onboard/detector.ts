// REQ-DETECT-006
// Hosts and services that the policy does not list: announced the first time, their verdict given every time.
import { Action, stricter, verdictOf } from "../../../appliance/contract/onboard/abi";
import { InspectFlag, InspectSettings, Tag, section } from "../../../appliance/contract/onboard/config";
import { Flow } from "../../../ip/onboard/flow";
import { Packet, innermost } from "../../../ip/onboard/packet";
import { configureServices, isListed, serviceKey } from "../../../ip/onboard/services";
import { ACK, RST, SYN } from "../../../ip/onboard/tcp";
import { accuseFlow, accuseSender } from "../../ip/onboard/accuse";
import { Endpoints } from "../../ip/onboard/endpoints";
import { describe } from "../../ip/onboard/locate";
import { Detector } from "../../onboard/catalogue";
import { Finding, actionOf, raise, raiseAgain, setAction } from "../../onboard/finding";
import { configureHosts, first, known } from "./lists";

export { expected, seen } from "./words";

let hosts: bool = false; // the policy has a list of them
let services: bool = false;
let onPacket: u32 = 0; // verdict on the packet that was checked last: PASS or DROP

export function configurePolicy(part: usize): bool {
  const s = changetype<InspectSettings>(section(part, Tag.SETTINGS));
  hosts = (s.flags & InspectFlag.KNOWN_HOSTS) != 0;
  services = (s.flags & InspectFlag.KNOWN_SERVICES) != 0;
  return (
    setAction(Detector.NEW_HOST, s.hostAction, true) &&
    setAction(Detector.NEW_SERVICE, s.serviceAction, true) &&
    configureHosts(part) &&
    configureServices(part)
  );
}

/** In learning too. */
export function check(k: Packet, e: Endpoints): void {
  onPacket = Action.PASS;
  if (k.ips == 0) return;
  if (hosts) onPacket = ofHost(k, e);
  if (services && e.flow != 0 && !changetype<Flow>(e.flow).toClient && uses(k))
    onPacket = stricter(onPacket, ofService(k));
}

export function verdict(_k: Packet, _e: Endpoints): u32 {
  return onPacket;
}

function ofHost(k: Packet, e: Endpoints): u32 {
  const ip = innermost(k);
  const fresh = first(e.src),
    action = actionOf(Detector.NEW_HOST);
  if ((!fresh && action == Action.PASS) || known(ip.version, ip.srcHi, ip.srcLo)) return Action.PASS;
  accuseSender(say(Detector.NEW_HOST, fresh, e.src, k), k, e);
  return onlyDrop(action, Detector.NEW_HOST);
}

/** Asking is not using: a TCP service counts when the client goes on after the handshake (a scan asks for hundreds). */
function uses(k: Packet): bool {
  return k.protocol == 6 ? (k.tcpFlags & (SYN | ACK | RST)) == ACK : k.protocol == 17 || k.protocol == 132;
}

function ofService(k: Packet): u32 {
  const ip = innermost(k);
  const key = serviceKey(ip.version, ip.dstHi, ip.dstLo, k.destPort, k.protocol);
  const fresh = first(key),
    action = actionOf(Detector.NEW_SERVICE);
  if ((!fresh && action == Action.PASS) || isListed(ip.version, ip.dstHi, ip.dstLo, k.destPort, k.protocol))
    return Action.PASS;
  // which side serves is told by the first packet of all, which anyone may have forged
  accuseFlow(say(Detector.NEW_SERVICE, fresh, key, k));
  return onlyDrop(action, Detector.NEW_SERVICE);
}

/** An alert once for each host or service; what the policy says is done each time. */
function say(detector: u32, fresh: bool, key: u64, k: Packet): Finding {
  const f = fresh ? raise(detector, 0, key, k.time, 1, 1) : raiseAgain(detector);
  describe(f, k);
  return f;
}

/** On the packet itself: all else is done about whom the finding accuses. */
function onlyDrop(action: u32, detector: u32): u32 {
  return action == Action.DROP ? verdictOf(action, detector) : <u32>Action.PASS;
}
