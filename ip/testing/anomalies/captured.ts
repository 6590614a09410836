// Headers of radios, of capturing systems, and of Frame Relay.
import { bytes, ipv4 } from "../frames.ts";
import { OSPF, type Pairs, pair, zeros } from "./pair.ts";

const nothing = zeros(0);
const on = (link: number, make: (n: number) => Uint8Array) => (n: number) => ({ frame: make(n), link });
const cutTo = (link: number, frame: string) => on(link, (n) => bytes(frame).subarray(0, n));
/** A data frame to the access point: three addresses, LLC's spanning tree. */
const DATA = "0801 0000 020000000001 020000000002 020000000003 0000 42 42 03";
const RADIO = "0000 0800 00000000";

export const CAPTURED: Pairs = {
  "wlan.pkt_too_small": [
    pair(cutTo(105, "d400 0000 020000000001"), 9, 10), // an acknowledgment
    pair(cutTo(105, DATA), 23, 24, { left: ["llc.pkt_too_small"] }),
    // four addresses; QoS control; HT control
    pair(cutTo(105, DATA.replace("0801", "0803").replace("42 42 03", "020000000004 42 42 03")), 29, 30, {
      left: ["llc.pkt_too_small"],
    }),
    pair(cutTo(105, DATA.replace("0801", "8801").replace("42 42 03", "0000 42 42 03")), 25, 26, {
      left: ["llc.pkt_too_small"],
    }),
    pair(cutTo(105, DATA.replace("0801", "8881").replace("42 42 03", "0000 00000000 42 42 03")), 29, 30, {
      left: ["llc.pkt_too_small"],
    }),
  ],
  "radiotap.header_invalid": [
    pair(cutTo(127, RADIO), 7, 8, { left: ["wlan.pkt_too_small"] }),
    pair(
      on(127, (version) => bytes([version], RADIO.slice(2), DATA)),
      1,
      0,
    ),
    pair(
      on(127, (length) => bytes([0, 0, length, 0], "00000000", DATA)),
      7,
      8,
    ),
    pair(
      on(127, (length) => bytes([0, 0, length, 0], "00000000", DATA)),
      36,
      8,
    ),
  ],
  "ppi.header_invalid": [
    pair(cutTo(192, "0000 0800 93000000"), 7, 8), // within: USER0, of which nobody knows what it is
    pair(
      on(192, (version) => bytes([version], "00 0800 93000000")),
      1,
      0,
    ),
    pair(
      on(192, (length) => bytes("0000", [length, 0], "93000000")),
      7,
      8,
    ),
    pair(
      on(192, (length) => bytes("0000", [length, 0], "93000000")),
      9,
      8,
    ),
  ],
  "pktap.header_invalid": [
    pair(cutTo(258, "0c000000 01000000 93000000"), 11, 12),
    pair(
      on(258, (length) => bytes([length], "000000 01000000 93000000")),
      11,
      12,
    ),
    pair(
      on(258, (length) => bytes([length], "000000 01000000 93000000")),
      13,
      12,
    ),
    pair(
      on(258, (high) => bytes("0c00", [high], "00 01000000 93000000")),
      1,
      0,
    ),
  ],
  "nflog.header_invalid": [
    pair(cutTo(239, "02000000"), 3, 4),
    pair(
      on(239, (version) => bytes([2, version], "0000")),
      1,
      0,
    ),
    pair(
      on(239, (length) => bytes("02000000", [length], "000200 00000000")),
      3,
      8,
    ),
    pair(
      on(239, (length) => bytes("02000000", [length], "000200 00000000")),
      9,
      8,
    ),
    pair(
      on(239, (length) => bytes("02000000", [length], "000900", ipv4(OSPF, nothing))),
      25,
      24,
    ),
    pair(
      on(239, (length) => bytes("02000000 00", [length], "0009", ipv4(OSPF, nothing))),
      25,
      24,
    ), // of a big-endian host
  ],
  "fr.pkt_too_small": [
    pair(cutTo(107, "1841 03b0"), 1, 4),
    pair(cutTo(107, "1841 03b0"), 3, 4),
    pair(cutTo(107, "1841 0380 000000 88cc"), 8, 9),
  ],
  "fr.invalid_address": [
    pair(
      on(107, (first) => bytes([first], "41 03b0 b0b0")),
      0x19,
      0x18,
    ),
    pair(
      on(107, (fourth) => bytes("18 40 40", [fourth], "03b0 b0b0")),
      0x40,
      0x41,
    ),
  ],
};
