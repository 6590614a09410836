// What an ICMP error says of what it quotes: RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1, RFC 4443
// section 3. A refusal says that the target, or a firewall in front of it, does not want it. An error of the path says
// that it did not get there, of which an outage may be the cause. Path MTU discovery (3/4, v6 type 2) says neither:
// RFC 1191, RFC 8201. All others (time exceeded, redirects, parameter problems but for the next header) say neither.
import { Kind } from "./kinds";

export const enum Says {
  NOTHING = 0,
  REFUSED = 1,
  PATH = 2,
}

export function saysOf(version: u32, type: u32, code: u32, kind: u32): u32 {
  return version == 4 ? ofIpv4(type, code, kind) : ofIpv6(type, code, kind);
}

function ofIpv4(type: u32, code: u32, kind: u32): u32 {
  if (type != 3) return Says.NOTHING;
  switch (code) {
    case 2: // protocol
      return kind == Kind.ICMP ? Says.NOTHING : Says.REFUSED;
    case 3: // port
      return kind >= <u32>Kind.ICMP ? Says.NOTHING : Says.REFUSED;
    case 9: // administratively prohibited
    case 10:
    case 13:
      return Says.REFUSED;
    case 0: // network or host: unreachable, unknown, isolated, not for this type of service
    case 1:
    case 5:
    case 6:
    case 7:
    case 8:
    case 11:
    case 12:
      return Says.PATH;
    default:
      return Says.NOTHING;
  }
}

function ofIpv6(type: u32, code: u32, kind: u32): u32 {
  if (type == 4) return code == 1 && kind == Kind.PROTOCOL ? Says.REFUSED : Says.NOTHING; // next header
  if (type != 1) return Says.NOTHING;
  switch (code) {
    case 4: // port
      return kind >= <u32>Kind.ICMP ? Says.NOTHING : Says.REFUSED;
    case 1: // administratively prohibited, policy, reject route
    case 5:
    case 6:
      return Says.REFUSED;
    case 0: // no route, beyond the scope, address
    case 2:
    case 3:
      return Says.PATH;
    default:
      return Says.NOTHING;
  }
}
