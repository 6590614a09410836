// GTP-U (3GPP TS 29.281); of its control plane and GTP' the names only.
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [
    { id: "GTP", name: "gtp", decoder: { file: "onboard/gtp", function: "gtp" } },
    { id: "GTP_CONTROL", name: "gtp" },
    { id: "GTP_PRIME", name: "gtpprime" },
  ],
  anomalies: {
    first: 185,
    names: {
      GTP_TOO_SMALL: ours("gtp.pkt_too_small"),
      GTP_LENGTH: ours("gtp.len_invalid"),
      GTP_EXTENSION: ours("gtp.malformed_extension"),
    },
  },
});
