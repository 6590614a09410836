/** Scenes of framing: frames with their senders and times, through all three compartments in this process. */
import { INPUT_SIZE, RecordKind } from "../../appliance/contract/abi.ts";
import { layRecord, recordSize } from "../../appliance/contract/records.ts";
import { Appliance } from "../../appliance/hosts/embedded/appliance.ts";
import { loadModules } from "../../appliance/hosts/node.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { address, bytes, icmp, ipv4, tcp, udp } from "../../ip/testing/frames.ts";

export const HONEST = "10.0.0.5";
export const ATTACKER = "10.0.0.66";
export const RECEIVER = "10.0.1.9";
/** MAC addresses by who has them. */
export const MAC = {
  honest: "020000000005",
  attacker: "020000000066",
  other: "020000000077",
  server: "020000000009",
  zero: "000000000000",
};

export interface Frame {
  /** ns. */
  time: bigint;
  frame: Uint8Array;
  /** RecordKind, if it is not a frame. */
  kind?: number;
}

export interface Event {
  event_type: string;
  src_ip?: string;
  quarantine?: { of: string; detector: string; mac?: string; rt?: number; channel?: number };
  alert?: { context: { detector: string } };
  [more: string]: unknown;
}

export interface Outcome {
  /** Frames that crossed, by their source address. */
  crossed: Record<string, number>;
  events: Event[];
  quarantined: Event[];
  /** Detectors that raised an alert. */
  alerts: string[];
}

/** A policy that lets telemetry pass; `more` says what is done about findings. */
export const policyOf = (more: string) => `weir: 1
interfaces:
  out: { next-hop: 52:54:00:77:00:12 }
rules:
  - { name: telemetry, action: allow, protocol: udp, from: 10.0.0.0/16, to: ${RECEIVER}, ports: [53, 5000, 5001], size: 1-1400 }
quarantine: { for: 60s }
${more}
`;

export const ethernet = (mac: string, payload: Uint8Array, type = "0800") => bytes("020000000001", mac, type, payload);

/** Clock of a scene: each frame comes a while after the one before it. */
export class Scene {
  readonly frames: Frame[] = [];
  #now = 1_700_000_000_000_000_000n;

  wait(ms: number): this {
    this.#now += BigInt(Math.round(ms * 1e6));
    return this;
  }
  add(frame: Uint8Array): this {
    this.frames.push({ time: this.#now, frame });
    return this.wait(5);
  }
  /** Time goes on, and nothing comes. */
  tick(): this {
    this.frames.push({ time: this.#now, frame: new Uint8Array(0), kind: RecordKind.TICK });
    return this;
  }
  ip(mac: string, src: string, dst: string, protocol: number, payload: Uint8Array): this {
    return this.add(ethernet(mac, ipv4(protocol, payload, { src, dst })));
  }
  telemetry(src: string, mac: string, count = 10, dport = 5000): this {
    for (let n = 0; n < count; n++) this.datagram(src, mac, RECEIVER, 4000, dport, Buffer.from([1, 2, 3, n]));
    return this;
  }
  datagram(src: string, mac: string, dst: string, sport: number, dport: number, data: Uint8Array): this {
    return this.ip(mac, src, dst, 17, udp(data, { src, dst, sport, dport }));
  }
  segment(src: string, mac: string, dst: string, sport: number, dport: number, flags: number): this {
    return this.ip(mac, src, dst, 6, tcp(flags, { src, dst, sport, dport }));
  }
  /** An ICMP error (3, code 3) that quotes a datagram. */
  unreachable(from: string, mac: string, to: string, quoted: Uint8Array): this {
    return this.ip(mac, from, to, 1, icmp(3, 3, bytes([0, 0, 0, 0], quoted.subarray(0, 28))));
  }
}

export const quote = (src: string, dst: string, sport: number, dport: number) =>
  ipv4(17, udp(Buffer.from("quoted"), { src, dst, sport, dport }), { src, dst });

/** Runs the frames under a policy, and one END behind them. */
export async function outcome(policy: string, frames: readonly Frame[]): Promise<Outcome> {
  const { parts } = compilePolicyText(policy, "policy.yaml");
  const appliance = new Appliance(await loadModules(), parts);
  const crossed: Record<string, number> = {};
  const events: Event[] = [];
  const sink = {
    forwarded(frame: Uint8Array) {
      const source = [...frame.subarray(26, 30)].join(".");
      crossed[source] = (crossed[source] ?? 0) + 1;
    },
    record(json: Uint8Array) {
      events.push(JSON.parse(Buffer.from(json).toString("latin1")));
    },
  };
  let at = 0;
  const lay = (frame: Uint8Array, fields: Parameters<typeof layRecord>[3]) => {
    if (at + recordSize(frame.length) > INPUT_SIZE) {
      appliance.run(at, sink);
      at = 0;
    }
    at = layRecord(appliance.input, at, frame, fields);
  };
  for (const [n, { time, frame, kind = RecordKind.FRAME }] of frames.entries())
    lay(frame, { time, number: BigInt(n + 1), kind });
  const last = frames.at(-1)?.time ?? 0n;
  lay(new Uint8Array(0), { time: last, number: BigInt(frames.length + 1), kind: RecordKind.END, link: 0 });
  appliance.run(at, sink);
  return {
    crossed,
    events,
    quarantined: events.filter(({ event_type }) => event_type === "weir_quarantine"),
    alerts: events.flatMap(({ alert }) => (alert ? [alert.context.detector] : [])),
  };
}

/** The bytes of a name of DNS. */
export const dnsName = (name: string) =>
  bytes(...name.split(".").map((label) => bytes([label.length], Buffer.from(label))), [0]);

export { address };
