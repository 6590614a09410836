// REQ-DECODE-027
// Which end of a conversation is the server: one rule for flows, their events, and the detectors.
//
//   1. the handshake: a SYN goes to the server, a SYN-ACK comes from it; of echoes, the request and the reply
//   2. a service that is known: the policy lists it, the baseline has it, or a handshake was seen to end at it
//      (services.ts)
//   3. the ports: a system port (RFC 6335 section 6) serves another; a port that clients pick for a while is
//      served by one that they do not
//   4. who was seen to send first
//
// So a capture that begins midstream, a connection that was forgotten while it was idle, and a server that speaks
// unasked (DNP3) have the client that they had.
import { Is, Packet, innermost } from "./packet";
import { rank } from "./ports";
import { isService } from "./services";
import { ACK, SYN } from "./tcp";

export const enum Server {
  UNKNOWN = 0,
  SOURCE = 1,
  TARGET = 2,
}

/** Who serves, by the ports alone. */
export function serverByPorts(source: u32, target: u32): u32 {
  const s = rank(source),
    t = rank(target);
  return s == t ? Server.UNKNOWN : s < t ? Server.SOURCE : Server.TARGET;
}

/** Who serves in the conversation that begins with this packet, as far as can be told. */
export function serverOf(k: Packet): u32 {
  if (k.protocol == 6 && k.tcpHeader != 0 && k.tcpFlags & SYN) return k.tcpFlags & ACK ? Server.SOURCE : Server.TARGET;
  if (k.protocol == 1 ? k.icmpType == 0 : k.protocol == 58 && k.icmpType == 129) return Server.SOURCE; // echo reply
  if (!(k.flags & Is.PORTS)) return Server.UNKNOWN;
  const ip = innermost(k),
    source = <u32>k.sourcePort,
    target = <u32>k.destPort;
  const atSource = isService(ip.version, ip.srcHi, ip.srcLo, source, k.protocol),
    atTarget = isService(ip.version, ip.dstHi, ip.dstLo, target, k.protocol);
  if (atSource != atTarget) return atSource ? Server.SOURCE : Server.TARGET;
  return serverByPorts(source, target);
}
