// What guard keeps of a frame: the fields from which a new one is made. What is not here does not cross.

@unmanaged
export class Fields {
  srcHi: u64;
  srcLo: u64; // IPv4: hi = 0, lo = the 32 bits
  dstHi: u64;
  dstLo: u64;
  macSrc: u64; // 48 bits; for events, and who is in quarantine at one of them only
  macDst: u64;
  payload: usize; // behind the transport header; untrusted bytes
  payloadLength: u32;
  known: i32; // Known: how far parsing came, for events
  etherType: u32;
  vlan: u32; // 0-4094, or UNTAGGED
  version: u32; // 4 or 6
  protocol: u32;
  srcPort: u32; // 0 where there are none
  dstPort: u32; // of ICMP: the type
  sequence: u32; // TCP; of ICMP echo: identifier and sequence number
  acknowledgement: u32;
  flags: u32; // TCP: FIN SYN RST PSH ACK
  window: u32;
}

export const enum Known {
  NOTHING = 0,
  MAC = 1,
  ADDRESSES = 2,
  PORTS = 3,
}

export const FIELDS: u32 = 112;
