// REQ-LOG-005
/**
 * Tells genuine records of a log from all others, and names what is wrong with it: missing, duplicate, reordered, forged,
 * tampered with, replayed (reports.ts). Of one appliance; two have a verifier each.
 *
 * Memory is bounded: the codes of the last MEMORY records, gaps and suspects up to MOST each. What exceeds it is settled at
 * once: an older gap stays missing for good, a suspect becomes forged.
 */
import { codeOf, Keys, MOST_RECORDS } from "./keys.ts";
import { Queue } from "./queue.ts";
import { Ranges } from "./ranges.ts";
import { codesIn, type Parsed, parse, signed, type Unreadable } from "./record.ts";
import type { Class, Report } from "./reports.ts";

/** Records whose codes are remembered, to know altered copies of them. */
const MEMORY = 65536;
/** Gaps of one boot; suspects. */
const MOST = 65536;
/** Earlier starts that are remembered. */
const BOOTS = 16;
const FIRST = "0".repeat(16);

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
  onReport: (report: Report) => void;
}

/** What a verifier knows, to go on with another time. */
export interface State {
  boots: { boot: number; highest: number; missing: [number, number][] }[];
}

interface Boot {
  boot: number;
  keys: Keys | undefined;
  highest: number;
  missing: Ranges;
  /** Just before the first, where nothing before the first is owed. */
  unowed?: Ranges;
  /** Of the last MEMORY records: the first half of the code, from the record itself or from its successor. */
  codes: Map<number, string>;
}

interface Gap {
  boot: Boot;
  first: number;
  last: number;
  /** Records taken and time at which it is called missing. */
  records: number;
  time: number;
}

interface Suspect {
  codes: string[];
  report: Report;
  records: number;
  time: number;
  /** Called what its report says; or known to be an altered record. */
  settled: "" | "called" | "known";
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
  readonly #onReport: (report: Report) => void;
  readonly #boots = new Map<number, Boot>();
  #current: Boot | undefined;
  /** Missing of boots that are no longer remembered. */
  #gone = 0;
  /** Boot and number by code. */
  readonly #owners = new Map<string, { boot: number; sequence: number }>();
  readonly #gaps = new Queue<Gap>();
  readonly #suspects = new Queue<Suspect>();
  /** Those that were called forged, and may yet turn out to be altered. */
  readonly #called = new Queue<Suspect>();
  /** By code. */
  readonly #awaited = new Map<string, Set<Suspect>>();
  /** Keys of a boot that no genuine record was seen of yet: kept for the next that claims it. */
  #claimed: { boot: number; keys: Keys } | undefined;

  constructor({ key, window = 256, patience = 2000, join = false, state, onReport }: VerifierOptions) {
    this.#key = key;
    this.authenticated = key !== undefined;
    this.#options = { window, patience, join };
    this.#onReport = onReport;
    for (const { boot, highest, missing } of state?.boots ?? []) {
      const known = this.#open(boot);
      known.highest = highest;
      known.missing = new Ranges(missing);
    }
  }

