// Generated from appliance/contract/layouts/journal.ts by `npm run generate`: do not edit.
//
// What the sections of journal's part hold.

/** Bits of JournalSettings.flags. */
export const enum JournalFlag {
  KEYED = 1,
}

/** 104 bytes. */
@unmanaged
export class JournalSettings {
  boot: u64; // tells this start of the image from others in the log
  sourceMac: u64; // 48 bits, first byte highest
  collectorMac: u64;
  sourceIp: u32;
  collectorIp: u32; // 0 = no datagrams
  sourcePort: u16;
  collectorPort: u16;
  flags: u32; // JournalFlag
  hostname: u64; // ASCII, zeros behind
  hostname1: u64;
  hostname2: u64;
  hostname3: u64;
  key: u64; // zeros where not KEYED
  key1: u64;
  key2: u64;
  key3: u64;
}
