import { declare } from "../declaration.ts";
import { tunnel } from "./learned.ts";

export default declare({
  input: "endpoints",
  alerts: [
    {
      name: "dns-tunnel",
      number: 7,
      about: "data in names and answers of DNS",
      signature: "tunnel through DNS",
      category: "Potentially Bad Traffic",
      ceiling: 3,
      accuses: ["nobody", "source", "flow"],
    },
    {
      name: "icmp-tunnel",
      number: 8,
      about: "data in ICMP echoes",
      signature: "tunnel through ICMP",
      category: "Potentially Bad Traffic",
      ceiling: 3,
      accuses: ["nobody", "source", "flow"],
    },
    {
      name: "nxdomain",
      number: 19,
      about: "domains that do not exist",
      signature: "many domains that do not exist",
      category: "Potentially Bad Traffic",
      ceiling: 3,
    },
  ],
  learned: tunnel,
  place: 7,
  untaught: true,
});