  /**
   * Takes a datagram's payload, or a line.
   * @param now ms, never less than before
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
    this.#settle(now);
  }

  /** Nothing more will come: what is open is settled. */
  finish(): void {
    while (this.#gaps.length) this.#callMissing(this.#gaps.shift());
    while (this.#suspects.length) this.#callForged(this.#suspects.shift());
  }

  /** Records that are owed and have not come, of all boots. */
  get missing(): number {
    let sum = this.#gone;
    for (const { missing } of this.#boots.values()) sum += missing.size;
    return sum;
  }

  get state(): State {
    return {
      boots: [...this.#boots.values()].map(({ boot, highest, missing }) => ({
        boot,
        highest,
        missing: [...missing].map(([first, last]) => [first, last]),
      })),
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
    if (!this.#key) return this.#accept(parsed, undefined, claim, now);
    if (!parsed.mac) {
      this.#report({ class: "unauthenticated", ...claim });
      return undefined;
    }
    if (sequence > MOST_RECORDS) return this.#suspect(codesIn(payload), { class: "forged", ...claim }, now);
    const keys = this.#boots.get(boot)?.keys ?? this.#keysOf(boot);
    const key = keys.of(sequence);
    const code = codeOf(key, ...signed(payload, parsed));
    if (code === parsed.mac && parsed.length === parsed.json.length) return this.#accept(parsed, keys, claim, now);
    if (parsed.json.length < parsed.length && !this.#misstated(parsed, payload, key)) {
      this.#report({ class: "truncated", ...claim });
      return undefined;
    }
    return this.#suspect([code.slice(0, 16), ...codesIn(payload)], { class: "forged", ...claim }, now);
  }

  /** Whether only the length was altered: with the right one, the code is right. */
  #misstated({ json, mac, macAt }: Parsed, payload: Buffer, key: Buffer): boolean {
    const text = payload.toString("latin1", 0, macAt).replace(/" len="\d+"/, `" len="${json.length}"`);
    return codeOf(key, Buffer.from(text, "latin1"), payload.subarray(macAt + 32)) === mac;
  }

  #keysOf(boot: number): Keys {
    if (this.#claimed?.boot !== boot) this.#claimed = { boot, keys: new Keys(this.#key!, boot) };
    return this.#claimed.keys;
  }

  // ---- A genuine record -------------------------------------------------------------------------------------------------

  #accept(parsed: Parsed, keys: Keys | undefined, claim: Partial<Report>, now: number): Parsed | undefined {
    const { boot: number, sequence } = parsed;
    let boot = this.#boots.get(number);
    const current = this.#current;
    if (!boot && current && number < current.boot) return this.#refuse("replayed", claim);
    if (!boot) {
      boot = this.#open(number, keys);
      this.#introduce(boot, current);
      if (!current && this.#options.join) {
        boot.highest = sequence - 1;
        boot.unowed = new Ranges([[Math.max(1, sequence - this.#options.window), sequence - 1]]);
      }
    }
    if (sequence > boot.highest) {
      if (sequence > boot.highest + 1) this.#gap(boot, boot.highest + 1, sequence - 1, now);
      boot.highest = sequence;
      if (boot !== this.#current) this.#report({ class: "reordered", ...claim });
      return this.#keep(parsed, boot);
    }
    if (boot.unowed?.remove(sequence)) {
      this.#report({ class: "reordered", ...claim });
      return this.#keep(parsed, boot);
    }
    if (boot.missing.remove(sequence)) {
      const late = !this.#gaps.some((gap) => gap.boot === boot && gap.first <= sequence && sequence <= gap.last);
      this.#report({ class: "reordered", ...claim, ...(late && { late: true as const }) });
      return this.#keep(parsed, boot);
    }
    const known = boot.codes.get(sequence);
    if (parsed.mac && known !== undefined && known !== parsed.mac.slice(0, 16)) return this.#refuse("conflict", claim);
    return this.#refuse(boot === this.#current ? "duplicate" : "replayed", claim);
  }

  #keep(parsed: Parsed, boot: Boot): Parsed {
    this.records++;
    if (parsed.mac) {
      this.#remember(boot, parsed.sequence, parsed.mac.slice(0, 16));
      if (parsed.sequence > 1) this.#remember(boot, parsed.sequence - 1, parsed.previous);
      else if (parsed.previous !== FIRST) this.#report({ class: "conflict", boot: boot.boot, first: 1 });
    }
    return parsed;
  }

  /** The code of a record is known: from itself, or from the one behind it. Both must say the same. */
  #remember(boot: Boot, sequence: number, code: string): void {
    const known = boot.codes.get(sequence);
    if (known !== undefined) {
      if (known !== code) this.#report({ class: "conflict", boot: boot.boot, first: sequence });
      return;
    }
    boot.codes.set(sequence, code);
    this.#owners.set(code, { boot: boot.boot, sequence });
    if (boot.codes.size > MEMORY) forgetFirst(boot.codes);
    if (this.#owners.size > MEMORY) forgetFirst(this.#owners);
    const suspects = this.#awaited.get(code);
    if (suspects) for (const suspect of [...suspects]) this.#callTampered(suspect, boot.boot, sequence);
  }

  #refuse(name: Class, claim: Partial<Report>): undefined {
    this.#report({ class: name, ...claim });
    return undefined;
  }

  #open(boot: number, keys = this.#key && new Keys(this.#key, boot)): Boot {
    const opened: Boot = { boot, keys, highest: 0, missing: new Ranges(), codes: new Map() };
    this.#boots.set(boot, opened);
    if (!this.#current || boot > this.#current.boot) this.#current = opened;
    if (this.#boots.size > BOOTS) this.#forgetBoot(Math.min(...this.#boots.keys()));
    return opened;
  }

  #forgetBoot(boot: number): void {
    this.#gone += this.#boots.get(boot)!.missing.size;
    this.#boots.delete(boot);
  }

  #introduce({ boot }: Boot, before: Boot | undefined): void {
    if (!before) this.#report({ class: "started", boot });
    else this.#report({ class: "restart", boot, previous: { boot: before.boot, last: before.highest } });
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
    const owner = codes.map((code) => this.#owners.get(code)).find((found) => found !== undefined);
    const suspect: Suspect = { codes, report, ...this.#deadline(now), settled: "" };
    if (owner) this.#callTampered(suspect, owner.boot, owner.sequence);
    else {
      this.#suspects.push(suspect);
      for (const code of codes) {
        const waiting = this.#awaited.get(code);
        if (waiting) waiting.add(suspect);
        else this.#awaited.set(code, new Set([suspect]));
      }
      if (this.#suspects.length > MOST) this.#callForged(this.#suspects.shift());
    }
    return undefined;
  }

  #deadline(now: number) {
    const { window, patience } = this.#options;
    return { records: this.records + window, time: now + patience };
  }

  /** What was open for long enough: so many records have come since, or so much time has passed without them. */
  #settle(now: number): void {
    const due = ({ records, time }: Gap | Suspect) => this.records >= records || now >= time;
    while (this.#gaps.first && due(this.#gaps.first)) this.#callMissing(this.#gaps.shift());
    while (this.#suspects.first && (this.#suspects.first.settled || due(this.#suspects.first)))
      this.#callForged(this.#suspects.shift());
  }

  #callMissing({ boot, first, last }: Gap): void {
    for (const [from, to] of boot.missing.within(first, last))
      this.#report({ class: "missing", boot: boot.boot, first: from, last: to, count: to - from + 1 });
  }

  /** Its record has become known: if that comes too late, what it was called is taken back. */
  #callTampered(suspect: Suspect, boot: number, sequence: number): void {
    const { settled, report } = suspect;
    if (settled === "known") return;
    this.#forget(suspect);
    suspect.settled = "known";
    if (settled === "called") this.counts.set(report.class, this.counts.get(report.class)! - 1);
    this.#report({ ...report, class: "tampered", boot, first: sequence, ...(settled && { late: true as const }) });
  }

  /** Its record did not become known in time; it may later. */
  #callForged(suspect: Suspect): void {
    if (suspect.settled) return;
    suspect.settled = "called";
    this.#report(suspect.report);
    if (!suspect.codes.length) return;
    this.#called.push(suspect);
    if (this.#called.length > MOST) this.#forget(this.#called.shift());
  }

  #forget(suspect: Suspect): void {
    for (const code of suspect.codes) {
      const waiting = this.#awaited.get(code);
      if (waiting?.delete(suspect) && !waiting.size) this.#awaited.delete(code);
    }
  }

  #report(report: Report): void {
    this.counts.set(report.class, (this.counts.get(report.class) ?? 0) + (report.count ?? 1));
    this.#onReport(report);
  }
}

function forgetFirst<K>(map: Map<K, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
