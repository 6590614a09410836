// Address resolution (RFC 826); of the reverse (RFC 903) the name only.
import { declared } from "../declare.ts";

export default declared({
  protocols: [
    { id: "ARP", name: "arp", decoder: { file: "onboard/arp", function: "arp" }, etherTypes: [0x0806], often: 7 },
    { id: "RARP", name: "rarp", etherTypes: [0x8035] },
  ],
  anomalies: {
    first: 33,
    names: {
      ARP_TOO_SMALL: "arp.pkt_too_small",
      ARP_HARDWARE: "arp.unsupported_hardware",
      ARP_PROTOCOL: "arp.unsupported_protocol",
      ARP_INVALID: "arp.invalid_pkt",
      ARP_HARDWARE_SIZE: "arp.invalid_hardware_size",
      ARP_PROTOCOL_SIZE: "arp.invalid_protocol_size",
      ARP_OPCODE: "arp.unsupported_opcode",
    },
  },
});
