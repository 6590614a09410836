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
  ],
  learned: arp,
  place: 3,
});
