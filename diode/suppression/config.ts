// REQ-DETECT-009, REQ-GROUND-004
/**
 * threshold.config as Suricata reads it (its user guide, "Global-Thresholds"): which alerts are held back. It says what
 * becomes of alerts; what becomes of frames is the policy's.
 *
 *   suppress gen_id 1, sig_id 7700004, track by_src, ip [10.0.0.0/8,!10.0.0.9]
 *   threshold gen_id 1, sig_id 7700001, type limit, track by_src, count 1, seconds 60
 *   rate_filter gen_id 1, sig_id 0, track by_src, count 50, seconds 10, new_action pass, timeout 600
 */
import { AlertKind, MAX_ALERT_RULES, Track } from "../../appliance/contract/config.ts";
import { DETECTOR, DETECTOR_NAMES, type DetectorName } from "../../detectors/catalogue.ts";
import { type Network, networkText, parseNetwork } from "../../lib/addresses.ts";
import { MOST_WRITTEN, readText } from "../../lib/files.ts";
import { described, type Problem, Problems } from "../../lib/yaml.ts";

/** signature_id of a detector's alerts, less its number (onboard/catalogue.ts). */
export const FIRST_SIGNATURE = 7700000;

export interface AlertRule {
  kind: number;
  track: number;
  /** 0: every detector. */
  detector: number;
  networks: { network: Network; not: boolean }[];
  count: number;
  seconds: number;
  timeout: number;
  line: number;
}

/** Faults that are told. */
const MOST_PROBLEMS = 100;

/** A word of a line, and where it stands: from 1. */
interface Word {
  text: string;
  line: number;
  column: number;
}

class Bad extends Error {
  readonly at: Word;
  constructor(at: Word, what: string) {
    super(what);
    this.at = at;
  }
}

/** @throws Problems, every fault with file:line:column; Error when the file cannot be read */
export function readThresholds(path: string, from?: "file"): AlertRule[] {
  return parseThresholds(readText(path, MOST_WRITTEN, from), path);
}

export function parseThresholds(text: string, file: string): AlertRule[] {
  const problems: Problem[] = [];
  const rules: AlertRule[] = [];
  for (const words of statements(text)) {
    try {
      rules.push(statement(words));
      if (rules.length > MAX_ALERT_RULES)
        throw new Bad(words[0]!, `too many lines, expected at most ${MAX_ALERT_RULES}`);
    } catch (error) {
      if (!(error instanceof Bad)) throw error;
      problems.push({ file, line: error.at.line, column: error.at.column, path: "", what: error.message });
      if (rules.length > MAX_ALERT_RULES || problems.length >= MOST_PROBLEMS) break;
    }
  }
  if (problems.length) throw new Problems(problems);
  return rules;
}

/** Words of each statement: a line, joined with the next where it ends in a backslash, without comments. */
function statements(text: string): Word[][] {
  const all: Word[][] = [];
  let words: Word[] = [];
  let goesOn = false;
  text.split(/\r?\n/).forEach((raw, n) => {
    if (!goesOn) words = [];
    const uncommented = raw.replace(/#.*/, "");
    goesOn = /\\\s*$/.test(uncommented);
    const line = uncommented.replace(/\\\s*$/, "");
    // A list of addresses is one word, whatever spaces are in it
    for (const { 0: text, index } of line.matchAll(/,|!?\[[^\]]*\]?|[^\s,]+/g))
      words.push({ text, line: n + 1, column: index + 1 });
    if (!goesOn && words.length) all.push(words);
  });
  if (goesOn && words.length) all.push(words);
  return all;
}

const KEYS = new Map<string, string[]>(
  Object.entries({
    threshold: ["gen_id", "sig_id", "type", "track", "count", "seconds"],
    rate_filter: ["gen_id", "sig_id", "track", "count", "seconds", "new_action", "timeout"],
    suppress: ["gen_id", "sig_id", "track", "ip"],
  }),
);

