// PPP over Ethernet (RFC 2516): discovery and session.
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [
    { id: "PPPOED", name: "pppoed", decoder: { file: "onboard/pppoe", function: "discovery" }, etherTypes: [0x8863] },
    {
      id: "PPPOES",
      name: "pppoes",
      decoder: { file: "onboard/pppoe", function: "session" },
      links: [{ number: 51, name: "PPP_ETHER" }],
      etherTypes: [0x8864],
    },
  ],
  anomalies: {
    first: 25,
    names: {
      PPPOE_TOO_SMALL: "pppoe.pkt_too_small",
      PPPOE_WRONG_CODE: "pppoe.wrong_code",
      PPPOE_MALFORMED_TAGS: "pppoe.malformed_tags",
      PPPOE_VERSION: ours("pppoe.wrong_version"),
      PPPOE_LEN_INVALID: ours("pppoe.len_invalid"),
    },
  },
});
