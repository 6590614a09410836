// VLAN tags (IEEE 802.1Q), by all the EtherTypes that switches use for them.
import { declared } from "../declare.ts";

export default declared({
  protocols: [
    {
      id: "VLAN",
      name: "vlan",
      decoder: { file: "onboard/vlan", function: "vlan" },
      etherTypes: [0x8100, 0x88a8, 0x9100, 0x9200, 0x9300],
      often: 6,
    },
  ],
  anomalies: {
    first: 8,
    names: {
      VLAN_TOO_SMALL: "vlan.header_too_small",
      VLAN_TOO_MANY: "vlan.too_many_layers",
      VLAN_UNKNOWN_TYPE: "vlan.unknown_type",
    },
  },
});