function statement([first, ...rest]: Word[]): AlertRule {
  const name = first!.text === "event_filter" ? "threshold" : first!.text;
  const keys = KEYS.get(name);
  if (!keys)
    throw new Bad(first!, `${described(first!.text)}, expected threshold, event_filter, rate_filter or suppress`);
  const given = new Map<string, Word>();
  for (let i = 0; i < rest.length; ) {
    const key = rest[i]!;
    const value = rest[i + 1];
    if (!keys.includes(key.text)) throw new Bad(key, `${described(key.text)}, expected one of ${keys.join(", ")}`);
    if (given.has(key.text)) throw new Bad(key, `${key.text} again`);
    if (!value || value.text === ",") throw new Bad(value ?? key, `${key.text} has no value`);
    given.set(key.text, value);
    const comma = rest[i + 2];
    if (comma && comma.text !== ",") throw new Bad(comma, `${described(comma.text)}, expected a comma`);
    if (comma && !rest[i + 3]) throw new Bad(comma, "nothing behind the comma");
    i += 3;
  }
  const need = (key: string): Word => {
    const value = given.get(key);
    if (!value) throw new Bad(first!, `${key} is missing`);
    return value;
  };
  const rule: AlertRule = {
    kind: AlertKind.SUPPRESS,
    track: Track.RULE,
    detector: detectorOf(need("gen_id"), need("sig_id")),
    networks: [],
    count: 0,
    seconds: 0,
    timeout: 0,
    line: first!.line,
  };
  if (name === "suppress") {
    const track = given.get("track");
    const ip = given.get("ip");
    if (!track !== !ip) throw new Bad(track ?? ip!, `${track ? "ip" : "track"} is missing: an address is of one side`);
    if (track && ip) {
      rule.track = choice(track, { by_src: Track.SOURCE, by_dst: Track.DESTINATION, by_either: Track.EITHER });
      rule.networks = networksOf(ip);
    }
    return rule;
  }
  rule.track = choice(need("track"), {
    by_src: Track.SOURCE,
    by_dst: Track.DESTINATION,
    by_both: Track.BOTH,
    by_rule: Track.RULE,
  });
  rule.count = whole(need("count"), 1);
  rule.seconds = whole(need("seconds"), 1);
  if (name === "threshold")
    rule.kind = choice(need("type"), {
      limit: AlertKind.LIMIT,
      threshold: AlertKind.THRESHOLD,
      both: AlertKind.BOTH,
    });
  else {
    rule.kind = AlertKind.PASS;
    rule.timeout = whole(need("timeout"), 0);
    const action = need("new_action");
    if (["drop", "reject", "sdrop"].includes(action.text))
      throw new Bad(
        action,
        `${action.text}, expected pass: set what a finding does to frames with detectors.NAME.action in the policy`,
      );
    choice(action, { pass: 0 });
  }
  return rule;
}

function detectorOf(generator: Word, signature: Word): number {
  const gid = whole(generator, 0);
  const sid = whole(signature, 0);
  if (gid > 1) throw new Bad(generator, `${gid}, expected 1, the generator of all alerts here (0: all)`);
  if (sid === 0) return 0;
  const number = sid - FIRST_SIGNATURE;
  if (!Object.values(DETECTOR).includes(number as (typeof DETECTOR)[DetectorName]))
    throw new Bad(
      signature,
      `${sid}, expected 0 for all, or ${DETECTOR_NAMES.map((n) => `${FIRST_SIGNATURE + DETECTOR[n]} (${n})`).join(", ")}`,
    );
  return number;
}

function choice(word: Word, choices: Record<string, number>): number {
  if (!Object.hasOwn(choices, word.text))
    throw new Bad(word, `${described(word.text)}, expected ${Object.keys(choices).join(", ")}`);
  return choices[word.text]!;
}

function whole(word: Word, least: number): number {
  const value = /^\d{1,9}$/.test(word.text) ? Number(word.text) : -1;
  if (value < least) throw new Bad(word, `${described(word.text)}, expected a whole number from ${least}`);
  return value;
}

function networksOf(word: Word): AlertRule["networks"] {
  const list = /^(!?)\[(.*)\]$/.exec(word.text);
  const items = list ? list[2]!.split(",") : [word.text];
  const all = items.map((item) => {
    const trimmed = item.trim();
    const marked = trimmed.startsWith("!");
    const text = marked ? trimmed.slice(1).trim() : trimmed;
    const network = parseNetwork(text);
    if (!network)
      throw new Bad(
        word,
        text.startsWith("$")
          ? `${text}: variables are not supported, expected addresses`
          : `${described(trimmed)}, expected an address, a network, or a list in brackets`,
      );
    return { network, not: marked !== (list?.[1] === "!") };
  });
  if (all.every(({ not }) => not)) {
    // Everything but these
    const everywhere = ["0.0.0.0/0", "::/0"].map((text) => ({ network: parseNetwork(text)!, not: false }));
    all.push(...everywhere);
  }
  return all;
}

/** One line for people. */
export function alertRuleText({ kind, track, detector, networks, count, seconds, timeout }: AlertRule): string {
  const name = DETECTOR_NAMES.find((n) => DETECTOR[n] === detector) ?? "every detector";
  const by = ["", " by source", " by destination", " by either address", " by both addresses"][track];
  const where = networks.map(({ network, not }) => `${not ? "not " : ""}${networkText(network)}`).join(", ");
  if (kind === AlertKind.SUPPRESS) return `${name}: none${where ? `${by} in ${where}` : ""}`;
  if (kind === AlertKind.LIMIT) return `${name}: at most ${count} in ${seconds} s${by}`;
  if (kind === AlertKind.THRESHOLD) return `${name}: one for each ${count} in ${seconds} s${by}`;
  if (kind === AlertKind.BOTH) return `${name}: one in ${seconds} s, once ${count} came${by}`;
  return `${name}: none for ${timeout} s, once ${count} came in ${seconds} s${by}`;
}
