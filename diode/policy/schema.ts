/** What a policy file may say. diode/README.md explains it to authors of policies. */
import { z } from "zod";
import {
  MAX_MAINTENANCE,
  MAX_MESSAGE_RULES,
  MAX_MTU,
  MAX_QUEUE,
  MAX_RECORDERS,
  MAX_RULES,
  MAX_TUNNELS,
  UNTAGGED,
} from "../../appliance/contract/config.ts";
import { MAX_LOG_SILENCE, MIN_LOG_SILENCE } from "../../appliance/contract/generated/image.ts";
import { DETECTOR, DETECTOR_NAMES, type DetectorName, FIXED, isOfBus } from "../../detectors/catalogue.ts";
import { KEYS } from "../../detectors/policy.ts";
import { address4, duration, mac, networks, type Range, ranges, rate, singleRange } from "../../lib/addresses.ts";
import { protocol } from "../../lib/protocols.ts";
import { described, integer, object, oneOf, parsed, Wrong, wrongAt } from "../../lib/yaml.ts";
import { messageSchema } from "./messages.ts";
import { RESERVED } from "./reasons.ts";
import { keyMembers, transferSchema } from "./transfer.ts";

/** The messages whose format guard knows; the numbers of ICMP and ICMPv6. */
export const ECHO = { "echo-request": { 1: 8, 58: 128 }, "echo-reply": { 1: 0, 58: 129 } } as const;
const ECHOES = Object.keys(ECHO) as (keyof typeof ECHO)[];
const types = parsed<(keyof typeof ECHO)[]>("echo-request, echo-reply, or a list of both", (value) => {
  const items = Array.isArray(value) ? value : [value];
  return items.length > 0 && items.every((item) => ECHOES.includes(item)) ? [...new Set(items)] : undefined;
});

const VLANS: Record<string, Range[]> = {
  untagged: [{ first: UNTAGGED, last: UNTAGGED }],
  any: [{ first: 0, last: UNTAGGED }],
};

const name = parsed<string>("1 to 31 letters, digits, dots, dashes and underscores", (value) => {
  if (typeof value !== "string" || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,30}$/.test(value)) return undefined;
  return RESERVED.has(value) ? new Wrong(`"${value}" is the name of a built-in reason`) : value;
});

const rule = object({
  name,
  action: oneOf("allow", "deny"),
  protocol: protocol.optional(),
  from: networks().optional(),
  to: networks().optional(),
  ports: ranges("a port", 1, 65535).optional(),
  "source-ports": ranges("a port", 1, 65535).optional(),
  types: types.optional(),
  vlan: ranges("a VLAN", 0, 4094, VLANS).optional(),
  size: singleRange("payload bytes", 0, 65535).optional(),
  payload: oneOf("copy", "zero", "mil1553", "transfer").optional(),
  rate: rate().optional(),
  burst: integer(1, 65536).optional(),
}).superRefine((rule, context) => {
  const wrong = (path: string[], message: string) => wrongAt(context, path, message);
  const { protocol } = rule;
  if (rule.action === "allow") {
    if (protocol === undefined) wrong(["protocol"], "missing, expected the protocol that is allowed");
    if (!rule.from) wrong(["from"], "missing, expected the addresses that may send (or any)");
    if (!rule.to) wrong(["to"], "missing, expected the addresses that may receive (or any)");
    if ((protocol === 17 || protocol === 6) && !rule.ports)
      wrong(["ports"], "missing, expected the destination ports (1-65535 for all)");
  } else
    for (const key of ["payload", "rate", "burst"] as const)
      if (rule[key] !== undefined) wrong([key], "has no effect in a rule that denies, expected action: allow");
  for (const key of ["ports", "source-ports"] as const)
    if (rule[key] && protocol !== 17 && protocol !== 6)
      wrong([key], "only UDP and TCP have ports, expected protocol: udp or protocol: tcp");
  if (rule.payload === "mil1553" && protocol !== 17)
    wrong(["payload"], "Chapter 10 comes over UDP, expected protocol: udp");
  if (rule.payload === "transfer" && protocol !== 17)
    wrong(["payload"], "a transfer comes over UDP, expected protocol: udp");
  const icmp = protocol === 1 || protocol === 58;
  if (rule.types && !icmp) wrong(["types"], "only ICMP has types, expected protocol: icmp or protocol: icmp6");
  if (rule.burst !== undefined && !rule.rate)
    wrong(["burst"], "says how far a rate may be exceeded, expected a rate too");
});

const networkInterface = (mac: bigint) => ({ mac: macOrDefault(mac) });
const macOrDefault = (value: bigint) =>
  mac("single")
    .optional()
    .transform((found) => found ?? value);

