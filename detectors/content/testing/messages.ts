/** Messages of industrial protocols, and conversations of them, for the content detector's tests. Times in seconds. */
import { ACK, bytes, ipv4, tcp } from "../../../ip/testing/frames.ts";
import { uniform } from "../../../lib/numerics/random.ts";
import { at, framed, macOf } from "../../ip/testing/traffic.ts";
import type { Frame } from "../../testing/site.ts";

export const CLIENT = "10.2.0.5";
export const SERVER = "10.2.0.50";

const be16 = (n: number) => [(n >> 8) & 255, n & 255];
const le16 = (n: number) => [n & 255, (n >> 8) & 255];
const be32 = (n: number) => [...be16(n >>> 16), ...be16(n)];

/** A TCP connection that is up: who sends next has the right sequence numbers. */
export class Connection {
  readonly frames: Frame[] = [];
  readonly #next = { to: 1000, from: 9000 };
  readonly #port: number;
  readonly #client: number;

  constructor(port: number, client = 40_001) {
    this.#port = port;
    this.#client = client;
  }

  /** Sent to the server, or back. */
  say(time: number, to: boolean, data: Uint8Array, flags = 8 | ACK): this {
    const side = to ? "to" : "from";
    const [src, dst] = to ? [CLIENT, SERVER] : [SERVER, CLIENT];
    const [sport, dport] = to ? [this.#client, this.#port] : [this.#port, this.#client];
    const segment = tcp(flags, { src, dst, sport, dport, seq: this.#next[side], data });
    this.#next[side] += data.length;
    this.frames.push(at(time, framed(macOf(src), macOf(dst), 0x0800, ipv4(6, segment, { src, dst }))));
    return this;
  }
}

// ---- Modbus ----------------------------------------------------------------------------------------------------------

export const modbus = (transaction: number, unit: number, pdu: number[]): Uint8Array =>
  bytes(be16(transaction), [0, 0], be16(1 + pdu.length), [unit], pdu);

// ---- DNP3 ------------------------------------------------------------------------------------------------------------

function crc(data: Uint8Array): number[] {
  let sum = 0;
  for (const octet of data) {
    sum ^= octet;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >> 1) ^ 0xa6bc : sum >> 1;
  }
  return le16(~sum & 0xffff);
}

/** An application message in one frame. */
export function dnp3(to: boolean, sequence: number, code: number, objects: number[] = []): Uint8Array {
  const data = Uint8Array.from([0xc0 | (sequence & 15), 0xc0 | (sequence & 15), code, ...objects]);
  const head = bytes([5, 0x64, 5 + data.length, to ? 0xc4 : 0x44], le16(to ? 10 : 1), le16(to ? 1 : 10));
  const blocks = Array.from({ length: Math.ceil(data.length / 16) }, (_, i) => data.slice(16 * i, 16 * i + 16));
  return bytes(head, crc(head), ...blocks.map((block) => bytes(block, crc(block))));
}

// ---- MMS -------------------------------------------------------------------------------------------------------------

const ber = (tag: number[], ...parts: (Uint8Array | number[])[]): Uint8Array => {
  const content = bytes(...parts);
  return bytes(tag, content.length < 128 ? [content.length] : [0x82, ...be16(content.length)], content);
};
const text = (value: string) => Buffer.from(value, "latin1");
export const float = (value: number): Uint8Array => {
  const data = Buffer.alloc(5);
  data[0] = 8;
  data.writeFloatBE(value, 1);
  return ber([0x87], data);
};

function tpdu(pdu: Uint8Array): Uint8Array {
  const data = bytes([1, 0, 1, 0], ber([0x61], ber([0x30], [2, 1, 3], ber([0xa0], pdu))));
  return bytes([3, 0], be16(7 + data.length), [2, 0xf0, 0x80], data);
}

const named = (item: string) => ber([0xa1], ber([0x1a], text("IED1LD0")), ber([0x1a], text(item)));
const variables = (item: string) => ber([0xa1], ber([0xa0], ber([0x30], ber([0xa0], named(item)))));

export const mmsRead = (invoke: number, item: string): Uint8Array =>
  tpdu(ber([0xa0], ber([2], be16(invoke)), ber([0xa4], variables(item))));
export const mmsReadAnswer = (invoke: number, values: Uint8Array[]): Uint8Array =>
  tpdu(ber([0xa1], ber([2], be16(invoke)), ber([0xa4], ber([0xa1], ...values))));
export const mmsWrite = (invoke: number, item: string, value: Uint8Array): Uint8Array =>
  tpdu(ber([0xa0], ber([2], be16(invoke)), ber([0xa5], variables(item).slice(2), ber([0xa0], value))));

// ---- GOOSE and Sampled Values -----------------------------------------------------------------------------------------

const number = (tag: number, value: number) =>
  ber([tag], value < 128 ? [value] : value < 0x8000 ? be16(value) : [0, ...be32(value)]);

export const PUBLISHER = [2, 0, 0, 0, 7, 1];
const GROUP = [1, 0x0c, 0xcd, 1, 0, 1];

export interface Goose {
  state: number;
  sequence: number;
  /** Seconds since 1970, of the state. */
  since: number;
  values: boolean[];
  revision?: number;
  from?: number[];
  /** Its control block. */
  block?: string;
}

export function goose({
  state,
  sequence,
  since,
  values,
  revision = 1,
  from = PUBLISHER,
  block = "gcb1",
}: Goose): Uint8Array {
  const whole = Math.floor(since);
  const stamp = bytes(be32(whole), be32(Math.floor((since - whole) * 2 ** 32)));
  const pdu = ber(
    [0x61],
    ber([0x80], text(`IED1LD0/LLN0$GO$${block}`)),
    number(0x81, 4000),
    ber([0x82], text("IED1LD0/LLN0$trip")),
    ber([0x83], text("IED1trip")),
    ber([0x84], stamp.slice(0, 7), [0x0a]),
    number(0x85, state),
    number(0x86, sequence),
    ber([0x87], [0]),
    number(0x88, revision),
    ber([0x89], [0]),
    number(0x8a, values.length),
    ber([0xab], ...values.map((value) => ber([0x83], [value ? 1 : 0]))),
  );
  return framed(from, GROUP, 0x88b8, bytes(be16(0x1001), be16(8 + pdu.length), [0, 0, 0, 0], pdu));
}

export function sampled(count: number, sample: number, from = PUBLISHER): Uint8Array {
  const asdu = ber([0x30], ber([0x80], text("MU01")), ber([0x82], be16(count)), ber([0x83], be32(1)), [0x85, 1, 2]);
  const body = ber([0x87], be32(sample), be32(0));
  const whole = ber([0x30], asdu.slice(2), body);
  const pdu = ber([0x60], ber([0x80], [1]), ber([0xa2], whole));
  return framed(from, [1, 0x0c, 0xcd, 4, 0, 1], 0x88ba, bytes(be16(0x4001), be16(8 + pdu.length), [0, 0, 0, 0], pdu));
}

/** A publisher: a frame each `beat` seconds, faster behind each change of its values (seconds at which they change). */
export function publisher(start: number, seconds: number, changes: readonly number[] = [], beat = 1): Frame[] {
  const frames: Frame[] = [];
  let state = 5;
  let values = [false, false, true];
  const waits = [0.004, 0.008, 0.016, 0.1, 0.5];
  let [since, sequence, time] = [start - 3.25, 100, start];
  for (const until of [...changes, start + seconds]) {
    for (let n = 0; time < until; n++) {
      frames.push(at(time, goose({ state, sequence: sequence++, since, values })));
      time += state === 5 ? beat : (waits[n] ?? beat);
    }
    [time, since, sequence] = [until, until - 0.001, 0];
    state += 1;
    values = values.map((value, i) => (i === 0 ? !value : value));
  }
  return frames;
}

// ---- Conversations -----------------------------------------------------------------------------------------------------

/** A master polls a controller each second: two blocks of registers, temperatures in a range, and now and then a set point. */
export function polled(seed: number, start: number, seconds: number, more?: (c: Connection, second: number) => void) {
  const u = uniform(seed);
  const c = new Connection(502);
  for (let k = 0; k < seconds; k++) {
    const t = start + k;
    const temperature = 200 + Math.floor(20 * u());
    c.say(t, true, modbus(2 * k, 1, [3, 0, 100, 0, 4]));
    c.say(t + 0.01, false, modbus(2 * k, 1, [3, 8, ...be16(temperature), ...be16(1), ...be16(17), ...be16(3)]));
    c.say(t + 0.2, true, modbus(2 * k + 1, 1, [1, 0, 0, 0, 8]));
    c.say(t + 0.21, false, modbus(2 * k + 1, 1, [1, 1, u() < 0.5 ? 1 : 3]));
    if (k % 6 === 2) {
      const set = [6, 0, 200, 0, 40 + Math.floor(10 * u())];
      c.say(t + 0.4, true, modbus(7000 + k, 1, set)).say(t + 0.41, false, modbus(7000 + k, 1, set));
    }
    more?.(c, k);
  }
  return c.frames;
}

const CLASSES = [0x3c, 2, 6, 0x3c, 3, 6, 0x3c, 4, 6];

/** A master reads classes of an outstation each two seconds; events come unasked, and are confirmed. */
export function outstation(
  seed: number,
  start: number,
  seconds: number,
  more?: (c: Connection, second: number) => void,
) {
  const u = uniform(seed);
  const c = new Connection(20_000);
  for (let k = 0; k < seconds; k += 2) {
    const t = start + k;
    const value = le16(500 + Math.floor(40 * u()));
    c.say(t, true, dnp3(true, k >> 1, 1, CLASSES));
    c.say(t + 0.02, false, dnp3(false, k >> 1, 129, [0, 0, 30, 2, 0, 0, 0, 1, ...value]));
    if (k % 20 === 4) {
      c.say(t + 1, false, dnp3(false, k >> 1, 130, [2, 0, 2, 1, 0x17, 1, 3, u() < 0.5 ? 0x81 : 1]));
      c.say(t + 1.02, true, dnp3(true, k >> 1, 0));
    }
    more?.(c, k);
  }
  return c.frames;
}

/** A client reads two measurements each second. `values` of a second, and what is said beside. */
export function measured(
  seed: number,
  start: number,
  seconds: number,
  values: (normal: number[], second: number) => number[] = (normal) => normal,
  more?: (c: Connection, second: number) => void,
): Frame[] {
  const u = uniform(seed);
  const c = new Connection(102);
  for (let k = 0; k < seconds; k++) {
    const normal = [230 + 2 * u(), 50 + 0.05 * u()];
    c.say(start + k, true, mmsRead(k, "MMXU1$MX$PhV"));
    c.say(start + k + 0.01, false, mmsReadAnswer(k, values(normal, k).map(float)));
    more?.(c, k);
  }
  return c.frames;
}
