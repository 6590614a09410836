// REQ-LOG-005, REQ-LOG-013, REQ-LOG-014
/**
 * Tells genuine records of a log from all others, and names what is wrong with it: missing, duplicate, reordered, forged,
 * tampered with, replayed (reports.ts). Of one appliance; two have a verifier each.
 *
 * A genuine record is kept when it has not come before, whatever the order and the numbers of starts: a host's counter may go back, and
 * two machines may run with one number. Only a record of a number that has come, of whose code nothing is remembered, is taken for a
 * replayed one, unless it is known that two records of that start have one number.
 *
 * Memory is bounded: BOOTS starts, codes (codes.ts), gaps and suspects up to MOST each. What exceeds it is settled at once: an older
 * gap stays missing for good, a suspect becomes forged. So is work: a claim for which keys would have to be derived step by step waits
 * until there is work left for its source (bucket.ts), and the oldest of those that wait goes unchecked when too many do.
 */
import { createHash } from "node:crypto";
import { atMost } from "../lib/most.ts";
import type { WorkLimit } from "./bucket.ts";
import { Codes, type SavedCode } from "./codes.ts";
import { codeOf, Keys, MOST_RECORDS } from "./keys.ts";
import { Queue } from "./queue.ts";
import { Ranges } from "./ranges.ts";
import { codesIn, type Parsed, parse, signed, type Unreadable } from "./record.ts";
import type { Class, Report } from "./reports.ts";
import { Suspects, tampered } from "./suspects.ts";

/** Gaps of one boot. */
const MOST = 65536;
/** Starts that are remembered: the one that no record has come of for longest goes. */
const BOOTS = 1024;
/** Starts whose keys are. */
const KEYED = 16;
/** Records from the highest that came, either way, for which a key costs next to nothing. */
const NEAR = 65536;
/** Claims that wait to be checked. */
const WAITING = 4096;
/** Records of a start that come behind the beginning of another, until it is clear that it goes on: that other was a replayed log. */
const OVERTAKEN = 16;
const FIRST = "0".repeat(16);
/** Of codes: with a key they are, without one they are what somebody sent. */
const HEX = /^[0-9a-f]+$/;

export interface VerifierOptions {
  /** 32 bytes; without it nothing is authenticated: numbers are followed all the same. */
  key?: Uint8Array | undefined;
  /** A record is called missing once so many later ones have come, */
  window?: number;
  /** or so many milliseconds have passed. */
  patience?: number;
  /** The first record that comes is the first that is owed; else record 1 of its boot is. */
  join?: boolean;
  state?: State | undefined;
  /** How much is done for claims of starts and numbers that are far from all known ones; as much as it takes unless said. */
  work?: WorkLimit | undefined;
  onReport: (report: Report) => void;
  /** A genuine record that had to wait, besides what take() returns. */
  onRecord?: ((record: Parsed, now: number) => void) | undefined;
}

/** What a verifier knows, to go on with another time. */
export interface State {
  boots: { boot: number; highest: number; missing: [number, number][]; cloned?: true }[];
  codes?: SavedCode[];
}

interface Boot {
  boot: number;
  highest: number;
  missing: Ranges;
  /** Just before the first, where nothing before the first is owed. */
  unowed?: Ranges;
  /** Two different records of one number have come. */
  cloned: boolean;
  /** The datagram that its last genuine record came in. */
  used: number;
  /** How many of its records are still taken for overtaken ones, since another start began. */
  overtaken: number;
}

interface Gap {
  boot: Boot;
  first: number;
  last: number;
  /** Records taken and time at which it is called missing. */
  records: number;
  time: number;
}

/** A claim that waits to be checked. */
interface Claim {
  parsed: Parsed;
  payload: Buffer;
  claim: Partial<Report>;
}

