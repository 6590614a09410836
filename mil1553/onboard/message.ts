// REQ-DECODE-014
// One MIL-STD-1553 message as a bus monitor recorded it, and which of the ten transfer formats it is.
//
// The words are read by how many there are, never by how many the command promises: commands lie, and so do recorders.

import {
  BROADCAST,
  STATUS_BUSY,
  STATUS_MESSAGE_ERROR,
  STATUS_RESERVED,
  isMode,
  terminal,
  transmits,
  wordCount,
} from "./words";
import { M } from "./anomalies";

export const TIME_UNKNOWN: u64 = u64.MAX_VALUE;

/** The ten information transfer formats, MIL-STD-1553B 4.3.3.6.1-.6 and .7.1-.4. */
export const enum Format {
  NONE = 0, // no command word
  BC_RT = 1, // C D.. S
  RT_BC = 2, // C S D..
  RT_RT = 3, // Creceive Ctransmit Stransmit D.. Sreceive
  MODE = 4, // C S
  MODE_TRANSMIT = 5, // C S D
  MODE_RECEIVE = 6, // C D S
  BROADCAST_BC_RTS = 7, // C D..
  BROADCAST_RT_RTS = 8, // Creceive Ctransmit Stransmit D..
  BROADCAST_MODE = 9, // C
  BROADCAST_MODE_DATA = 10, // C D
}

/** Block status word, RCC 106-17 10.6.4.2 b(1). All other bits are reserved. */
const BSW_BUS_B: u32 = 0x2000;
export const BSW_ERROR: u32 = 0x1000;
const BSW_RT_RT: u32 = 0x0800;
export const BSW_FORMAT: u32 = 0x0400;
export const BSW_TIMEOUT: u32 = 0x0200;
export const BSW_WORD_COUNT: u32 = 0x0020;
export const BSW_SYNC: u32 = 0x0010;
export const BSW_WORD: u32 = 0x0008;
export const BSW_MEANS: u32 = 0x3e38;

/** Which of the words of a Message are there. */
const HAS_CMD1: u32 = 1;
export const HAS_CMD2: u32 = 2;
export const HAS_STAT1: u32 = 4;
export const HAS_STAT2: u32 = 8;

@unmanaged
export class Message {
  time: u64; // ns since 1970-01-01, or TIME_UNKNOWN until the recorder's first time packet
  rtc: u64; // 48 bits, 100 ns: the recorder's counter, or what stands for it (chapter10/stamp.ts)
  anomalies: u64; // bit M.* (anomalies.ts)
  doubtful: u64; // the same bits, where the recorder calls the message damaged
  words: usize; // `count` little-endian words, as recorded. Untrusted. Valid until the next call of next()
  data: usize; // of these, `dataCount` data words
  bus: u32; // index of the channel's entry (channels.ts)
  format: u32; // Format
  has: u32; // HAS_*
  duration: u32; // 100 ns: words and response gaps on the wire
  channel: u16;
  count: u16;
  dataCount: u16;
  length: u16; // bytes, as the recorder says
  blockStatus: u16;
  cmd1: u16; // RT-RT: the receive command
  cmd2: u16; // RT-RT: the transmit command
  stat1: u16; // of the terminal that cmd1 names
  stat2: u16; // of the terminal that cmd2 names
  expected: u16; // words that the format has when all goes well
  gap1: u8; // 0.1 us, last command or data word to the first status
  gap2: u8; // 0.1 us, RT-RT: last data word to the second status
  busB: u8; // 0 bus A, 1 bus B
  timeTag: u8; // 0 last bit of the last word, 1 first bit of the first, 2 last bit of the first
}

@inline export function bit(id: u32): u64 {
  return (<u64>1) << (<u64>id);
}

@inline export function isDamaged(m: Message): bool {
  return ((<u32>m.blockStatus) & BSW_ERROR) != 0;
}

@inline export function isRtRt(m: Message): bool {
  return m.format == Format.RT_RT || m.format == Format.BROADCAST_RT_RTS;
}

@inline function word(m: Message, i: u32): u32 {
  return <u32>load<u16>(m.words + ((<usize>i) << 1));
}

