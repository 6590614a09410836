// REQ-DETECT-017
// The kinds of scan: what a first contact is made of, what each of its outcomes says, and what it is called. nmap's
// reference guide ("Port Scanning Techniques") names them and says which answer means what.
//
// A walk (scan.ts) takes a step of full size only where an outcome tells as much as that of a SYN. Less does:
//   - silence where silence is normal: of datagrams, echoes and IP protocols, and of what a firewall with a memory
//     drops
//   - a failure that looks like a peer-to-peer program's (SCATTERED): a host on the Internet, at a port that no
//     service is assigned to by rule, neither host nor port being among the last that failed
//   - an error of the path (PATH), which is an outage's, too: PARDON of them, then full size
//   - the silence towards a stream (STREAM), which is one-way by design
//   - the refusal of what looks like an answer (FAINT): a server's late one, whose question was not seen
import { ACK, FIN, PSH, RST, SYN, URG } from "../../../ip/onboard/tcp";
import { Text, lit } from "../../../lib/onboard/text";

export const enum Kind {
  SYN = 0,
  ACK = 1,
  FIN = 2,
  NULL = 3,
  XMAS = 4,
  MAIMON = 5,
  SYN_ACK = 6,
  FLAGS = 7,
  UDP = 8,
  SCTP = 9,
  ICMP = 10,
  PROTOCOL = 11,
}
const KINDS: u32 = 12;

/** A source has a walk for each: success in one clears nobody of another. */
export const enum Family {
  CONNECTION = 0,
  DATAGRAM = 1,
  REACH = 2,
  FAMILIES = 3,
}

export function familyOf(kind: u32): u32 {
  if (kind == Kind.UDP) return Family.DATAGRAM;
  return kind >= <u32>Kind.ICMP ? Family.REACH : Family.CONNECTION;
}

/** By kind: size of the step when nothing answers, and when the target does. */
const silences: usize = memory.data<f64>([1, 0.125, 1, 1, 1, 0.125, 0.125, 1, 0.25, 1, 0.25, 0.25]);
const successes: usize = memory.data<f64>([1, 1, 1, 1, 1, 1, 1, 1, 0.5, 1, 0.25, 0.25]);
export const SCATTERED: f64 = 0.125;
export const FAINT: f64 = 0.125;
export const STREAM: f64 = 0.125;
export const PATH: f64 = 0.125;
export const PARDON: u32 = 32;

@inline export function silence(kind: u32): f64 {
  return load<f64>(silences + ((<usize>kind) << 3));
}
@inline export function success(kind: u32): f64 {
  return load<f64>(successes + ((<usize>kind) << 3));
}

/** What a segment without RST that begins a conversation is, by its flags. */
export function kindOfFlags(flags: u32): u32 {
  const f = flags & (FIN | SYN | RST | PSH | ACK | URG);
  if (f & SYN) return f & ACK ? Kind.SYN_ACK : Kind.SYN;
  if (f == ACK) return Kind.ACK;
  if (f == FIN) return Kind.FIN;
  if (f == 0) return Kind.NULL;
  if (f == (FIN | PSH | URG)) return Kind.XMAS;
  return f == (FIN | ACK) ? Kind.MAIMON : Kind.FLAGS;
}

/** `TCP SYN, UDP` of a set of kinds, a bit each. */
export function writeKinds(t: Text, set: u32): void {
  let first = true;
  for (let kind: u32 = 0; kind < KINDS; ++kind) {
    if (!((set >> kind) & 1)) continue;
    if (!first) lit(t, ", ");
    first = false;
    writeKind(t, kind);
  }
}

function writeKind(t: Text, kind: u32): void {
  switch (kind) {
    case Kind.SYN:
      lit(t, "TCP SYN");
      return;
    case Kind.ACK:
      lit(t, "TCP ACK");
      return;
    case Kind.FIN:
      lit(t, "TCP FIN");
      return;
    case Kind.NULL:
      lit(t, "TCP NULL");
      return;
    case Kind.XMAS:
      lit(t, "TCP Xmas");
      return;
    case Kind.MAIMON:
      lit(t, "TCP Maimon (FIN, ACK)");
      return;
    case Kind.SYN_ACK:
      lit(t, "TCP SYN-ACK");
      return;
    case Kind.FLAGS:
      lit(t, "TCP odd flags");
      return;
    case Kind.UDP:
      lit(t, "UDP");
      return;
    case Kind.SCTP:
      lit(t, "SCTP");
      return;
    case Kind.ICMP:
      lit(t, "ICMP");
      return;
    default:
      lit(t, "IP protocol");
  }
}
