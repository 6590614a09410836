// The state of a TCP connection as an observer sees it (RFC 9293 section 3.3.2, names of Suricata's EVE), from flags
// alone: sequence numbers are not judged, so that it works on captures with gaps and in one direction.
import { ACK, FIN, RST, SYN } from "./tcp";

export const enum TcpState {
  NONE = 0,
  SYN_SENT,
  SYN_RECV,
  ESTABLISHED,
  FIN_WAIT1,
  CLOSE_WAIT,
  TIME_WAIT,
  CLOSED,
}

/** The state after a segment. `fins`: bit 0 the client, bit 1 the server has sent FIN, this segment included. */
export function nextState(state: u32, flags: u32, toServer: bool, fins: u32): u32 {
  if (flags & RST) return TcpState.CLOSED;
  if (state == TcpState.CLOSED) return state;
  if (fins == 3) return TcpState.TIME_WAIT;
  if (flags & FIN) return toServer ? TcpState.FIN_WAIT1 : TcpState.CLOSE_WAIT;
  switch (state) {
    case TcpState.NONE:
      if (flags & SYN) return flags & ACK ? TcpState.SYN_RECV : TcpState.SYN_SENT;
      return TcpState.ESTABLISHED; // picked up midstream
    case TcpState.SYN_SENT:
      if (flags & SYN) return flags & ACK && !toServer ? TcpState.SYN_RECV : state;
      return flags & ACK ? TcpState.ESTABLISHED : state; // one direction only: the client goes on
    case TcpState.SYN_RECV:
      return flags & ACK && !(flags & SYN) ? TcpState.ESTABLISHED : state;
    default:
      return state;
  }
}
