// REQ-DECODE-015
// Every anomaly of this folder: its number and its name. Numbers under 64 belong to one 1553 message and are bits of a
// u64 (Message.anomalies); numbers from 64 on belong to the container (Chapter 10 packet, UDP flow) and carry a detail.

import { Text, lit } from "../../lib/onboard/text";

export const enum M {
  // what the recorder says in the block status word (RCC 106-17 10.6.4.2)
  MESSAGE_ERROR = 0,
  FORMAT_ERROR = 1,
  RESPONSE_TIMEOUT = 2,
  WORD_COUNT_ERROR = 3,
  SYNC_ERROR = 4,
  INVALID_WORD = 5,
  RESERVED_BLOCK_STATUS = 6, // a bit is set that has no meaning
  // structure
  EMPTY = 8, // not one word
  ODD_LENGTH = 9, // half a word
  TOO_LONG = 10, // more words than any of the ten formats has
  WORD_COUNT = 11, // not the words that the command asks for
  NO_RESPONSE = 12, // a status word is due and not there
  BROADCAST_RESPONSE = 13, // a status word after a broadcast
  TRANSMITTER_BUSY = 14, // RT-RT: the sender is busy, so there are no data (4.3.3.5.3.8)
  // time
  RESPONSE_LATE = 16, // over 14 us (4.3.3.9 no-response timeout)
  RESPONSE_EARLY = 17, // under 4 us (4.3.3.8)
  INTERMESSAGE_GAP = 18, // under 4 us (4.3.3.7)
  OVERLAP = 19, // begins before the message in front of it has ended
  TIME_BACKWARDS = 20, // the counter of this channel went back
  // legality
  RESERVED_MODE_CODE = 24,
  UNDEFINED_MODE_CODE = 25, // exists, but not with this T/R bit
  ILLEGAL_BROADCAST = 26,
  RT_RT_COMMANDS = 27, // the two commands do not make an RT-RT transfer
  RT_RT_UNFLAGGED = 28, // an RT-RT transfer that the recorder did not mark
  STATUS_ADDRESS = 29, // another terminal's address in the status word
  STATUS_RESERVED = 30,
  STATUS_INSTRUMENTATION = 31,
  STATUS_MESSAGE_ERROR = 32,
  UNSOLICITED_BUS_ACCEPTANCE = 33,
}

/**
 * Of a message that the recorder calls damaged, legality and response time prove nothing: they go to Message.doubtful.
 */
export const DOUBTFUL_WHEN_DAMAGED: u64 = ((<u64>0x3ff) << 24) | ((<u64>3) << 16);
/** Set by the recorder. */
export const RECORDER_BITS: u64 = 0x7f;

