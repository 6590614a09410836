import { declare } from "../declaration.ts";
import { rate } from "./learned.ts";

export default declare({
  input: "endpoints",
  alerts: [
    {
      name: "rate",
      number: 11,
      about: "packets or bytes of a host or a service outside of what was learned",
      signature: "unusual rate",
      belated: 60 /* its longer window */,
      accuses: ["nobody", "source", "flow"],
    },
  ],
  learned: rate,
  place: 4,
});
