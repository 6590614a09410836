import { declare } from "../declaration.ts";
import { silence } from "./learned.ts";

export default declare({
  input: "endpoints",
  alerts: [
    {
      name: "silence",
      number: 10,
      about: "periodic traffic that stops",
      signature: "periodic traffic stopped",
      belated: 0,
    },
  ],
  learned: silence,
  place: 6,
});
