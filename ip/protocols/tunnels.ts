// What carries Ethernet or IP in GRE or UDP: ERSPAN, VXLAN (RFC 7348), GENEVE (RFC 8926), Teredo (RFC 4380).
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [
    { id: "ERSPAN", name: "erspan", decoder: { file: "onboard/tunnels", function: "erspan" } },
    { id: "ERSPAN_I", name: "erspan", is: "ETH" },
    { id: "VXLAN", name: "vxlan", decoder: { file: "onboard/tunnels", function: "vxlan" } },
    { id: "VXLAN_GPE", name: "vxlan", decoder: { file: "onboard/tunnels", function: "vxlanGpe" } },
    { id: "GENEVE", name: "geneve", decoder: { file: "onboard/tunnels", function: "geneve" } },
    { id: "TEREDO", name: "teredo", decoder: { file: "onboard/tunnels", function: "teredo" } },
  ],
  anomalies: {
    first: 178,
    names: {
      ERSPAN_TOO_SMALL: "erspan.header_too_small",
      ERSPAN_VERSION: "erspan.unsupported_version",
      VXLAN_PAYLOAD: "vxlan.unknown_payload_type",
      VXLAN_TOO_SMALL: ours("vxlan.pkt_too_small"),
      GENEVE_PAYLOAD: "geneve.unknown_payload_type",
      GENEVE_TOO_SMALL: ours("geneve.pkt_too_small"),
      GENEVE_OPTIONS: ours("geneve.malformed_options"),
    },
  },
});
