// inspect's part of the policy, copied to where the next input does not overwrite it.
import { ACTIONS, Action, Refusal } from "../../../contract/onboard/abi";
import {
  DetectorSetting,
  InspectFlag,
  InspectSettings,
  Network,
  Part,
  Tag,
  policyName,
  section,
  sectionLength,
  verify,
} from "../../../contract/onboard/config";
import { DETECTORS, Detector } from "../../../../detectors/onboard/catalogue";
import { resetScales, setScale } from "../../../../detectors/onboard/finding";
import * as scan from "../../../../detectors/scan/onboard/scan";
import { configureSuppression } from "./suppression";

const LISTED: u32 = 512; // networks in each list at most
const SETTINGS: usize = memory.data(48, 8);
const hosts: usize = memory.data(512 * 24, 8);
const services: usize = memory.data(512 * 24, 8);
const actions: usize = memory.data(40, 8); // an Action for each detector
let hostCount: u32 = 0;
let serviceCount: u32 = 0;
let name: u64 = 0;

export function settings(): InspectSettings {
  return changetype<InspectSettings>(SETTINGS);
}
export function knownHosts(): usize {
  return hosts;
}
export function knownHostCount(): u32 {
  return hostCount;
}
export function knownServices(): usize {
  return services;
}
export function knownServiceCount(): u32 {
  return serviceCount;
}
/** First 8 bytes of the policy part's digest, for the heartbeat. */
export function policy(): u64 {
  return name;
}

export function configureInspect(part: usize, length: u32): u32 {
  const refusal = verify(part, length, Part.INSPECT);
  if (refusal != Refusal.NONE) return refusal;
  const at = section(part, Tag.SETTINGS);
  if (at == 0 || sectionLength(part, Tag.SETTINGS) != offsetof<InspectSettings>()) return Refusal.CONTENT;
  memory.copy(SETTINGS, at, offsetof<InspectSettings>());
  const s = settings();
  if (!isVerdict(s.scanAction) || !isVerdict(s.hostAction) || !isVerdict(s.serviceAction)) return Refusal.CONTENT;
  if (!scan.configure(s.theta0, s.theta1, s.alpha, s.power)) return Refusal.CONTENT;
  const hostBytes = sectionLength(part, Tag.HOSTS),
    serviceBytes = sectionLength(part, Tag.SERVICES);
  const size = <u32>offsetof<Network>();
  if (hostBytes % size || serviceBytes % size) return Refusal.CONTENT;
  hostCount = hostBytes / size;
  serviceCount = serviceBytes / size;
  if (hostCount > LISTED || serviceCount > LISTED) return Refusal.CONTENT;
  if (hostBytes) memory.copy(hosts, section(part, Tag.HOSTS), hostBytes);
  if (serviceBytes) memory.copy(services, section(part, Tag.SERVICES), serviceBytes);
  if (!readDetectors(section(part, Tag.DETECTORS), sectionLength(part, Tag.DETECTORS))) return Refusal.CONTENT;
  if (!configureSuppression(part)) return Refusal.CONTENT;
  name = policyName(part);
  return Refusal.NONE;
}

function isVerdict(action: u32): bool {
  return action != Action.DROP && action < ACTIONS;
}

function readDetectors(at: usize, length: u32): bool {
  resetScales();
  memory.fill(actions, 0, DETECTORS);
  if (length % offsetof<DetectorSetting>()) return false;
  for (const end = at + length; at < end; at += offsetof<DetectorSetting>()) {
    const d = changetype<DetectorSetting>(at);
    if (d.detector >= DETECTORS || !(d.scale >= 0) || !isVerdict(d.action)) return false;
    setScale(d.detector, d.scale);
    store<u8>(actions + d.detector, d.action);
  }
  return true;
}

/** What the policy does about what a detector found, an Action. */
export function actionOf(detector: u32): u32 {
  const s = settings();
  switch (detector) {
    case Detector.SCAN:
      return s.scanAction;
    case Detector.NEW_HOST:
      return s.hostAction;
    case Detector.NEW_SERVICE:
      return s.serviceAction;
    default:
      return detector < DETECTORS ? load<u8>(actions + detector) : Action.PASS;
  }
}

// @ts-ignore: decorator
@inline export function has(flag: InspectFlag): bool {
  return (settings().flags & flag) != 0;
}
