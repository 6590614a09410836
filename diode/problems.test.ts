// What is said of each mistake in a policy that is well-formed, and of each that is no value of its key: where, what, and what was
// expected. Limits are in limits.test.ts, of values in policy.test.ts.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { compilePolicyText, Problems, problemLine } from "./policy.ts";

/** Errors, and warnings. */
function said(text: string): string[] {
  const plain = (line: string) => line.replace(/^p:\d+:\d+: /, "");
  try {
    return compilePolicyText(text, "p").warnings.map((one) => `${plain(problemLine(one))} (warning)`);
  } catch (error) {
    if (!(error instanceof Problems)) throw error;
    return error.message.split("\n").map((line) => plain(line).replace(`${process.cwd()}/`, ""));
  }
}
const HEAD = "weir: 1\ninterfaces: { out: { next-hop: 52:54:00:77:00:12 } }\n";
const NONE = `${HEAD}rules: []\n`;
const UDP = "name: a, action: allow, protocol: udp, from: any, to: any, ports: 1";
const rule = (text: string) => `${HEAD}rules:\n  - { ${text} }\n`;
const out = (text: string) => `weir: 1\ninterfaces: { out: { next-hop: 52:54:00:77:00:12, ${text} } }\nrules: []\n`;
const log = (text: string) => HEAD.replace("} }\n", `}, log: { ${text} } }\nrules: []\n`);
const STREAM = `${rule(`${UDP}, payload: mil1553`)}messages:\n`;
const COMMAND = "name: m, action: allow, channel: 1, rt: 1, sa: 1, direction: receive, words: 1";
const message = (text: string) => `${STREAM}  - { ${text} }\n`;
const data = (text: string) => message(`${COMMAND}, data: [{ word: 1, ${text} }]`);
const KEY = `"${"0".repeat(64)}"`;
const transfer = (text: string) => `${rule(`${UDP}, payload: transfer`)}transfer: { ${text} }\n`;
const KEYS = `in: { key: ${KEY} }, out: { key: ${KEY} }`;
const Q = "quarantine: { for: 1s }\n";
const hosts = (many: number) => `[${Array.from({ length: many }, (_, n) => `10.0.${n}.1`)}]`;
const QUIET = "does nothing: no detector has action: quarantine (warning)";

