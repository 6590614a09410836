// Ethernet II and IEEE 802.3.
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [
    {
      id: "ETH",
      name: "eth",
      decoder: { file: "onboard/ethernet", function: "ethernet" },
      links: [{ number: 1, name: "ETHERNET", network: { at: 14, by: "ethertype", typeAt: 12, isTagged: true } }],
      etherTypes: [0x6558],
      ipProtocols: [143],
      often: 2,
    },
  ],
  anomalies: {
    first: 4,
    names: {
      ETHERNET_TOO_SMALL: "ethernet.pkt_too_small",
      ETHERNET_UNKNOWN_TYPE: "ethernet.unknown_ethertype",
      ETHERNET_LEN_INVALID: ours("ethernet.len_invalid", "802.3 length beyond the frame, or none"),
      ETHERNET_SRC_MULTICAST: ours("ethernet.src_multicast"),
    },
  },
});
