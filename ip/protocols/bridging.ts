// Headers that switches put in front of a frame.
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [
    {
      id: "PBB",
      name: "ieee8021ah",
      decoder: { file: "onboard/bridging", function: "providerBackbone" },
      etherTypes: [0x88e7],
    },
    { id: "VNTAG", name: "vntag", decoder: { file: "onboard/bridging", function: "vnTag" }, etherTypes: [0x8926] },
    { id: "ETAG", name: "ieee8021br", decoder: { file: "onboard/bridging", function: "eTag" }, etherTypes: [0x893f] },
    { id: "CFP", name: "cfp", decoder: { file: "onboard/bridging", function: "fabricPath" }, etherTypes: [0x8903] },
  ],
  anomalies: {
    first: 11,
    names: {
      PBB_TOO_SMALL: "ieee8021ah.header_too_small",
      VNTAG_TOO_SMALL: "vntag.header_too_small",
      VNTAG_UNKNOWN_TYPE: "vntag.unknown_type",
      ETAG_TOO_SMALL: "etag.header_too_small",
      ETAG_UNKNOWN_TYPE: "etag.unknown_type",
      CFP_TOO_SMALL: ours("cfp.header_too_small"),
    },
  },
});