export class Verifier {
  readonly counts = new Map<Class, number>();
  /** Parsed records, each once. */
  records = 0;
  /** Datagrams or lines. */
  datagrams = 0;
  readonly authenticated: boolean;
  readonly #options: Required<Pick<VerifierOptions, "window" | "patience" | "join">>;
  readonly #key: Uint8Array | undefined;
  readonly #work: WorkLimit | undefined;
  readonly #onReport: (report: Report) => void;
  readonly #onRecord: ((record: Parsed, now: number) => void) | undefined;
  readonly #boots = new Map<number, Boot>();
  #current: Boot | undefined;
  /** Missing of boots that are no longer remembered. */
  #gone = 0;
  readonly #keys = new Map<number, Keys>();
  readonly #codes: Codes;
  readonly #gaps = new Queue<Gap>();
  readonly #suspects = new Suspects((report, takenBack) => {
    if (takenBack !== undefined) this.counts.set(takenBack, this.counts.get(takenBack)! - 1);
    this.#report(report);
  });
  readonly #waiting = new Queue<Claim>();
  /** Keys of a boot that no genuine record was seen of yet: kept for the next that claims it. */
  #claimed: { boot: number; keys: Keys } | undefined;

  constructor({ key, window = 256, patience = 2000, join = false, state, ...others }: VerifierOptions) {
    this.#key = key;
    this.authenticated = key !== undefined;
    this.#options = { window, patience, join };
    this.#work = others.work;
    this.#onReport = others.onReport;
    this.#onRecord = others.onRecord;
    for (const { boot, highest, missing, cloned = false } of state?.boots ?? [])
      Object.assign(this.#open(boot), { highest, missing: new Ranges(missing), cloned });
    for (const boot of this.#boots.values()) boot.overtaken = 0;
    this.#codes = new Codes(state?.codes);
  }

  /**
   * Takes a datagram's payload, or a line.
   * @param now ms, never less than before
   * @param from who sent it, `address:port`, as the network says
   * @returns the record, if it is genuine and came for the first time; a view of the payload
   */
  take(payload: Buffer, now = 0, from?: string): Parsed | undefined {
    this.datagrams++;
    const where = { datagram: this.datagrams, ...(from !== undefined && { from }) };
    const parsed = parse(payload);
    const genuine =
      typeof parsed === "string"
        ? this.#unreadable(parsed, payload, where, now)
        : this.#judge(parsed, payload, where, now);
    if (this.#gaps.length || this.#suspects.length) this.#settle(now);
    return genuine;
  }

  /** Time goes on and nothing comes. */
  tick(now: number): void {
    while (this.#waiting.first && this.#work?.has(this.#waiting.first.claim.from ?? "", now))
      this.#recheck(this.#waiting.shift(), now);
    this.#settle(now);
  }

  /** Nothing more will come: what is open is settled. */
  finish(now = 0): void {
    while (this.#waiting.length) this.#recheck(this.#waiting.shift(), now);
    while (this.#gaps.length) this.#callMissing(this.#gaps.shift());
    this.#suspects.settle(Infinity, Infinity);
  }

  /** Records that are owed and have not come, of all boots. */
  get missing(): number {
    let sum = this.#gone;
    for (const { missing } of this.#boots.values()) sum += missing.size;
    return sum;
  }

  get state(): State {
    return {
      boots: [...this.#boots.values()].map(({ boot, highest, missing, cloned }) => ({
        ...{ boot, highest, missing: [...missing].map(([first, last]): [number, number] => [first, last]) },
        ...(cloned && { cloned: true as const }),
      })),
      codes: this.#codes.state,
    };
  }

  // ---- One datagram ---------------------------------------------------------------------------------------------------

  #unreadable(why: Unreadable, payload: Buffer, where: Partial<Report>, now: number): undefined {
    if (!this.#key) return this.#refuse(why === "malformed" ? "not_ours" : why, where);
    if (why === "truncated") return this.#refuse(why, where);
    // A record of ours may have been altered so that it does not look like one.
    const codes = codesIn(payload);
    const name = why === "malformed" ? "forged" : why;
    return codes.length ? this.#suspect(codes, { class: name, ...where }, now) : this.#refuse(name, where);
  }

  #judge(parsed: Parsed, payload: Buffer, where: Partial<Report>, now: number): Parsed | undefined {
    const { boot, sequence } = parsed;
    const claim = { boot, first: sequence, ...where };
    if (!this.#key) return this.#accept(parsed, claim, now);
    if (!parsed.mac) return this.#refuse("unauthenticated", claim);
    if (sequence > MOST_RECORDS) return this.#suspect(codesIn(payload), { class: "forged", ...claim }, now);
    if (this.#work && !this.#isNear(boot, sequence)) {
      if (!this.#work.has(claim.from ?? "", now)) return this.#wait({ parsed, payload, claim });
      const genuine = this.#check(parsed, payload, claim, now);
      if (!genuine) this.#work.take(claim.from ?? "");
      return genuine;
    }
    return this.#check(parsed, payload, claim, now);
  }

  #isNear(boot: number, sequence: number): boolean {
    const known = this.#boots.get(boot);
    return known !== undefined && Math.abs(sequence - known.highest) <= NEAR;
  }

  #wait(claim: Claim): undefined {
    this.#waiting.push(claim);
    if (this.#waiting.length > WAITING) this.#refuse("unchecked", this.#waiting.shift().claim);
    return undefined;
  }

  #recheck({ parsed, payload, claim }: Claim, now: number): void {
    const isNear = this.#isNear(parsed.boot, parsed.sequence);
    const genuine = this.#check(parsed, payload, claim, now);
    if (genuine) this.#onRecord?.(genuine, now);
    else if (!isNear) this.#work?.take(claim.from ?? "");
  }

  /** Whether the code is right decides what it is. */
  #check(parsed: Parsed, payload: Buffer, claim: Partial<Report>, now: number): Parsed | undefined {
    const key = this.#keysOf(parsed.boot).of(parsed.sequence);
    const code = codeOf(key, ...signed(payload, parsed));
    if (code === parsed.mac && parsed.length === parsed.json.length) {
      const record = this.#accept(parsed, claim, now);
      // Anybody on the way can send it again, from any address
      if (record && claim.from !== undefined) this.#work?.know(claim.from);
      return record;
    }
    if (parsed.json.length < parsed.length && !this.#misstated(parsed, payload, key))
      return this.#refuse("truncated", claim);
    return this.#suspect([code.slice(0, 16), ...codesIn(payload)], { class: "forged", ...claim }, now);
  }

  /** Whether only the length was altered: with the right one, the code is right. */
  #misstated({ json, mac, macAt }: Parsed, payload: Buffer, key: Buffer): boolean {
    const text = payload.toString("latin1", 0, macAt).replace(/" len="\d+"/, `" len="${json.length}"`);
    return codeOf(key, Buffer.from(text, "latin1"), payload.subarray(macAt + 32)) === mac;
  }

  #keysOf(boot: number): Keys {
    if (!this.#boots.has(boot)) {
      if (this.#claimed?.boot !== boot) this.#claimed = { boot, keys: new Keys(this.#key!, boot) };
      return this.#claimed.keys;
    }
    const claimed = this.#claimed?.boot === boot ? this.#claimed.keys : undefined;
    const keys = this.#keys.get(boot) ?? claimed ?? new Keys(this.#key!, boot);
    this.#keys.delete(boot);
    this.#keys.set(boot, keys);
    atMost(this.#keys, KEYED);
    return keys;
  }

  // ---- A genuine record -------------------------------------------------------------------------------------------------

  #accept(parsed: Parsed, claim: Partial<Report>, now: number): Parsed | undefined {
    const { boot: number, sequence } = parsed;
    const isOpen = this.#boots.has(number);
    const boot = this.#boots.get(number) ?? this.#begin(number, sequence);
    boot.used = this.datagrams;
    const isCoded = HEX.test(parsed.mac) && HEX.test(parsed.previous);
    const code = isCoded ? parsed.mac.slice(0, 16) : digestOf(parsed);
    if (!this.#isOwed(boot, sequence, claim, now)) {
      if (this.#hasCome(boot, sequence, code))
        return this.#refuse(boot === this.#current ? "duplicate" : "replayed", claim);
      this.#clone(boot, parsed, claim);
    }
    this.records++;
    this.#remember(boot, sequence, code, true);
    if (isCoded) this.#chain(boot, parsed, claim);
    if (!isOpen) this.#takeWaiting(number, now);
    return parsed;
  }

  /** A start that nothing is known of. */
  #begin(number: number, sequence: number): Boot {
    const before = this.#current;
    const boot = this.#open(number);
    if (!before) this.#report({ class: "started", boot: number });
    else {
      const previous = { boot: before.boot, last: before.highest };
      this.#report({ class: "restart", boot: number, previous, ...(number < before.boot && { lower: true as const }) });
    }
    if (!before && this.#options.join) {
      boot.highest = sequence - 1;
      boot.unowed = new Ranges([[Math.max(1, sequence - this.#options.window), sequence - 1]]);
    }
    return boot;
  }

  /** Whether no record of this number has come; then it has now. */
  #isOwed(boot: Boot, sequence: number, claim: Partial<Report>, now: number): boolean {
    if (sequence > boot.highest) {
      if (sequence > boot.highest + 1) this.#gap(boot, boot.highest + 1, sequence - 1, now);
      boot.highest = sequence;
      if (boot !== this.#current) this.#goesOn(boot, claim);
      return true;
    }
    if (boot.unowed?.remove(sequence)) {
      this.#report({ class: "reordered", ...claim });
      return true;
    }
    if (!boot.missing.remove(sequence)) return false;
    const late = !this.#gaps.some((gap) => gap.boot === boot && gap.first <= sequence && sequence <= gap.last);
    this.#report({ class: "reordered", ...claim, ...(late && { late: true as const }) });
    return true;
  }

  /** A start behind which another began: its last records were overtaken, or it has not ended and that other was an old one. */
  #goesOn(boot: Boot, claim: Partial<Report>): void {
    if (boot.overtaken === 0) this.#current = boot;
    else {
      boot.overtaken--;
      this.#report({ class: "reordered", ...claim });
    }
  }

  /** Of a record whose number has come: whether it is the one that has. Where nothing is remembered of that, it is taken to be. */
  #hasCome(boot: Boot, sequence: number, code: string): boolean {
    const owner = this.#codes.owner(code);
    if (owner) return owner.came;
    const first = this.#codes.of(boot.boot, sequence);
    return first === undefined ? !boot.cloned : first === code;
  }

  /** The record in front of it is known by its successor: both must say the same. */
  #chain(boot: Boot, parsed: Parsed, claim: Partial<Report>): void {
    const { sequence, previous } = parsed;
    const isFirst = sequence === 1;
    const other = isFirst ? FIRST : this.#codes.of(boot.boot, sequence - 1);
    const isAnother = other !== undefined && other !== previous && !this.#codes.owner(previous);
    if (isAnother && !boot.cloned) this.#clone(boot, undefined, { ...claim, first: isFirst ? 1 : sequence - 1 });
    if (!isFirst) this.#remember(boot, sequence - 1, previous, false);
  }

  /** Two different records of one number. Where the first of them differ says how that came to be. */
  #clone(boot: Boot, parsed: Parsed | undefined, claim: Partial<Report>): void {
    const before = parsed && this.#codes.of(boot.boot, parsed.sequence - 1);
    const isCopy = before !== undefined && before === parsed?.previous;
    const how = claim.first === 1 ? "started twice" : isCopy ? "copied" : undefined;
    this.#report({ class: "clone", ...claim, ...(!boot.cloned && how !== undefined && { how }) });
    boot.cloned = true;
  }

  #remember(boot: Boot, sequence: number, code: string, came: boolean): void {
    if (this.#codes.add(boot.boot, sequence, code, came)) this.#suspects.known(code, boot.boot, sequence);
  }

  /** What waits and claims a start that is known now costs little to check. */
  #takeWaiting(number: number, now: number): void {
    const all: Claim[] = [];
    while (this.#waiting.length) all.push(this.#waiting.shift());
    for (const one of all) {
      if (one.parsed.boot === number) this.#recheck(one, now);
      else this.#waiting.push(one);
    }
  }

  #refuse(name: Class, claim: Partial<Report>): undefined {
    this.#report({ class: name, ...claim });
    return undefined;
  }

  #open(boot: number): Boot {
    const opened: Boot = { boot, highest: 0, missing: new Ranges(), cloned: false, used: this.datagrams, overtaken: 0 };
    if (this.#current) this.#current.overtaken = OVERTAKEN;
    this.#boots.set(boot, opened);
    this.#current = opened;
    if (this.#boots.size > BOOTS) {
      const [oldest] = [...this.#boots.values()].filter((one) => one !== opened).sort((a, b) => a.used - b.used);
      this.#gone += oldest!.missing.size;
      this.#boots.delete(oldest!.boot);
    }
    return opened;
  }

  // ---- What is open -------------------------------------------------------------------------------------------------------

  #gap(boot: Boot, first: number, last: number, now: number): void {
    boot.missing.append(first, last);
    if (boot.missing.stretches > MOST) {
      const [from, to] = boot.missing.shift()!;
      this.#gone += to - from + 1;
    }
    this.#gaps.push({ boot, first, last, ...this.#deadline(now) });
    if (this.#gaps.length > MOST) this.#callMissing(this.#gaps.shift());
  }

  #suspect(codes: string[], report: Report, now: number): undefined {
    const owner = codes.map((code) => this.#codes.owner(code)).find((found) => found !== undefined);
    const { records, time } = this.#deadline(now);
    if (owner) this.#report(tampered(report, owner.boot, owner.sequence));
    else this.#suspects.add(codes, report, records, time);
    return undefined;
  }

  #deadline(now: number) {
    const { window, patience } = this.#options;
    return { records: this.records + window, time: now + patience };
  }

  /** What was open for long enough: so many records have come since, or so much time has passed without them. */
  #settle(now: number): void {
    while (this.#gaps.first && (this.records >= this.#gaps.first.records || now >= this.#gaps.first.time))
      this.#callMissing(this.#gaps.shift());
    this.#suspects.settle(this.records, now);
  }

  #callMissing({ boot, first, last }: Gap): void {
    for (const [from, to] of boot.missing.within(first, last))
      this.#report({ class: "missing", boot: boot.boot, first: from, last: to, count: to - from + 1 });
  }

  #report(report: Report): void {
    this.counts.set(report.class, (this.counts.get(report.class) ?? 0) + (report.count ?? 1));
    this.#onReport(report);
  }
}

/** Of a record without a code: tells it from another of its number. */
const digestOf = ({ boot, sequence, json }: Parsed): string =>
  createHash("sha256").update(`${boot} ${sequence} `).update(json).digest("hex").slice(0, 16);
