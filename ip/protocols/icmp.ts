// ICMP (RFC 792).
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [{ id: "ICMP", name: "icmp", decoder: { file: "onboard/icmp", function: "icmp" }, ipProtocols: [1] }],
  anomalies: {
    first: 129,
    names: {
      ICMPV4_TOO_SMALL: "icmpv4.pkt_too_small",
      ICMPV4_TYPE: "icmpv4.unknown_type",
      ICMPV4_CODE: "icmpv4.unknown_code",
      ICMPV4_QUOTE_SMALL: "icmpv4.ipv4_trunc_pkt",
      ICMPV4_QUOTE_VERSION: "icmpv4.ipv4_unknown_ver",
      ICMPV4_CHECKSUM: ours("icmpv4.bad_checksum"),
    },
  },
});
