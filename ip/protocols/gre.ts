// GRE (RFC 2784, RFC 2890; version 1: RFC 2637).
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [{ id: "GRE", name: "gre", decoder: { file: "onboard/gre", function: "gre" }, ipProtocols: [47] }],
  anomalies: {
    first: 163,
    names: {
      GRE_TOO_SMALL: "gre.pkt_too_small",
      GRE_VERSION: "gre.wrong_version",
      GRE_V0_RECUR: "gre.version0_recur",
      GRE_V0_FLAGS: "gre.version0_flags",
      GRE_V0_TOO_BIG: "gre.version0_hdr_too_big",
      GRE_V0_SRE: "gre.version0_malformed_sre_hdr",
      GRE_V1_CHKSUM: "gre.version1_chksum",
      GRE_V1_ROUTE: "gre.version1_route",
      GRE_V1_SSR: "gre.version1_ssr",
      GRE_V1_RECUR: "gre.version1_recur",
      GRE_V1_FLAGS: "gre.version1_flags",
      GRE_V1_NO_KEY: "gre.version1_no_key",
      GRE_V1_PROTOCOL: "gre.version1_wrong_protocol",
      GRE_V1_TOO_BIG: "gre.version1_hdr_too_big",
      GRE_CHECKSUM: ours("gre.bad_checksum"),
    },
  },
});
