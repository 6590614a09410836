// DCCP (RFC 4340).
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [{ id: "DCCP", name: "dccp", decoder: { file: "onboard/dccp", function: "dccp" }, ipProtocols: [33] }],
  anomalies: {
    first: 160,
    names: {
      DCCP_TOO_SMALL: ours("dccp.pkt_too_small"),
      DCCP_OFFSET: ours("dccp.invalid_offset"),
      DCCP_CHECKSUM: ours("dccp.bad_checksum"),
    },
  },
});
