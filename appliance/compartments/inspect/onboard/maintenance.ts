// REQ-DETECT-025
// Maintenance: spans of time in which a person works on what is watched. Alerts leave in them as ever, marked and with
// the lowest severity; what the policy says of a detector is not done to whom it accuses.
//
// The time is that of the host's records: what a recorder says of its own time, which whoever sends in its name can
// choose, opens no window. Of a recording, which has no other, nothing is done anyway; it marks alerts only.
import { MAX_MAINTENANCE, MaintenanceWindow, Tag, section, sectionLength } from "../../../contract/onboard/config";

const LIST: usize = memory.data(MAX_MAINTENANCE * offsetof<MaintenanceWindow>(), 8);
let count: u32 = 0;
let now: u64 = 0; // of the host's last record; 0 = none had a time

@inline function window(i: u32): MaintenanceWindow {
  return changetype<MaintenanceWindow>(LIST + <usize>i * offsetof<MaintenanceWindow>());
}

/** Copies the policy's windows; false when one is malformed. */
export function configureMaintenance(part: usize): bool {
  const length = sectionLength(part, Tag.MAINTENANCE);
  now = 0;
  count = length / <u32>offsetof<MaintenanceWindow>();
  if (length % <u32>offsetof<MaintenanceWindow>() || count > MAX_MAINTENANCE) return false;
  if (length != 0) memory.copy(LIST, section(part, Tag.MAINTENANCE), length);
  for (let i: u32 = 0; i < count; ++i) if (window(i).from >= window(i).to || window(i).detectors == 0) return false;
  return true;
}

/** The host's time, ns. */
@inline export function maintenanceTime(time: u64): void {
  now = time;
}

/** Which window the detector is in, from 1; 0: none. `seen`: what is known of the time where the host tells none. */
export function maintenanceOf(detector: u32, seen: u64): u32 {
  const time = now != 0 ? now : seen;
  for (let i: u32 = 0; i < count; ++i) {
    const w = window(i);
    if (time >= w.from && time < w.to && (w.detectors >> detector) & 1) return i + 1;
  }
  return 0;
}
