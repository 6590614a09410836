import { declare } from "../declaration.ts";
import { shape } from "./learned.ts";

export default declare({
  input: "packet",
  alerts: [
    {
      name: "shape",
      number: 12,
      about: "the traffic's whole feature vector",
      signature: "unusual traffic",
      accuses: ["flow"],
    },
  ],
  learned: shape,
  place: 8,
});
