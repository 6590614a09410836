/** A baseline as rules: who talked to whom about what, and the messages of each bus, to be read and approved. */
import { MAX_MESSAGE_RULES, MAX_RULES } from "../../appliance/contract/config.ts";
import type { Baseline } from "../../detectors/baseline/file.ts";
import { normalEntries } from "../../detectors/baseline/merge.ts";
import type { MessageEntry } from "../../detectors/mil1553/ground/entries.ts";
import { ECHO } from "../../diode/policy/schema.ts";
import { type Network, parseNetwork } from "../../lib/addresses.ts";
import { goesTo, protocolWord, quoted, unused } from "./propose.ts";

interface Pair {
  detector: "new-pair";
  client: string;
  server: string;
  proto: number;
  service: number;
  /** Who asked whom was not to be seen. */
  either?: boolean;
  packets: number;
}

export interface BaselineOptions {
  /** Only what goes to these; everything, when empty. */
  to: readonly Network[];
  /** What was seen in fewer packets or messages is named in comments only. */
  least: number;
}

/** The policy file. Neither sizes and rates nor what data words hold follow from a baseline: they are not restricted. */
export function proposeOf(baseline: Baseline, file: string, options: BaselineOptions): string {
  const known = normalEntries(baseline);
  const pairs = known.filter((e) => e.detector === "new-pair") as unknown as Pair[];
  const messages = known.filter((e) => e.detector === "bus.message") as unknown as MessageEntry[];
  const hours = baseline.captures.reduce((sum, { seconds }) => sum + seconds, 0) / 3600;
  return [
    `# Proposed by weir policy derive from ${file}: ${baseline.captures.length} captures, ${hours.toFixed(2)} hours.`,
    "# Read it before you use it: it also allows what an intruder sent at that time. Not restricted, since a",
    "# baseline does not know them: sizes, rates, source ports, VLANs (untagged), what data words hold.",
    "weir: 1",
    "",
    "interfaces:",
    "  out: { next-hop: ff:ff:ff:ff:ff:ff }  # the MAC address of the receiver on out",
    "",
    ...services(pairs, messages.length > 0, options),
    ...busMessages(messages, options.least),
    "",
  ].join("\n");
}

function services(pairs: readonly Pair[], bus: boolean, { to, least }: BaselineOptions): string[] {
  const wanted = pairs.filter(({ server }) => goesTo(server, to));
  const fit = wanted.filter((p) => !p.either && p.packets >= least && canCross(p));
  const groups = new Map<string, Pair[]>();
  for (const pair of fit) {
    const key = `${pair.server} ${pair.proto} ${pair.service}`;
    groups.set(key, [...(groups.get(key) ?? []), pair]);
  }
  const names = new Set<string>();
  const rules = [...groups.values()].slice(0, MAX_RULES - 1).map((group) => {
    const [{ server, proto, service }] = group as [Pair];
    const ported = proto === 6 || proto === 17;
    const word = protocolWord(proto);
    const from = [...new Set(group.map(({ client }) => client))].sort().map(quoted);
    return `  - { ${[
      `name: ${unused(ported ? `${word}-${service}` : word, names)}`,
      "action: allow",
      `protocol: ${word.startsWith("protocol-") ? proto : word}`,
      `from: ${from.length === 1 ? from[0] : `[${from.join(", ")}]`}`,
      `to: ${quoted(server)}`,
      ...(ported ? [`ports: ${service}`] : []),
      ...(proto === 1 || proto === 58 ? ["types: echo-request"] : []),
    ].join(", ")} }  # ${group.reduce((sum, { packets }) => sum + packets, 0)} packets`;
  });
  const left = wanted.filter((p) => !fit.includes(p));
  return [
    ...(bus
      ? [
          "# The recorder that sends the bus needs a rule, with its addresses and those of its receiver, such as",
          "#   - { name: recorder, action: allow, protocol: udp, from: 10.0.0.9, to: 10.0.1.9, ports: 50000, payload: mil1553 }",
        ]
      : []),
    rules.length ? "rules:" : "rules: []",
    ...rules,
    ...(left.length
      ? ["", "# Seen too seldom, with no telling who asked, or nothing that crosses; not proposed:"]
      : []),
    ...left.map(
      (p) => `#   ${p.client} -> ${p.server}, protocol ${p.proto}, service ${p.service}: ${p.packets} packets`,
    ),
  ];
}

/** IP only; of ICMP echo requests. `service` of ICMP is the type. */
function canCross({ proto, service }: Pair): boolean {
  if (proto === 0) return false;
  if (proto === 1 || proto === 58) return service === ECHO["echo-request"][proto];
  return proto === 6 || proto === 17 ? service > 0 : true;
}

function busMessages(entries: readonly MessageEntry[], least: number): string[] {
  if (!entries.length) return [];
  const order = (m: MessageEntry) => m.channel * 2 ** 32 + m.commands[0]! * 2 ** 16 + (m.commands[1] ?? 0);
  const sorted = entries.toSorted((x, y) => order(x) - order(y));
  const clean = ({ a, b, damaged }: MessageEntry) => a + b - damaged;
  const fit = sorted.filter((m) => clean(m) >= least);
  const left = [...sorted.filter((m) => clean(m) < least), ...fit.slice(MAX_MESSAGE_RULES)];
  const names = new Set<string>();
  return [
    "",
    "# For rules with payload: mil1553",
    "messages:",
    ...fit.slice(0, MAX_MESSAGE_RULES).map((m) => `  - { ${words(m, names).join(", ")} }  # ${clean(m)} messages`),
    ...(left.length ? ["", "# Seen too seldom, or beyond the rules that a policy may have; not proposed:"] : []),
    ...left.map((m) => `#   channel ${m.channel}, command words ${m.commands.join(" ")}: ${clean(m)} messages`),
  ];
}

function words({ channel, commands, a, b }: MessageEntry, names: Set<string>): string[] {
  const [command, from] = commands as [number, number?];
  const [rt, sa, low] = [command >> 11, (command >> 5) & 31, command & 31];
  const transmits = (command & 0x400) !== 0;
  const mode = sa === 0 || sa === 31;
  const pair = from !== undefined && from >= 0;
  const what = mode ? `mode${low}` : `sa${sa}`;
  return [
    `name: ${unused(`ch${channel}-rt${rt}-${pair ? "from" : transmits ? "t" : "r"}-${what}`, names)}`,
    "action: allow",
    `channel: ${channel}`,
    // Retries go over the other bus: only one that was never used is left out
    ...(a === 0 || b === 0 ? [`bus: ${b === 0 ? "A" : "B"}`] : []),
    `rt: ${rt}`,
    ...(mode ? [] : [`sa: ${sa}`]),
    `direction: ${transmits ? "transmit" : "receive"}`,
    ...(mode ? [`mode: ${low}`] : [`words: ${low === 0 ? 32 : low}`]),
    ...(pair ? [`from: { rt: ${from >> 11}, sa: ${(from >> 5) & 31} }`] : []),
  ];
}

/** For the command line: networks of --to. @throws Error */
export function networksOf(texts: readonly string[]): Network[] {
  return texts.map((text) => {
    const network = parseNetwork(text);
    if (!network) throw new Error(`--to ${text}: expected an address or network such as 10.0.1.0/24`);
    return network;
  });
}
