/**
 * A bad network with an intruder in it, from a seed: what it did to each datagram is written down, so that a verifier's
 * findings can be compared with the truth.
 */
import { createHmac, randomBytes } from "node:crypto";
import { uniform } from "../../lib/numerics/random.ts";

/** For tests of others that have it from here. */
export { uniform as randomOf } from "../../lib/numerics/random.ts";

/** What a datagram on its way out really is. */
export type Truth =
  | { kind: "genuine"; boot: number; sequence: number }
  /** Altered: of which record, and whether it can still be told to be one. */
  | { kind: "altered"; boot: number; sequence: number; marked: boolean }
  | { kind: "cut"; marked: boolean }
  | { kind: "forged" | "unauthenticated" | "foreign" };

export interface Sent {
  payload: Buffer;
  truth: Truth;
}

/** Chances for each record. Delays in datagrams: those within the verifier's window, and those far behind it. */
export const CHANCES = {
  drop: 0.01,
  burst: 0.0003,
  duplicate: 0.005,
  delay: 0.005,
  late: 0.0005,
  alter: 0.004,
  copy: 0.001,
  cut: 0.002,
  forge: 0.003,
  strip: 0.001,
  replay: 0.003,
  foreign: 0.001,
};

const MARK = " weir - eve [weir@32473 ";

export class Impairment {
  readonly #random: () => number;
  readonly #chances: typeof CHANCES;
  #dropping = 0;
  #clock = 0;
  #held: { due: number; sent: Sent }[] = [];
  /** Of earlier boots, to be replayed. */
  readonly #recorded: Sent[] = [];
  #boot = -1;

  constructor(seed: number, chances: Partial<typeof CHANCES> = {}) {
    this.#random = uniform(seed);
    this.#chances = { ...CHANCES, ...chances };
  }

  /** A record comes in; what goes out for it, now. */
  take(payload: Buffer, boot: number, sequence: number): Sent[] {
    this.#clock++;
    if (boot !== this.#boot) this.#boot = boot;
    const genuine: Sent = { payload, truth: { kind: "genuine", boot, sequence } };
    const out: Sent[] = [];
    const kind = this.#dropping > 0 ? "drop" : this.#draw();
    if (this.#dropping > 0) this.#dropping--;
    switch (kind) {
      case "drop":
        break;
      case "burst":
        this.#dropping = this.#below(200);
        break;
      case "duplicate":
        out.push(genuine);
        this.#hold(genuine, this.#below(50));
        break;
      case "delay":
        this.#hold(genuine, 1 + this.#below(100));
        break;
      case "late":
        this.#hold(genuine, 600 + this.#below(400));
        break;
      case "alter":
        out.push(this.#altered(payload, boot, sequence));
        break;
      case "copy":
        out.push(...(this.#random() < 0.5 ? [genuine] : []), this.#altered(payload, boot, sequence));
        if (out.length === 1) out.push(genuine);
        break;
      case "cut":
        out.push(this.#cut(payload));
        break;
      default:
        out.push(genuine);
        if (kind === "forge") out.push(this.#forged(payload, boot, sequence));
        else if (kind === "strip") out.push({ payload: stripped(payload), truth: { kind: "unauthenticated" } });
        else if (kind === "replay") out.push(...this.#replayed());
        else if (kind === "foreign") out.push({ payload: foreign(this.#clock), truth: { kind: "foreign" } });
    }
    this.#record(genuine);
    return [...out, ...this.#released()];
  }

  /** What is still held. */
  end(): Sent[] {
    this.#clock = Infinity;
    return this.#released();
  }

  #draw(): keyof typeof CHANCES | "pass" {
    let left = this.#random();
    for (const [kind, chance] of Object.entries(this.#chances) as [keyof typeof CHANCES, number][]) {
      left -= chance;
      if (left < 0) return kind;
    }
    return "pass";
  }

  #below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  #hold(sent: Sent, datagrams: number): void {
    this.#held.push({ due: this.#clock + datagrams, sent });
  }

  #released(): Sent[] {
    const due = this.#held.filter(({ due }) => due <= this.#clock);
    if (due.length) this.#held = this.#held.filter(({ due }) => due > this.#clock);
    return due.sort((a, b) => a.due - b.due).map(({ sent }) => sent);
  }

  /** One byte is another, anywhere. */
  #altered(payload: Buffer, boot: number, sequence: number): Sent {
    const bytes = Buffer.from(payload);
    const at = this.#below(bytes.length);
    // As far as a receiver's file shows it as it is: printable
    let other = bytes[at]!;
    while (other === bytes[at]) other = 0x21 + this.#below(0x5e);
    bytes[at] = other;
    return { payload: bytes, truth: { kind: "altered", boot, sequence, marked: bytes.includes(MARK) } };
  }

  #cut(payload: Buffer): Sent {
    let bytes = payload.subarray(0, 1 + this.#below(payload.length - 1));
    // A space at the end would not survive every receiver
    while (bytes.at(-1) === 0x20) bytes = bytes.subarray(0, -1);
    return { payload: bytes, truth: { kind: "cut", marked: bytes.includes(MARK) } };
  }

  /** Under a key of the intruder's own, in place of a record that is to come, or with another number. */
  #forged(payload: Buffer, boot: number, sequence: number): Sent {
    const claimed = sequence + this.#below(3) * this.#below(100_000);
    const text = payload
      .toString("latin1")
      .replace(/ seq="\d+"/, ` seq="${claimed}"`)
      .replace('p":"2', 'p":"1');
    const key = Buffer.from(`intruder ${boot}`);
    const mac = createHmac("sha256", key).update(text).update(String(this.#random())).digest("hex").slice(0, 32);
    const changed = text.replace(/ mac="[^"]*"/, ` mac="${mac}"`);
    return { payload: Buffer.from(changed, "latin1"), truth: { kind: "forged" } };
  }

  #replayed(): Sent[] {
    const earlier = this.#recorded.filter(({ truth }) => truth.kind === "genuine" && truth.boot < this.#boot);
    return earlier.length ? [earlier[this.#below(earlier.length)]!] : [];
  }

  #record(sent: Sent): void {
    if (this.#recorded.length < 2000 && this.#random() < 0.1) this.#recorded.push(sent);
  }
}

/** Without code, chain and length: as an appliance without a key would send it. */
const stripped = (payload: Buffer): Buffer =>
  Buffer.from(payload.toString("latin1").replace(/ len="\d+" prev="[^"]*" mac="[^"]*"/, ""), "latin1");

const foreign = (n: number): Buffer =>
  Buffer.from(`<13>1 2026-03-02T09:00:00Z host app ${n} - - another program's message ${n}`);

/** A key that nobody has. */
export const anyKey = (): Buffer => randomBytes(32);
