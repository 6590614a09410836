// Generated from diode/layouts/reasons.ts by `npm run generate`: do not edit.
//
// Why guard does not pass a frame.

export const enum Reason {
  NONE = 0,
  LINK = 1,
  CUT = 2,
  TOO_SHORT = 3,
  VLAN = 4,
  ETHERTYPE = 5,
  IP_VERSION = 6,
  IP_LENGTH = 7,
  IP_OPTIONS = 8,
  IP_FLAGS = 9,
  IP_CHECKSUM = 10,
  FRAGMENT = 11,
  TTL = 12,
  ADDRESS = 13,
  EXTENSION = 14,
  TRAILING = 15,
  UDP_LENGTH = 16,
  TCP_HEADER = 17,
  TCP_FLAGS = 18,
  ICMP_TYPE = 19,
  CHECKSUM = 20,
  PORT = 21,
  MTU = 22,
  DEFAULT = 23,
  RATE = 24,
  SHAPING = 25,
  VERDICT = 26,
  QUARANTINE = 27,
  CHECKERS = 28,
  CHAPTER10 = 29,
  MESSAGES = 30,
  TIGHTENED = 31,
  TRANSFER = 32,
  DENIED = 33, // by a rule, which has the counter and the name
}

export const REASONS: u32 = 33; // NONE and those with a counter of their own
