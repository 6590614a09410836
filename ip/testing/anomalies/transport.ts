// TCP, UDP, UDP-Lite.
import { ACK, bytes, DST6, FIN, RST, SRC6, SYN, sealed, tcp, udp } from "../frames.ts";
import { byte, ip4, ip6, type Pairs, pair, patched, u16, zeros } from "./pair.ts";

const PSH = 8;
const URG = 32;
const nothing = zeros(0);

const segment = (flags: number, o: Parameters<typeof tcp>[1] = {}) => ip4(6, tcp(flags, o));
const optioned = (hex: string) => segment(ACK, { options: bytes(hex) });
/** An option of this length; what is left of the header is its end (kind 0). */
const option = (kind: string, rest: number, bad: number, good: number) =>
  pair(
    (length) =>
      optioned(`${kind}${byte(length)}`.padEnd(2 * (2 + rest), "0").padEnd(Math.ceil((2 + rest) / 4) * 8, "0")),
    bad,
    good,
  );
const repeated = (kind: string, length: number, other: string) =>
  pair(
    (second: string) => {
      const rest = byte(length).padEnd(2 * length - 2, "0");
      return optioned(`${kind}${rest}${second}${rest}`.padEnd(Math.ceil((2 * length) / 4) * 8, "0"));
    },
    kind,
    other,
  );

export const TCP: Pairs = {
  "tcp.pkt_too_small": pair((n) => ip4(6, tcp(ACK).subarray(0, n)), 19, 20),
  "tcp.hlen_too_small": [
    pair((words) => ip4(6, patched(tcp(ACK), 12, words << 4)), 4, 5),
    pair((words) => ip4(6, patched(tcp(ACK), 12, words << 4)), 6, 5),
  ],
  "tcp.invalid_optlen": [
    option("02", 2, 1, 4),
    option("02", 2, 5, 4),
    pair((last: number) => optioned(`010101${byte(last)}`), 2, 1),
  ],
  "tcp.opt_invalid_len": [
    option("02", 2, 3, 4), // maximum segment size
    option("03", 2, 2, 3), // window scale
    option("04", 2, 3, 2), // SACK permitted
    option("05", 10, 9, 10), // SACK
    option("05", 10, 11, 10),
    option("08", 10, 9, 10), // timestamps
    option("13", 18, 17, 18), // MD5 (RFC 2385)
    option("1c", 2, 3, 4), // user timeout (RFC 5482)
  ],
  "tcp.opt_duplicate": [
    repeated("02", 4, "1c"),
    repeated("03", 3, "09"),
    repeated("04", 2, "09"),
    repeated("05", 10, "08"),
    repeated("08", 10, "05"),
  ],
  "tcp.bad_checksum": pair((src) => segment(ACK, { src }), "10.0.0.9", "10.0.0.1"),
  "tcp.flags_null": pair(segment, 0, ACK),
  "tcp.flags_syn_fin": pair(segment, SYN | FIN, SYN),
  "tcp.flags_syn_rst": pair(segment, SYN | RST, SYN),
  "tcp.flags_fin_rst": pair(segment, FIN | RST, RST),
  "tcp.flags_xmas": [
    pair(segment, FIN | PSH | URG, PSH | URG),
    pair(segment, FIN | PSH | URG | ACK, FIN | PSH | ACK),
    pair(segment, FIN | PSH | URG | ACK, FIN | URG | ACK),
  ],
  "tcp.flags_fin_no_ack": pair(segment, FIN, FIN | ACK),
  "tcp.reserved_bits": [0x200, 0x400, 0x800].map((bit) => pair(segment, ACK | bit, ACK | 0x100)), // the next one is AE
  "tcp.urgent_without_flag": [
    pair((urgent) => segment(ACK, { urgent }), 1, 0),
    pair((flags) => segment(flags, { urgent: 1 }), ACK, ACK | URG),
  ],
  "tcp.port_zero": [pair((sport) => segment(ACK, { sport }), 0, 1), pair((dport) => segment(ACK, { dport }), 0, 1)],
};

const six = { src: SRC6, dst: DST6 };
const lite = (coverage: number, src?: string) =>
  ip4(136, sealed(136, bytes("9c40 1388", u16(coverage), "0000"), 6, src));
/** Over IPv6, without a checksum. */
const unsealed = (dport: number) => ip6(17, patched(patched(udp(nothing, { ...six, dport }), 6, 0), 7, 0));

export const UDP: Pairs = {
  "udp.hlen_too_small": pair((n) => ip4(17, udp(nothing).subarray(0, n)), 7, 8),
  "udp.pkt_too_small": pair((length) => ip4(17, udp(nothing, { length })), 9, 8),
  "udp.hlen_invalid": pair((n) => ip4(17, bytes(udp(nothing), zeros(n))), 1, 0),
  "udp.len_invalid": [
    pair((length) => ip4(17, udp(nothing, { length })), 7, 8),
    pair((length) => ip4(17, udp(nothing, { length })), 0, 8),
  ],
  "udp.bad_checksum": pair((src) => ip4(17, udp(nothing, { src })), "10.0.0.9", "10.0.0.1"),
  "udp.port_zero": pair((dport) => ip4(17, udp(nothing, { dport })), 0, 1),
  "udp.no_checksum_ipv6": [
    pair((isSealed) => (isSealed ? ip6(17, udp(nothing, six)) : unsealed(5000)), false, true),
    pair(unsealed, 3545, 3544), // a tunnel may go without (RFC 6935)
  ],
  "udplite.pkt_too_small": pair((n) => ip4(136, zeros(n)), 7, 8, { left: ["udplite.bad_checksum"] }),
  // 0 covers all (RFC 3828 section 3.1)
  "udplite.coverage_invalid": [7, 1, 9].map((coverage) => pair(lite, coverage, coverage === 1 ? 0 : 8)),
  "udplite.bad_checksum": pair((src) => lite(8, src), "10.0.0.9", "10.0.0.1"),
};
