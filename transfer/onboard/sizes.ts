// The frame of a transfer through the diode: the payload of a UDP datagram, always of the same length. Little-endian.
//
//    0  u8 'W', u8 version        16  u64 sequence number, of this boot, from 1
//    2  u8 Type, u8 zero          24  u32 block
//    4  u64 boot of the sender    28  u8 index in its block, u8 k, u8 m, u8 interleave
//   12  u32 zero                  32  a shard     1456  the first 16 bytes of HMAC-SHA-256 over all before
//
// A shard: u16 bytes of its body, u8 Kind, u8 zero, u32 stream, body, zeros. Shards of data are the code's input and
// stand by themselves: whichever arrives, or is calculated, can be used at once. Blocks are sent interleaved, so that a
// burst of losses takes a little of each: first the shards 0 of a window's blocks, then the shards 1, ...
export const FRAME: u32 = 1472;
export const SHARD_AT: u32 = 32;
export const SHARD: u32 = 1424;
export const MAC_AT: u32 = 1456;
export const MAC: u32 = 16;
export const KEY_SIZE: u32 = 32; // of the HMAC
export const LARGEST_DATAGRAM: u32 = 65536; // what the hosts may hand over
export const BODY_AT: u32 = 8; // in a shard
export const MOST_BODY: u32 = SHARD - BODY_AT;
export const MOST_BYTES: u32 = MOST_BODY - 8; // of data in a shard
export const MOST_NAME: u32 = 128;

export const VERSION: u32 = 1;
export const MOST_DATA: u32 = 32;
export const MOST_PARITY: u32 = 8;
export const MOST_BLOCKS: u32 = 16; // interleaved

export const enum Type {
  DATA = 1, // a shard of data, or behind k, of parity: then k is how many shards of data the block has
  HEARTBEAT = 2, // counters, each second: the sender's are u64 frames, bytes, clock; the relay's are in relay.ts
  IDLE = 3, // nothing: to wake up what is between
}

export const enum Kind {
  NONE = 0, // fills up a block
  MANIFEST = 1, // u64 size (all ones: not known), 32 bytes SHA-256 (zeros: not known), u8 length of name, name
  DATA = 2, // u64 offset, bytes
  END = 3, // u64 size, 32 bytes SHA-256 of all, in the order of the frames
}

/** Why a datagram goes no further; in the order in which it is looked at. */
export const enum Refused {
  NONE = 0,
  LENGTH,
  VERSION, // first bytes are another protocol's
  FIELD, // a value that no sender writes
  MAC, // not by who has the key, or changed
  BOOT, // of an earlier boot of the sender
  REPLAY, // this sequence number was here before, or is long past
}
export const REFUSALS: u32 = 7;
