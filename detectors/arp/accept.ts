/** The MAC address that an alert of arp, or of nd, found at a host's address, as it is learned. */
import type { Alert } from "../../appliance/contract/generated/events.ts";
import type { Entry } from "../learned.ts";

export function bindingsOf({ src_ip, alert }: Alert): Entry[] {
  const { detector, seen } = alert.context;
  const [mac] = /^([0-9a-f]{2}:){5}[0-9a-f]{2}(?= (claims it|sends in its name)$)/.exec(seen) ?? [];
  if ((detector !== "arp" && detector !== "nd") || src_ip === undefined || mac === undefined) return [];
  return [{ detector: "arp", ip: src_ip, macs: [mac], frames: 1 }];
}
