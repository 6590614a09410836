// PPP (RFC 1661).
import { declared } from "../declare.ts";

export default declared({
  protocols: [
    {
      id: "PPP",
      name: "ppp",
      decoder: { file: "onboard/ppp", function: "ppp" },
      links: [
        { number: 9, name: "PPP" },
        { number: 50, name: "PPP_HDLC" },
      ],
    },
  ],
  anomalies: {
    first: 30,
    names: {
      PPP_TOO_SMALL: "ppp.pkt_too_small",
      PPP_UNSUP_PROTO: "ppp.unsup_proto",
      PPP_WRONG_TYPE: "ppp.wrong_type",
    },
  },
});
