import { bytes, enumeration, layouts, struct, u16, u32, u64 } from "../generate/declare.ts";

export default layouts(
  "journal's part of the policy",
  "What the sections of journal's part hold.",
  ["onboard", "ground"],
  [
    enumeration("JournalFlag", "Bits of JournalSettings.flags.", { KEYED: 1 }),
    struct("JournalSettings", 104, "", {
      boot: u64("tells this start of the image from others in the log"),
      sourceMac: u64("48 bits, first byte highest"),
      collectorMac: u64(),
      sourceIp: u32(),
      collectorIp: u32("0 = no datagrams"),
      sourcePort: u16(),
      collectorPort: u16(),
      flags: u32("", "JournalFlag"),
      hostname: bytes(32, "ASCII, zeros behind"),
      key: bytes(32, "zeros where not KEYED"),
    }),
  ],
);
