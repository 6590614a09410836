// UDP (RFC 768) and UDP-Lite (RFC 3828).
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [
    { id: "UDP", name: "udp", decoder: { file: "onboard/udp", function: "udp" }, ipProtocols: [17], often: 4 },
    { id: "UDPLITE", name: "udplite", decoder: { file: "onboard/udp", function: "udplite" }, ipProtocols: [136] },
  ],
  anomalies: {
    first: 119,
    names: {
      UDP_HLEN_SMALL: "udp.hlen_too_small",
      UDP_TOO_SMALL: "udp.pkt_too_small",
      UDP_HLEN: "udp.hlen_invalid",
      UDP_LEN: "udp.len_invalid",
      UDP_CHECKSUM: ours("udp.bad_checksum"),
      UDP_PORT_ZERO: ours("udp.port_zero"),
      UDP_NO_CHECKSUM: ours("udp.no_checksum_ipv6", "RFC 8200 section 8.1"),
      UDPLITE_TOO_SMALL: ours("udplite.pkt_too_small"),
      UDPLITE_COVERAGE: ours("udplite.coverage_invalid", "RFC 3828 section 3.1"),
      UDPLITE_CHECKSUM: ours("udplite.bad_checksum"),
    },
  },
});
