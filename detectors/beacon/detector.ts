import { declare } from "../declaration.ts";
import { beacon } from "./learned.ts";

export default declare({
  input: "endpoints",
  alerts: [
    {
      name: "beacon",
      number: 9,
      about: "regular connections of a host that was not known to make them",
      signature: "beaconing",
      belated: 0,
      accuses: ["nobody", "source"],
    },
  ],
  learned: beacon,
  place: 5,
  untaught: true,
});
