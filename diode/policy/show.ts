/** A policy as text for people: as it is, and what each rule still decides after those before it. */
import { UNTAGGED } from "../../appliance/contract/config.ts";
import { DETECTOR_NAMES } from "../../detectors/catalogue.ts";
import { durationText, macText, momentText, networkText, type Range, rangeText } from "../../lib/addresses.ts";
import { protocolName } from "../../lib/protocols.ts";
import type { CompiledPolicy } from "../policy.ts";
import { alertRuleText } from "../suppression/config.ts";
import { reach } from "./lint.ts";
import { type MessageRule, messageText } from "./messages.ts";
import { type Policy, type Rule, SCAN } from "./model.ts";
import { type Box, boxesOf, overlap, without } from "./space.ts";

/** All settings with their defaults, marked as such, and a line for each rule. */
export function shownText({ policy, name, alertRules }: CompiledPolicy): string {
  return [
    ...settings(policy),
    "",
    ...ruleTable(policy.rules),
    `  everything else: dropped (default)`,
    ...messageTable(policy.messages),
    ...(alertRules.length
      ? ["", `alerts, ${policy.thresholds}:`, ...alertRules.map((r) => `  ${alertRuleText(r)}`)]
      : []),
    "",
    `policy ${name}`,
    "",
  ].join("\n");
}

/** The rules with what is left to each. */
export function effectiveText(compiled: CompiledPolicy): string {
  const { rules } = compiled.policy;
  const boxes = rules.map((rule) => boxesOf(rule) ?? []);
  const lines = rules.flatMap((rule, n) => [
    `${rule.name}: ${ruleText(rule)}`,
    ...effect(rules, boxes, n).map((line) => `    ${line}`),
  ]);
  return [
    ...settings(compiled.policy),
    "",
    ...lines,
    "everything else: dropped (default)",
    ...messageTable(compiled.policy.messages),
    "",
    `policy ${compiled.name}`,
    "",
  ].join("\n");
}

function effect(rules: readonly Rule[], boxes: readonly (readonly Box[])[], n: number): string[] {
  const { verdict, by } = reach(rules, boxes, n);
  if (verdict === "unreachable") return [`never reached: ${by.join(" and ")} before it match all its frames`];
  return rules.slice(0, n).flatMap((before, m) => {
    if (!overlap(boxes[n]!, boxes[m]!)) return [];
    const all = without(boxes[m]!, boxes[n]!)?.length === 0;
    const what = all ? `all of ${before.name}` : `where ${before.name} matches too`;
    return [`except ${what}: ${before.allow ? "allowed" : "denied"} there`];
  });
}

function settings(policy: Policy): string[] {
  const { out, log, scan, newcomer, quarantine } = policy;
  const note = (value: unknown, standard: unknown) => (value === standard ? `${value} (default)` : `${value}`);
  const collector = log.collector
    ? `to ${networkText(host(log.collector.address))}:${log.collector.port} at ${macText(log.collector.mac)}`
    : "to nobody";
  return [
    `in        ${macText(policy.in.mac)}, receive only`,
    `out       ${macText(out.mac)}, transmit only, to ${macText(out.nextHop)}, mtu ${note(out.mtu, 1500)}, ttl ${note(out.ttl, 64)}, rate ${out.rate?.text ?? "unlimited"}${queueText(policy)}`,
    `log       ${macText(log.mac)}, transmit only, as ${log.hostname} ${collector}, ${log.key ? "authenticated" : "not authenticated"}${log.silence ? `, stops when silent for ${log.silence}s` : ""}`,
    `checksums ${policy.ignoreChecksums ? "ignore" : "verify"}`,
    `scan      benign-success ${note(scan.theta0, SCAN.theta0)}, scanner-success ${note(scan.theta1, SCAN.theta1)}, false-positive ${note(scan.alpha, SCAN.alpha)}, detection ${note(scan.power, SCAN.power)}, action ${scan.action}${scan.scanners.length ? `, own scanners ${scan.scanners.map(networkText).join(", ")}` : ""}`,
    `newcomer  ${newcomer.hosts ? `${newcomer.hosts.length} known networks` : "every host is known"}, ${newcomer.services ? `${newcomer.services.length} known services` : "every service is known"}, action ${newcomer.action}`,
    ...tuningLines(policy),
    `anomalies ${policy.anomaliesPerSecond} events a second at most`,
    `recorders ${believed(policy.recorders, ({ name, addresses, ports }) => `${name} (${addresses.map(networkText).join(", ")} to port ${listText(ports)})`)}`,
    ...(policy.recorderYear ? [`year      ${policy.recorderYear}, of recorders that date by the day of the year`] : []),
    `tunnels   ${believed(policy.tunnels, ({ name, kind, port, between }) => `${name} (${kind}${port ? ` ${port}` : ""} between ${between.map(networkText).join(", ")})`)}`,
    ...policy.maintenance.map(
      ({ from, to, why, detectors }, i) =>
        `maintenance ${i + 1}, ${momentText(from)} to ${momentText(to)}, of ${detectors.length === DETECTOR_NAMES.length ? "all detectors" : detectors.join(", ")}: ${why}`,
    ),
    ...(policy.joinsVlans ? ["flows     of all VLANs together"] : []),
    ...(policy.transfer
      ? [
          `transfer  ${policy.transfer.profile}, files of at most ${policy.transfer.largest} bytes, ${policy.transfer.extensions.join(", ") || "any name"}, ${policy.transfer.content}${policy.transfer.total < Number.MAX_SAFE_INTEGER ? `, ${policy.transfer.total} bytes in all` : ""}, clocks within ${durationText(policy.transfer.tolerance)}`,
        ]
      : []),
    `quarantine ${quarantine ? `for ${durationText(quarantine.time)}, ${quarantine.perMinute} a minute at most, never ${policy.protectedSources.map(networkText).join(", ") || "(nobody is protected)"}${terminalsText(quarantine.protectedTerminals)}${quarantine.tightened ? `, tightened to ${quarantine.tightened.text}` : ""}` : "none"}`,
  ];
}

