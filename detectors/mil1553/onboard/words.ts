// What an alert of the 1553 detectors says: what was expected, what was seen. Numbers in the finding are in 0.1 us
// where they are times.
import { Text, byte, decimal, lit, signed, unsigned } from "../../../lib/onboard/text";
import { Detector } from "../../onboard/catalogue";
import { Finding } from "../../onboard/finding";
import { What as Data } from "./judge/data";
import { What as Message } from "./judge/message";
import { Gap, Period, Time } from "./judge/state";
import { Failures, Status } from "./judge/terminals";
import { Load } from "./judge/traffic";

function hex(t: Text, v: f64): void {
  const x = <u32>v;
  lit(t, "0x");
  for (let s: i32 = 12; s >= 0; s -= 4) {
    const d = (x >> s) & 15;
    byte(t, d < 10 ? 48 + d : 87 + d);
  }
}
function us(t: Text, v: f64): void {
  decimal(t, v / 10, 1);
  lit(t, " us");
}
function ms(t: Text, v: f64): void {
  decimal(t, v / 10000, 3);
  lit(t, " ms");
}

/** No quotes, no control characters. */
export function expected(t: Text, f: Finding): void {
  switch (f.detector) {
    case Detector.BUS_MESSAGE:
      if (f.what == Message.BUS) lit(t, "a bus of the baseline");
      else if (f.what == Message.TERMINAL) lit(t, "a terminal of the inventory of this bus");
      else if (f.what == Message.SIDE) {
        lit(t, "this message on bus ");
        byte(t, f.a != 0 ? 65 : 66);
      } else lit(t, "a message of the inventory of this bus");
      return;
    case Detector.BUS_MODE:
      lit(
        t,
        f.what == Message.TERMINAL
          ? "a terminal of the inventory of this bus"
          : "a mode code of the inventory of this bus",
      );
      return;
    case Detector.BUS_PERIOD:
      if (f.what == Period.SILENT) {
        lit(t, "a message after at most ");
        ms(t, f.c);
      } else if (f.what == Period.MISSING) {
        lit(t, "this message again after at most ");
        ms(t, f.c);
      } else if (f.what == Period.OFTEN) {
        lit(t, "this message about every ");
        ms(t, f.c);
      } else if (f.what == Period.CLOCK) {
        lit(t, "the schedule of this bus by the clock that it had, ");
        ms(t, f.b);
      } else {
        lit(t, "this message ");
        ms(t, f.b);
        lit(t, " to ");
        ms(t, f.c);
        lit(t, " after the one before");
      }
      return;
    case Detector.BUS_ORDER:
      lit(t, "a message that follows the one before it in the schedule");
      return;
    case Detector.BUS_RESPONSE:
      if (f.what == Time.NEVER_ANSWERED) {
        lit(t, "no answer of terminal ");
        unsigned(t, <u64>f.a);
      } else if (f.what == Time.DRIFT) lit(t, "response times of this bus as they were");
      else if (f.what == Time.SHIFT) {
        lit(t, "response times around ");
        us(t, f.b);
        lit(t, ", deviation ");
        us(t, f.c);
      } else {
        lit(t, "a response time from ");
        us(t, f.b);
        lit(t, " to ");
        us(t, f.c);
      }
      return;
    case Detector.BUS_GAP:
      if (f.what == Gap.MEAN) {
        lit(t, "intermessage gaps of ");
        decimal(t, (f.b + 20) / 10, 2);
        lit(t, " to ");
        decimal(t, (f.c + 20) / 10, 2);
        lit(t, " us on average");
      } else {
        lit(t, "an intermessage gap of at least ");
        us(t, f.b + 20);
      }
      return;
    case Detector.BUS_ERROR:
      lit(t, f.what == Failures.KIND ? "only errors of kinds that this bus had" : "failures as rare as they were");
      return;
    case Detector.BUS_STATUS:
      if (f.what == Status.WRONG_ADDRESS) {
        lit(t, "the status word of terminal ");
        unsigned(t, <u64>f.a);
      } else {
        lit(t, "no status bits of terminal ");
        unsigned(t, <u64>f.a);
        lit(t, " but ");
        hex(t, f.c);
      }
      return;
    case Detector.BUS_LOAD:
      unsigned2(t, f, f.b);
      lit(t, " to ");
      unsigned2(t, f, f.c);
      lit(t, " in a second");
      return;
    default:
      dataExpected(t, f);
  }
}

// Load in parts of the bus time, or messages
function unsigned2(t: Text, f: Finding, v: f64): void {
  if (f.what >= <u32>Load.MORE_MESSAGES) {
    unsigned(t, <u64>v);
    lit(t, " messages");
  } else {
    decimal(t, v / 100000, 2);
    lit(t, " percent load");
  }
}

