// Sizes of the shape detector's tables, powers of two; in each the stalest of eight neighbours makes room.
export const SENDERS: u32 = 1024;  // MAC and IP address together
export const ADDRESSES: u32 = 1024;
export const CHANNELS: u32 = 2048; // source to destination
export const SOCKETS: u32 = 4096;  // with protocol and ports
export const PAIRS: u32 = 1024;    // both directions of a channel