/**
 * Reads the words of `m` (words, length, blockStatus and the gaps are set): format, commands, statuses, data, duration,
 * and the structural anomalies. Reads within words[0..length) only.
 */
export function classify(m: Message): void {
  m.anomalies = 0;
  m.doubtful = 0;
  m.has = 0;
  m.cmd1 = 0;
  m.cmd2 = 0;
  m.stat1 = 0;
  m.stat2 = 0;
  m.dataCount = 0;
  m.data = m.words;
  m.expected = 0;
  m.format = Format.NONE;
  m.duration = 0;
  const length = <u32>m.length;
  const count = length >> 1;
  m.count = <u16>count;
  m.busB = ((<u32>m.blockStatus) & BSW_BUS_B) != 0 ? 1 : 0;
  if (length & 1) m.anomalies |= bit(M.ODD_LENGTH);
  if (count == 0) {
    m.anomalies |= bit(M.EMPTY);
    return;
  }
  if (count > 36) m.anomalies |= bit(M.TOO_LONG); // two commands, 32 data words, two statuses
  m.duration = 200 * count + deadTime(m.gap1) + deadTime(m.gap2);

  const command = word(m, 0);
  m.cmd1 = <u16>command;
  m.has = HAS_CMD1;
  const flagged = ((<u32>m.blockStatus) & BSW_RT_RT) != 0;
  if (flagged || unflaggedRtRt(m, count, command)) {
    if (!flagged) m.anomalies |= bit(M.RT_RT_UNFLAGGED);
    rtRt(m, count, command);
    return;
  }
  const n = wordCount(command);
  const broadcast = terminal(command) == BROADCAST;
  if (transmits(command)) {
    m.format = isMode(command)
      ? n
        ? Format.MODE_TRANSMIT
        : broadcast
          ? Format.BROADCAST_MODE
          : Format.MODE
      : Format.RT_BC;
    if (m.format == Format.BROADCAST_MODE) broadcastTo(m, count, 0);
    else statusFirst(m, count, n);
  } else if (broadcast) {
    m.format = isMode(command) ? (n ? Format.BROADCAST_MODE_DATA : Format.BROADCAST_MODE) : Format.BROADCAST_BC_RTS;
    broadcastTo(m, count, n);
  } else {
    m.format = isMode(command) ? (n ? Format.MODE_RECEIVE : Format.MODE) : Format.BC_RT;
    if (n == 0) statusFirst(m, count, 0);
    else statusLast(m, count, n, command);
  }
}

/** A gap is measured from mid-parity to mid-sync (4.3.3.8): 2 us of it belong to the two words. */
@inline function deadTime(gap: u32): u32 {
  return gap > 20 ? gap - 20 : 0;
}

/** Could this word be the status word of that terminal, and nothing else seem more likely? */
@inline function looksLikeStatus(status: u32, command: u32): bool {
  return terminal(status) == terminal(command) && (status & STATUS_RESERVED) == 0;
}

// C S D..: the terminal transmits, or has nothing to send
function statusFirst(m: Message, count: u32, n: u32): void {
  m.expected = <u16>(2 + n);
  if (count == 1) {
    m.anomalies |= bit(M.NO_RESPONSE);
    return;
  }
  const status = word(m, 1);
  m.stat1 = <u16>status;
  m.has |= HAS_STAT1;
  setData(m, 2, count - 2);
  // 4.3.3.5.3.3 and .8: with message error or busy the terminal sends its status alone
  if (count == 2 && (status & (STATUS_BUSY | STATUS_MESSAGE_ERROR)) != 0) return;
  if (count != 2 + n) m.anomalies |= bit(M.WORD_COUNT);
}

