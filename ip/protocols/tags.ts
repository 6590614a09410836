// Tags of redundant rings (IEC 62439-3) and of Cisco's switches; PRP's supervision frames are named only (named.ts).
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [
    { id: "HSR", name: "hsr", decoder: { file: "onboard/tags", function: "hsr" }, etherTypes: [0x892f] },
    { id: "CMD", name: "cmd", decoder: { file: "onboard/tags", function: "ciscoMetadata" }, etherTypes: [0x8909] },
    { id: "CMD_GRE", name: "cmd", decoder: { file: "onboard/tags", function: "ciscoMetadataInGre" } },
    { id: "ISL", name: "isl", decoder: { file: "onboard/tags", function: "interSwitchLink" } },
  ],
  anomalies: {
    first: 196,
    names: {
      HSR_TOO_SMALL: ours("hsr.header_too_small"),
      CMD_TOO_SMALL: ours("cmd.header_too_small"),
      ISL_TOO_SMALL: ours("isl.pkt_too_small"),
    },
  },
});
