// Frame Relay (Q.922, RFC 2427).
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [
    {
      id: "FRELAY",
      name: "fr",
      decoder: { file: "onboard/frame-relay", function: "frameRelay" },
      links: [{ number: 107, name: "FRELAY" }],
    },
  ],
  anomalies: {
    first: 204,
    names: {
      FRELAY_TOO_SMALL: ours("fr.pkt_too_small"),
      FRELAY_ADDRESS: ours("fr.invalid_address"),
    },
  },
});
