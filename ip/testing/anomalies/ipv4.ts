// IPv4: header and options.
import { bytes, type Ipv4, ipv4 } from "../frames.ts";
import { byte, ip4, OSPF, type Pairs, pair, patched, raw4, zeros } from "./pair.ts";

const header = (o: Ipv4 = {}) => ip4(OSPF, zeros(0), o);
const first = (byte: number) => raw4(patched(ipv4(OSPF, zeros(0)), 0, byte));
const optioned = (hex: string) => header({ options: bytes(hex) });

/** An option of this length, valid with one byte more or less; what is left of the header is its end (type 0). */
const option = (type: string, rest: string, bad: number, good: number, o = {}) =>
  pair(
    (length) => optioned(`${type}${byte(length)}${rest}`.padEnd(Math.ceil((2 + rest.length / 2) / 4) * 8, "0")),
    bad,
    good,
    o,
  );
/** A route's pointer counts from 1, and the first address is at 4 (RFC 791 section 3.1). */
const route = (type: string) => [
  pair((pointer: number) => optioned(`${type}07${byte(pointer)}0a00000100`), 3, 4),
  option(type, "040a00000100", 8, 7),
  option(type, "0400", 2, 3, { also: ["ipv4.opt_invalid_len"] }),
];

export const IPV4: Pairs = {
  "ipv4.pkt_too_small": [
    pair((n) => raw4(ipv4(OSPF, zeros(0)).subarray(0, n)), 19, 20),
    pair((n) => raw4(ipv4(OSPF, zeros(0), { options: zeros(4) }).subarray(0, n)), 23, 24, { also: ["ipv4.trunc_pkt"] }),
  ],
  "ipv4.wrong_ip_version": pair(first, 0x55, 0x45),
  "ipv4.hlen_too_small": pair(first, 0x44, 0x45),
  "ipv4.iplen_smaller_than_hlen": [
    pair((total) => header({ total }), 19, 20),
    pair((total) => header({ total }), 0, 20),
  ],
  "ipv4.trunc_pkt": pair((total) => header({ total }), 21, 20),
  "ipv4.bad_checksum": pair((badChecksum) => header({ badChecksum }), true, false),
  // the builder's offset counts bytes: the reserved flag, not don't fragment
  "ipv4.reserved_flag": pair((place) => header({ offset: place << 3 }), 0x8000, 0x4000),
  "ipv4.ttl_zero": pair((ttl) => header({ ttl }), 0, 1),
  "ipv4.opt_invalid": [
    ...["83", "89", "07"].flatMap(route), // loose and strict source route, record route
    pair((pointer: number) => optioned(`4408${byte(pointer)}0000000000`), 4, 5), // timestamp
    option("44", "0500", 3, 4),
    option("88", "0001", 3, 4), // stream identifier
    option("94", "0000", 3, 4), // router alert
    option("82", "0000", 2, 3), // security
    option("85", "0000", 2, 3), // extended security
    option("86", "0000000000000000", 9, 10), // CIPSO
    option("19", "000000000000", 7, 8), // quick start (RFC 4782)
  ],
  "ipv4.opt_invalid_len": [
    option("94", "0000", 1, 4),
    option("94", "0000", 5, 4),
    pair((length: number) => optioned(`82${byte(length)}0000`), 1, 2, { left: ["ipv4.opt_invalid"] }),
  ],
  "ipv4.opt_malformed": pair((type: number) => optioned(`010101${byte(type)}`), 0x94, 1),
  // the same option again, not another one
  "ipv4.opt_duplicate": [
    ["94040000", "88"],
    ["88040001", "94"],
    ["1908000000000000", "82"],
    ["8303040000000000", "89"],
    ["8903040000000000", "83"],
    ["0703040000000000", "83"],
    ["4404050000000000", "82"],
    ["8203000000000000", "85"],
    ["8503000000000000", "82"],
    ["860a0000000000000000010100000000", "82"],
  ].map(([twice, other]) => {
    const length = Number.parseInt(twice!.slice(2, 4), 16);
    const one = twice!.slice(0, 2 * length);
    return pair(
      (type: string) => optioned(`${one}${type}${one.slice(2)}`.padEnd(Math.ceil((2 * length) / 4) * 8, "0")),
      one.slice(0, 2),
      other!,
    );
  }),
  "ipv4.opt_unknown": pair((type: number) => optioned(`${byte(type)}040000`), 0x95, 0x94),
  "ipv4.unknown_protocol": [
    pair((protocol) => ip4(protocol, zeros(0)), 148, 147), // IANA protocol-numbers
    pair((protocol) => ip4(protocol, zeros(0)), 0, OSPF),
  ],
  "ipv4.icmpv6": pair((protocol) => ip4(protocol, bytes("8000 0000 0000 0000")), 58, 59),
};
