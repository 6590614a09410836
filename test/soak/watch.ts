/** What is seen of a soaked image from outside, and what it says of itself, minute by minute; and the verdict on it. */
import type { Heartbeat as Event } from "../../appliance/contract/generated/events.ts";
import { parseDatagram } from "../../appliance/hosts/datagram.ts";
import { sentOf } from "./traffic.ts";

type Heartbeat = Required<Event>;

/** One stretch of time: a minute, or what was asked for. */
export interface Stretch {
  /** Of markers, from before they were written to the socket to when they were read from `out`; ms. */
  markers: number;
  latencyMedian: number;
  latency99: number;
  frames: number;
  framesPerSecond: number;
  forwarded: number;
  /** Of the hypervisor, KiB. */
  rss: number;
  flows: number;
  evictions: number;
  quarantined: number;
}

export interface Totals {
  sent: number;
  markers: number;
  onOut: number;
  onLog: number;
  onIn: number;
  heartbeats: number;
  /** Seconds of the image's clock in which no heartbeat came. */
  heartbeatsMissed: number;
  /** Numbers of records that did not come on `log`. */
  recordsMissing: number;
  /** The last heartbeat's. */
  last: Heartbeat | undefined;
}

export class Watch {
  readonly stretches: Stretch[] = [];
  readonly totals: Totals = {
    ...{ sent: 0, markers: 0, onOut: 0, onLog: 0, onIn: 0, heartbeats: 0, heartbeatsMissed: 0, recordsMissing: 0 },
    last: undefined,
  };
  #latencies: number[] = [];
  #begun = { at: performance.now(), frames: 0, forwarded: 0 };
  #second: number | undefined;
  #sequence: bigint | undefined;
  #part: Partial<Heartbeat> | undefined;

  out(frame: Buffer): void {
    this.totals.onOut++;
    const sent = sentOf(frame);
    if (sent === undefined) return;
    this.arrived++;
    this.#latencies.push(performance.now() - sent);
  }

  log(frame: Buffer): void {
    this.totals.onLog++;
    const { sequence, json } = parseDatagram(frame);
    if (this.#sequence !== undefined) this.totals.recordsMissing += Number(sequence - this.#sequence - 1n);
    else this.totals.recordsMissing += Number(sequence) - 1;
    this.#sequence = sequence;
    const text = Buffer.from(json.buffer, json.byteOffset, json.length).toString("latin1");
    if (!text.includes('"event_type":"heartbeat"')) return;
    const part = JSON.parse(text) as Partial<Heartbeat>;
    // What does not fit into one record comes in two, under the same time.
    this.#part = part.timestamp === this.#part?.timestamp ? { ...this.#part, ...part } : part;
    if (!this.#part.inspect || !this.#part.guard || !this.#part.journal) return;
    const beat = this.#part as Heartbeat;
    this.totals.last = beat;
    this.totals.heartbeats++;
    const second = Math.floor(Date.parse(beat.timestamp.replace(/(\.\d{3})\d*/, "$1")) / 1000);
    if (this.#second !== undefined) this.totals.heartbeatsMissed += Math.max(0, second - this.#second - 1);
    this.#second = second;
  }

  /** Markers that have come out again. */
  arrived = 0;
  /** Markers that nobody waits for any more. */
  lost = 0;

  /** Ends a stretch. @param rss of the hypervisor, KiB */
  stretch(rss: number): Stretch {
    const { last, sent, onOut } = this.totals;
    const sorted = this.#latencies.sort((a, b) => a - b);
    const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
    const seconds = (performance.now() - this.#begun.at) / 1000;
    const frames = sent - this.#begun.frames;
    const stretch: Stretch = {
      markers: sorted.length,
      latencyMedian: at(0.5),
      latency99: at(0.99),
      frames,
      framesPerSecond: Math.round(frames / seconds),
      forwarded: onOut - this.#begun.forwarded,
      rss,
      flows: last?.inspect.flows ?? 0,
      evictions: last?.inspect.evictions ?? 0,
      quarantined: last?.guard.quarantined ?? 0,
    };
    this.stretches.push(stretch);
    this.#latencies = [];
    this.#begun = { at: performance.now(), frames: sent, forwarded: onOut };
    return stretch;
  }
}

const round = (ms: number) => Math.round(ms * 1000) / 1000;

export interface Check {
  name: string;
  ok: boolean;
  what: string;
}

/**
 * @param stalls seconds for which the machine did not let this process run, by its own timer: nobody was served then
 * @param exit why the image ended
 */
export function verdict({ totals, stretches }: Watch, stalls: number, exit: string): Check[] {
  const { last } = totals;
  const lost = last?.journal.lost;
  const check = (name: string, ok: boolean, what: string): Check => ({ name, ok, what });
  // The first stretch fills tables and caches.
  const later = stretches.slice(1);
  const memory = later.map(({ rss }) => rss);
  const [first, rest] = [later.slice(0, Math.ceil(later.length / 2)), later.slice(Math.floor(later.length / 2))];
  const median = (list: Stretch[], of: (one: Stretch) => number) => {
    const sorted = list.map(of).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  };
  const drift = (of: (one: Stretch) => number) => [median(first, of), median(rest, of)] as const;
  const [before, after] = drift((one) => one.latencyMedian);
  const [before99, after99] = drift((one) => one.latency99);
  const growth = memory.length ? Math.max(...memory) - memory[0]! : 0;
  const most = Math.max(...stretches.map(({ flows }) => flows));
  return [
    check("the image ran until it was stopped", exit === "STOPPED", exit),
    check("nothing left through `in`", totals.onIn === 0, `${totals.onIn} frames`),
    check(
      "memory of the hypervisor is flat",
      growth <= 4096,
      `grew by ${growth} KiB after the first stretch, at most 4096`,
    ),
    check(
      "the median latency is flat",
      after <= 2 * before + 5,
      `${before} ms in the first half, ${after} ms in the second`,
    ),
    check(
      "the 99th percentile of latency is flat",
      after99 <= 2 * before99 + 20,
      `${before99} ms in the first half, ${after99} ms in the second`,
    ),
    check(
      "tables are full and bounded",
      most > 0 && (last?.inspect.evictions ?? 0) > 0,
      `at most ${most} flows, ${last?.inspect.evictions} evictions`,
    ),
    check(
      "no heartbeat is missed",
      totals.heartbeats > 1 && totals.heartbeatsMissed <= Math.ceil(stalls),
      `${totals.heartbeats} came, ${totals.heartbeatsMissed} did not; this machine stood still for ${stalls.toFixed(1)} s`,
    ),
    check(
      "every frame sent was looked at",
      last !== undefined &&
        lost !== undefined &&
        last.inspect.frames + lost.in === totals.sent &&
        last.guard.frames + lost.in === totals.sent,
      `${totals.sent} sent, inspect ${last?.inspect.frames}, guard ${last?.guard.frames}, lost ${lost?.in}`,
    ),
    check(
      "every frame passed has arrived, or is counted as lost",
      last !== undefined && lost !== undefined && last.guard.forwarded === totals.onOut + lost.out,
      `${last?.guard.forwarded} passed, ${totals.onOut} arrived, lost ${lost?.out}`,
    ),
    check(
      "the journal's numbers have no gap that is not counted",
      last !== undefined && lost !== undefined && totals.recordsMissing === lost.log,
      `${totals.onLog} records, ${totals.recordsMissing} numbers missing, lost ${lost?.log}`,
    ),
  ];
}
