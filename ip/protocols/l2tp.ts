// L2TP version 2 (RFC 2661) over UDP: tunnels of PPP.
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [{ id: "L2TP_UDP", name: "l2tp", decoder: { file: "onboard/l2tp", function: "l2tp" } }],
  anomalies: {
    first: 194,
    names: {
      L2TP_TOO_SMALL: ours("l2tp.pkt_too_small"),
      L2TP_LENGTH: ours("l2tp.len_invalid"),
    },
  },
});
