/** The message that an alert calls unknown, as it is learned. */
import type { Alert } from "../../appliance/contract/generated/events.ts";
import type { Entry } from "../learned.ts";

/** Seen once, it would count among the messages that come once, and make others less surprising (onboard/judge/message.ts). */
const TWICE = 2;

export function messagesOf({ mil1553, alert }: Alert): Entry[] {
  const unknown = ["bus-message", "bus-mode"].includes(alert.context.detector);
  if (!unknown || mil1553?.channel === undefined || mil1553.command === undefined) return [];
  const { channel, command, from, bus } = mil1553;
  const commands = [command, from?.command].flatMap((word) => (word === undefined ? [] : [Number.parseInt(word, 16)]));
  const [a, b] = bus === "B" ? [0, TWICE] : [TWICE, 0];
  return [
    {
      ...{ detector: "bus.message", channel, commands, format: 0, a, b },
      ...{ again: 0, damaged: 0, repeats: 0, irregular: 0, disturbed: 0, intervals: [] },
    },
  ];
}
