import { declare } from "../declaration.ts";
import { flood } from "./learned.ts";

export default declare({
  input: "endpoints",
  alerts: [
    {
      name: "flood",
      number: 5,
      about: "SYN, UDP or ICMP flood towards one host",
      signature: "flood",
      category: "Detection of a Denial of Service Attack",
      ceiling: 3,
      belated: 0,
    },
  ],
  learned: flood,
  place: 2,
});