/** 2026-03-02T09:00:00Z */

function queueText({ out: { queue, padding } }: Policy): string {
  const waits = queue ? `, ${queue} frames may wait` : "";
  if (!padding) return waits;
  return `${waits}, padding from ${networkText(host(padding.from))} to ${networkText(host(padding.to))}:${padding.port}`;
}

const believed = <T>(list: readonly T[] | "any", text: (one: T) => string) =>
  list === "any" ? "any: whatever looks like one" : list.map(text).join(", ") || "none is believed";

const terminalsText = (terminals: readonly Range[]) =>
  terminals.length ? `, nor terminals ${listText(terminals)}` : "";

/** What the other detectors were told, and what they know. */
function tuningLines({ tuning, baseline, learn }: Policy): string[] {
  return [
    `baseline  ${learn ? `learning, exported ${learn.every ? `each ${durationText(learn.every)}` : "at the end"}` : (baseline ?? "none: detectors that learn are silent")}`,
    ...tuning.map(({ name, threshold, action }) =>
      threshold === Infinity ? `${name} off` : `${name} threshold x ${threshold}, action ${action}`,
    ),
  ];
}

const host = (address: number) => ({ version: 4, hi: 0n, lo: BigInt(address), bits: 32 }) as const;

function messageTable(rules: readonly MessageRule[]): string[] {
  if (!rules.length) return [];
  const width = Math.max(...rules.map(({ name }) => name.length));
  return [
    "",
    "1553 messages, the first rule that matches decides:",
    ...rules.map((rule) => `  ${rule.name.padEnd(width)}  ${messageText(rule)}`),
    "  every other message, and one that is not whole and clean: stays here",
  ];
}

function ruleTable(rules: readonly Rule[]): string[] {
  const width = Math.max(0, ...rules.map(({ name }) => name.length));
  return [
    "rules, the first that matches decides:",
    ...rules.map((rule) => `  ${rule.name.padEnd(width)}  ${ruleText(rule)}`),
  ];
}

/** `allow udp from 10.0.0.0/24 to 10.0.1.9 ports 5000 size 1-512` */
export function ruleText(rule: Rule): string {
  const echo = rule.protocol === 1 || rule.protocol === 58;
  const words = [rule.allow ? "allow" : "deny", protocolText(rule.protocol)];
  words.push("from", rule.from.map(networkText).join(",") || "any", "to", rule.to.map(networkText).join(",") || "any");
  if (rule.ports.length) words.push(echo ? "types" : "ports", listText(rule.ports));
  if (rule.sourcePorts.length) words.push("source-ports", listText(rule.sourcePorts));
  const vlans = listText(rule.vlans.map((range) => range)).replace(String(UNTAGGED), "untagged");
  if (vlans !== "untagged") words.push("vlan", vlans);
  if (rule.size.first !== 0 || rule.size.last !== 65535) words.push("size", rangeText(rule.size));
  if (rule.allow)
    words.push(
      "payload",
      { copy: "copied", zero: "zeroed", mil1553: "1553 messages", transfer: "files" }[rule.payload],
    );
  if (rule.rate) words.push("rate", rule.rate.text);
  return words.join(" ");
}

export function protocolText(protocol: number | undefined): string {
  if (protocol === undefined) return "anything";
  return protocolName(protocol) ?? `protocol ${protocol}`;
}

const listText = (ranges: readonly Range[]): string => ranges.map(rangeText).join(",");
