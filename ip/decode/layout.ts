/** The ground's twin of ip/onboard/packet.ts: where the fields of a decoded packet lie. layout.test.ts compares them. */

const SIZES = { u8: 1, u16: 2, u32: 4, usize: 4, u64: 8 } as const;
type Size = keyof typeof SIZES;

/** Fields of `class Packet`, in order. */
export const PACKET = {
  time: "u64",
  number: "u64",
  captured: "u32",
  original: "u32",
  link: "u16",
  etherType: "u16",
  flags: "u32",
  macSrc: "u64",
  macDst: "u64",
  arpSenderMac: "u64",
  arpTargetMac: "u64",
  arpSenderIp: "u32",
  arpTargetIp: "u32",
  base: "usize",
  at: "usize",
  end: "usize",
  wire: "usize",
  seq: "u32",
  ack: "u32",
  payloadOffset: "u32",
  payloadLength: "u32",
  payloadClaimed: "u32",
  tunnelId: "u32",
  sourcePort: "u16",
  destPort: "u16",
  tcpFlags: "u16",
  window: "u16",
  urgent: "u16",
  mss: "u16",
  udpLength: "u16",
  arpOp: "u16",
  vlan0: "u16",
  vlan1: "u16",
  vlan2: "u16",
  vlan3: "u16",
  mplsLabel: "u32",
  greProtocol: "u16",
  quotedSource: "u16",
  quotedDest: "u16",
  protocol: "u8",
  tcpHeader: "u8",
  windowScale: "u8",
  icmpType: "u8",
  icmpCode: "u8",
  layers: "u8",
  vlans: "u8",
  labels: "u8",
  ips: "u8",
  quoted: "u8",
  anomalies: "u8",
  lost: "u8",
  seen: "u8",
  extensions: "u8",
} as const satisfies Record<string, Size>;

/** Fields of `class Ip`, in order. */
export const IP = {
  srcHi: "u64",
  srcLo: "u64",
  dstHi: "u64",
  dstLo: "u64",
  id: "u32",
  label: "u32",
  offset: "u32",
  totalLength: "u32",
  payloadOffset: "u32",
  payloadLength: "u32",
  fragmentOffset: "u16",
  headerLength: "u16",
  version: "u8",
  ttl: "u8",
  protocol: "u8",
  tos: "u8",
  flags: "u8",
  pad0: "u8",
  pad1: "u16",
} as const satisfies Record<string, Size>;

function offsets<T extends Record<string, Size>>(fields: T): Record<keyof T, number> {
  const found = {} as Record<keyof T, number>;
  let at = 0;
  for (const [name, type] of Object.entries(fields) as [keyof T, Size][]) {
    const size = SIZES[type];
    at = Math.ceil(at / size) * size;
    found[name] = at;
    at += size;
  }
  return found;
}

/** Offsets in bytes. */
export const P = offsets(PACKET);
export const I = offsets(IP);

export const OUTER = 160;
export const INNER = 232;
export const QUOTED = 304;
export const LAYER = 376;
export const ANOMALY = 472;
export const PACKET_SIZE = 536;
export const VLANS = 4;

/** Packet.flags */
export const Is = {
  FRAGMENT: 1,
  LATER: 2,
  TUNNELLED: 4,
  BAD_CHECKSUM: 8,
  UNVERIFIED: 16,
  SNAPPED: 32,
  CUT: 64,
  PORTS: 128,
  MULTICAST: 256,
  ENCRYPTED: 512,
  NO_CHECKSUMS: 1024,
  NAMED_ONLY: 2048,
  UNASKED: 4096,
} as const;

/** Ip.flags */
export const IpFlag = { DONT_FRAGMENT: 1, MORE: 2, FRAGMENT: 4, OPTIONS: 8 } as const;
