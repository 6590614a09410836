import { declare } from "../declaration.ts";
import { content } from "./learned.ts";

export default declare({
  input: "endpoints",
  alerts: [
    {
      name: "content",
      number: 16,
      about: "what a known conversation never said: functions, objects, values; counters of publishers",
      signature: "unusual content",
      category: "Potentially Bad Traffic",
      accuses: ["nobody", "flow"],
    },
  ],
  learned: content,
  place: 9,
  untaught: true,
});
