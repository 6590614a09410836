// TCP (RFC 9293).
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [
    { id: "TCP", name: "tcp", decoder: { file: "onboard/tcp", function: "tcp" }, ipProtocols: [6], often: 3 },
  ],
  anomalies: {
    first: 104,
    names: {
      TCP_TOO_SMALL: "tcp.pkt_too_small",
      TCP_HLEN: "tcp.hlen_too_small",
      TCP_OPTLEN: "tcp.invalid_optlen",
      TCP_OPT_LEN: "tcp.opt_invalid_len",
      TCP_OPT_DUPLICATE: "tcp.opt_duplicate",
      TCP_CHECKSUM: ours("tcp.bad_checksum"),
      TCP_NO_FLAGS: ours("tcp.flags_null"),
      TCP_SYN_FIN: ours("tcp.flags_syn_fin"),
      TCP_SYN_RST: ours("tcp.flags_syn_rst"),
      TCP_FIN_RST: ours("tcp.flags_fin_rst"),
      TCP_XMAS: ours("tcp.flags_xmas"),
      TCP_FIN_NO_ACK: ours("tcp.flags_fin_no_ack"),
      TCP_RESERVED: ours("tcp.reserved_bits"),
      TCP_URG: ours("tcp.urgent_without_flag"),
      TCP_PORT_ZERO: ours("tcp.port_zero"),
    },
  },
});
