/**
 * What comes on `in`, in bursts: each at a time of QEMU's virtual clock, all of it known before the machine starts. Bursts
 * of at most 64 frames are one batch of the image, so that all its frames have one time.
 */

import { MACS } from "../../appliance/hosts/qemu.ts";
import { VECTORS } from "../../diode/testing/vectors.ts";
import { ACK, arp, ethernet, FIN, icmp, ipv4, ipv6, SYN, tcp, UDP, udp } from "../../fixtures/frames.ts";
import { garbage } from "../image/garbage.ts";

export interface Burst {
  /** Microseconds of virtual time from the machine's start. */
  at: number;
  frames: readonly Uint8Array[];
}

export interface Script {
  bursts: readonly Burst[];
  /** When nothing more follows from the bursts; a last frame then says so to who is waiting. */
  end: number;
}

/** Fields that guard makes anew: what it does may not depend on them. */
export interface Ignored {
  id: number;
  ttl: number;
  df: boolean;
}

const SENSOR = "10.0.0.5";
const HISTORIAN = "10.0.1.9";
const ENDS = { from: "02:00:00:00:00:05", to: "02:00:00:00:00:01" };
const PLAIN: Ignored = { id: 0, ttl: 64, df: false };

/** An allowed datagram (fixtures/policy.yaml, `telemetry`). */
export function telemetry(n: number, size = 100, fields = PLAIN): Buffer {
  const data = Buffer.alloc(size, n);
  data.writeUInt32BE(n);
  const datagram = udp({ src: SENSOR, dst: HISTORIAN, sport: 4000, dport: 5000 }, data);
  return ethernet(ENDS, 0x0800, ipv4({ src: SENSOR, dst: HISTORIAN, protocol: UDP, ...fields }, datagram));
}

/** Of all sizes the policy allows, so that one in the place of another is seen. */
const several = (count: number, first: number) =>
  Array.from({ length: count }, (_, n) => telemetry(first + n, 4 + (((first + n) * 197) % 509)));

function probe(n: number, flags: number): Buffer {
  const ports = { src: "10.0.0.66", dst: `10.0.1.${10 + (n % 30)}`, sport: 50_000 + n, dport: 1 + n };
  return ethernet(ENDS, 0x0800, ipv4({ ...ports, protocol: 6 }, tcp({ ...ports, seq: n, flags })));
}

const anyone = { src: "0.0.0.0", dst: "255.255.255.255" };
const broadcast = { from: ENDS.from, to: "ff:ff:ff:ff:ff:ff" };

/** DHCPDISCOVER (RFC 2131, table 1 and section 4.4.1). */
function discover(): Buffer {
  const message = Buffer.alloc(300);
  message.set([1, 1, 6, 0, 1, 2, 3, 4]);
  message.set([2, 0, 0, 0, 0, 5], 28);
  message.set([0x63, 0x82, 0x53, 0x63, 53, 1, 1, 255], 236);
  return ethernet(
    broadcast,
    0x0800,
    ipv4({ ...anyone, protocol: UDP }, udp({ ...anyone, sport: 68, dport: 67 }, message)),
  );
}

/** Frames that some host would answer: ARP, IGMP (RFC 3376), DHCP, echo, TCP to a port, UDP to none. */
export function questions(): Buffer[] {
  const to = HISTORIAN;
  const query = Buffer.from([0x11, 100, 0xee, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]);
  const ip = (protocol: number, payload: Buffer, dst = to) =>
    ethernet(ENDS, 0x0800, ipv4({ src: SENSOR, dst, protocol, ttl: 1 }, payload));
  return [
    ethernet(broadcast, 0x0806, arp(1, [ENDS.from, SENSOR], ["00:00:00:00:00:00", "10.0.0.1"])),
    ethernet(broadcast, 0x0806, arp(1, [ENDS.from, SENSOR], ["00:00:00:00:00:00", HISTORIAN])),
    ip(2, query, "224.0.0.1"),
    ip(1, icmp(8, 0, 1, Buffer.alloc(32))),
    ip(1, icmp(13, 0, 1, Buffer.alloc(12))),
    ip(1, icmp(17, 0, 1, Buffer.alloc(4))),
    ...[SYN, ACK, FIN, 0, 0x29].map((flags) =>
      ip(6, tcp({ src: SENSOR, dst: to, sport: 40_000, dport: 80, seq: 1, flags })),
    ),
    ip(UDP, udp({ src: SENSOR, dst: to, sport: 40_000, dport: 161 }, Buffer.alloc(20))),
    ip(132, Buffer.from("9c4000500000000000000000010000140000000100001000000a000a00000001", "hex")), // SCTP INIT
    ethernet(
      ENDS,
      0x86dd,
      ipv6({ src: "fe80::5", dst: "ff02::1", next: 58, hops: 1 }, Buffer.from("8200000027100000", "hex")),
    ),
    discover(),
  ];
}

/** QEMU must have room for it before the machine starts: see AT_ONCE (rig.ts). The longest frames are in test/image. */
const LONGEST = 30_000;

/** About all that can come: what is allowed, what is asked, scans, what is malformed, more than all rings hold. */
export function script(): Script {
  const contents: Uint8Array[][] = [
    several(5, 0),
    [...questions(), ...several(2, 5)],
    garbage(MACS.in, 1).filter(({ length }) => length < LONGEST),
    Array.from({ length: 60 }, (_, n) => probe(n, SYN)),
    several(40, 10),
    several(600, 100),
    [...VECTORS.map(({ frame }) => frame).slice(0, 60)],
    several(3, 500),
  ];
  const bursts = contents.map((frames, n) => ({ at: 700_000 * (n + 1), frames }));
  return { bursts, end: 12_300_000 };
}
