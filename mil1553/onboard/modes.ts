// Mode codes, MIL-STD-1553B table I (4.3.3.5.1.7): which are defined, with a data word, allowed to be broadcast.

import { Text, lit } from "../../lib/onboard/text";

const DEFINED: u8 = 1;
const DATA: u8 = 2;
const MAY_BROADCAST: u8 = 4;

const D = DEFINED;
const B = <u8>(DEFINED | MAY_BROADCAST);
const W = <u8>(DEFINED | DATA);
const V = <u8>(DEFINED | DATA | MAY_BROADCAST);

//                                    0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 .. 31
const TRANSMIT: usize = memory.data<u8>([
  D,
  B,
  D,
  B,
  B,
  B,
  B,
  B,
  B,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  W,
  0,
  W,
  W,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
]);
const RECEIVE: usize = memory.data<u8>([
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  V,
  0,
  0,
  V,
  V,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
]);

@inline function entry(code: u32, transmit: bool): u32 {
  return <u32>load<u8>((transmit ? TRANSMIT : RECEIVE) + (code & 31));
}

/** Codes 9-15 and 22-31: set aside by table I for either direction. */
@inline export function modeReserved(code: u32): bool {
  return (code >= 9 && code <= 15) || code >= 22;
}
/** The code exists with this T/R bit. */
@inline export function modeDefined(code: u32, transmit: bool): bool {
  return (entry(code, transmit) & DEFINED) != 0;
}
/** The code may be sent to terminal 31. */
@inline export function modeBroadcast(code: u32, transmit: bool): bool {
  return (entry(code, transmit) & MAY_BROADCAST) != 0;
}

/** The code's name in table I, in lower case with underscores; `reserved` for the rest. */
export function modeName(t: Text, code: u32): void {
  switch (code) {
    case 0:
      lit(t, "dynamic_bus_control");
      break;
    case 1:
      lit(t, "synchronize");
      break;
    case 2:
      lit(t, "transmit_status_word");
      break;
    case 3:
      lit(t, "initiate_self_test");
      break;
    case 4:
      lit(t, "transmitter_shutdown");
      break;
    case 5:
      lit(t, "override_transmitter_shutdown");
      break;
    case 6:
      lit(t, "inhibit_terminal_flag");
      break;
    case 7:
      lit(t, "override_inhibit_terminal_flag");
      break;
    case 8:
      lit(t, "reset_remote_terminal");
      break;
    case 16:
      lit(t, "transmit_vector_word");
      break;
    case 17:
      lit(t, "synchronize_with_data_word");
      break;
    case 18:
      lit(t, "transmit_last_command_word");
      break;
    case 19:
      lit(t, "transmit_bit_word");
      break;
    case 20:
      lit(t, "selected_transmitter_shutdown");
      break;
    case 21:
      lit(t, "override_selected_transmitter_shutdown");
      break;
    default:
      lit(t, "reserved");
  }
}
