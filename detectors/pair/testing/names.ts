/** Look-ups with addresses in their answers, and who connects to them. Times in seconds. */
import { ACK, address, bytes, SYN } from "../../../ip/testing/frames.ts";
import { at, dnsMessage, udpData } from "../../ip/testing/traffic.ts";
import { type Frame, tcpFrame } from "../../testing/site.ts";

export interface Lookup {
  client: string;
  resolver: string;
  name: string;
  addresses: string[];
  /** Of the question, and of the answer where it is to be wrong. */
  id?: number;
  port?: number;
  answers?: { id?: number; port?: number; from?: string; name?: string; mac?: number[] };
  ttl?: number;
  /** The answer's name of the address, behind an alias. */
  alias?: string;
}

const labels = (name: string) => bytes(...name.split(".").map((l) => bytes([l.length], Buffer.from(l))), [0]);

function records({ addresses, ttl = 60, alias }: Lookup): Uint8Array {
  const lifetime = [ttl >>> 24, (ttl >> 16) & 255, (ttl >> 8) & 255, ttl & 255];
  const owner = alias === undefined ? Uint8Array.of(0xc0, 12) : labels(alias);
  const aliased = alias === undefined ? [] : [bytes([0xc0, 12, 0, 5, 0, 1], lifetime, [0, owner.length], owner)];
  return bytes(...aliased, ...addresses.map((a) => bytes(owner, [0, 1, 0, 1], lifetime, [0, 4], address(a))));
}

export const question = (t: number, { client, resolver, name, id = 0x0102, port = 20000 }: Lookup): Frame => {
  const message = dnsMessage({ name });
  new DataView(message.buffer, message.byteOffset).setUint16(0, id);
  return at(t, udpData(client, port, resolver, 53, message));
};

export function answer(t: number, lookup: Lookup): Frame {
  const { client, resolver, id = 0x0102, port = 20000, answers = {}, addresses, alias } = lookup;
  const message = dnsMessage({ name: answers.name ?? lookup.name, answer: true, extra: records(lookup) });
  const view = new DataView(message.buffer, message.byteOffset);
  view.setUint16(0, answers.id ?? id);
  view.setUint16(6, addresses.length + (alias === undefined ? 0 : 1));
  const frame = udpData(answers.from ?? resolver, 53, client, answers.port ?? port, message);
  if (answers.mac) frame.set(answers.mac, 6);
  return at(t, frame);
}

/** A question and its answer. */
export const resolves = (t: number, lookup: Lookup): Frame[] => [question(t, lookup), answer(t + 0.02, lookup)];

/** Three segments of a connection. */
export function connects(t: number, client: string, server: string, port: number, from = 40000): Frame[] {
  const to = { src: client, dst: server, sport: from, dport: port };
  const back = { src: server, dst: client, sport: port, dport: from };
  return [
    at(t, tcpFrame({ ...to, size: 0, flags: SYN })),
    at(t + 0.01, tcpFrame({ ...back, size: 0, flags: SYN | ACK })),
    at(t + 0.02, tcpFrame({ ...to, size: 100 })),
  ];
}
