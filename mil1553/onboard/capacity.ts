// Every fixed capacity of the MIL-STD-1553 / Chapter 10 decoder, and what happens when it is reached. All of this
// memory is static; the sum stays under 400 KiB (checked by capacity.test.ts against the compiled module).
//
//   what                     entries x bytes        when full
//   stream buffer            1 x 65,568             a larger packet is read as it passes; one of times skipped, named
//   assembly buffer          1 x 65,536             a larger packet is skipped, named
//   reassembly blocks        40 x 4,096             the packet that was touched longest ago is given up, named
//   reassembly slots         24 x 304               the same
//   UDP flows                32 x 144               the flow seen longest ago is forgotten, with its open packets
//   recorders                16 x 72                the recorder seen longest ago is forgotten, with its clock
//   channels (buses)         512 x 168              the one seen longest ago of the eight in its set is forgotten
//   TMATS measurements       256 x 40               further ones are not read: their channels have no names
//   TMATS buses              32 x 72                the same
//   waiting anomalies        64 x 24                further ones of the same step are counted, then named as a number

/** Largest packet that is looked into; a 1553 packet of 100 ms of a fully loaded bus has about 12 KB. */
export const PACKET_CAPACITY: u32 = 65536;
/** The packet and the header behind it: whether one follows tells if a damaged packet had its length right. */
export const STREAM_BUFFER: u32 = PACKET_CAPACITY + 32;
/**
 * RCC 106-17 10.6.1.1 c: 524,288 bytes for all but computer-generated packets. A header that says more is not believed.
 */
export const LONGEST_PACKET: u32 = 524288;
/** The same section: 134,217,728 bytes for those. Of them TMATS is read, from files, as it comes. */
export const LONGEST_SETUP: u32 = 134217728;

export const BLOCK: u32 = 4096;
export const BLOCKS: u32 = 40;
export const BLOCKS_PER_PACKET: u32 = PACKET_CAPACITY / BLOCK;
export const SLOTS: u32 = 24;
/** Stretches of bytes, apart from each other, that one packet under reassembly may consist of. */
export const PIECES: u32 = 24;
/** A packet under reassembly that got nothing for so long (record time, ns) is given up. */
export const REASSEMBLY_TIMEOUT: u64 = 2000000000;
export const FLOWS: u32 = 32;

export const RECORDERS: u32 = 16;
export const CHANNEL_SETS: u32 = 64;
export const CHANNEL_WAYS: u32 = 8;
export const CHANNELS: u32 = CHANNEL_SETS * CHANNEL_WAYS;
export const NAME: u32 = 32; // bytes of a channel's name
export const TMATS_ENTRIES: u32 = 256;
export const TMATS_GROUPS: u32 = 32;
export const WAITING: u32 = 64;

/** Failed candidates for a header that are looked at inside one damaged packet: bounds the work a forger can cause. */
export const RESCAN_BUDGET: u32 = 8;
