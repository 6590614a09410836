// What can be wrong with a frame whatever is in it.
import { declared, ours } from "../declare.ts";

export default declared({
  protocols: [],
  anomalies: {
    first: 1,
    names: {
      TOO_MANY_LAYERS: "too_many_layers",
      TOO_MANY_TUNNELS: ours("too_many_tunnels"),
      UNKNOWN_LINKTYPE: ours("unknown_linktype"),
    },
  },
});
