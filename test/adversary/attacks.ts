// The attacks of rows.ts, as frames.
import { dnsMessage } from "../../detectors/ip/testing/traffic.ts";
import { ACK, address, bytes, DST6, FIN, ipv4, ipv6, RST, SYN, tcp, udp } from "../../ip/testing/frames.ts";
import { uniform } from "../../lib/numerics/random.ts";
import { ATTACKER, ethernet, type Frame, HONEST, MAC, Scene } from "../framing/scene.ts";

export const LISTED = `detectors: { newcomer: { hosts: [ ${HONEST} ] } }`;
const [PUSH, URGENT] = [8, 32];
const TARGET = "10.0.0.10";
const RESOLVER = "10.0.0.2";

/** A refused first contact with each of these ports, as `probe` sends it. */
function probes(scene: Scene, count: number, probe: (port: number) => void, wait = 0): readonly Frame[] {
  for (let port = 1; port <= count; port++) {
    probe(port);
    scene.segment(TARGET, MAC.server, ATTACKER, port, 999, RST | ACK).wait(wait);
  }
  return scene.frames;
}

const syn = (scene: Scene, port: number) => scene.segment(ATTACKER, MAC.attacker, TARGET, 999, port, SYN);

export function acknowledged(): readonly Frame[] {
  const scene = new Scene();
  return probes(scene, 60, (port) => syn(scene, port).segment(ATTACKER, MAC.attacker, TARGET, 999, port, ACK));
}

/** Flags that no connection begins with: none at all, FIN, FIN with PSH and URG (nmap's null, FIN and Xmas scans). */
export function unbegun(): readonly Frame[] {
  const scene = new Scene();
  for (let port = 1; port <= 20; port++) {
    const flags = [0, FIN, FIN | PUSH | URGENT][port % 3]!;
    const ends = { src: TARGET, dst: ATTACKER, sport: port, dport: 999 };
    scene
      .segment(ATTACKER, MAC.attacker, TARGET, 999, port, flags)
      .ip(MAC.server, TARGET, ATTACKER, 6, tcp(RST | ACK, { ...ends, seq: 0, ack: 1 + (flags & FIN) }));
  }
  return scene.frames;
}

export function repeated(): readonly Frame[] {
  const scene = new Scene();
  return probes(scene, 60, (port) => {
    for (let n = 0; n < 3; n++) syn(scene, port);
  });
}

/** With options of IP (four no-operations, RFC 791) and a TTL that does not reach the target. */
export function dressed(): readonly Frame[] {
  const scene = new Scene();
  return probes(scene, 60, (port) => {
    const ends = { src: ATTACKER, dst: TARGET, sport: 999, dport: port };
    scene.add(ethernet(MAC.attacker, ipv4(6, tcp(SYN, ends), { ...ends, ttl: 1, options: bytes("01010101") })));
  });
}

export function accomplice(): readonly Frame[] {
  const scene = new Scene();
  return probes(scene, 60, (port) => {
    for (let n = 0; n < 2; n++) {
      const open = 10_000 + 2 * port + n;
      scene
        .segment(ATTACKER, MAC.attacker, HONEST, 999, open, SYN)
        .segment(HONEST, MAC.honest, ATTACKER, open, 999, SYN | ACK);
    }
    syn(scene, port);
  });
}

export function slow(): readonly Frame[] {
  const scene = new Scene();
  return probes(scene, 12, (port) => syn(scene, port), 300_000);
}

/** ICMP errors about connections that somebody else opens, of which the attacker knows all but the sequence number. */
export function guessed(): readonly Frame[] {
  const scene = new Scene();
  for (let port = 1; port <= 60; port++) {
    const ends = { src: HONEST, dst: TARGET, sport: 3000, dport: port };
    const open = (seq: number) => ipv4(6, tcp(SYN, { ...ends, seq }), ends);
    scene.add(ethernet(MAC.honest, open(0x1234_5678 + port)));
    for (const seq of [0, 1, 0x1234_5677 + port]) scene.unreachable(ATTACKER, MAC.attacker, HONEST, open(seq));
    const back = { src: TARGET, dst: HONEST, sport: port, dport: 3000, seq: 0, ack: 0x1234_5679 + port };
    scene.ip(MAC.server, TARGET, HONEST, 6, tcp(SYN | ACK, back));
  }
  return scene.frames;
}

