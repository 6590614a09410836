// ICMPv6 (RFC 4443), neighbour discovery (RFC 4861) in it.
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [
    { id: "ICMPV6", name: "icmpv6", decoder: { file: "onboard/icmpv6", function: "icmpv6" }, ipProtocols: [58] },
  ],
  anomalies: {
    first: 135,
    names: {
      ICMPV6_TOO_SMALL: "icmpv6.pkt_too_small",
      ICMPV6_CODE: "icmpv6.unknown_code",
      ICMPV6_QUOTE_SMALL: "icmpv6.ipv6_trunc_pkt",
      ICMPV6_QUOTE_VERSION: "icmpv6.ipv6_unknown_version",
      ICMPV6_EXPERIMENTAL: "icmpv6.experimentation_type",
      ICMPV6_UNASSIGNED: "icmpv6.unassigned_type",
      ICMPV6_MLD_HOP_LIMIT: "icmpv6.mld_message_with_invalid_hl",
      ICMPV6_CHECKSUM: ours("icmpv6.bad_checksum"),
      ICMPV6_NDP_HOP_LIMIT: ours("icmpv6.ndp_invalid_hl", "RFC 4861 sections 6.1, 7.1, 8.1"),
      ICMPV6_NDP_LENGTH: ours("icmpv6.ndp_too_small"),
      ICMPV6_NDP_OPTION: ours("icmpv6.ndp_invalid_optlen"),
      ICMPV6_NDP_CODE: ours("icmpv6.ndp_invalid_code"),
    },
  },
});