it.each<[string, string, string[]]>([
  ["a rule", rule(UDP), []],
  [
    "no protocol",
    rule("name: a, action: allow, from: any, to: any"),
    ["rules.0.protocol: missing, expected the protocol that is allowed"],
  ],
  [
    "no source",
    rule("name: a, action: allow, protocol: icmp, to: any"),
    ["rules.0.from: missing, expected the addresses that may send (or any)"],
  ],
  [
    "no destination",
    rule("name: a, action: allow, protocol: icmp, from: any"),
    ["rules.0.to: missing, expected the addresses that may receive (or any)"],
  ],
  [
    "no ports",
    rule(UDP.replace(", ports: 1", "")),
    ["rules.0.ports: missing, expected the destination ports (1-65535 for all)"],
  ],
  ...["payload: zero", "rate: 1/s", "burst: 2"].map((text): [string, string, string[]] => [
    `${text} in a rule that denies`,
    rule(`name: a, action: deny, ${text}${text.startsWith("burst") ? ", rate: 1/s" : ""}`),
    (text.startsWith("burst") ? ["burst", "rate"] : [text.split(":")[0]]).map(
      (key) => `rules.0.${key}: has no effect in a rule that denies, expected action: allow`,
    ),
  ]),
  ...["ports", "source-ports"].map((key): [string, string, string[]] => [
    `${key} of ICMP`,
    rule(`name: a, action: deny, protocol: icmp, ${key}: 1`),
    [`rules.0.${key}: only UDP and TCP have ports, expected protocol: udp or protocol: tcp`],
  ]),
  [
    "Chapter 10 over TCP",
    message(COMMAND).replace("udp", "tcp"),
    ["rules.0.payload: Chapter 10 comes over UDP, expected protocol: udp"],
  ],
  [
    "a transfer over TCP",
    transfer(KEYS).replace("udp", "tcp"),
    ["rules.0.payload: a transfer comes over UDP, expected protocol: udp"],
  ],
  [
    "types of UDP",
    rule(`${UDP}, types: echo-reply`),
    ["rules.0.types: only ICMP has types, expected protocol: icmp or protocol: icmp6"],
  ],
  [
    "a burst alone",
    rule(`${UDP}, burst: 2`),
    ["rules.0.burst: says how far a rate may be exceeded, expected a rate too"],
  ],
  [
    "a name twice",
    `${rule(UDP)}  - { ${UDP.replace("ports: 1", "ports: 2")} }\n`,
    ['rules.1.name: "a" is used twice, expected a different name'],
  ],
  ["rules that are no list", `${HEAD}rules: 5\n`, ["rules: 5, expected a list of rules ([] lets nothing pass)"]],
  ["a queue alone", out("queue: 5"), ["interfaces.out.queue: has no effect without a rate, expected a rate too"]],
  [
    "padding alone",
    out("padding: { from: 10.0.0.1, to: 10.0.0.2 }"),
    ["interfaces.out.padding: needs a rate to fill up, expected a rate too"],
  ],
  ["padding at the highest rate", out("rate: 20000/s, padding: { from: 10.0.0.1, to: 10.0.0.2 }"), []],
  [
    "padding at a higher one",
    out("rate: 20001/s, padding: { from: 10.0.0.1, to: 10.0.0.2 }"),
    ["interfaces.out.rate: 20001/s with padding, expected at most 20000/s: a tick is needed for each frame"],
  ],
  ["padding and a burst of one", out("rate: 1/s, burst: 1, padding: { from: 10.0.0.1, to: 10.0.0.2 }"), []],
  [
    "padding and a burst",
    out("rate: 1/s, burst: 2, padding: { from: 10.0.0.1, to: 10.0.0.2 }"),
    ["interfaces.out.burst: a burst would be visible, expected no burst with padding"],
  ],
  [
    "a key twice",
    log(`key: ${KEY}, key-file: f`),
    ["interfaces.log.key-file: given beside a key, expected only one of the two"],
  ],
  ["a key's file that is no path", log("key-file: 5"), ["interfaces.log.key-file: 5, expected the path of a key"]],
  [
    "a key's file that is missing",
    log("key-file: nowhere"),
    ["interfaces.log.key-file: nowhere: cannot be read (ENOENT)"],
  ],
  [
    "silence of nobody",
    log("stop-when-silent: 30s"),
    [
      "interfaces.log.stop-when-silent: has no effect without a collector, because nothing is sent, expected a collector too",
    ],
  ],
  [
    "a collector alone",
    log("collector: { address: 10.0.0.1, mac: 52:54:00:77:00:14 }"),
    ["interfaces.log.address: missing, expected the address to log from"],
  ],
  [
    "a MAC twice",
    log("mac: 52:54:00:77:00:02"),
    ["interfaces.log.mac: 52:54:00:77:00:02 is also that of out, expected a different one"],
  ],
  [
    "a next hop of its own",
    log("mac: 52:54:00:77:00:12"),
    ["interfaces.out.next-hop: an address of the image itself, expected that of the receiver on out"],
  ],
  ["messages that are no list", `${NONE}messages: 5\n`, ["messages: 5, expected a list of rules for 1553 messages"]],
  [
    "messages without a stream",
    `${NONE}messages: [{ ${COMMAND} }]\n`,
    ["messages: do nothing without a rule with payload: mil1553 (warning)"],
  ],
  [
    "a stream without messages",
    rule(`${UDP}, payload: mil1553`),
    ["messages: none is allowed, so a rule with payload: mil1553 lets out times only"],
  ],
  [
    "a stream whose messages are denied",
    message("name: m, action: deny"),
    ["messages: none is allowed, so a rule with payload: mil1553 lets out times only"],
  ],
  ...["rt", "sa", "words"].map((key): [string, string, string[]] => [
    `a message without ${key}`,
    message(COMMAND.replace(`, ${key}: 1`, "")),
    [`messages.0.${key}: missing, expected what is allowed (0-31, 1-32: all)`],
  ]),
  [
    "a message without a direction",
    message(COMMAND.replace(", direction: receive", "")),
    ["messages.0.direction: missing, expected transmit or receive"],
  ],
  ["a mode command", message("name: m, action: allow, rt: 1, direction: receive, mode: 1"), []],
  [
    "words of a mode command",
    message(`${COMMAND}, mode: 1`),
    ["messages.0.words: a mode command has none or one, by its code"],
  ],
  [
    "data of what is denied",
    message("name: m, action: deny, data: []"),
    ["messages.0.data: has no effect in a rule that denies, expected action: allow"],
  ],
  [
    "data that are no list",
    message(`${COMMAND}, data: 5`),
    ["messages.0.data: expected a list of what data words must be"],
  ],
  [
    "a sender of what is sent",
    message(COMMAND.replace("receive", "transmit, from: { rt: 1, sa: 1 }")),
    ["messages.0.from: is for transfers between terminals, expected direction: receive and no mode"],
  ],
  ["a step of one message", data("step: 1"), []],
  [
    "a step of several",
    data("step: 1").replace("channel: 1, rt: 1", "channel: 1, rt: 1-2"),
    ["messages.0.data: a step is from one message to the next, expected one channel, one rt, one sa"],
  ],
  [
    "a check of nothing",
    data("word: 1").replace("word: 1, word: 1", "word: 1"),
    ["messages.0.data.0: does not restrict the word, expected range, value (with or without mask), or step"],
  ],
  ["a mask alone", data("mask: 1, step: 1"), ["messages.0.data.0.mask: has no effect alone, expected a value too"]],
  ["a value in its mask", data("mask: 0xff00, value: 0x1200"), []],
  [
    "a value outside of it",
    data("mask: 0xff00, value: 0x1201"),
    ["messages.0.data.0.value: has bits outside of the mask: no word is like that"],
  ],
  ["a transfer", transfer(KEYS), []],
  [
    "a transfer without a rule",
    `${NONE}transfer: { ${KEYS} }\n`,
    ["transfer: does nothing: no rule has payload: transfer (warning)"],
  ],
  [
    "a rule without a transfer",
    rule(`${UDP}, payload: transfer`),
    ["rules: payload: transfer: expected a section transfer"],
  ],
  ["no key", transfer(`in: {}, out: { key: ${KEY} }`), ["transfer.in: expected one of key and key-file"]],
  [
    "two keys",
    transfer(`in: { key: ${KEY}, key-file: f }, out: { key: ${KEY} }`),
    ["transfer.in: expected one of key and key-file"],
  ],
  [
    "a key-file that is missing",
    transfer(`in: { key-file: nowhere }, out: { key: ${KEY} }`),
    ["transfer: nowhere: cannot be read (ENOENT)"],
  ],
  [
    "extensions that are no list",
    transfer(`${KEYS}, extensions: 5`),
    ["transfer.extensions: 5, expected a list of extensions"],
  ],
  ["a baseline that is no path", `${NONE}baseline: 5\n`, ["baseline: 5, expected the path of a baseline"]],
  ["a baseline that is missing", `${NONE}baseline: nowhere\n`, ["baseline: nowhere: cannot be read (ENOENT)"]],
  [
    "thresholds that are no path",
    `${NONE}alerts: { thresholds: 5 }\n`,
    ["alerts.thresholds: 5, expected the path of a threshold.config"],
  ],
  [
    "thresholds that are missing",
    `${NONE}alerts: { thresholds: nowhere }\n`,
    ["alerts.thresholds: nowhere: cannot be read (ENOENT)"],
  ],
  [
    "services that are no list",
    `${NONE}detectors: { newcomer: { services: 5 } }\n`,
    ["detectors.newcomer.services: 5, expected a list of services"],
  ],
  [
    "a scanner as successful as others",
    `${NONE}detectors: { scan: { benign-success: 0.5, scanner-success: 0.5 } }\n`,
    ["detectors.scan.scanner-success: 0.5, expected less than benign-success (0.5)"],
  ],
  ["one a little less", `${NONE}detectors: { scan: { benign-success: 0.5, scanner-success: 0.49 } }\n`, []],
  [
    "false positives as frequent as detection",
    `${NONE}detectors: { scan: { false-positive: 0.5, detection: 0.5 } }\n`,
    ["detectors.scan.false-positive: 0.5, expected less than detection (0.5)"],
  ],
  [
    "quarantine without a time",
    `${NONE}detectors: { rate: { action: quarantine }, scan: { action: tighten } }\n`,
    ["scan", "rate"]
      .map(
        (name, n) =>
          `detectors.${name}.action: ${["tighten", "quarantine"][n]} has no duration, expected a section quarantine`,
      )
      .sort(),
  ],
  ["quarantine that nobody asks for", `${NONE}${Q}`, [`quarantine: ${QUIET}`]],
  ["quarantine that somebody asks for", `${NONE}${Q}detectors: { rate: { action: quarantine } }\n`, []],
  ["protection from nothing", `${NONE}protected: 10.0.0.1\n`, ["protected: does nothing without quarantine (warning)"]],
  [
    "newcomers where all are known",
    `${NONE}detectors: { newcomer: { action: drop } }\n`,
    ["detectors.newcomer.action: does nothing without a list of known hosts or services (warning)"],
  ],
  [
    "tightening to no rate",
    `${NONE}${Q}detectors: { rate: { action: tighten } }\n`,
    ["quarantine: tightened is missing, expected the rate that action: tighten tightens to"],
  ],
  [
    "quarantine of messages that nobody lets out",
    `${NONE}${Q}detectors: { bus-mode: { action: quarantine-message } }\n`,
    ["quarantine: of terminals and messages does nothing: no rule has payload: mil1553 (warning)"],
  ],
  ["a size that fits", rule(`${UDP}, size: 1472`), []],
  [
    "a size that does not",
    rule(`${UDP}, size: 1473`),
    ["rules.0.size: no frame can pass: the mtu of out is 1500 (warning)"],
  ],
  [
    "addresses of two versions",
    rule("name: a, action: allow, protocol: icmp, from: 10.0.0.1, to: fd00::1"),
    ["rules.0.to: no frame can match: addresses and protocol are of different IP versions"],
  ],
  [
    "too many combinations",
    rule(
      `name: a, action: deny, protocol: udp, from: [${Array.from({ length: 100 }, (_, n) => `10.${n}.0.1`)}], to: [${Array.from({ length: 100 }, (_, n) => `11.${n}.0.1`)}], ports: [${Array.from({ length: 9 }, (_, n) => 2 * n + 1)}]`,
    ),
    ["rules.0: its lists have too many combinations, expected several rules instead"],
  ],
  [
    "no address at all",
    rule(UDP.replace("from: any", "from: []")),
    [
      "rules.0.from: an empty list, expected an address or network such as 10.0.0.0/24 or fd00::/64, a list of them, or any",
    ],
  ],
  [
    "a host name with a blank",
    log('hostname: "a b"'),
    ['interfaces.log.hostname: "a b", expected 1 to 31 letters, digits, dots and dashes'],
  ],
  [
    "a port of a tunnel that has none",
    `${NONE}tunnels: [{ name: a, kind: gre, port: 1, between: any }]\n`,
    ["tunnels.0.port: gre has no port, expected none"],
  ],
  [
    "more recorders than fit",
    `${NONE}recorders: [{ name: a, address: ${hosts(13)}, port: [1, 3, 5, 7, 9] }]\n`,
    ["recorders: 65 combinations of addresses, ports and channels, expected at most 64 in all"],
  ],
  [
    "scanners that are everybody",
    `${NONE}detectors: { scan: { scanners: any } }\n`,
    ["detectors.scan.scanners: any: everybody may scan, and no scan is found (warning)"],
  ],
  [
    "recorders of any kind, where something is let out",
    `${rule(UDP)}recorders: any\n`,
    ["recorders: any: whoever sends what looks like one is believed, and can have others shut out (warning)"],
  ],
  [
    "an action against nobody",
    `${NONE}${Q}detectors: { silence: { action: quarantine } }\n`,
    ["detectors.silence.action: quarantine does nothing: what silence finds accuses nobody (warning)"],
  ],
])("%s", (_, text, expected) => {
  expect(said(text)).toEqual(expected);
});

