import { KERNEL } from "./exceptions-kernel.ts";
import { USER } from "./exceptions-user.ts";
import type { Exception } from "./report.ts";

/** Of one reason: the lines of each file, without the space around them, or their beginnings. */
export interface Group {
  reason: string;
  /** Exception.alone */
  alone?: boolean;
  lines: Record<string, readonly Line[]>;
}
/** With how many lines there are that are the same, where it is more than one. */
type Line = string | readonly [string, number];

const GROUPS: readonly Group[] = [
  {
    reason:
      "The second checker of 1553 messages reads what the first has just made, which is never like this. Shown of it alone, bit by bit (diode/second-messages.test.ts).",
    alone: true,
    lines: {
      "diode/onboard/messages/second.ts": [
        "if (channels == 0 || length < 4",
        "if (left < 32 ||",
        "if (length > left ||",
        "if (load<u8>(p, 12) != 8",
        "if (added(p, 22, 2)",
        "if (added(p + 24",
        "for (let i = 24 + data;",
        "if (type == 0x11) return",
        "return type == 0x19 &&",
        "if (length < 4 || load<u8>(p, 3) % 64",
        "if (at + 14 > length)",
        "if (at + 14 + bytes > length",
        "if (load<u16>(p + at, 6) != 0",
        "if ((status & ~0x2800) != 0",
        "if (bytes != 2 *",
        "if (mode || transmit ||",
        "if (!clean(<u32>get(w + 4, 2), sender))",
        "if (!all && !clean(",
        "if (!clean(<u32>get(answerFirst",
        "} else if (transmit && !mode)",
        "function clean(",
      ],
    },
  },
  {
    reason:
      "Assertions of what configure() has checked (appliance/compartments/guard/onboard/policy.ts, saneTransfer): a policy that says otherwise is refused.",
    lines: {
      "transfer/onboard/code.ts": ["assert(k >= 1 && k <= MOST_DATA"],
      "transfer/onboard/decode.ts": ["assert(data <= MOST_DATA"],
      "transfer/onboard/encode.ts": ["assert(data <= MOST_DATA"],
    },
  },
  {
    reason:
      "events.roomForRecord() has seen to the room before the record; no event of guard's is as long as the longest.",
    lines: { "appliance/compartments/guard/onboard/events.ts": ["if (t.overflow || used + whole > SIZE"] },
  },
  {
    reason:
      "configure() refuses a check of any other kind (policy.ts, saneMessages); kept so that an unknown one refuses.",
    lines: { "diode/onboard/messages/match.ts": ["default:", "return false;"] },
  },
  {
    reason:
      "A datagram of 9,000 bytes, the largest that `out` may take, holds 558 messages of the least length; kept for the table's sake.",
    lines: { "diode/onboard/messages/remake.ts": ["if (end - at - INTRA < length"] },
  },
  {
    reason:
      "guard asks for no entry where the policy has no rate for them (index.ts, dynamic); kept in front of a division by it.",
    lines: { "diode/onboard/quarantine.ts": ["if (place == 0 || l.perMinute == 0)"] },
  },
  {
    reason:
      "A policy of 98,304 bytes, the longest that guard takes, has at most 4,096 steps; kept since numbers from there on have another meaning.",
    lines: { "diode/onboard/second.ts": ["if (stepCount == 0 || stepCount >= ACCEPT"] },
  },
  {
    reason:
      "inspect says a layer's name where it says an anomaly, and in these layers it finds none. weir decode says them.",
    alone: true,
    lines: {
      "ip/onboard/generated/protocol.ts":
        `GTP_PRIME TEREDO STP CDP ISIS IPX NETBIOS LLDP EAPOL MACCTRL SLOW CFM MACSEC LOOPBACK WOL AOE RARP HOMEPLUG TRILL GOOSE SV GSE PTP PROFINET ETHERCAT POWERLINK SERCOS PRP HSR MRP OSPF PIM VRRP EIGRP RSVP L2TP IPCOMP EGP IGRP`
          .split(" ")
          .map((name) => `case Protocol.${name}:`),
    },
  },
  {
    reason:
      "An event that is longer than a record of the log is shortened; none that these tests cause is that long. Shown of it alone (appliance/compartments/inspect/shorten.test.ts).",
    alone: true,
    lines: {
      "appliance/compartments/inspect/onboard/shorten.ts": [
        "let depth: u32 = 0;",
        "let arrays: u32 = 0;",
        "let quoted = false;",
        "let cut: usize = 0,",
        "for (let p = start; p < t.at; ++p) {",
        "const c = <u32>load<u8>(p);",
        "if (quoted) {",
        "if (c == 0x5c) ++p;",
        "else if (c == 0x22) quoted = false;",
        "} else if (c == 0x22) quoted = true;",
        "else if (c == 0x7b || c == 0x5b) {",
        "depth += 1;",
        "if (depth > DEEPEST) break;",
        "arrays = c == 0x5b ? arrays | (1 << depth)",
        "} else if (c == 0x7d || c == 0x5d) depth",
        "else if (c == 0x2c && p + depth - 1 + TA",
        "cut = p;",
        "cutDepth = depth;",
        "cutArrays = arrays;",
        "if (cut == 0) return false;",
        "t.at = cut;",
        "t.overflow = false;",
        "for (; cutDepth > 1; --cutDepth) byte(t,",
        "lit(t, ',",
        "return true;",
      ],
    },
  },
  {
    reason:
      "What `weir decode` can be asked for and no policy can: streams by their ports, whose format nothing has to prove. Shown through its decoder (mil1553/udp.test.ts).",
    alone: true,
    lines: {
      "mil1553/onboard/udp/transfer.ts": [
        "const a = <u32>load<u8>(p),",
        "const one = a == 0x01",
        "const two = (b & 15) == 2",
        "const three = (a & 15) == 3",
        "if (one && !two) return 1;",
        "if (two && !one && !three) return 2;",
        "return three && !two",
      ],
      "mil1553/onboard/udp/udp.ts": ["if (f.format == 0) {", "report(C.UDP_UNDECIDED", "return;"],
      "mil1553/onboard/anomalies.ts": ["case C.UDP_UNDECIDED:"],
    },
  },
];

/** What no test can reach, and why; checked both ways (report.ts). */
export const EXCEPTIONS: readonly Exception[] = [...GROUPS, ...KERNEL, ...USER].flatMap(
  ({ reason, alone = false, lines }) =>
    Object.entries(lines).flatMap(([file, list]) =>
      list.map((one) => {
        const [line, times] = typeof one === "string" ? [one, 1] : one;
        return { file, line, times, reason, alone };
      }),
    ),
);
