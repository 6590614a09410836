/** The journal by itself, in this process: events in, datagrams out. The very module that is in the image. */
import {
  align8,
  EVENT_HEADER,
  FRAME_HEADER,
  type Journal,
  REFUSALS,
  startJournal,
} from "../../appliance/contract/abi.ts";
import { loadModules } from "../../appliance/hosts/node.ts";
import { compilePolicyText } from "../../diode/policy.ts";

export const KEY = "00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef";

/** A policy with a collector. @param more further members of interfaces.log, such as `key: ...` */
export const policyText = (more = ""): string => `weir: 1
interfaces:
  out: { next-hop: 52:54:00:77:00:12 }
  log: { hostname: weir, address: 10.0.9.2, collector: { address: 10.0.9.1, mac: 52:54:00:77:00:13 }${more} }
rules: []
`;

export interface Event {
  json: string;
  /** RFC 5424. */
  severity?: number;
  /** Part of the heartbeat. */
  stats?: boolean;
  /** guard's; else inspect's. */
  guard?: boolean;
}

export interface Datagram {
  /** As it is on `log`: Ethernet, IPv4, UDP. */
  frame: Buffer;
  /** What the collector gets. */
  payload: Buffer;
  json: string;
  /** The host keeps room for it. */
  heartbeat: boolean;
}

export class JournalHost {
  readonly journal: Journal;

  private constructor(journal: Journal) {
    this.journal = journal;
  }

  /** @param boot as a host says it; 0: the policy's */
  static async start(policy: string, boot = 0n, policyBoot = 0n): Promise<JournalHost> {
    const { journal: module } = await loadModules();
    const journal = startJournal(module);
    const { parts } = compilePolicyText(policy, "policy.yaml", { boot: policyBoot });
    new Uint8Array(journal.memory.buffer).set(parts.journal, journal.inputAt());
    const refusal = journal.configure(parts.journal.length);
    if (refusal) throw new Error(REFUSALS[refusal]);
    new BigUint64Array(journal.memory.buffer, journal.countersAt(), 4)[3] = boot;
    return new JournalHost(journal);
  }

  /** @param events all of one record */
  run(events: readonly Event[]): Datagram[] {
    const { journal } = this;
    const input = Buffer.from(journal.memory.buffer, journal.inputAt(), journal.inputSize());
    let at = 8;
    for (const guard of [false, true]) {
      const begin = at;
      for (const event of events.filter((e) => (e.guard ?? false) === guard)) at = write(input, at, event);
      input.writeUInt32LE(at - begin, guard ? 4 : 0);
    }
    const found: Datagram[] = [];
    for (let done = 0; done < at; ) {
      done = journal.run(done, at);
      found.push(...datagrams(journal));
    }
    return found;
  }
}

function write(input: Buffer, at: number, { json, severity = 5, stats = false }: Event): number {
  const length = Buffer.byteLength(json, "latin1");
  input.fill(0, at, at + EVENT_HEADER + align8(length));
  input.writeUInt16LE(length, at + 4);
  input[at + 8] = severity;
  input[at + 9] = stats ? 1 : 0;
  input.write(json, at + EVENT_HEADER, "latin1");
  return at + EVENT_HEADER + align8(length);
}

function* datagrams(journal: Journal): Generator<Datagram> {
  const bytes = Buffer.from(journal.memory.buffer, journal.framesAt(), journal.framesLength());
  for (let at = 0; at < bytes.length; ) {
    const [length, heartbeat, json, text] = [0, 4, 8, 12].map((offset) => bytes.readUInt32LE(at + offset)) as [
      number,
      number,
      number,
      number,
    ];
    const body = at + FRAME_HEADER;
    const frame = Buffer.from(bytes.subarray(body, body + length));
    const said = bytes.toString("latin1", body + length, body + length + json);
    yield { frame, payload: frame.subarray(42), json: said, heartbeat: heartbeat === 1 };
    at += FRAME_HEADER + align8(length + json + text);
  }
}

const two = (n: number) => String(n).padStart(2, "0");

/** An event as inspect writes them. @param n makes it one of its own; seconds of its time. */
export const anomaly = (n: number, more = ""): string => {
  const seconds = n % 86400;
  const clock = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => two(Math.floor(part))).join(":");
  return `{"timestamp":"2026-03-02T${clock}.000000+0000","pcap_cnt":${n},"event_type":"anomaly","src_ip":"10.0.0.${n % 250}","dest_ip":"10.0.1.9","anomaly":{"type":"decode","event":"decoder.ipv4.trunc_pkt","layer":"IPv4"}${more}}`;
};
