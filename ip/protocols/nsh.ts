// Network service headers (RFC 8300).
import { declared } from "../declare.ts";

export default declared({
  protocols: [{ id: "NSH", name: "nsh", decoder: { file: "onboard/tunnels", function: "nsh" }, etherTypes: [0x894f] }],
  anomalies: {
    first: 188,
    names: {
      NSH_TOO_SMALL: "nsh.header_too_small",
      NSH_VERSION: "nsh.unsupported_version",
      NSH_LENGTH: "nsh.bad_header_length",
      NSH_RESERVED: "nsh.reserved_type",
      NSH_TYPE: "nsh.unsupported_type",
      NSH_PAYLOAD: "nsh.unknown_payload",
    },
  },
});
