// Linux cooked captures, version 1 and 2.
import { declared } from "../declare.ts";

export default declared({
  protocols: [
    {
      id: "SLL",
      name: "sll",
      decoder: { file: "onboard/cooked", function: "cooked" },
      links: [{ number: 113, name: "LINUX_SLL", network: { at: 16, by: "ethertype", typeAt: 14 } }],
    },
    {
      id: "SLL2",
      name: "sll",
      decoder: { file: "onboard/cooked", function: "cooked2" },
      links: [{ number: 276, name: "LINUX_SLL2", network: { at: 20, by: "ethertype", typeAt: 0 } }],
    },
  ],
  anomalies: {
    first: 40,
    names: {
      SLL_TOO_SMALL: "sll.pkt_too_small",
      SLL2_TOO_SMALL: "sll2.pkt_too_small",
    },
  },
});
