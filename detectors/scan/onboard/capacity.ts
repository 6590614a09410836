// Sizes of the scan detector's tables, all powers of two.
export const SOURCES: u32 = 512; // sources followed at once; which of 8 neighbours makes room: scan.ts
export const PENDING: u32 = 1024; // first contacts without outcome; the oldest makes room
export const SLOTS: u32 = 4096;
export const CONTACTS: u32 = 8192; // (source, host, port) remembered as not new
