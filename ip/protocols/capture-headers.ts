// Headers of systems that capture: PPI, PKTAP, NFLOG, pppd.
import { declared, ours } from "../declare.ts";

const FILE = "onboard/capture-headers";

export default declared({
  protocols: [
    { id: "PPI", name: "ppi", decoder: { file: FILE, function: "ppi" }, links: [{ number: 192, name: "PPI" }] },
    { id: "PKTAP", name: "pktap", decoder: { file: FILE, function: "pktap" }, links: [{ number: 258, name: "PKTAP" }] },
    { id: "NFLOG", name: "nflog", decoder: { file: FILE, function: "nflog" }, links: [{ number: 239, name: "NFLOG" }] },
    {
      id: "PPPD",
      name: "ppp",
      decoder: { file: FILE, function: "pppd" },
      links: [
        { number: 166, name: "PPP_PPPD" },
        { number: 204, name: "PPP_WITH_DIR" },
      ],
    },
  ],
  anomalies: {
    first: 201,
    names: {
      PPI_HEADER: ours("ppi.header_invalid"),
      PKTAP_HEADER: ours("pktap.header_invalid"),
      NFLOG_HEADER: ours("nflog.header_invalid"),
    },
  },
});
