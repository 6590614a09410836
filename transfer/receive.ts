// REQ-TRANSFER-007, REQ-TRANSFER-008, REQ-TRANSFER-009, REQ-TRANSFER-011
/** Receiving behind a diode: nothing can be asked for again, so what is missing is said exactly, and where it was lost. */
import { closeSync, linkSync, lstatSync, openSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import { COUNTERS, type Endpoint, Kind, type REFUSED, STOPPED, type TransferRecord, Type } from "./endpoint.ts";
import { Pieces } from "./pieces.ts";
import { Ranges } from "./ranges.ts";
import { Sessions } from "./sessions.ts";

export interface ReceiveOptions {
  folder: string;
  overwrite?: boolean;
  /** Each file or stream when nothing more is expected of it. */
  onDone?: (done: Done) => void;
}

export interface Done {
  name: string;
  /** Where it lies: under its own name when it is whole. */
  path: string;
  whole: boolean;
  size: number | undefined;
  /** [from, to) of what did not come; undefined where nobody said how much it is. */
  missing: [number, number][] | undefined;
  /** Why it is not whole, in words. */
  why: string;
}

interface Incoming {
  boot: bigint;
  stream: number;
  part: string;
  fd: number;
  /** Why some of it could not be written. */
  trouble: string;
  name: string | undefined;
  size: number | undefined;
  digest: Buffer | undefined;
  ranges: Ranges;
  pieces: Pieces;
  /** Its end has come: with a digest, or without one. */
  ended: boolean;
  /** When something last came, ms. */
  last: number;
}

const NONE = Buffer.alloc(32);
const MOST_PARTS = 100;
/** After its end a file waits so long for frames that were overtaken, ms. */
const PATIENCE = 2000;

export class Receiver {
  readonly #endpoint: Endpoint;
  readonly #options: ReceiveOptions;
  readonly #incoming = new Map<string, Incoming>();
  readonly #finished = new Set<string>();
  readonly refused = new Map<(typeof REFUSED)[number], number>();
  readonly losses = new Losses();
  /** Counters of the last heartbeat. */
  counters: bigint[] = [];
  lastFrame = 0;
  #checks = 0;
  readonly sessions: Sessions;

  /** @throws Error when what an earlier receiver left in the folder cannot be read */
  constructor(endpoint: Endpoint, options: ReceiveOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.sessions = new Sessions(options.folder);
    const floor = this.sessions.load();
    if (floor) endpoint.floor(floor.boot, floor.sequence);
  }

  get open(): number {
    return this.#incoming.size + this.#checks;
  }

  /** Takes a datagram from the network. */
  take(datagram: Uint8Array, now: number): void {
    const why = this.#endpoint.take(datagram);
    if (why) {
      this.refused.set(why, (this.refused.get(why) ?? 0) + 1);
      return;
    }
    this.lastFrame = now;
    const { type, boot, sequence } = this.#endpoint.frame;
    this.losses.seen(boot, sequence);
    if (type === Type.HEARTBEAT) {
      this.counters = this.#endpoint.counters(COUNTERS);
      // An end crosses once, and a burst may take it: each heartbeat tells the last ones again
      for (const end of this.#endpoint.ends())
        if (this.#incoming.has(`${boot}-${end.stream}`)) this.#record(end, boot, now);
    }
    for (const record of this.#endpoint.records()) if (record) this.#record(record, boot, now);
  }

  #record(record: TransferRecord, boot: bigint, now: number): void {
    if (record.kind === Kind.NONE) return;
    const key = `${boot}-${record.stream}`;
    if (this.#finished.has(key)) return;
    const one = this.#incoming.get(key) ?? this.#begin(key, boot, record.stream);
    if (!one) return;
    one.last = now;
    if (record.kind === Kind.DATA) {
      try {
        writeSync(one.fd, record.bytes, 0, record.bytes.length, record.offset);
      } catch (error) {
        one.trouble ||= (error as Error).message; // a full disk, an offset that no file has
        return;
      }
      one.ranges.add(record.offset, record.offset + record.bytes.length);
      one.pieces.add(record.order, record.offset, record.bytes.length);
    } else {
      if (record.kind === Kind.MANIFEST) one.name = basename(record.bytes.toString("latin1"));
      else one.ended = true;
      one.size = record.size ?? one.size;
      if (!record.digest.equals(NONE)) one.digest = record.digest;
    }
    if (one.name !== undefined && one.digest && one.size !== undefined && one.ranges.covers(one.size))
      this.#close(key, one);
  }

  /** undefined when no file can be made for it: that is told once, and nothing of it is kept. */
  #begin(key: string, boot: bigint, stream: number): Incoming | undefined {
    const part = this.#partOf(key);
    let fd: number;
    try {
      fd = openSync(part, "wx+", 0o600); // never through a link that somebody laid there
    } catch (error) {
      this.#finished.add(key);
      const why = `cannot be kept: ${(error as Error).message}`;
      this.#options.onDone?.({ name: "?", path: part, whole: false, size: undefined, missing: undefined, why });
      return undefined;
    }
    const one: Incoming = {
      boot,
      stream,
      part,
      fd,
      trouble: "",
      name: undefined,
      size: undefined,
      digest: undefined,
      ranges: new Ranges(),
      pieces: new Pieces(),
      ended: false,
      last: 0,
    };
    this.#incoming.set(key, one);
    return one;
  }

  /** Beside what an earlier receiver left, who was stopped while the same stream was on its way. */
  #partOf(key: string): string {
    for (let n = 1; ; n++) {
      const path = join(this.#options.folder, `.weir-${key}${n > 1 ? `-${n}` : ""}.part`);
      if (n === MOST_PARTS || lstatSync(path, { throwIfNoEntry: false }) === undefined) return path;
    }
  }

  /** Gives up what nothing more came of; `all`: at the end. */
  giveUp(now: number, all = false): void {
    for (const [key, one] of this.#incoming)
      if (all || ((one.ended || one.digest) && one.size !== undefined && now - one.last > PATIENCE))
        this.#close(key, one);
  }

  /** To be called some times a second: what came by now does not come again after a restart. @throws Error */
  remember(): void {
    const { boot, newest } = this.losses;
    if (boot > 0n) this.sessions.save({ boot, sequence: newest });
  }

  #close(key: string, one: Incoming): void {
    this.#incoming.delete(key);
    this.#finished.add(key);
    closeSync(one.fd);
    this.#checks++;
    const unreadable = (error: Error): Done => ({ ...leftOf(one), why: `cannot be verified: ${error.message}` });
    void this.#verify(one)
      .catch(unreadable)
      .then((done) => {
        this.#checks--;
        this.#options.onDone?.(done);
      });
  }

  async #verify(one: Incoming): Promise<Done> {
    const { part, name, size, digest, trouble } = one;
    const left = (why: string): Done => ({ ...leftOf(one), why });
    const { missing } = leftOf(one);
    if (trouble) return left(`cannot be written: ${trouble}`);
    if (name === undefined) return left("its name did not come");
    if (missing === undefined) return left("its end did not come");
    if (missing.length) return left(`${missing.reduce((sum, [from, to]) => sum + to - from, 0)} bytes did not come`);
    if (!digest || !(await one.pieces.digest(part)).equals(digest))
      return left("its SHA-256 is not the one that was announced");
    const path = join(this.#options.folder, name);
    try {
      this.remember();
      if (this.sessions.isNewer(name, one.boot, one.stream)) return left("a newer file of that name has come");
      this.sessions.came(name, one.boot, one.stream);
      if (this.#options.overwrite) renameSync(part, path);
      else {
        linkSync(part, path); // fails where there is something of that name, unlike a rename
        unlinkSync(part);
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return left(code === "EEXIST" ? "a file of that name exists" : message);
    }
    return { name, path, whole: true, size, missing, why: "" };
  }
}

/** What is not whole. */
const leftOf = ({ part, name, size, ranges }: Incoming): Omit<Done, "why"> => ({
  name: name ?? "?",
  path: part,
  whole: false,
  size,
  missing: size === undefined ? undefined : ranges.missing(size),
});

/** What the sequence numbers tell: frames that did not come, bursts of them, frames that were overtaken. */
export class Losses {
  boot = 0n;
  newest = 0n;
  frames = 0;
  reordered = 0;
  boots = 0;
  /** Frames of all boots that never came, as far as later ones told. */
  #gaps = 0;
  longest = 0;
  seen(boot: bigint, sequence: bigint): void {
    this.frames++;
    if (boot !== this.boot) {
      // Of the first boot of all nobody knows what was sent before we listened
      this.newest = this.boots === 0 ? sequence - 1n : 0n;
      this.boot = boot;
      this.boots++;
    }
    if (sequence > this.newest) {
      const gap = Number(sequence - this.newest - 1n);
      this.#gaps += gap;
      this.longest = Math.max(this.longest, gap);
      this.newest = sequence;
    } else {
      this.reordered++;
      this.#gaps--;
    }
  }
  get lost(): number {
    return this.#gaps;
  }
}

/** Where what was lost, in words: the sender's way to the appliance, the appliance, the way from there. */
export function stages(receiver: Receiver, { recovered, lost, late }: Endpoint["totals"]): string[] {
  const { losses, refused, counters } = receiver;
  const at = (n: number) => Number(counters[n] ?? 0n);
  const out = [
    `received   ${losses.frames} frames, ${losses.lost} lost on the way here (longest burst ${losses.longest}), ${losses.reordered} out of order, ${late} too late`,
    `repaired   ${recovered} shards; ${lost} lost for good`,
  ];
  if (refused.size) out.push(`refused    ${[...refused].map(([why, n]) => `${n} ${why}`).join(", ")}`);
  if (counters.length && at(2)) {
    out.push(
      `appliance  ${at(2)} frames came to it, ${at(3)} lost before, ${at(4)} shards repaired, ${at(5)} lost for good`,
    );
    // Announcements and ends are sent several times, and need not cross each time
    const stopped = STOPPED.slice(1, -1).flatMap((name, n) => (at(16 + n) ? [`${at(16 + n)} ${name}`] : []));
    if (stopped.length) out.push(`filtered   ${stopped.join(", ")}`);
  }
  return out;
}
