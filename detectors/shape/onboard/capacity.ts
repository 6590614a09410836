// Sizes of the shape detector's tables, powers of two; in each the stalest of eight neighbours makes room. All of its
// memory, about 925 KiB:
//
//   senders  1,024 x 72 =  72 KiB    sockets  4,096 x  72 = 288 KiB    model              52 KiB
//   addresses 1,024 x 72 = 72 KiB   pairs    1,024 x 120 = 120 KiB    what is learned   106 KiB
//   channels 2,048 x 104 = 208 KiB
export const SENDERS: u32 = 1024; // MAC and IP address together
export const ADDRESSES: u32 = 1024;
export const CHANNELS: u32 = 2048; // source to destination
export const SOCKETS: u32 = 4096; // with protocol and ports
export const PAIRS: u32 = 1024; // both directions of a channel
