// Frames of every kind that some host would answer, and some that none should, for whoever listens at a NIC.

const mac = (text: string) => Buffer.from(text.replaceAll(":", ""), "hex");
const BROADCAST = mac("ff:ff:ff:ff:ff:ff");
const SENDER = mac("02:00:00:00:00:01");

function ethernet(to: Buffer, type: number, payload: Uint8Array): Uint8Array {
  const header = Buffer.concat([to, SENDER, Buffer.from([type >> 8, type & 255])]);
  const frame = Buffer.concat([header, payload]);
  return frame.length < 60 ? Buffer.concat([frame, Buffer.alloc(60 - frame.length)]) : frame;
}

function ipv4(protocol: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(20 + payload.length, 2);
  header.writeUInt8(64, 8);
  header.writeUInt8(protocol, 9);
  header.set([192, 168, 0, 66, 192, 168, 0, 1], 12);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([header, payload]);
}

function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

function echo(): Buffer {
  const bytes = Buffer.alloc(64);
  bytes[0] = 8;
  bytes.writeUInt16BE(checksum(bytes), 2);
  return bytes;
}

function syn(): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt16BE(40000, 0);
  bytes.writeUInt16BE(80, 2);
  bytes.set([0x50, 0x02, 0xff, 0xff], 12);
  return bytes;
}

function udp(port: number): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.writeUInt16BE(40000, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.writeUInt16BE(40, 4);
  return bytes;
}

/** Who has 192.168.0.1? (RFC 826) */
const arp = Buffer.from("0001080006040001020000000001c0a80042000000000000c0a80001", "hex");

/** Neighbour solicitation for fe80::1 (RFC 4861, 4.3). */
function solicitation(): Buffer {
  const bytes = Buffer.alloc(40 + 32);
  bytes.set([0x60, 0, 0, 0, 0, 32, 58, 255], 0);
  bytes.set(Buffer.from("fe800000000000000000000000000066ff0200000000000000000001ff000001", "hex"), 8);
  bytes[40] = 135;
  bytes.set(Buffer.from("fe800000000000000000000000000001", "hex"), 48);
  bytes.set([1, 1, ...SENDER], 64);
  return bytes;
}

/** @param nic the address of the NIC they go to @param seed for those that are noise */
export function garbage(nic: string, seed: number): Uint8Array[] {
  const to = mac(nic);
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
  // First byte below 16: of others the test compartments die, as they are told to.
  const noise = (length: number) => Uint8Array.from({ length }, (_, n) => (n ? random() : random() & 15));
  return [
    ...[to, BROADCAST].flatMap((address) => [
      ethernet(address, 0x0806, arp),
      ethernet(address, 0x0800, ipv4(1, echo())),
      ethernet(address, 0x0800, ipv4(6, syn())),
      ...[53, 67, 514, 5353].map((port) => ethernet(address, 0x0800, ipv4(17, udp(port)))),
      ethernet(address, 0x86dd, solicitation()),
      ethernet(address, 0x88cc, noise(46)), // LLDP
      ethernet(address, 0x8808, Buffer.from([0, 1, 0xff, 0xff])), // pause (IEEE 802.3, annex 31B)
    ]),
    ...[1, 13, 14, 15, 59, 1514, 2035, 2036, 2037, 4000, 65535].map(noise),
    ...Array.from({ length: 30 }, () => noise(60 + random())),
  ];
}
