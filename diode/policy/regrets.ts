// REQ-GROUND-017
/** What an operator would regret though the policy is well-formed: said by `weir policy check`, of what is about to be flown. */
import { dirname, resolve } from "node:path";
import { type Baseline, hoursOf, readBaseline } from "../../detectors/baseline/file.ts";
import { promiseText, provenRate } from "../../detectors/baseline/promise.ts";
import { boundsOf, macText, momentText, type Network, parseNetwork } from "../../lib/addresses.ts";
import { inOrder, type Problem, type YamlSource } from "../../lib/yaml.ts";
import type { Maintenance, Policy } from "./model.ts";

/** Bytes of the longest frame that QEMU's virtio-net gives the image (docs/THREATS.md), and of an Ethernet header. */
const LONGEST_FRAME = 2036;
const ETHERNET = 14;

/** @param source of a policy in which nothing is wrong @param now nanoseconds since 1970 */
export function regretsOf(policy: Policy, source: YamlSource, now = BigInt(Date.now()) * 1_000_000n): Problem[] {
  const found: Problem[] = [];
  const say = (path: (string | number)[], what: string) => found.push(source.problem(path, what));
  const { out, log, rules } = policy;
  if (!log.collector)
    say(
      ["interfaces", "log"],
      "no collector: alerts go to the console only, and nobody notices when they stop, expected collector: { address, mac }",
    );
  if (isGroup(out.nextHop))
    say(
      ["interfaces", "out", "next-hop"],
      `${macText(out.nextHop)} is a group's: every host there gets all that passes, expected the receiver's own address`,
    );
  if (log.collector && isGroup(log.collector.mac))
    say(
      ["interfaces", "log", "collector", "mac"],
      `${macText(log.collector.mac)} is a group's: every host there reads the log, expected the collector's own address`,
    );
  if (out.mtu > LONGEST_FRAME - ETHERNET && rules.some(({ allow }) => allow))
    say(
      ["interfaces", "out", "mtu"],
      `${out.mtu}: hosts give the image no frame over ${LONGEST_FRAME} bytes and do not say so: of longer packets none passes, ` +
        `expected at most ${LONGEST_FRAME - ETHERNET}, and no more than that on the senders' side`,
    );
  for (const [i, what] of spans(policy.maintenance, now)) say(["maintenance", i], what);
  if (policy.baseline !== undefined) {
    const baseline = readBaseline(resolve(dirname(source.file), policy.baseline), "file");
    for (const what of [strangers(policy, baseline), tooShort(baseline)]) if (what) say(["baseline"], what);
  }
  return inOrder(found);
}

const HOUR = 3_600_000_000_000n;
/** Hours of work that a person still watches. */
const LONG = 24n;

/** Spans of maintenance that mark more than a person who wrote them may think of, or nothing any more. */
function spans(list: readonly Maintenance[], now: bigint): [number, string][] {
  return list.flatMap(({ from, to, detectors }, i) => {
    const other = list.findIndex(
      (one, n) => n < i && one.from < to && from < one.to && one.detectors.some((name) => detectors.includes(name)),
    );
    const hours = Number(((to - from) * 100n) / HOUR) / 100;
    const found = [
      to - from > LONG * HOUR &&
        `${hours.toFixed(2)} hours in which nothing is done about what is found, expected at most ${LONG}`,
      to <= now && `over since ${momentText(to)}: does nothing, expected none that is past`,
      other >= 0 && `overlaps with maintenance.${other}: alerts in both have its number, expected spans apart`,
    ];
    return found.flatMap((what): [number, string][] => (what ? [[i, what]] : []));
  });
}

const isGroup = (mac: bigint) => ((mac >> 40n) & 1n) === 1n;

/** What to say of a baseline none of whose hosts the rules name; undefined where one is, or where the rules name nobody. */
function strangers({ rules }: Policy, { entries }: Baseline): string | undefined {
  const named = rules.filter(({ allow }) => allow).flatMap(({ from, to }) => [...from, ...to]);
  const narrow = named.filter(({ bits }) => bits > 0);
  if (narrow.length === 0) return undefined;
  const hosts = new Map<string, Network>();
  for (const entry of entries)
    for (const value of Object.values(entry)) {
      if (typeof value !== "string" || !/^(\d+(\.\d+){3}|[0-9a-f]*:[0-9a-f:.]+)$/i.test(value)) continue;
      const host = parseNetwork(value);
      if (host) hosts.set(value, host);
    }
  if (hosts.size === 0 || [...hosts.values()].some((host) => narrow.some((network) => isWithin(host, network))))
    return undefined;
  const [one] = hosts.keys();
  return (
    `learned at another site? None of its ${hosts.size} hosts (${one}${hosts.size > 1 ? ", ..." : ""}) is in a network of a rule ` +
    "that allows, so all that passes is new to its detectors, expected a baseline of this site (weir learn)"
  );
}

/** What to say of a baseline of too few hours for the rate that its thresholds were made for. */
function tooShort(baseline: Baseline): string | undefined {
  const { falseAlarmsPerHour: rate } = baseline;
  const hours = hoursOf(baseline);
  return provenRate(hours) <= rate
    ? undefined
    : `learned from ${hours.toFixed(2)} hours, with thresholds ${promiseText(rate, hours)}, expected as many (weir learn --add)`;
}

function isWithin(host: Network, network: Network): boolean {
  const [first, last] = boundsOf(network);
  const value = boundsOf(host)[0];
  return host.version === network.version && first <= value && value <= last;
}
