import { declare } from "../declaration.ts";

export default declare({
  input: "endpoints",
  alerts: [
    {
      name: "scan",
      number: 1,
      about: "port or host scan",
      signature: "port or host scan",
      category: "Detection of a Network Scan",
      belated: true,
      fixed: true,
      accuses: ["nobody", "source"],
    },
  ],
});
