/** An interface-control file as rules for 1553 messages: what the bus is designed to say may cross, and nothing else. */
import { MAX_MESSAGE_RULES } from "../../appliance/contract/config.ts";
import type { Bus, Channel, Message } from "../../mil1553/simulator/icd/model.ts";
import { subaddress, terminal, transmits } from "../../mil1553/simulator/message.ts";

/** The `messages` of a policy, as text. @param data with checks of data words, where the file says what they hold */
export function proposeMessages(bus: Bus, data: boolean): string {
  const rules = bus.channels.flatMap((channel) => channel.messages.map((message) => ({ channel, message })));
  const names = new Set<string>();
  const lines = rules.slice(0, MAX_MESSAGE_RULES).flatMap(({ channel, message }) => {
    const name = unique(bus.channels.length > 1 ? `${channel.name}.${message.name}` : message.name, names);
    return [
      `  - { ${[`name: ${name}`, "action: allow", ...wordsOf(channel, message), ...checksOf(message, data)].join(", ")} }`,
    ];
  });
  const left = rules.slice(MAX_MESSAGE_RULES);
  return [
    `# The messages of ${bus.name}, for rules with payload: mil1553. Read them before you use them.`,
    "messages:",
    ...lines,
    ...(left.length ? [`# Beyond the ${MAX_MESSAGE_RULES} rules that a policy may have, not proposed:`] : []),
    ...left.map(({ channel, message }) => `#   ${channel.name} ${message.name}`),
    "",
  ].join("\n");
}

/** Rules have names of at most 31 characters, each its own. */
function unique(wanted: string, names: Set<string>): string {
  let name = wanted.slice(0, 31);
  for (let n = 2; names.has(name); n++) name = `${wanted.slice(0, 31 - String(n).length - 1)}-${n}`;
  names.add(name);
  return name;
}

function wordsOf(channel: Channel, { format, commands, words, busB }: Message): string[] {
  const [command, from] = commands as [number, number?];
  const common = [
    `channel: ${channel.channel}`,
    // Retries go over the other bus, so either is right unless there are none
    ...(channel.retries === 0 ? [`bus: ${busB ? "B" : "A"}`] : []),
    `rt: ${terminal(command)}`,
  ];
  if (format.includes("mode"))
    return [...common, `direction: ${transmits(command) ? "transmit" : "receive"}`, `mode: ${command & 31}`];
  return [
    ...common,
    `sa: ${subaddress(command)}`,
    `direction: ${transmits(command) ? "transmit" : "receive"}`,
    `words: ${words}`,
    ...(from === undefined ? [] : [`from: { rt: ${terminal(from)}, sa: ${subaddress(from)} }`]),
  ];
}

/** Constants and counters are known exactly; of discretes the bits that never change. Noise has no bounds. */
function checksOf({ data }: Message, wanted: boolean): string[] {
  if (!wanted) return [];
  const checks: string[] = [];
  let word = 1;
  for (const text of data) {
    if (text.constant !== undefined) checks.push(`{ word: ${word}, value: ${text.constant & 0xffff} }`);
    else if (text.counter && (text.counter.to ?? 65535) >= (text.counter.from ?? 0) && (text.counter.from ?? 0) >= 0)
      checks.push(`{ word: ${word}, range: ${text.counter.from ?? 0}-${text.counter.to ?? 65535} }`);
    else if (text.discrete) {
      const mask = ~text.discrete.bits.reduce((bits, bit) => bits | (1 << bit), 0) & 0xffff;
      checks.push(
        `{ word: ${word}, mask: 0x${mask.toString(16)}, value: 0x${((text.discrete.initial ?? 0) & mask).toString(16)} }`,
      );
    }
    word += text.text === undefined ? 1 : Math.ceil(text.text.length / 2);
  }
  return checks.length ? [`data: [${checks.join(", ")}]`] : [];
}
