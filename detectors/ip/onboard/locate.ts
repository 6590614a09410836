// The addresses of a packet in a finding.
import { Is, Packet, innermost } from "../../../ip/onboard/packet";
import { Finding, Subject } from "../../onboard/finding";

/** The finding is about the packet's addresses from now on. */
export function describe(f: Finding, k: Packet): void {
  f.subject = Subject.HOSTS;
  locate(f, k);
}

export function locate(f: Finding, k: Packet): void {
  if (k.ips != 0) {
    const ip = innermost(k);
    f.version = <u8>ip.version;
    f.srcHi = ip.srcHi;
    f.srcLo = ip.srcLo;
    f.dstHi = ip.dstHi;
    f.dstLo = ip.dstLo;
    f.protocol = k.protocol;
    f.port = k.flags & Is.PORTS ? k.destPort : 0;
    f.hasDest = 1;
  } else if (k.arpOp != 0) {
    f.version = 4;
    f.srcLo = k.arpSenderIp;
    f.dstLo = k.arpTargetIp;
    f.hasDest = 1;
  }
}
