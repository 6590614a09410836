/** What an alert of content found, as it is learned: just the function and object with what it carried, or the octet's value. */
import type { Alert } from "../../appliance/contract/generated/events.ts";
import type { Entry } from "../learned.ts";

export function sayingsOf({ src_ip, dest_ip, ether, alert }: Alert): Entry[] {
  const { message, detector } = alert.context;
  const [source, target] = src_ip === undefined ? [ether?.src_mac, ether?.dest_mac] : [src_ip, dest_ip];
  if (detector !== "content" || !message || source === undefined || target === undefined) return [];
  const { from, proto, service, either, app, about, shape, octet, octets, value } = message;
  const [client, server, side] = from === "client" ? [source, target, 0] : [target, source, 1];
  const said: Entry = {
    ...{ detector: "content.right", client, server, proto, service, ...(either && { either }) },
    ...{ side, app, kind: message.function },
  };
  if (message.new === "value") return [{ ...said, shape, octet, value }];
  // A new function is about something that it was never about, either
  const objects = about === undefined ? [] : [{ ...said, about }];
  // Of this function about this object these values, and no others
  const values = octets === undefined ? [] : [{ ...said, ...(about && { about }), shape, octets }];
  return [...(message.new === "function" ? [said] : []), ...objects, ...values];
}
