// SCTP (RFC 9260).
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [{ id: "SCTP", name: "sctp", decoder: { file: "onboard/sctp", function: "sctp" }, ipProtocols: [132] }],
  anomalies: {
    first: 152,
    names: {
      SCTP_TOO_SMALL: "sctp.pkt_too_small",
      SCTP_CHUNK_SMALL: "sctp.chunk_too_small",
      SCTP_CHUNK_LEN: "sctp.chunk_len_invalid",
      SCTP_TOO_MANY: "sctp.too_many_chunks",
      SCTP_INIT_VTAG: "sctp.init_with_non_zero_vtag",
      SCTP_INIT_BUNDLED: "sctp.init_chunk_bundled",
      SCTP_ZERO_VTAG: "sctp.data_with_zero_vtag",
      SCTP_CHECKSUM: ours("sctp.bad_checksum"),
    },
  },
});
