/** Recordings as lists of messages, to attack them: decoded by the onboard decoder, like everything that is not ours. */

import type { BusMessage } from "../mil1553/simulator/message.ts";
import type { Clock } from "../mil1553/writer/recording.ts";
import type { ChannelName } from "../mil1553/writer/tmats.ts";
import { decodeChapter10, findingText } from "./mil1553/index.ts";
import { CaptureReader } from "./reader.ts";

export interface Recording {
  /** In the order of time; per channel as recorded. */
  messages: BusMessage[];
  /** Channels with messages; the number as name where TMATS has none. */
  channels: ChannelName[];
  clock: Clock;
  /** Some of it was damaged or cut. */
  damaged: boolean;
}

/**
 * Reads all 1553 messages of Chapter 10 files, or of captures that carry Chapter 10 over UDP.
 * @param found what the decoder says of the container, a line each
 * @throws Error when there is no message
 */
export async function readRecording(paths: string[], found: (line: string) => void = () => {}): Promise<Recording> {
  const reader = await CaptureReader.open(paths);
  const parts: Buffer[] = [];
  const result = await decodeChapter10(
    reader,
    { rows: "messages" },
    (rows) => void parts.push(Buffer.from(rows)),
    (finding) => found(findingText(finding)),
  );
  const [head, ...lines] = Buffer.concat(parts).toString().trimEnd().split("\n");
  const at = Object.fromEntries(head!.split(",").map((name, i) => [name, i]));
  const messages: BusMessage[] = [];
  let clock: Clock | undefined;
  for (const line of lines) {
    const field = line.split(",");
    const time = Number(field[at.ipts_rtc48!]);
    const raw = field[at.raw_words!]!;
    messages.push({
      channel: Number(field[at.channel!]),
      time,
      blockStatus: Number.parseInt(field[at.bsw_hex!]!, 16),
      gap1: Number(field[at.gap1!]),
      gap2: Number(field[at.gap2!]),
      words: Array.from({ length: raw.length / 4 }, (_, i) => Number.parseInt(raw.slice(4 * i, 4 * i + 4), 16)),
    });
    clock ??= clockOf(time, field[at.abs_time!]!);
  }
  if (!messages.length) throw new Error(`${paths.join(" ")}: no MIL-STD-1553 message in it`);
  messages.sort((a, b) => a.time - b.time);
  const names = new Map(
    result.buses.map((line) => {
      const { channel, name } = JSON.parse(line) as { channel: number; name?: string };
      return [channel, name];
    }),
  );
  const channels = [...new Set(messages.map((m) => m.channel))].sort((a, b) => a - b);
  return {
    messages,
    channels: channels.map((channel) => ({ channel, name: names.get(channel) ?? `${channel}` })),
    clock: clock ?? { counter: messages[0]!.time, ms: 0 },
    damaged: result.damaged || reader.summary.damages > 0,
  };
}

/** The counter at the last whole 10 ms in front of a message: time packets say no more. @param text `2015-05-12T20:05:00.0003062+0000` */
function clockOf(time: number, text: string): Clock | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{7})/.exec(text);
  if (!match) return undefined;
  const fraction = Number(match[2]); // 0.1 us
  const rest = fraction % 100_000;
  return { counter: time - rest, ms: Date.parse(`${match[1]}Z`) + (fraction - rest) / 10_000 };
}
