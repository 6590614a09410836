// inspect's part of the policy, copied to where the next input does not overwrite it.
import { Refusal } from "../../abi/onboard/abi";
import { InspectFlag, InspectSettings, Network, Part, Tag, policyName, section, sectionLength, verify } from "../../abi/onboard/config";
import * as scan from "../../../detectors/scan/onboard/scan";

const LISTED: u32 = 512; // networks in each list at most
const SETTINGS: usize = memory.data(48, 8);
const hosts: usize = memory.data(512 * 24, 8);
const services: usize = memory.data(512 * 24, 8);
let hostCount: u32 = 0;
let serviceCount: u32 = 0;
let name: u64 = 0;

export function settings(): InspectSettings { return changetype<InspectSettings>(SETTINGS); }
export function knownHosts(): usize { return hosts; }
export function knownHostCount(): u32 { return hostCount; }
export function knownServices(): usize { return services; }
export function knownServiceCount(): u32 { return serviceCount; }
/** First 8 bytes of the policy part's digest, for the heartbeat. */
export function policy(): u64 { return name; }

export function configureInspect(part: usize, length: u32): u32 {
  const refusal = verify(part, length, Part.INSPECT);
  if (refusal != Refusal.NONE) return refusal;
  const at = section(part, Tag.SETTINGS);
  if (at == 0 || sectionLength(part, Tag.SETTINGS) != offsetof<InspectSettings>()) return Refusal.CONTENT;
  memory.copy(SETTINGS, at, offsetof<InspectSettings>());
  const s = settings();
  if (!scan.configure(s.theta0, s.theta1, s.alpha, s.power)) return Refusal.CONTENT;
  const hostBytes = sectionLength(part, Tag.HOSTS), serviceBytes = sectionLength(part, Tag.SERVICES);
  const size = <u32>offsetof<Network>();
  if (hostBytes % size || serviceBytes % size) return Refusal.CONTENT;
  hostCount = hostBytes / size;
  serviceCount = serviceBytes / size;
  if (hostCount > LISTED || serviceCount > LISTED) return Refusal.CONTENT;
  if (hostBytes) memory.copy(hosts, section(part, Tag.HOSTS), hostBytes);
  if (serviceBytes) memory.copy(services, section(part, Tag.SERVICES), serviceBytes);
  name = policyName(part);
  return Refusal.NONE;
}

// @ts-ignore: decorator
@inline export function has(flag: InspectFlag): bool { return (settings().flags & flag) != 0; }