export const enum C {
  LOST_SYNC = 64, // detail: bytes skipped until the next good header (or the end)
  HEADER_CHECKSUM = 65, // a sync pattern where a header is due, its checksum wrong
  HEADER_LENGTH = 66, // detail: the length it says
  DATA_CHECKSUM = 67, // the packet's contents are not believed
  TMATS_CHECKSUM = 68, // reported only: real recorders get it wrong
  SECONDARY_CHECKSUM = 69,
  PACKET_TOO_LARGE = 70, // detail: its length; skipped
  TRUNCATED = 71, // detail: bytes that are missing at the end
  SEQUENCE_GAP = 72, // detail: packets missing on this channel (modulo 256)
  SEQUENCE_REPEAT = 73, // the same number as the packet before it
  MESSAGE_COUNT = 74, // detail: the count it says
  MESSAGE_LENGTH = 75, // detail: the length it says; the rest of the packet is not read
  SHORT_DATA = 76, // no room for the channel-specific data word
  TIME_NONE = 77, // a time packet says that its recorder has no time: it is not believed
  TIME_INVALID = 78, // an invalid digit, a field out of its range, a day that its month or year does not have
  TIME_JUMP = 79, // detail: ns between what the counter foretold and what the time packet says
  TIME_SOURCE = 80, // messages carry a time that cannot be read
  RTC_SYNC_ERROR = 81, // header flag
  DATA_OVERFLOW = 82, // header flag: the recorder lost data
  ETHERNET_LENGTH = 83,
  ETHERNET_ERROR = 84, // the recorder marked the frame
  CHANNEL_FORGOTTEN = 85, // the channel table was full; detail: the channel that was forgotten
  MANY_ANOMALIES = 86, // detail: anomalies that found no room
  FORMAT_NOT_READ = 87, // 1553 or Ethernet data in a format that is not read; detail: the data type; once a channel
  TMATS_XML = 88, // TMATS is written in XML, and not read: channels have no names
  UDP_SHORT = 96, // no room for the transfer header
  UDP_FORMAT = 97, // no transfer header of the flow's format
  UDP_UNDECIDED = 98, // format 1 or 2: nothing to tell them apart by yet; not read
  UDP_SEQUENCE_GAP = 99, // detail: datagrams missing
  UDP_REORDERED = 100,
  UDP_DUPLICATE = 101, // not read again
  UDP_RESTART = 102, // the sequence went far back or far ahead
  UDP_OVERLAP = 103, // segments overlap and agree
  UDP_CONFLICT = 104, // segments overlap and differ: the packet is given up
  UDP_SIZE = 105, // a segment beyond its packet, or two sizes for one packet
  UDP_INCOMPLETE = 106, // detail: bytes of the packet that came
  UDP_EVICTED = 107, // given up for want of room; detail as above
  UDP_PIECES = 108, // more pieces than can be kept
  UDP_STRADDLE = 109, // format 3: the offset does not meet the open packet's end
  UDP_FLOW_FORGOTTEN = 110,
}

