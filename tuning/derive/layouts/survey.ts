import { layouts, struct, u8, u16, u32, u64, zero } from "../../../appliance/contract/generate/declare.ts";

const Row = struct("Row", 64, "A frame of a batch.", {
  time: u64("", "ns"),
  srcHi: u64(),
  srcLo: u64(),
  dstHi: u64(),
  dstLo: u64(),
  reason: u32("0: well-formed; else nothing that follows is set", "Reason"),
  vlan: u16(),
  version: u8("4 or 6"),
  protocol: u8(),
  srcPort: u16(),
  dstPort: u16("of ICMP: type"),
  payloadLength: u32("", "bytes"),
  pad: zero(8),
});

export default layouts(
  "Survey of frames",
  "What `weir policy derive` is told of each frame by guard's own parser.",
  ["onboard", "ground"],
  [Row],
);