function dataExpected(t: Text, f: Finding): void {
  if (f.what != Data.REPEATED) {
    lit(t, "data word ");
    unsigned(t, <u64>f.d + 1);
    byte(t, 32);
  }
  switch (f.what) {
    case Data.CONSTANT:
      lit(t, "always ");
      hex(t, f.b);
      return;
    case Data.RANGE:
      lit(t, "from ");
      hex(t, f.b);
      lit(t, " to ");
      hex(t, f.c);
      return;
    case Data.JUMP:
      lit(t, "to move by at most ");
      unsigned(t, <u64>f.c);
      return;
    case Data.BITS:
      lit(t, "to keep the bits ");
      hex(t, f.b);
      lit(t, " as in ");
      hex(t, f.c);
      return;
    case Data.COUNTER:
      lit(t, "to count on from ");
      hex(t, f.b);
      lit(t, " by ");
      signed(t, <i64>(f.c > 32767 ? f.c - 65536 : f.c));
      return;
    case Data.FROZEN:
      lit(t, "the same at most ");
      unsigned(t, <u64>f.b);
      lit(t, " times in a row");
      return;
    case Data.DRIFT:
      lit(t, "around ");
      decimal(t, f.b, 1);
      lit(t, ", deviation ");
      decimal(t, f.c, 1);
      return;
    default:
      lit(t, "data that were not sent before");
  }
}

export function seen(t: Text, f: Finding): void {
  switch (f.detector) {
    case Detector.BUS_MESSAGE:
      if (f.what == Message.BUS) {
        lit(t, "channel ");
        unsigned(t, <u64>f.a);
      } else if (f.what == Message.TERMINAL) {
        lit(t, "a command to terminal ");
        unsigned(t, <u64>f.a);
      } else if (f.what == Message.SIDE) {
        lit(t, "it on bus ");
        byte(t, f.a != 0 ? 66 : 65);
      } else lit(t, "one that is not in it");
      return;
    case Detector.BUS_MODE:
      if (f.what == Message.TERMINAL) {
        lit(t, "a mode command to terminal ");
        unsigned(t, <u64>f.a);
      } else lit(t, "one that is not in it");
      return;
    case Detector.BUS_PERIOD:
      if (f.what == Period.SILENT || f.what == Period.MISSING) {
        lit(t, "none for ");
        ms(t, f.a);
      } else if (f.what == Period.OFTEN) {
        unsigned(t, <u64>f.b);
        lit(t, " in ");
        ms(t, f.a);
      } else if (f.what == Period.CLOCK) {
        lit(t, "a clock that is ");
        decimal(t, abs(f.a), 1);
        lit(t, f.a < 0 ? " millionths faster" : " millionths slower");
      } else {
        ms(t, f.a);
      }
      return;
    case Detector.BUS_ORDER:
      lit(t, "it behind command ");
      hex(t, f.a);
      return;
    case Detector.BUS_RESPONSE:
      if (f.what == Time.NEVER_ANSWERED) {
        lit(t, "one");
        return;
      }
      if (f.what == Time.DRIFT) {
        lit(t, "a drift of all terminals: they answer ");
        us(t, abs(f.a));
        lit(t, f.a < 0 ? " earlier" : " later");
        return;
      }
      us(t, f.a);
      lit(t, " of terminal ");
      unsigned(t, <u64>f.d);
      return;
    case Detector.BUS_GAP:
      if (f.what == Gap.MEAN) {
        decimal(t, (f.a + 20) / 10, 2);
        lit(t, " us");
      } else us(t, f.a + 20);
      return;
    case Detector.BUS_ERROR:
      if (f.what == Failures.KIND) {
        lit(t, "block status bits ");
        hex(t, f.a);
      } else if (f.what == Failures.BUS) lit(t, "messages of this bus fail more often");
      else {
        lit(t, "messages with terminal ");
        unsigned(t, <u64>f.a);
        lit(t, " fail more often");
      }
      return;
    case Detector.BUS_STATUS:
      if (f.what == Status.WRONG_ADDRESS) {
        lit(t, "the address ");
        unsigned(t, <u64>f.d);
      } else hex(t, f.b);
      return;
    case Detector.BUS_LOAD:
      unsigned2(t, f, f.a);
      return;
    default:
      dataSeen(t, f);
  }
}

function dataSeen(t: Text, f: Finding): void {
  switch (f.what) {
    case Data.JUMP:
      hex(t, f.a);
      lit(t, " after ");
      hex(t, f.b);
      return;
    case Data.FROZEN:
      hex(t, f.a);
      byte(t, 32);
      unsigned(t, <u64>f.c);
      lit(t, " times");
      return;
    case Data.DRIFT:
      lit(t, "values that stay away from it, now ");
      hex(t, f.a);
      return;
    case Data.REPEATED:
      lit(t, "the data of earlier messages, word for word, ");
      unsigned(t, <u64>f.b);
      lit(t, " times");
      return;
    default:
      hex(t, f.a);
  }
}
