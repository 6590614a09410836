/** How much may be done in a time, and for whom: a token bucket, and one for each source. */
import { atMost } from "../lib/most.ts";

export interface Allowance {
  /** At once, after a while without any. */
  burst: number;
  perSecond: number;
}

export class Bucket {
  readonly #allowance: Allowance;
  #left: number;
  #at = 0;

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
    this.#left = allowance.burst;
  }

  /** @param now ms; a clock that goes back fills nothing */
  has(now: number): boolean {
    const { burst, perSecond } = this.#allowance;
    if (now > this.#at) this.#left = Math.min(burst, this.#left + ((now - this.#at) * perSecond) / 1000);
    this.#at = now;
    return this.#left >= 1;
  }

  /** After has(). */
  take(): void {
    this.#left -= 1;
  }
}

/** Sources that have a bucket of their own; of more the one that was asked for longest ago loses it. */
const SOURCES = 1024;
/** Sources that genuine records have come from: those that the latest have. */
const KNOWN = 64;

/**
 * Work for datagrams that may be forged. Each source has so much of it, and all that never sent anything genuine have so much together:
 * addresses cost a forger nothing.
 */
export class WorkLimit {
  readonly #each: Allowance;
  readonly #strangers: Bucket;
  readonly #sources = new Map<string, Bucket>();
  readonly #known = new Set<string>();

  constructor(each: Allowance, strangers: Allowance) {
    this.#each = each;
    this.#strangers = new Bucket(strangers);
  }

  /** A genuine record has come from there. @param from `address:port` */
  know(from: string): void {
    const source = addressOf(from);
    this.#known.delete(source);
    this.#known.add(source);
    atMost(this.#known, KNOWN);
  }

  /** Whether there is work left for this source. @param now ms */
  has(from: string, now: number): boolean {
    return this.#bucketOf(from).has(now) && (this.#known.has(addressOf(from)) || this.#strangers.has(now));
  }

  /** It was done, and for nothing. */
  take(from: string): void {
    this.#bucketOf(from).take();
    if (!this.#known.has(addressOf(from))) this.#strangers.take();
  }

  #bucketOf(from: string): Bucket {
    const source = addressOf(from);
    const bucket = this.#sources.get(source) ?? new Bucket(this.#each);
    this.#sources.delete(source);
    this.#sources.set(source, bucket);
    atMost(this.#sources, SOURCES);
    return bucket;
  }
}

/** A forger has as many ports as he likes. */
const addressOf = (from: string): string => from.slice(0, from.lastIndexOf(":"));