const hostname = parsed<string>("1 to 31 letters, digits, dots and dashes", (value) =>
  typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9.-]{0,30}$/.test(value) ? value : undefined,
);

/** ns; appliance/compartments/guard/onboard/output.ts, SHORTEST_TICK. */
const FASTEST_PADDED = 50_000n;

/** Whole seconds: the image looks about once in each (appliance/runtime/user/main.c). */
const silence = parsed<number>(
  `whole seconds or minutes such as 30s or 2min, from ${MIN_LOG_SILENCE}s to ${MAX_LOG_SILENCE}s`,
  (value) => {
    const [, count, unit] = /^([1-9]\d{0,8})\s*(s|min|h)$/.exec(typeof value === "string" ? value : "") ?? [];
    const seconds = Number(count) * { s: 1, min: 60, h: 3600 }[unit as "s" | "min" | "h"];
    return seconds >= MIN_LOG_SILENCE && seconds <= MAX_LOG_SILENCE ? seconds : undefined;
  },
);

const interfaces = object({
  in: object(networkInterface(0x525400770001n)).optional(),
  out: object({
    ...networkInterface(0x525400770002n),
    "next-hop": mac(),
    mtu: integer(68, MAX_MTU).optional(),
    ttl: integer(1, 255).optional(),
    rate: rate().optional(),
    burst: integer(1, 65536).optional(),
    queue: integer(1, MAX_QUEUE).optional(),
    padding: object({ from: address4(), to: address4(), port: integer(1, 65535).optional() }).optional(),
  }).superRefine((out, context) => {
    const wrong = (path: string, message: string) => wrongAt(context, [path], message);
    if (out.queue && !out.rate) wrong("queue", "has no effect without a rate, expected a rate too");
    if (!out.padding) return;
    if (!out.rate) wrong("padding", "needs a rate to fill up, expected a rate too");
    else if (out.rate.interval < FASTEST_PADDED)
      wrong("rate", `${out.rate.text} with padding, expected at most 20000/s: a tick is needed for each frame`);
    if ((out.burst ?? 1) > 1) wrong("burst", "a burst would be visible, expected no burst with padding");
  }),
  log: object({
    ...networkInterface(0x525400770003n),
    hostname: hostname.optional(),
    address: address4().optional(),
    port: integer(1, 65535).optional(),
    collector: object({ address: address4(), mac: mac(), port: integer(1, 65535).optional() }).optional(),
    "stop-when-silent": silence.optional(),
    ...keyMembers,
  })
    .superRefine((log, context) => {
      if (log.key !== undefined && log["key-file"] !== undefined)
        wrongAt(context, ["key-file"], "given beside a key, expected only one of the two");
      if (log["stop-when-silent"] !== undefined && !log.collector)
        wrongAt(
          context,
          ["stop-when-silent"],
          "has no effect without a collector, because nothing is sent, expected a collector too",
        );
      if (log.collector && log.address === undefined)
        wrongAt(context, ["address"], "missing, expected the address to log from");
    })
    .optional(),
});

/** Those with more to set than this have keys of their own. */
const PLAIN = DETECTOR_NAMES.filter((name) => !FIXED.includes(name));

const factor = parsed<number>("a factor from 0.01 to 100", (value) =>
  typeof value === "number" && value >= 0.01 && value <= 100 ? value : undefined,
);
// A score is no proof: it may alert or shut out for a time, not drop (and never widens what is allowed).
const detector = <T extends [string, ...string[]]>(...actions: T) =>
  z.preprocess(
    (value) => (value === "off" || value === false ? { off: true } : value),
    object({
      off: z.boolean({ error: "expected true or false" }).optional(),
      threshold: factor.optional(),
      action: oneOf(...actions).optional(),
    }),
  );
const ofIp = detector("alert", "tighten", "quarantine", "quarantine-flow");
const ofBus = detector("alert", "tighten", "quarantine", "quarantine-terminal", "quarantine-message");

const detectors = object({
  ...(Object.fromEntries(PLAIN.map((name) => [name, (isOfBus(DETECTOR[name]) ? ofBus : ofIp).optional()])) as Partial<
    Record<DetectorName, z.ZodOptional<typeof ofIp | typeof ofBus>>
  >),
  ...KEYS,
  anomalies: object({ "per-second": integer(0, 1_000_000).optional() }).optional(),
});

const quarantine = object({
  for: duration("24h"),
  "per-minute": integer(1, 60_000).optional(),
  tightened: rate().optional(),
  "protected-terminals": ranges("a terminal", 0, 31).optional(),
});

const ANYONE = "any";
/** What is believed of anyone: `any`, or a list. */
const listed = <T extends z.ZodType>(one: T, most: number, what: string) =>
  z.union([z.literal(ANYONE), z.array(one).max(most, { error: `too many ${what}, expected at most ${most}` })]);