/** `mil1553.no_response`, `chapter10.lost_sync`, ... */
export function anomalyName(t: Text, id: u32): void {
  lit(t, id < 64 ? "mil1553." : "chapter10.");
  switch (id) {
    case M.MESSAGE_ERROR:
      lit(t, "message_error");
      break;
    case M.FORMAT_ERROR:
      lit(t, "format_error");
      break;
    case M.RESPONSE_TIMEOUT:
      lit(t, "response_timeout");
      break;
    case M.WORD_COUNT_ERROR:
      lit(t, "word_count_error");
      break;
    case M.SYNC_ERROR:
      lit(t, "sync_error");
      break;
    case M.INVALID_WORD:
      lit(t, "invalid_word");
      break;
    case M.RESERVED_BLOCK_STATUS:
      lit(t, "reserved_block_status");
      break;
    case M.EMPTY:
      lit(t, "empty");
      break;
    case M.ODD_LENGTH:
      lit(t, "odd_length");
      break;
    case M.TOO_LONG:
      lit(t, "too_long");
      break;
    case M.WORD_COUNT:
      lit(t, "word_count");
      break;
    case M.NO_RESPONSE:
      lit(t, "no_response");
      break;
    case M.BROADCAST_RESPONSE:
      lit(t, "broadcast_response");
      break;
    case M.TRANSMITTER_BUSY:
      lit(t, "transmitter_busy");
      break;
    case M.RESPONSE_LATE:
      lit(t, "response_late");
      break;
    case M.RESPONSE_EARLY:
      lit(t, "response_early");
      break;
    case M.INTERMESSAGE_GAP:
      lit(t, "intermessage_gap");
      break;
    case M.OVERLAP:
      lit(t, "overlap");
      break;
    case M.TIME_BACKWARDS:
      lit(t, "time_backwards");
      break;
    case M.RESERVED_MODE_CODE:
      lit(t, "reserved_mode_code");
      break;
    case M.UNDEFINED_MODE_CODE:
      lit(t, "undefined_mode_code");
      break;
    case M.ILLEGAL_BROADCAST:
      lit(t, "illegal_broadcast");
      break;
    case M.RT_RT_COMMANDS:
      lit(t, "rt_rt_commands");
      break;
    case M.RT_RT_UNFLAGGED:
      lit(t, "rt_rt_unflagged");
      break;
    case M.STATUS_ADDRESS:
      lit(t, "status_address");
      break;
    case M.STATUS_RESERVED:
      lit(t, "status_reserved");
      break;
    case M.STATUS_INSTRUMENTATION:
      lit(t, "status_instrumentation");
      break;
    case M.STATUS_MESSAGE_ERROR:
      lit(t, "status_message_error");
      break;
    case M.UNSOLICITED_BUS_ACCEPTANCE:
      lit(t, "unsolicited_bus_acceptance");
      break;
    case C.LOST_SYNC:
      lit(t, "lost_sync");
      break;
    case C.HEADER_CHECKSUM:
      lit(t, "header_checksum");
      break;
    case C.HEADER_LENGTH:
      lit(t, "header_length");
      break;
    case C.DATA_CHECKSUM:
      lit(t, "data_checksum");
      break;
    case C.TMATS_CHECKSUM:
      lit(t, "tmats_checksum");
      break;
    case C.SECONDARY_CHECKSUM:
      lit(t, "secondary_checksum");
      break;
    case C.PACKET_TOO_LARGE:
      lit(t, "packet_too_large");
      break;
    case C.TRUNCATED:
      lit(t, "truncated");
      break;
    case C.SEQUENCE_GAP:
      lit(t, "sequence_gap");
      break;
    case C.SEQUENCE_REPEAT:
      lit(t, "sequence_repeat");
      break;
    case C.MESSAGE_COUNT:
      lit(t, "message_count");
      break;
    case C.MESSAGE_LENGTH:
      lit(t, "message_length");
      break;
    case C.SHORT_DATA:
      lit(t, "short_data");
      break;
    case C.TIME_NONE:
      lit(t, "time_none");
      break;
    case C.TIME_INVALID:
      lit(t, "time_invalid");
      break;
    case C.TIME_JUMP:
      lit(t, "time_jump");
      break;
    case C.TIME_SOURCE:
      lit(t, "time_source");
      break;
    case C.RTC_SYNC_ERROR:
      lit(t, "rtc_sync_error");
      break;
    case C.DATA_OVERFLOW:
      lit(t, "data_overflow");
      break;
    case C.ETHERNET_LENGTH:
      lit(t, "ethernet_length");
      break;
    case C.ETHERNET_ERROR:
      lit(t, "ethernet_error");
      break;
    case C.CHANNEL_FORGOTTEN:
      lit(t, "channel_forgotten");
      break;
    case C.MANY_ANOMALIES:
      lit(t, "many_anomalies");
      break;
    case C.FORMAT_NOT_READ:
      lit(t, "format_not_read");
      break;
    case C.TMATS_XML:
      lit(t, "tmats_xml");
      break;
    case C.UDP_SHORT:
      lit(t, "udp_short");
      break;
    case C.UDP_FORMAT:
      lit(t, "udp_format");
      break;
    case C.UDP_UNDECIDED:
      lit(t, "udp_undecided");
      break;
    case C.UDP_SEQUENCE_GAP:
      lit(t, "udp_sequence_gap");
      break;
    case C.UDP_REORDERED:
      lit(t, "udp_reordered");
      break;
    case C.UDP_DUPLICATE:
      lit(t, "udp_duplicate");
      break;
    case C.UDP_RESTART:
      lit(t, "udp_restart");
      break;
    case C.UDP_OVERLAP:
      lit(t, "udp_overlap");
      break;
    case C.UDP_CONFLICT:
      lit(t, "udp_conflict");
      break;
    case C.UDP_SIZE:
      lit(t, "udp_size");
      break;
    case C.UDP_INCOMPLETE:
      lit(t, "udp_incomplete");
      break;
    case C.UDP_EVICTED:
      lit(t, "udp_evicted");
      break;
    case C.UDP_PIECES:
      lit(t, "udp_pieces");
      break;
    case C.UDP_STRADDLE:
      lit(t, "udp_straddle");
      break;
    case C.UDP_FLOW_FORGOTTEN:
      lit(t, "udp_flow_forgotten");
      break;
    default:
      lit(t, "unnamed");
  }
}
