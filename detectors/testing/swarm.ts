// Traffic of all kinds at once, from a seed: few hosts, few ports, and times at which limits are met to the nanosecond, so that whatever
// a detector keeps is begun, met again, and forgotten. Nothing of it is meant to look real.
import { ACK, address, bytes, FIN, icmp, ipv4, RST, SYN, sealed, tcp, udp } from "../../ip/testing/frames.ts";
import { generator, mutated } from "../../ip/testing/seeds.ts";
import { arpFrame, BROADCAST, dnsMessage, framed, macOf } from "../ip/testing/traffic.ts";
import type { Frame } from "./site.ts";

/** Hosts of the plant (site.ts), others, and such as lie at the edges of what is external. */
const FOURS = [
  ...["10.1.0.10", "10.1.0.20", "10.1.0.2", "10.1.0.100", "10.1.0.101", "10.1.0.102", "10.2.0.7", "93.184.216.34"],
  ...["172.15.255.255", "172.16.0.1", "192.168.1.1", "100.64.0.1", "198.18.0.1", "169.254.1.1", "223.1.1.1"],
];
const SIXES = ["2001:db8:0:0:0:0:0:1", "2001:db8:0:0:0:0:0:2", "fd00:0:0:0:0:0:0:3", "3fff:0:0:0:0:0:0:4"];
const GROUPS = ["224.0.0.1", "255.255.255.255", "239.1.1.1"];
const PORTS = [1, 53, 80, 123, 502, 1023, 1024, 32767, 32768, 49151, 49152, 65535, 11211];
const FLAGS = [SYN, SYN, SYN | ACK, ACK, ACK, RST | ACK, RST, FIN | ACK, 0, SYN | RST, 0x18];
/** Seconds between two frames. */
const STEPS = {
  dense: [0, 0, 1e-9, 0.001, 0.001, 0.01, 0.01, 0.1],
  /** Around what detectors wait for. */
  sparse: [0, 0.01, 0.1, 0.5, 1, 1, 0.999999999, 2, 4, 3.999999999, -0.5, -1, 10, 30, 60, 59.999999999, -1.000000001],
  long: [0, 0.1, 1, 1, 4, 20, 60, 60, 300, 300.000000001, 600, 599.999999999, -2, 3600],
};
export type Pace = keyof typeof STEPS;

export interface Swarm {
  seed: number;
  frames: number;
  pace: Pace;
  /** Seconds at which it begins. */
  start?: number;
  /** So many hosts more, each of which comes about as often as one of the few. */
  crowd?: number;
}

