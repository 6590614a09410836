/** A datagram in an Ethernet II / IPv4 / UDP frame, for captures and for the image's `in`. */

export interface Endpoints {
  /** MAC addresses, 12 hexadecimal digits. */
  fromMac: string;
  toMac: string;
  /** IPv4 addresses. */
  from: string;
  to: string;
  fromPort: number;
  toPort: number;
}

/** A recorder on a locally administered address that sends to an administratively scoped group (RFC 2365), port 2000. */
export const STREAM: Endpoints = {
  fromMac: "020000001553",
  toMac: "01005e7f000a",
  from: "192.0.2.53",
  to: "239.255.0.10",
  fromPort: 40153,
  toPort: 2000,
};

const address = (text: string) => Buffer.from(text.split(".").map(Number));

/** @param id the datagram's IPv4 identification */
export function frame(payload: Uint8Array, ends: Endpoints, id: number): Buffer {
  const out = Buffer.alloc(42 + payload.length);
  out.write(ends.toMac + ends.fromMac, 0, "hex");
  out.writeUInt16BE(0x0800, 12);
  out[14] = 0x45;
  out.writeUInt16BE(28 + payload.length, 16);
  out.writeUInt16BE(id & 0xffff, 18);
  out.writeUInt16BE(0x4000, 20); // don't fragment
  out[22] = 64;
  out[23] = 17;
  address(ends.from).copy(out, 26);
  address(ends.to).copy(out, 30);
  out.writeUInt16BE(ones(out.subarray(14, 34), 0), 24);
  out.writeUInt16BE(ends.fromPort, 34);
  out.writeUInt16BE(ends.toPort, 36);
  out.writeUInt16BE(8 + payload.length, 38);
  out.set(payload, 42);
  // Pseudo-header (RFC 768): addresses, protocol, length
  out.writeUInt16BE(ones(out.subarray(26), 17 + 8 + payload.length) || 0xffff, 40);
  return out;
}

/** The Internet checksum (RFC 1071). */
function ones(bytes: Uint8Array, initial: number): number {
  let sum = initial;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
