// Sizes of the tables with state. Memory: flows 4,096 x (104 + 4) = 432 KiB, fragments 512 x 120 = 60 KiB.

/** Flows at a time; a power of two. Buckets of 8: when one is full, its flow seen longest ago is forced out. */
export const FLOWS: u32 = 4096;

/** Fragmented packets being put together at a time; a power of two. Windows of 8, the oldest is forced out. */
export const DATAGRAMS: u32 = 512;
