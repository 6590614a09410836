// The columns cmd1, cmd2, stat1, stat2, nwords as irig106lib writes them (its i106_decode_1553f1.c): positions by the
// commanded word count and the recorder's RT-RT bit alone, blank where they fall outside the message. So that a file
// can be compared column by column with that reference; the anomalies beside them come from the message's own length.

import { Text, byte, hex16, unsigned } from "../../../lib/onboard/text";
import { BSW_RT_RT, Message } from "../../../mil1553/onboard/message";
import { transmits, wordCount } from "../../../mil1553/onboard/words";

/** Writes `cmd1,cmd2,stat1,stat2,nwords,`. */
export function commandedStatuses(t: Text, m: Message): void {
  const count = (<u32>m.length) >> 1;
  if (count == 0) {
    byte(t, 44);
    byte(t, 44);
    byte(t, 44);
    byte(t, 44);
    byte(t, 44);
    return;
  }
  const command = <u32>load<u16>(m.words);
  const n = wordCount(command);
  const rtRt = ((<u32>m.blockStatus) & BSW_RT_RT) != 0;
  word(t, m, 0, count);
  if (rtRt) word(t, m, 1, count);
  else byte(t, 44);
  word(t, m, rtRt ? 3 + n : transmits(command) ? 1 : 1 + n, count);
  if (rtRt) word(t, m, 2, count);
  else byte(t, 44);
  unsigned(t, <u64>n);
  byte(t, 44);
}

function word(t: Text, m: Message, i: u32, count: u32): void {
  if (i < count) hex16(t, <u32>load<u16>(m.words + ((<usize>i) << 1)));
  byte(t, 44);
}
