// Generated from diode/layouts/second.ts by `npm run generate`: do not edit.
//
// A program that takes a frame apart, and tables that say which rules match what was kept of it.

/** What a Step does. `value` is what it reads; a step that finds its condition broken goes on at otherwise. */
export const enum Op {
  TEST = 0, // low <= value <= high
  KEEP = 1, // register = value
  SET = 2, // register = low
  MOVE = 3, // go on `low` bytes further
  LENGTH = 4, // value + low bytes from here are the packet; less than the frame holds only if that holds <= high
  EXACT = 5, // value is what is left of the packet
  SIZE = 6, // register SIZE = what is left behind value + low bytes
  SUM = 7, // the Internet checksum over `low` bytes (0: all that is left) is right; high = 1: with pseudo header
  DIFFER = 8, // source and destination are not the same
}

/** What is kept of a frame. */
export const enum Register {
  VLAN = 0,
  VERSION = 1,
  PROTOCOL = 2,
  SRC_HI = 3,
  SRC_LO = 4,
  DST_HI = 5,
  DST_LO = 6,
  SRC_PORT = 7,
  DST_PORT = 8,
  SIZE = 9,
}

/** 24 bytes. What to read, what it must be, where to go on: always at a later step. */
@unmanaged
export class Step {
  op: u8; // Op
  width: u8; // bytes: to read, big-endian: 0, 1, 2, 4 or 8
  register: u8; // Register
  shift: u8; // bits: to the right, behind the mask
  offset: u16; // bytes: from where the program is
  next: u16; // step, or ACCEPT or REFUSE
  otherwise: u16; // the same
  zero: u16; // zero
  mask: u32; // of a value of at most 4 bytes
  low: u32;
  high: u32;
}

/** The tables, one for each. */
export const enum Dimension {
  PROTOCOL = 0,
  VLAN = 1,
  SIZE = 2,
  DST_PORT = 3,
  SRC_PORT = 4,
  FROM4 = 5,
  TO4 = 6,
  FROM6 = 7,
  TO6 = 8,
}

export const ACCEPT: u32 = 65534; // as next or otherwise: the frame is of a format that may cross
export const REFUSE: u32 = 65535; // as next or otherwise
export const REGISTERS: u32 = 10;
export const DIMENSIONS: u32 = 9;
export const ENTRY: u32 = 32; // bytes of an entry of a table
