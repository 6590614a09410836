/** IP protocols as policies name them. */
import { parsed, Wrong } from "./yaml.ts";

/** IP protocols that guard can take apart and make anew, and by number those it passes as opaque payload. */
export const PROTOCOLS: Record<string, number> = { icmp: 1, tcp: 6, udp: 17, icmp6: 58 };

/** As policies name it; undefined where they say its number. */
export const protocolName = (number: number): string | undefined =>
  Object.keys(PROTOCOLS).find((name) => PROTOCOLS[name] === number);

/** Extension headers of IPv6 (IANA registry), which guard does not pass: a next header is the payload's protocol. */
const EXTENSIONS = [0, 43, 44, 51, 60, 135, 139, 140, 253, 254];

export const protocol = parsed<number>("udp, tcp, icmp, icmp6, or a protocol number from 1 to 252", (value) => {
  if (typeof value === "string" && Object.hasOwn(PROTOCOLS, value)) return PROTOCOLS[value];
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > 252) return undefined;
  return EXTENSIONS.includes(value) ? new Wrong(`${value} is a header, not a payload`) : value;
});
