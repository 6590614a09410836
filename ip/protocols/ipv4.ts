// IPv4 (RFC 791).
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [
    {
      id: "IP",
      name: "ip",
      decoder: { file: "onboard/ipv4", function: "ipv4" },
      links: [{ number: 228, name: "IPV4", network: { at: 0, by: "link", type: 0x0800 } }],
      etherTypes: [0x0800],
      ipProtocols: [4],
      often: 1,
    },
  ],
  anomalies: {
    first: 45,
    names: {
      IPV4_TOO_SMALL: "ipv4.pkt_too_small",
      IPV4_VERSION: "ipv4.wrong_ip_version",
      IPV4_HLEN: "ipv4.hlen_too_small",
      IPV4_IPLEN: "ipv4.iplen_smaller_than_hlen",
      IPV4_TRUNC: "ipv4.trunc_pkt",
      IPV4_CHECKSUM: ours("ipv4.bad_checksum"),
      IPV4_RESERVED_FLAG: ours("ipv4.reserved_flag"),
      IPV4_TTL_ZERO: ours("ipv4.ttl_zero"),
      IPV4_OPT_INVALID: "ipv4.opt_invalid",
      IPV4_OPT_LEN: "ipv4.opt_invalid_len",
      IPV4_OPT_MALFORMED: "ipv4.opt_malformed",
      IPV4_OPT_DUPLICATE: "ipv4.opt_duplicate",
      IPV4_OPT_UNKNOWN: "ipv4.opt_unknown",
      IPV4_UNKNOWN_PROTOCOL: "ipv4.unknown_protocol",
      IPV4_ICMPV6: "ipv4.icmpv6",
      IPV4_FRAG_TOO_LARGE: "ipv4.frag_pkt_too_large",
      IPV4_FRAG_OVERLAP: "ipv4.frag_overlap",
      IPV4_FRAG_IGNORED: "ipv4.frag_ignored",
      IPV4_FRAG_TINY: ours("ipv4.frag_tiny", "RFC 1858, RFC 3128"),
      IPV4_FRAG_TIMEOUT: ours("ipv4.frag_timeout"),
      IPV4_FRAG_LENGTH: ours("ipv4.frag_invalid_length", "not a multiple of 8, not the last"),
    },
  },
});
