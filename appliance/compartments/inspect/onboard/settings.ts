// inspect's part of the policy, copied to where the next input does not overwrite it.
import { Refusal } from "../../../contract/onboard/abi";
import {
  DetectorSetting,
  InspectFlag,
  InspectSettings,
  Part,
  Tag,
  policyName,
  section,
  sectionLength,
  verify,
} from "../../../contract/onboard/config";
import { configureDetectors } from "../../../../detectors/onboard/dispatch";
import { resetScales, setAction, setScale } from "../../../../detectors/onboard/finding";
import { joinVlans } from "../../../../ip/onboard/flow";
import { nameTunnels } from "../../../../ip/onboard/named";
import { configureMaintenance } from "./maintenance";
import { nameRecorders } from "./recorders";
import { configureSuppression } from "./suppression";

const SETTINGS: usize = memory.data(48, 8);
let name: u64 = 0;

export function settings(): InspectSettings {
  return changetype<InspectSettings>(SETTINGS);
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
  if (!readDetectors(section(part, Tag.DETECTORS), sectionLength(part, Tag.DETECTORS))) return Refusal.CONTENT;
  if (!configureNames(part)) return Refusal.CONTENT;
  joinVlans(has(InspectFlag.JOIN_VLANS));
  if (!configureMaintenance(part)) return Refusal.CONTENT;
  if (!configureSuppression(part) || !configureDetectors(part, has(InspectFlag.LEARN))) return Refusal.CONTENT;
  name = policyName(part);
  return Refusal.NONE;
}

function configureNames(part: usize): bool {
  return (
    nameRecorders(has(InspectFlag.ANY_RECORDER), section(part, Tag.RECORDERS), sectionLength(part, Tag.RECORDERS)) &&
    nameTunnels(has(InspectFlag.ANY_TUNNEL), section(part, Tag.TUNNELS), sectionLength(part, Tag.TUNNELS))
  );
}

function readDetectors(at: usize, length: u32): bool {
  resetScales();
  if (length % offsetof<DetectorSetting>()) return false;
  for (const end = at + length; at < end; at += offsetof<DetectorSetting>()) {
    const d = changetype<DetectorSetting>(at);
    if (!(d.scale >= 0) || !setAction(d.detector, d.action)) return false;
    setScale(d.detector, d.scale);
  }
  return true;
}

@inline export function has(flag: InspectFlag): bool {
  return (settings().flags & flag) != 0;
}
