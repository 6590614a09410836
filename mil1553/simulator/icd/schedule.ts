/** How full the minor frames are, from the durations on the wire (MIL-STD-1553B 4.3.3). */
import type { Problem, YamlSource } from "../../../lib/yaml.ts";
import { CROSSING, layout, WORD } from "../message.ts";
import type { Bus, Channel, Message } from "./model.ts";

/** Expected time on the bus from the first bit to the last, 0.1 us. */
export function expectedDuration({ format, words, responders }: Message): number {
  const gaps = responders.reduce((sum, { response }) => sum + response - CROSSING, 0);
  return WORD * layout(format, words).words + gaps;
}

/** The periodic messages of each minor frame, in the order of the file. */
export function minorFrames(channel: Channel): Message[][] {
  const periodic = channel.messages.filter(({ aperiodic }) => aperiodic === undefined);
  return Array.from({ length: channel.minorFrames }, (_, n) =>
    periodic.filter(({ every, phase }) => n % every === phase),
  );
}

export interface Load {
  /** Part of the time in which words or response gaps are on the bus, without errors. */
  load: number;
  messagesPerSecond: number;
  wordsPerSecond: number;
  /** 0.1 us that the fullest minor frame needs, intermessage gaps included, and its number. */
  fullest: number;
  fullestFrame: number;
}

/** Expected load of a channel, aperiodic messages included. */
export function loadOf(channel: Channel): Load {
  const out: Load = { load: 0, messagesPerSecond: 0, wordsPerSecond: 0, fullest: 0, fullestFrame: 0 };
  const second = 1e7;
  for (const message of channel.messages) {
    const rate = message.aperiodic ?? second / (channel.minorFrame * message.every);
    out.load += (rate * expectedDuration(message)) / second;
    out.messagesPerSecond += rate;
    out.wordsPerSecond += rate * layout(message.format, message.words).words;
  }
  for (const [n, messages] of minorFrames(channel).entries()) {
    const needed = messages.reduce((sum, m) => sum + slotOf(channel, m), 0);
    if (needed > out.fullest) {
      out.fullest = needed;
      out.fullestFrame = n;
    }
  }
  return out;
}

/** A message and the intermessage gap behind it. */
const slotOf = (channel: Channel, message: Message): number => expectedDuration(message) + channel.gap - CROSSING;

/** Adds a problem for the first message of each channel that does not fit its minor frame. */
export function checkLoad(bus: Bus, source: YamlSource, problems: Problem[]): void {
  for (const [i, channel] of bus.channels.entries()) {
    const over = overflow(channel);
    if (over) {
      const [message, frame, needed] = over;
      const ms = (ticks: number) => `${Math.round(ticks / 10) / 1000} ms`;
      problems.push(
        source.problem(
          ["channels", i, "messages", channel.messages.indexOf(message)],
          `${message.name} does not fit: with it minor frame ${frame} of 0 to ${channel.minorFrames - 1} needs ` +
            `${ms(needed)}, expected at most ${ms(channel.minorFrame)}`,
        ),
      );
    }
    const aperiodic = loadOf(channel).load;
    if (!over && aperiodic > 1)
      problems.push(
        source.problem(
          ["channels", i, "messages"],
          `with aperiodic messages the bus is asked for ${Math.round(aperiodic * 100)} % of its time, expected less than 100 %`,
        ),
      );
  }
}

function overflow(channel: Channel): [Message, number, number] | undefined {
  for (const [frame, messages] of minorFrames(channel).entries()) {
    let needed = 0;
    for (const message of messages) {
      needed += slotOf(channel, message);
      if (needed > channel.minorFrame) return [message, frame, needed];
    }
  }
  return undefined;
}
