import { declare } from "../declaration.ts";

export default declare({
  input: "endpoints",
  alerts: [
    {
      name: "new-host",
      number: 2,
      about: "a source that policy or baseline does not list",
      signature: "new host",
      fixed: true,
      accuses: ["source"],
    },
    {
      name: "new-service",
      number: 3,
      about: "a service that they do not list",
      signature: "new service",
      fixed: true,
      accuses: ["flow"],
    },
  ],
});
