/** Services that were seen as a policy to be read, corrected and approved by whoever is responsible. */
import { MAX_RULES, UNTAGGED } from "../../appliance/contract/config.ts";
import { boundsOf, type Network, parseNetwork } from "../../lib/addresses.ts";
import { protocolName } from "../../lib/protocols.ts";
import { addressText, type Service, type Services, sourcesText } from "./services.ts";

export interface ProposalOptions {
  /** Only what goes to these; everything, when empty. */
  to: readonly Network[];
  /** Services with fewer frames are named in comments only. */
  leastFrames: number;
}

/** Rates are proposed with room: what was seen most within a second, times this. */
const ROOM = 2;

/** A service with more sources is named, but its rule is for a person to write: as networks. */
const MOST_SOURCES = 64;

export interface Survey {
  services: Services;
  /** Frames that guard would not pass whatever the rules, by reason. */
  refused: ReadonlyMap<string, number>;
  frames: number;
  first: bigint | undefined;
  last: bigint | undefined;
}

/** The policy file. */
export function propose(survey: Survey, options: ProposalOptions): string {
  const all = [...survey.services.services.values()].sort(inOrder);
  const wanted = all.filter((service) => isWanted(service, options.to));
  const frequent = wanted.filter(({ frames }) => frames >= options.leastFrames);
  const rare = wanted.filter(({ frames }) => frames < options.leastFrames);
  const fit = frequent.filter(({ sources }) => sources.size <= MOST_SOURCES);
  const crowded = frequent.filter(({ sources }) => sources.size > MOST_SOURCES);
  const listed = fit.slice(0, MAX_RULES);
  const names = new Set<string>();
  return [
    ...heading(survey, all.length - wanted.length),
    "weir: 1",
    "",
    "interfaces:",
    "  out: { next-hop: ff:ff:ff:ff:ff:ff }  # the MAC address of the receiver on out",
    "",
    listed.length ? "rules:" : "rules: []",
    ...listed.flatMap((service) => rule(service, names)),
    ...comments(`Seen fewer than ${options.leastFrames} times`, rare),
    ...comments(`From more than ${MOST_SOURCES} sources`, crowded),
    ...comments(`Beyond the ${MAX_RULES} rules that a policy may have`, fit.slice(MAX_RULES)),
    "",
  ].join("\n");
}

function comments(why: string, services: readonly Service[]): string[] {
  return services.length
    ? ["", `# ${why}, not proposed:`, ...services.map((service) => `#   ${describe(service)}`)]
    : [];
}

function heading({ frames, refused, services, first, last }: Survey, elsewhere: number): string[] {
  const time = first === undefined ? "" : `, ${timeText(first)} to ${timeText(last!)}`;
  const never = [...refused].map(([reason, count]) => `${reason} ${count}`).join(", ");
  return [
    `# Proposed by weir policy derive from ${frames} frames${time}.`,
    "# Read it before you use it: it also allows what an intruder sent at that time.",
    `# Not proposed: ${services.answers} answers (nothing comes back through a one-way appliance)` +
      `${elsewhere ? `; ${elsewhere} services to elsewhere` : ""}` +
      `${services.unlisted ? `; ${services.unlisted} frames of more services than a policy can name` : ""}.`,
    ...(never ? [`# Never passed, whatever the rules: ${never}.`] : []),
  ];
}

const timeText = (ns: bigint) => new Date(Number(ns / 1_000_000n)).toISOString();

function rule(service: Service, names: Set<string>): string[] {
  const { protocol, least, most, peak, vlan, port, version, destination } = service;
  const word = protocolWord(protocol);
  const icmp = protocol === 1 || protocol === 58;
  const ported = protocol === 6 || protocol === 17;
  const sources = sourcesText(service);
  return [
    "",
    `  # ${describe(service)}`,
    `  - name: ${unused(ported ? `${word}-${port}` : `${word}`, names)}`,
    "    action: allow",
    `    protocol: ${protocolName(protocol) ?? protocol}`,
    `    from: ${sources.length === 1 ? quoted(sources[0]!) : `[${sources.map(quoted).join(", ")}]`}`,
    `    to: ${quoted(addressText(version, destination))}`,
    ...(ported ? [`    ports: ${port}`] : []),
    ...(icmp ? ["    types: echo-request"] : []),
    ...(vlan === UNTAGGED ? [] : [`    vlan: ${vlan}`]),
    `    size: ${least === most ? least : `${least}-${most}`}`,
    `    rate: ${peak * ROOM}/s`,
    ...(peak > 1 ? [`    burst: ${peak}`] : []),
  ];
}

export const protocolWord = (protocol: number) => protocolName(protocol) ?? `protocol-${protocol}`;
/** To YAML an IPv6 address that ends in a colon is a mapping, unless it is quoted. */
export const quoted = (address: string) => (address.includes(":") ? `"${address}"` : address);

/** A name that is not taken yet: name, name-2, ... */
export function unused(name: string, names: Set<string>): string {
  let found = name;
  for (let n = 2; names.has(found); n++) found = `${name}-${n}`;
  names.add(found);
  return found;
}

function describe(service: Service): string {
  const { protocol, frames, peak, least, most, sources, version, destination, port, vlan } = service;
  const what = protocol === 6 || protocol === 17 ? `${protocolWord(protocol)} ${port}` : protocolWord(protocol);
  const size = least === most ? `${least}` : `${least}-${most}`;
  const from = sources.size === 1 ? sourcesText(service)[0] : `${sources.size} sources`;
  const tag = vlan === UNTAGGED ? "" : `, VLAN ${vlan}`;
  return `${what} from ${from} to ${addressText(version, destination)}${tag}: ${frames} frames, at most ${peak} in a second, ${size} bytes`;
}

/** Most frames first; equal ones by what they are, so that the same captures give the same file. */
function inOrder(a: Service, b: Service): number {
  if (a.frames !== b.frames) return b.frames - a.frames;
  const key = ({ version, protocol, port, vlan }: Service) => [version, protocol, port, vlan];
  const [left, right] = [key(a), key(b)];
  for (const [n, value] of left.entries()) if (value !== right[n]) return value - right[n]!;
  return a.destination < b.destination ? -1 : 1;
}

/** Whether an address, as text, is in one of the networks; in no list everything is. */
export function goesTo(address: string, networks: readonly Network[]): boolean {
  const one = parseNetwork(address);
  return (
    networks.length === 0 ||
    (one !== undefined && isWanted({ version: one.version, destination: boundsOf(one)[0] }, networks))
  );
}

function isWanted({ version, destination }: Pick<Service, "version" | "destination">, to: readonly Network[]): boolean {
  if (to.length === 0) return true;
  return to.some((network) => {
    const [first, last] = boundsOf(network);
    return network.version === version && destination >= first && destination <= last;
  });
}
