// IEEE 802.11, and what the radio says of a frame.
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [
    {
      id: "WLAN",
      name: "wlan",
      decoder: { file: "onboard/wlan", function: "wlan" },
      links: [{ number: 105, name: "IEEE802_11" }],
    },
    {
      id: "RADIOTAP",
      name: "radiotap",
      decoder: { file: "onboard/wlan", function: "radiotap" },
      links: [{ number: 127, name: "IEEE802_11_RADIOTAP" }],
    },
  ],
  anomalies: {
    first: 199,
    names: {
      WLAN_TOO_SMALL: ours("wlan.pkt_too_small"),
      RADIOTAP_HEADER: ours("radiotap.header_invalid"),
    },
  },
});
