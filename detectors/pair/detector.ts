import { declare } from "../declaration.ts";
import { pair } from "./learned.ts";

export default declare({
  input: "endpoints",
  alerts: [
    {
      name: "new-pair",
      number: 4,
      about: "two hosts that were never seen talking to each other",
      signature: "hosts that never talked to each other",
      ceiling: 8,
      accuses: ["source", "flow"],
    },
  ],
  learned: pair,
  place: 1,
});
