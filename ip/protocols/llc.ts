// IEEE 802.2 LLC, and what it announces.
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [
    { id: "LLC", name: "llc", decoder: { file: "onboard/llc", function: "llc" } },
    { id: "STP", name: "stp" },
    { id: "CDP", name: "cdp" },
    { id: "VTP", name: "vtp" },
    { id: "DTP", name: "dtp" },
    { id: "UDLD", name: "udld" },
    { id: "EDP", name: "edp" },
    { id: "DDP", name: "ddp" },
    { id: "ISIS", name: "osi" },
    { id: "IPX", name: "ipx", etherTypes: [0x8137] },
    { id: "NETBIOS", name: "netbios" },
  ],
  anomalies: {
    first: 17,
    names: {
      LLC_TOO_SMALL: ours("llc.pkt_too_small"),
      LLC_UNKNOWN_OUI: ours("llc.unknown_oui"),
    },
  },
});
