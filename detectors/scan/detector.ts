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
      belated: 4 /* an attempt's time to be answered: onboard/scan.ts */,
      fixed: true,
      accuses: ["nobody", "source"],
    },
  ],
});
