// The classes of frames: five by protocol (ARP, other without IP, TCP, UDP, other IP), and services: protocol, lower
// port and direction, over all hosts (ARP by operation, ICMP by type, other frames by EtherType).
import { Is, Packet } from "../../../ip/onboard/packet";

/** ARP; other without IP; TCP; UDP; other IP. */
function protocolOf(k: Packet): u32 {
  if (k.ips == 0) return k.arpOp != 0 ? 0 : 1;
  return k.protocol == 6 ? 2 : k.protocol == 17 ? 3 : 4;
}

/** Key of the frame's service, not 0; its low byte is the protocol's class. */
export function serviceOf(k: Packet): u64 {
  const protocol = <u64>protocolOf(k);
  if (k.ips == 0) return ((<u64>1) << 48) | ((<u64>(protocol == 0 ? k.arpOp : k.etherType)) << 8) | protocol;
  if (k.flags & Is.PORTS) {
    const source = <u64>k.sourcePort,
      dest = <u64>k.destPort;
    const answer: u64 = source < dest ? 1 : 0;
    return ((<u64>2) << 48) | (answer << 40) | ((answer ? source : dest) << 8) | ((<u64>k.protocol) << 24) | protocol;
  }
  return ((<u64>3) << 48) | ((<u64>k.protocol) << 24) | ((<u64>k.icmpType) << 8) | protocol;
}
