/** The other end of the journal (appliance/compartments/journal/onboard/datagram.ts): a frame of `log` back to its record. */

export interface LogRecord {
  /** RFC 5424: 1 alert, 4 warning, 5 notice, 6 informational. */
  severity: number;
  /** Which start of the appliance, and the how manieth record of it. */
  boot: bigint;
  sequence: bigint;
  /** Of an authenticated log: half the code of the record before, and the code of this one, in hexadecimal; else empty. */
  previous: string;
  mac: string;
  /** EVE JSON; a view into the frame. */
  json: Uint8Array;
}

const UDP_PAYLOAD = 14 + 20 + 8;
const HEADER =
  /^<(\d{1,3})>1 \S{1,32} \S{0,32} weir - eve \[weir@32473 boot="(\d{1,20})" seq="(\d{1,20})"(?: len="\d{1,4}" prev="([0-9a-f]{16})" mac="([0-9a-f]{32})")?\]\[timeQuality [^\]]{0,64}\] $/;

/**
 * Takes a frame of `log` apart. Who sent it is not known: everything is checked.
 * @throws Error saying what is not as the journal writes it
 */
export function parseDatagram(frame: Uint8Array): LogRecord {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  if (bytes.length < UDP_PAYLOAD || bytes.readUInt16BE(12) !== 0x0800 || bytes[14] !== 0x45 || bytes[23] !== 17)
    throw new Error("log: not a UDP datagram over IPv4 without options");
  if (bytes.readUInt16BE(16) !== bytes.length - 14 || bytes.readUInt16BE(38) !== bytes.length - 34)
    throw new Error("log: the lengths in its headers do not match the frame");
  return parseRecord(bytes.subarray(UDP_PAYLOAD));
}

/** The same of a datagram's payload, as a collector gets it. */
export function parseRecord(payload: Uint8Array): LogRecord {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  const brace = bytes.indexOf("{");
  const found = brace < 0 || brace > 300 ? null : HEADER.exec(bytes.toString("latin1", 0, brace));
  if (!found) throw new Error("log: not a record of the journal");
  return {
    severity: Number(found[1]) & 7,
    boot: BigInt(found[2]!),
    sequence: BigInt(found[3]!),
    previous: found[4] ?? "",
    mac: found[5] ?? "",
    json: bytes.subarray(brace),
  };
}