export function swarm({ seed, frames, pace, start = 1000, crowd = 0 }: Swarm): Frame[] {
  const random = generator(seed * 2654435761 + 1);
  for (let n = 0; n < 8; n++) random();
  const below = (n: number) => random() % n;
  const of = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const chance = (n: number) => below(n) === 0;
  const host = () =>
    crowd && !chance(4)
      ? `10.3.${below(crowd) >> 8}.${below(Math.min(crowd, 256))}`
      : of(FOURS.slice(0, 6 + below(10)));
  const port = () => (chance(3) ? of(PORTS) : of(PORTS.slice(0, 5)));
  const data = (most: number) => {
    const [size, kind] = [below(most + 1), below(3)];
    return Uint8Array.from({ length: size }, (_, n) => (kind === 0 ? n : kind === 1 ? 65 : random() & 255));
  };
  const mac = (ip: string) => (chance(40) ? macOf(host()) : macOf(ip));
  const four = (protocol: number, src: string, dst: string, body: Uint8Array, more = {}) =>
    framed(
      mac(src),
      GROUPS.includes(dst) ? BROADCAST : macOf(dst),
      0x0800,
      ipv4(protocol, body, { src, dst, ...more }),
    );
  const six = (next: number, src: string, dst: string, body: Uint8Array) =>
    framed(
      macOf(`0.0.6.${SIXES.indexOf(src)}`),
      macOf(`0.0.6.${SIXES.indexOf(dst)}`),
      0x86dd,
      bytes([0x60, 0, 0, 0, body.length >> 8, body.length & 255, next, 64], address(src), address(dst), body),
    );
  const sent: Uint8Array[] = [];
  const earlier = () => (sent.length ? sent[Math.max(0, sent.length - 1 - below(40))]! : tcpOf());
  const ends = () => ({ src: host(), dst: chance(30) ? of(GROUPS) : host() });
  const tcpOf = () => {
    const { src, dst } = ends();
    const more = { seq: chance(6) ? below(4) : 1, ...(chance(6) ? { ack: below(4) } : {}) };
    return four(6, src, dst, tcp(of(FLAGS), { src, dst, sport: port(), dport: port(), data: data(40), ...more }));
  };
  /** The other end's answer to an earlier segment or datagram. */
  const answered = () => {
    const frame = earlier();
    const [ip, at] = [Buffer.from(frame), 34];
    if (ip.length < 42 || ip[12] !== 8 || ip[13] !== 0 || ip[14] !== 0x45) return tcpOf();
    const [dst, src] = [ip.subarray(26, 30).join("."), ip.subarray(30, 34).join(".")];
    const o = { src, dst, sport: ip.readUInt16BE(at + 2), dport: ip.readUInt16BE(at) };
    if (ip[23] === 17) return four(17, src, dst, udp(data(200), o));
    if (ip[23] !== 6 || ip.length < 54) return tcpOf();
    const sizes = ip.length - 54 + below(3);
    const ack = (ip.readUInt32BE(at + 4) + (chance(8) ? sizes : ip.length - 54) + 1) >>> 0;
    const reply = [SYN | ACK, RST | ACK, RST | ACK, ACK];
    return four(6, src, dst, tcp(of(reply), { ...o, seq: 1, ack }));
  };
  /** The same end goes on. */
  const goesOn = () => {
    const frame = Uint8Array.from(earlier());
    if (frame.length >= 54 && frame[23] === 6 && frame[12] === 8) {
      const [src, dst] = [frame.subarray(26, 30).join("."), frame.subarray(30, 34).join(".")];
      const ip = Buffer.from(frame);
      const o = { src, dst, sport: ip.readUInt16BE(34), dport: ip.readUInt16BE(36) };
      return four(6, src, dst, tcp(of([ACK, ACK, FIN | ACK, RST]), { ...o, seq: 2, data: data(300) }));
    }
    return frame;
  };
  const letters = (n: number) =>
    Array.from({ length: n }, () => of([..."abcdefghijklmnopqrstuvwxyzABC0189-_"])).join("");
  const name = () =>
    [
      ...Array.from({ length: below(3) }, () => letters(1 + below(chance(3) ? 60 : 12))),
      of(["example", "x", "plant"]),
      of(["com", "co.uk", "local", "in-addr.arpa", "ip6.arpa", "com.au", "ac.uk", "de"]),
    ].join(".");
  const dns = () => {
    const { src, dst } = { src: of(FOURS.slice(0, 4)), dst: of(["10.1.0.2", "93.184.216.34"]) };
    const answer = chance(2);
    const message = Uint8Array.from(
      dnsMessage({
        name: name(),
        type: of([1, 28, 16, 10, 25, 65279, 65280, 65535]),
        answer,
        extra: data(of([0, 64, 65, 400])),
      }),
    );
    if (chance(8)) message[2] = (message[2]! & 0x87) | (below(16) << 3);
    if (chance(12)) message[4 + below(2)] = below(3);
    if (chance(20)) message.fill(255, 12 + below(4));
    const whole = chance(10) ? message.subarray(0, below(message.length)) : message;
    const o = answer
      ? { src: dst, dst: src, sport: 53, dport: 4000 + below(3) }
      : { src, dst, sport: 4000 + below(3), dport: 53 };
    if (chance(15)) o.sport = o.dport = 53;
    if (chance(6)) {
      const framed = chance(3) ? whole : bytes([whole.length >> 8, whole.length & 255], whole);
      return four(6, o.src, o.dst, tcp(ACK, { ...o, data: framed }));
    }
    const more = chance(20) ? { more: true, id: below(5) } : {};
    return four(17, o.src, o.dst, udp(whole, o), more);
  };
  let count = 0;
  const echo = () => {
    const is6 = chance(4);
    const [src, dst] = is6 ? [of(SIXES.slice(0, 2)), of(SIXES)] : [host(), chance(20) ? of(GROUPS) : host()];
    const number = chance(3) ? count : ++count & 0xffff;
    const rest = bytes(
      [0, below(2), number >> 8, number & 255],
      of([data(100), new Uint8Array(of([15, 16, 17, 56, 64, 65])).fill(below(3))]),
    );
    return is6
      ? six(58, src, dst, sealed(58, bytes([of([128, 129]), 0, 0, 0], rest), 2, src, dst))
      : four(1, src, dst, icmp(of([8, 8, 0]), 0, rest));
  };
  const echoed = () => {
    const frame = Buffer.from(earlier());
    if (frame.length < 42 || frame[12] !== 8 || frame[23] !== 1 || frame[34] !== 8) return echo();
    const rest = Uint8Array.from(frame.subarray(38));
    if (chance(4) && rest.length > 4) rest[4 + below(rest.length - 4)]! ^= 1;
    return four(1, frame.subarray(30, 34).join("."), frame.subarray(26, 30).join("."), icmp(0, 0, rest));
  };
  /** An error about an earlier packet. */
  const error = () => {
    const frame = Buffer.from(earlier());
    const quoted = frame.subarray(14, 14 + of([20, 27, 28, 40]));
    const ofFour = frame[12] === 8 && frame.length > 34;
    const dst = ofFour && !chance(4) ? frame.subarray(26, 30).join(".") : host();
    const src = ofFour && chance(2) ? frame.subarray(30, 34).join(".") : host();
    return four(1, src, dst, icmp(of([3, 3, 3, 11, 5, 4, 12]), of([3, 1, 0, 13]), bytes([0, 0, 0, 0], quoted)));
  };
  const arp = () => {
    const [ip, target] = [host(), chance(4) ? "10.1.0.10" : host()];
    const own = chance(6) ? macOf(host()) : macOf(ip);
    const op = of([1, 1, 2] as const);
    const claim = chance(4)
      ? { op, mac: own, ip, target: ip }
      : { op, mac: own, ip: chance(10) ? "0.0.0.0" : ip, target };
    const frame = arpFrame({
      ...claim,
      targetMac: op === 2 ? macOf(target) : undefined!,
      from: chance(8) ? macOf(host()) : own,
      ...(chance(6) ? { to: BROADCAST } : {}),
    });
    return chance(8) ? bytes(frame.subarray(0, 12), "8100 0005", frame.subarray(12)) : frame;
  };
  const tunnelled = () => {
    const { src, dst } = ends();
    const inner = earlier();
    const packet = inner.length > 34 ? inner.subarray(14) : tcpOf().subarray(14);
    return of([
      () => four(4, src, dst, packet),
      () => four(47, src, dst, bytes("0000 0800", packet)),
      () => four(17, src, dst, udp(bytes("0800 0000 0000 0500", inner), { src, dst, sport: 4000, dport: 4789 })),
    ])();
  };
  const fragment = () => {
    const { src, dst } = ends();
    const body = udp(data(64), { src, dst, sport: port(), dport: port() });
    const at = 8 * below(3);
    return four(17, src, dst, body.subarray(at), { id: below(6), offset: at, more: chance(2) });
  };
  const other = () => {
    const { src, dst } = ends();
    return of([
      () => framed(macOf(src), macOf(dst), of([0x88cc, 0x9000, 40, 0x8892, 0x88ba]), data(60)),
      () => framed(macOf(src), BROADCAST, 0x88cc, data(60)),
      () => four(of([2, 50, 89, 132, 33]), src, dst, bytes([0, 80, 1, 246], data(40))),
      () =>
        four(
          17,
          src,
          dst,
          udp(data(1400), { src, dst, sport: port(), dport: port(), ...(chance(6) ? { length: 9 } : {}) }),
        ),
      () => six(17, of(SIXES), of(SIXES), udp(data(60), { sport: port(), dport: port() })),
      () => Uint8Array.from(mutated(earlier(), random)),
    ])();
  };
  const kinds = [
    tcpOf,
    tcpOf,
    answered,
    answered,
    answered,
    goesOn,
    goesOn,
    dns,
    dns,
    echo,
    echoed,
    error,
    arp,
    arp,
    tunnelled,
    fragment,
    other,
    other,
  ];
  const made: Frame[] = [];
  let at = start * 1e9;
  while (made.length < frames) {
    const frame = chance(6) ? earlier() : of(kinds)();
    const times = chance(25) ? 2 + below(30) : 1;
    const gap = of(STEPS[pace]);
    for (let n = 0; n < times && made.length < frames; n++) {
      at = Math.max(1e9, at + Math.round(of([gap, gap, of(STEPS[pace])]) * 1e9));
      made.push({ time: at, data: frame });
    }
    sent.push(frame);
  }
  return made;
}
