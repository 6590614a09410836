import { declare } from "../declaration.ts";

const category = "Potentially Bad Traffic";

// Whoever says something first may be the one who attacks, and each of these names others than who sends it: nobody is accused.
export default declare({
  input: "endpoints",
  untaught: true,
  alerts: [
    {
      name: "rogue-router",
      number: 14,
      about: "a router advertisement of a router that was not there, or that takes another's place",
      signature: "rogue router advertisement",
      category,
    },
    {
      name: "ra-flood",
      number: 15,
      about: "more router advertisements than routers send",
      signature: "flood of router advertisements",
      category: "Attempted Denial of Service",
    },
    {
      name: "rogue-dhcp",
      number: 18,
      about: "answers of a DHCP server that was not there",
      signature: "rogue DHCP server",
      category,
    },
    {
      name: "dhcp-starvation",
      number: 17,
      about: "DHCP clients that are too many, or never come",
      signature: "DHCP starvation",
      category: "Attempted Denial of Service",
    },
  ],
});
