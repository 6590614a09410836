// BSD loopback and raw IP.
import { declared } from "../declare.ts";

export default declared({
  protocols: [
    {
      id: "NULL",
      name: "null",
      decoder: { file: "onboard/loopback", function: "loopback" },
      links: [{ number: 0, name: "NULL", network: { at: 4, by: "family" } }],
    },
    {
      id: "LOOP",
      name: "null",
      decoder: { file: "onboard/loopback", function: "loopback" },
      links: [{ number: 108, name: "LOOP", network: { at: 4, by: "family" } }],
    },
    {
      id: "RAW",
      name: "raw",
      decoder: { file: "onboard/loopback", function: "raw" },
      links: [{ number: 101, name: "RAW", also: [12, 14], network: { at: 0, by: "version" } }],
    },
  ],
  anomalies: {
    first: 42,
    names: {
      LTNULL_TOO_SMALL: "ltnull.pkt_too_small",
      LTNULL_TYPE: "ltnull.unsupported_type",
      IPRAW_VERSION: "ipraw.invalid_ip_version",
    },
  },
});
