// The words of an alert.
import { Text, byte, hex64, lit, mac, unsigned } from "../../../lib/onboard/text";
import { App } from "../../../ip/onboard/application/message";
import { writeAbout, writeApp, writeFunction, writePublisher } from "../../../ip/onboard/application/words";
import { Finding } from "../../onboard/finding";
import { BODY } from "./capacity";
import { writeSample } from "./samples";
import { Rule } from "./streams";
import { What } from "./what";

@inline function appOf(f: Finding): u32 {
  return ((<u32>(<u64>f.a)) >> 8) & 255;
}

function direction(t: Text, f: Finding): void {
  lit(t, (<u32>(<u64>f.a)) & 1 ? " from the server" : " to the server");
}

export function expected(t: Text, f: Finding): void {
  if (f.what >= <u32>What.RULES) {
    rule(t, f);
    return;
  }
  if (f.what == What.FUNCTION) {
    lit(t, "functions of ");
    writeApp(t, appOf(f));
    lit(t, " that were learned");
  } else if (f.what == What.OBJECT) {
    lit(t, "what this function was about before");
  } else {
    const values = ((<u32>f.d) >> 8) & 255,
      known = <u32>f.c;
    place(t, (<u32>f.d) >> 16);
    if (values == 0) {
      lit(t, " from ");
      unsigned(t, known & 255);
      lit(t, " to ");
      unsigned(t, (known >> 8) & 255);
    } else
      for (let i: u32 = 0; i < values; ++i) {
        lit(t, i == 0 ? " " : " or ");
        unsigned(t, (known >> (i << 3)) & 255);
      }
  }
  direction(t, f);
}

function place(t: Text, i: u32): void {
  if (i >= BODY) {
    lit(t, i == BODY ? "upper octet of the length" : "lower octet of the length");
    return;
  }
  lit(t, "octet ");
  unsigned(t, i);
}

function rule(t: Text, f: Finding): void {
  switch (f.what - What.RULES) {
    case Rule.SENDER:
      mac(t, <u64>f.c);
      lit(t, " as the only sender of this stream");
      return;
    case Rule.STATE:
      lit(t, "state number ");
      unsigned(t, <u64>f.c);
      lit(t, " or the next");
      return;
    case Rule.SEQUENCE:
      lit(t, <u32>f.a == App.SV ? "the sample behind " : "the sequence number behind ");
      unsigned(t, <u64>f.c);
      return;
    case Rule.TIME:
      lit(t, "a time that stays in a state, and is later in a new one");
      return;
    case Rule.DATA:
      lit(t, "values that stay in a state");
      return;
    case Rule.SETTINGS:
      lit(t, "the data set and revision of before");
      return;
    default:
      lit(t, "a state that began when its first frame came");
  }
}

export function seen(t: Text, f: Finding): void {
  if (f.what >= <u32>What.RULES) {
    writePublisher(t, <u32>f.a, <u32>f.b);
    switch (f.what - What.RULES) {
      case Rule.SENDER:
        lit(t, " from ");
        mac(t, <u64>f.d);
        return;
      case Rule.STATE:
        lit(t, " with state number ");
        break;
      case Rule.SEQUENCE:
        lit(t, <u32>f.a == App.SV ? " with sample " : " with sequence number ");
        break;
      case Rule.TIME:
        lit(t, " with another time");
        return;
      case Rule.DATA:
        lit(t, " with other values");
        return;
      case Rule.SETTINGS:
        lit(t, " with others");
        return;
      default:
        lit(t, " with a time of its own");
        return;
    }
    unsigned(t, <u64>f.d);
    return;
  }
  if (f.what == What.VALUE || f.what == What.OTHER) {
    unsigned(t, (<u32>f.d) & 255);
    lit(t, " in ");
  }
  writeFunction(t, appOf(f), <u32>f.b);
  if (f.what == What.OBJECT) writeAbout(t, appOf(f), <u32>f.b, ((<u64>f.c) << 32) | (<u64>f.d));
  if (f.what == What.FUNCTION) lit(t, ", for the first time");
}

/** The message, as a baseline names it; `weir accept` learns it from there (../accept.ts). */
export function context(t: Text, f: Finding): void {
  if (f.what >= <u32>What.RULES) return;
  const told = <u64>f.a;
  lit(t, ',"message":{"app_proto":"');
  writeApp(t, appOf(f));
  lit(t, f.what == What.FUNCTION ? '","new":"function' : f.what == What.OBJECT ? '","new":"object' : '","new":"value');
  lit(t, told & 1 ? '","from":"server","proto":' : '","from":"client","proto":');
  unsigned(t, (told >> 32) & 255);
  member(t, ',"service":', (told >> 16) & 0xffff);
  if (told >> 40) lit(t, ',"either":true');
  member(t, ',"app":', appOf(f));
  member(t, ',"function":', <u64>f.b);
  if (f.what == What.FUNCTION || f.what == What.OBJECT) {
    const about = ((<u64>f.c) << 32) | (<u64>f.d);
    if (about != 0) number(t, ',"about":"', about);
    if (writeSample(t, ',"octets":"', f)) number(t, ',"shape":"', f.mac);
  } else {
    number(t, ',"shape":"', f.mac);
    member(t, ',"octet":', (<u64>f.d) >> 16);
    member(t, ',"value":', (<u64>f.d) & 255);
  }
  byte(t, 125);
}

function member(t: Text, name: string, value: u64): void {
  lit(t, name);
  unsigned(t, value);
}

function number(t: Text, name: string, value: u64): void {
  lit(t, name);
  hex64(t, value);
  byte(t, 34);
}