// C D.. S: the terminal receives
function statusLast(m: Message, count: u32, n: u32, command: u32): void {
  m.expected = <u16>(2 + n);
  const last = word(m, count - 1);
  const timeout = ((<u32>m.blockStatus) & BSW_TIMEOUT) != 0;
  if (count == 2 + n && (!timeout || looksLikeStatus(last, command))) {
    m.stat1 = <u16>last;
    m.has |= HAS_STAT1;
    setData(m, 1, n);
    return;
  }
  if (count == 1 + n && (timeout || !looksLikeStatus(last, command))) {
    m.anomalies |= bit(M.NO_RESPONSE);
    setData(m, 1, n);
    return;
  }
  m.anomalies |= bit(M.WORD_COUNT);
  if (count > 1 && !timeout && looksLikeStatus(last, command)) {
    m.stat1 = <u16>last;
    m.has |= HAS_STAT1;
    setData(m, 1, count - 2);
  } else setData(m, 1, count - 1);
}

// C D..: no terminal answers a broadcast
function broadcastTo(m: Message, count: u32, n: u32): void {
  m.expected = <u16>(1 + n);
  setData(m, 1, count - 1);
  if (count == 2 + n) {
    m.anomalies |= bit(M.BROADCAST_RESPONSE);
    m.dataCount = <u16>n;
  } else if (count != 1 + n) m.anomalies |= bit(M.WORD_COUNT);
}

// Cr Ct St D.. Sr; to terminal 31 without Sr
function rtRt(m: Message, count: u32, command: u32): void {
  const broadcast = terminal(command) == BROADCAST;
  m.format = broadcast ? Format.BROADCAST_RT_RTS : Format.RT_RT;
  if (count < 2) {
    m.expected = <u16>((broadcast ? 3 : 4) + wordCount(command));
    m.anomalies |= bit(M.WORD_COUNT);
    return;
  }
  const second = word(m, 1);
  m.cmd2 = <u16>second;
  m.has |= HAS_CMD2;
  const n = wordCount(second);
  m.expected = <u16>((broadcast ? 3 : 4) + n);
  if (count == 2) {
    m.anomalies |= bit(M.NO_RESPONSE);
    return;
  }
  m.stat2 = load<u16>(m.words + 4);
  m.has |= HAS_STAT2;
  if (count == 3 && ((<u32>m.stat2) & (STATUS_BUSY | STATUS_MESSAGE_ERROR)) != 0) {
    // The sender's status alone, and with no data the receiver has nothing to answer
    if ((<u32>m.stat2) & STATUS_BUSY) m.anomalies |= bit(M.TRANSMITTER_BUSY);
    return;
  }
  if (broadcast) {
    setData(m, 3, count - 3);
    if (count == 4 + n) {
      m.anomalies |= bit(M.BROADCAST_RESPONSE);
      m.dataCount = <u16>n;
    } else if (count != 3 + n) m.anomalies |= bit(M.WORD_COUNT);
    return;
  }
  const last = word(m, count - 1);
  if (count == 4 + n) {
    m.stat1 = <u16>last;
    m.has |= HAS_STAT1;
    setData(m, 3, n);
  } else if (count == 3 + n) {
    m.anomalies |= bit(M.NO_RESPONSE);
    setData(m, 3, n);
  } else {
    m.anomalies |= bit(M.WORD_COUNT);
    if (count > 3 && looksLikeStatus(last, command)) {
      m.stat1 = <u16>last;
      m.has |= HAS_STAT1;
      setData(m, 3, count - 4);
    } else setData(m, 3, count - 3);
  }
}

/**
 * Some writers lose the RT-RT bit. A receive command with exactly two words too many, the second of which is a fitting
 * transmit command that is answered at once by the terminal it names, is an RT-RT transfer all the same.
 */
function unflaggedRtRt(m: Message, count: u32, command: u32): bool {
  if (count < 4 || transmits(command) || isMode(command)) return false;
  const n = wordCount(command);
  const broadcast = terminal(command) == BROADCAST;
  if (count != n + (broadcast ? 3 : 4)) return false;
  const second = word(m, 1);
  return (
    transmits(second) &&
    !isMode(second) &&
    wordCount(second) == n &&
    terminal(second) != terminal(command) &&
    looksLikeStatus(word(m, 2), second) &&
    (broadcast || looksLikeStatus(word(m, count - 1), command))
  );
}

@inline function setData(m: Message, from: u32, n: u32): void {
  m.data = m.words + ((<usize>from) << 1);
  m.dataCount = <u16>n;
}
