/** The recording's first packet: TMATS (RCC 106-17 chapter 9), as much of it as names the channels. */

export interface ChannelName {
  channel: number;
  name: string;
}

/** `;` ends a value and `:` a code: neither may stand in one. */
const plain = (text: string) => text.replace(/[^\x20-\x7e]|[;:]/g, "_");

/** Data of the packet: CSDW (version of RCC 106-17, ASCII) and attributes. @param program what made the recording */
export function tmatsData(channels: readonly ChannelName[], timeChannel: number, program: string): Buffer {
  const lines = [
    `G\\PN:${plain(program)};`,
    "G\\106:17;",
    "G\\DSI\\N:1;",
    "G\\DSI-1:WEIR;",
    "G\\DST-1:STO;",
    "R-1\\ID:WEIR;",
    `R-1\\N:${channels.length + 1};`,
    `R-1\\TK1-1:${timeChannel};`,
    "R-1\\CHE-1:T;",
    "R-1\\DSI-1:TIME;",
    "R-1\\CDT-1:TIMEIN;",
    "R-1\\CDLN-1:TIME;",
    ...channels.flatMap(({ channel, name }, i) => {
      const n = i + 2;
      return [
        `R-1\\TK1-${n}:${channel};`,
        `R-1\\CHE-${n}:T;`,
        `R-1\\DSI-${n}:${plain(name)};`,
        `R-1\\CDT-${n}:1553IN;`,
        `R-1\\CDLN-${n}:${plain(name)};`,
      ];
    }),
    ...channels.flatMap(({ name }, i) => [
      `B-${i + 1}\\DLN:${plain(name)};`,
      `B-${i + 1}\\NBS\\N:1;`,
      `B-${i + 1}\\BID-1:00000001;`,
      `B-${i + 1}\\BNA-1:${plain(name)};`,
      `B-${i + 1}\\BT-1:1553;`,
    ]),
  ];
  const csdw = Buffer.alloc(4);
  csdw[0] = 0x0c; // RCC 106-17
  return Buffer.concat([csdw, Buffer.from(`${lines.join("\r\n")}\r\n`, "latin1")]);
}