it("more addresses in a threshold.config than fit", () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-problems-"));
  try {
    const compiled = (...many: number[]) => {
      const lines = many.map((n) => `suppress gen_id 1, sig_id 0, track by_src, ip ${hosts(n)}\n`);
      writeFileSync(join(folder, "threshold.config"), lines.join(""));
      return said(`${NONE}alerts: { thresholds: ${folder}/threshold.config }\n`);
    };
    expect(compiled(200, 56)).toEqual([]);
    expect(compiled(200, 57)).toEqual(["alerts.thresholds: 257 addresses in all its lines, expected at most 256"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const BILLION = Array.from(
  { length: 9 },
  (_, n) => `${"abcdefghi"[n]}: &${"abcdefghi"[n]} [${n ? `*${"abcdefghi"[n - 1]},`.repeat(9) : "1"}]`,
);

it("aliases of aliases, and values to put in that cannot be", () => {
  expect(said(`${NONE}${BILLION.join("\n")}\n`)).toEqual([
    "Excessive alias count indicates a resource exhaustion attack, expected fewer aliases (*name)",
  ]);
  const set = (text: string) => () => compilePolicyText(NONE, "p", { sets: [text] });
  expect(set("detectors..scan=1")).toThrow(new Error("--set detectors..scan=1: expected keys with dots between them"));
  expect(set("weir.scan=1")).toThrow(
    new Error("--set weir.scan=1: the path leads through a single value, expected a mapping or a list"),
  );
});