/** With its zone: a clock that is put forward or back in between changes nothing. */
const moment = parsed<bigint>("a time with its zone such as 2026-03-02T09:00Z or 2026-03-02T10:00+01:00", (value) => {
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/;
  if (typeof value !== "string" || !form.test(value)) return undefined;
  const [ms, day] = [Date.parse(value), value.slice(0, 10)];
  // 30 February would be 2 March
  const isThere = ms >= 0 && new Date(Date.parse(day)).toISOString().startsWith(day);
  return isThere ? BigInt(ms) * 1_000_000n : undefined;
});

const maintenance = object({
  from: moment,
  to: moment,
  why: parsed<string>("words that say why", (value) =>
    typeof value === "string" && value.trim() && value.length <= 200 ? value : undefined,
  ),
  detectors: z
    .array(oneOf(...(DETECTOR_NAMES as [DetectorName, ...DetectorName[]])))
    .min(1, "expected some")
    .optional(),
}).superRefine(({ from, to }, context) => {
  if (to <= from) wrongAt(context, ["to"], "not later than from, expected a later time");
});

const recorder = object({
  name,
  address: networks(),
  port: ranges("a port", 1, 65535),
  channels: ranges("a channel", 0, 65535).optional(),
});

/** UDP port by kind; undefined: it is an IP protocol. */
export const TUNNEL_PORTS = {
  gre: undefined,
  "ip-in-ip": undefined,
  "ethernet-in-ip": undefined,
  "mpls-in-ip": undefined,
  vxlan: 4789,
  "vxlan-gpe": 4790,
  geneve: 6081,
  teredo: 3544,
  gtp: 2152,
  "gre-in-udp": 4754,
  "mpls-in-udp": 6635,
  l2tp: 1701,
} as const;
const KINDS = Object.keys(TUNNEL_PORTS) as [keyof typeof TUNNEL_PORTS, ...(keyof typeof TUNNEL_PORTS)[]];

const tunnel = object({
  name,
  kind: oneOf(...KINDS),
  port: integer(1, 65535).optional(),
  between: networks(),
}).superRefine(({ kind, port }, context) => {
  if (port !== undefined && TUNNEL_PORTS[kind] === undefined)
    wrongAt(context, ["port"], `${kind} has no port, expected none`);
});

const version = parsed<1>("weir: 1, the version of this format", (value) => (value === 1 ? 1 : undefined));

const named = <T extends { name: string }>(rules: T[], context: z.RefinementCtx) => {
  for (const [n, { name }] of rules.entries())
    if (rules.findIndex((other) => other.name === name) < n)
      wrongAt(context, [n, "name"], `"${name}" is used twice, expected a different name`);
};

export const policySchema = object({
  weir: version,
  interfaces,
  checksums: oneOf("verify", "ignore").optional(),
  rules: z
    .array(rule, { error: (issue) => `${described(issue.input)}, expected a list of rules ([] lets nothing pass)` })
    .max(MAX_RULES, { error: `too many rules, expected at most ${MAX_RULES}` })
    .superRefine(named),
  messages: z
    .array(messageSchema(name), {
      error: (issue) => `${described(issue.input)}, expected a list of rules for 1553 messages`,
    })
    .max(MAX_MESSAGE_RULES, { error: `too many rules, expected at most ${MAX_MESSAGE_RULES}` })
    .superRefine(named)
    .optional(),
  transfer: transferSchema.optional(),
  baseline: z.string({ error: (issue) => `${described(issue.input)}, expected the path of a baseline` }).optional(),
  alerts: object({
    thresholds: z
      .string({ error: (issue) => `${described(issue.input)}, expected the path of a threshold.config` })
      .optional(),
  }).optional(),
  learn: object({ every: duration("24h").optional() }).optional(),
  detectors: detectors.optional(),
  protected: networks().optional(),
  quarantine: quarantine.optional(),
  maintenance: z
    .array(maintenance, { error: (issue) => `${described(issue.input)}, expected a list of spans of time` })
    .max(MAX_MAINTENANCE, { error: `too many spans, expected at most ${MAX_MAINTENANCE}` })
    .optional(),
  recorders: listed(recorder, MAX_RECORDERS, "recorders").optional(),
  "recorder-year": integer(1970, 2224).optional(),
  tunnels: listed(tunnel, MAX_TUNNELS, "tunnels").optional(),
  flows: object({ vlans: oneOf("apart", "together").optional() }).optional(),
});

/** A policy file as it was written, values read, defaults not yet filled in. */
export type PolicyFile = z.output<typeof policySchema>;
export type RuleFile = PolicyFile["rules"][number];
