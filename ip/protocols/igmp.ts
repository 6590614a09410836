// IGMP (RFC 3376).
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [{ id: "IGMP", name: "igmp", decoder: { file: "onboard/igmp", function: "igmp" }, ipProtocols: [2] }],
  anomalies: {
    first: 147,
    names: {
      IGMP_TOO_SMALL: "igmp.pkt_too_small",
      IGMP_MALFORMED: "igmp.malformed",
      IGMP_V3_TOO_SMALL: "igmp.v3_pkt_too_small",
      IGMP_CHECKSUM: ours("igmp.bad_checksum"),
      IGMP_TYPE: ours("igmp.unknown_type"),
    },
  },
});
