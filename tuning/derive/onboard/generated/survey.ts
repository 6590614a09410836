// Generated from tuning/derive/layouts/survey.ts by `npm run generate`: do not edit.
//
// What `weir policy derive` is told of each frame by guard's own parser.

/** 64 bytes. A frame of a batch. */
@unmanaged
export class Row {
  time: u64; // ns
  srcHi: u64;
  srcLo: u64;
  dstHi: u64;
  dstLo: u64;
  reason: u32; // Reason: 0: well-formed; else nothing that follows is set
  vlan: u16;
  version: u8; // 4 or 6
  protocol: u8;
  srcPort: u16;
  dstPort: u16; // of ICMP: type
  payloadLength: u32; // bytes
  pad: u64; // zero
}