/** 3,000 new sources between two probes, whose SYNs an open port answers: six times as many as are followed. */
export function crowd(): readonly Frame[] {
  const scene = new Scene();
  let n = 0;
  return probes(scene, 12, (port) => {
    syn(scene, port);
    for (let k = 0; k < 3000; k++, n++) {
      const src = `10.${1 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;
      scene.segment(src, MAC.attacker, "10.0.0.20", 999, 80, SYN);
      scene.segment("10.0.0.20", MAC.other, src, 80, 999, SYN | ACK);
    }
  });
}

/** Of an IPv4-compatible address (RFC 4291, 2.5.5.1) that has the bits of a listed one. */
export function compatible(): readonly Frame[] {
  const src = "0:0:0:0:0:0:a00:5";
  const packet = ipv6(17, udp(Buffer.from("x"), { src, dst: DST6 }));
  packet.set(address(src), 8);
  return new Scene().telemetry(HONEST, MAC.honest, 3).add(ethernet(MAC.attacker, packet, "86dd")).frames;
}

export const SERVICES = "detectors: { newcomer: { services: [ { protocol: udp, address: any, port: 53 } ] } }";
export const NO_DNS = `detectors: { newcomer: { services: [ { protocol: udp, address: ${RESOLVER}, port: 53 } ] } }`;

/** To a service that nobody lists, from the port of one: as if it were an answer. */
export function fromSystemPort(): readonly Frame[] {
  const scene = new Scene().datagram(ATTACKER, MAC.attacker, TARGET, 53, 5000, Buffer.from("x"));
  return scene.datagram(TARGET, MAC.server, ATTACKER, 5000, 53, Buffer.from("y")).frames;
}

/** Bytes that are no text. */
function noise(seed: number, size: number): Uint8Array {
  const random = uniform(seed);
  return Uint8Array.from({ length: size }, () => 256 * random());
}
const ask = (scene: Scene, data: Uint8Array) => scene.datagram(ATTACKER, MAC.attacker, RESOLVER, 3000, 53, data);

/** Each of the other opcodes, with random bytes where they have no question. */
export function opcodes(): readonly Frame[] {
  const scene = new Scene();
  const header = (opcode: number) => bytes("1234", [opcode << 3], "00 0000 0000 0000 0000");
  for (let n = 0; n < 60; n++) ask(scene, bytes(header(1 + (n % 15)), noise(n, 480)));
  return scene.frames;
}

export function behind(): readonly Frame[] {
  const scene = new Scene();
  for (let n = 0; n < 60; n++) ask(scene, dnsMessage({ name: "a.example.com", extra: noise(n, 400) }));
  return scene.frames;
}

export function pieces(): readonly Frame[] {
  const scene = new Scene();
  for (let n = 0; n < 40; n++) {
    const ends = { src: ATTACKER, dst: RESOLVER };
    const query = dnsMessage({ name: "a.example.com", extra: noise(n, 400) });
    const whole = udp(query, { ...ends, sport: 3000, dport: 53 });
    scene.add(ethernet(MAC.attacker, ipv4(17, whole.subarray(0, 64), { ...ends, id: n + 1, more: true })));
    scene.add(ethernet(MAC.attacker, ipv4(17, whole.subarray(64), { ...ends, id: n + 1, offset: 64 })));
  }
  return scene.frames;
}

const HEX = (n: number, size: number) => Buffer.from(noise(n, size / 2)).toString("hex");

/** A tunnel of 60 names, with queries for so many decoy domains between each two. */
function between(decoys: number): readonly Frame[] {
  const scene = new Scene();
  const query = (name: string) => ask(scene, dnsMessage({ name }));
  for (let n = 0; n < 60; n++) {
    query(`${HEX(n, 48)}.${HEX(n + 500, 48)}.evil.com`);
    for (let k = 0; k < decoys; k++) query(`www.d${n}-${k}.com`);
  }
  return scene.frames;
}

/** A quarter of the domains that are followed. */
export const decoys = () => between(60);
/** More than twice as many as are followed. */
export const swamp = () => between(600);
