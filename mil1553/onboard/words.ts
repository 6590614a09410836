// The words of MIL-STD-1553B, 4.3.3.5. Each is 20 us on the bus: sync 3, these 16 bits, odd parity 1.
//
//  command word (4.3.3.5.1)
//   15      11 10  9        5 4            0
//  +----------+---+----------+--------------+
//  | terminal |T/R|subaddress| words or mode|     T/R 1: the terminal transmits. Subaddress 0 or 31: the low five bits
//  +----------+---+----------+--------------+     are a mode code; else a word count, 0 = 32. Terminal 31: broadcast.
//
//  status word (4.3.3.5.3)
//   15      11  10   9    8   7   5   4    3    2    1    0
//  +----------+----+----+----+-----+----+----+----+----+----+
//  | terminal | ME | I  | SR | 000 | BC | BY | SF | DB | TF |
//  +----------+----+----+----+-----+----+----+----+----+----+
//  ME message error, I instrumentation (0 in a status word), SR service request, BC broadcast command received,
//  BY busy, SF subsystem flag, DB dynamic bus control acceptance, TF terminal flag. Bits 7-5 are reserved and 0.

export const BROADCAST: u32 = 31;

@inline export function terminal(word: u32): u32 {
  return (word >> 11) & 31;
}

@inline export function transmits(command: u32): bool {
  return (command & 0x0400) != 0;
}

@inline export function subaddress(command: u32): u32 {
  return (command >> 5) & 31;
}

@inline export function isMode(command: u32): bool {
  return ((subaddress(command) + 1) & 31) < 2;
}

@inline export function modeCode(command: u32): u32 {
  return command & 31;
}

/** Data words that the command asks for: 1-32, of a mode command 0 or 1. */
@inline export function wordCount(command: u32): u32 {
  if (isMode(command)) return (command >> 4) & 1;
  return ((command - 1) & 31) + 1;
}

export const STATUS_MESSAGE_ERROR: u32 = 0x0400;
export const STATUS_INSTRUMENTATION: u32 = 0x0200;
export const STATUS_RESERVED: u32 = 0x00e0;
export const STATUS_BUSY: u32 = 0x0008;
export const STATUS_BUS_ACCEPTANCE: u32 = 0x0002;
