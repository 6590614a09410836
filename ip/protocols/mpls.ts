// MPLS (RFC 3032) and pseudowires (RFC 4385).
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [
    {
      id: "MPLS",
      name: "mpls",
      decoder: { file: "onboard/mpls", function: "mpls" },
      links: [{ number: 219, name: "MPLS" }],
      etherTypes: [0x8847, 0x8848],
      ipProtocols: [137],
    },
    { id: "PW", name: "pwethcw", decoder: { file: "onboard/mpls", function: "pseudowire" } },
  ],
  anomalies: {
    first: 19,
    names: {
      MPLS_TOO_SMALL: "mpls.header_too_small",
      MPLS_PKT_TOO_SMALL: "mpls.pkt_too_small",
      MPLS_ROUTER_ALERT: "mpls.bad_label_router_alert",
      MPLS_IMPLICIT_NULL: "mpls.bad_label_implicit_null",
      MPLS_RESERVED: "mpls.bad_label_reserved",
      MPLS_TOO_MANY: ours("mpls.too_many_labels"),
    },
  },
});
