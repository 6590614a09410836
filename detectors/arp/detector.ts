import { declare } from "../declaration.ts";
import { arp } from "./learned.ts";

export default declare({
  input: "endpoints",
  alerts: [
    {
      name: "arp",
      number: 6,
      about: "an address that moves to another MAC, answers nobody asked for",
      signature: "ARP spoofing",
      category: "Potentially Bad Traffic",
      accuses: ["nobody", "source"],
    },
    {
      name: "nd",
      number: 13,
      about: "an IPv6 address that neighbour discovery moves to another MAC",
      signature: "ND spoofing",
      category: "Potentially Bad Traffic",
    },
  ],
  learned: arp,
  place: 3,
});
