/** An interface-control file, resolved: names looked up, formats and command words known, every rule of it checked. */
import type { Problem, YamlSource } from "../../../lib/yaml.ts";
import { BROADCAST, command, dataCount, type Format, formatOf } from "../message.ts";
import { MODE_CODES } from "./modes.ts";
import type { BusText, ChannelText, MessageText, TerminalText, WordText } from "./schema.ts";

export interface Terminal {
  name: string;
  address: number;
  /** Response time, 0.1 us: mean and standard deviation. */
  response: number;
  spread: number;
  /** Probability that it keeps silent when asked; undefined: the channel's. */
  noResponse: number | undefined;
  /** Probability of the service request bit in a status word. */
  serviceRequest: number;
}

export interface Message {
  name: string;
  format: Format;
  /** One command word, of RT-RT transfers two: receive, transmit. */
  commands: number[];
  /** Who answers, in the order of the status words on the wire. */
  responders: Terminal[];
  /** What its data words hold; words without a behaviour are 0. */
  data: WordText[];
  /** Data words, 0-32. */
  words: number;
  busB: boolean;
  /** Sent in the minor frames n with n % every == phase. */
  every: number;
  phase: number;
  /** Or: mean rate per second of a Poisson process; undefined for periodic messages. */
  aperiodic: number | undefined;
}

export interface Channel {
  name: string;
  channel: number;
  /** 0.1 us. */
  minorFrame: number;
  /** Minor frames in a major frame. */
  minorFrames: number;
  /** Intermessage gap, 0.1 us: mean and standard deviation. */
  gap: number;
  gapSpread: number;
  /** Standard deviation of a minor frame's start, 0.1 us. */
  jitter: number;
  /** How long the bus controller waits for a status word, 0.1 us. */
  timeout: number;
  noResponse: number;
  invalidWord: number;
  /** How often a failed message is sent again, each time on the other bus. */
  retries: number;
  terminals: Terminal[];
  messages: Message[];
}

export interface Bus {
  name: string;
  /** Time of day at the beginning of the simulation, ms since 1970; a multiple of 10 ms. */
  start: number;
  channels: Channel[];
}

const DEFAULT_START = Date.UTC(2026, 2, 2, 8);

type Report = (path: (string | number)[], what: string, key?: boolean) => void;

/** Resolves the file; what is wrong is added to `problems`, and the result is then of no use. */
export function modelOf(file: BusText, source: YamlSource, problems: Problem[]): Bus {
  const channels = file.channels.map((channel, i) => {
    const report: Report = (path, what, key) => {
      const full = ["channels", i, ...path];
      problems.push(key ? source.keyProblem(full, what) : source.problem(full, what));
    };
    return channelOf(channel, report);
  });
  if (!channels.length) problems.push(source.problem(["channels"], "no channel, expected at least one"));
  for (const [i, { channel, name }] of channels.entries()) {
    if (channels.findIndex((other) => other.channel === channel) < i)
      problems.push(source.problem(["channels", i, "channel"], `${channel} is taken, expected a number of its own`));
    if (channels.findIndex((other) => other.name === name) < i)
      problems.push(source.problem(["channels", i, "name"], `${name} is taken, expected a name of its own`));
  }
  return { name: file.name, start: file.start ?? DEFAULT_START, channels };
}

function channelOf(text: ChannelText, report: Report): Channel {
  const terminals = text.terminals.map(terminalOf);
  for (const [i, { name, address }] of terminals.entries()) {
    if (name === "BC" || name === "ALL")
      report(["terminals", i, "name"], `${name} has a meaning of its own, expected another name`);
    if (terminals.findIndex((other) => other.name === name) < i)
      report(["terminals", i, "name"], `${name} is taken, expected a name of its own`);
    if (terminals.findIndex((other) => other.address === address) < i)
      report(["terminals", i, "address"], `${address} is taken, expected an address of its own`);
  }
  const byName = new Map(terminals.map((terminal) => [terminal.name, terminal]));
  const messages = text.messages.flatMap((message, i) => {
    const here: Report = (path, what, key) => report(["messages", i, ...path], what, key);
    if (text.messages.findIndex((other) => other.name === message.name) < i)
      here(["name"], `${message.name} is taken, expected a name of its own`);
    return messageOf(message, text["minor-frames"], byName, here) ?? [];
  });
  return {
    name: text.name,
    channel: text.channel,
    minorFrame: Math.round(text["minor-frame"]),
    minorFrames: text["minor-frames"],
    gap: text.gap ?? 80,
    gapSpread: text["gap-spread"] ?? 5,
    jitter: text.jitter ?? 20,
    timeout: Math.round(text.timeout ?? 140),
    noResponse: text.errors?.["no-response"] ?? 0,
    invalidWord: text.errors?.["invalid-word"] ?? 0,
    retries: text.errors?.retries ?? 1,
    terminals,
    messages,
  };
}

function terminalOf(text: TerminalText): Terminal {
  return {
    name: text.name,
    address: text.address,
    response: text.response,
    spread: text.spread ?? 1,
    noResponse: text["no-response"],
    serviceRequest: text["service-request"] ?? 0,
  };
}

interface End {
  /** undefined: the bus controller. */
  address: number | undefined;
  terminal: Terminal | undefined;
  subaddress: number | undefined;
}

function messageOf(
  text: MessageText,
  minorFrames: number,
  terminals: Map<string, Terminal>,
  report: Report,
): Message | undefined {
  let wrong = false;
  const bad: Report = (path, what, key) => {
    wrong = true;
    report(path, what, key);
  };
  const end = (key: "from" | "to", found: string): End => {
    const [name, sub] = found.split("/") as [string, string?];
    if (name === "BC") {
      if (sub !== undefined) bad([key], `${found}: the bus controller has no subaddresses, expected BC`);
      return { address: undefined, terminal: undefined, subaddress: undefined };
    }
    const terminal = terminals.get(name);
    if (name !== "ALL" && !terminal)
      bad([key], `${name} is no terminal, expected BC, ALL${[...terminals.keys()].map((n) => `, ${n}`).join("")}`);
    const subaddress = sub === undefined ? undefined : Number(sub);
    if (subaddress !== undefined && (subaddress < 1 || subaddress > 30))
      bad([key], `subaddress ${sub}, expected 1 to 30 (0 and 31 are mode codes: use mode)`);
    return { address: name === "ALL" ? BROADCAST : terminal?.address, terminal, subaddress };
  };
  const from = end("from", text.from ?? "BC");
  const to = end("to", text.to ?? "BC");
  if (from.address === BROADCAST) bad(["from"], "ALL cannot send, expected BC or a terminal");
  if (text.from === undefined && text.to === undefined)
    bad([], `${text.name} goes from nowhere to nowhere, expected from or to`);

  const commands = text.mode === undefined ? transfer(text, from, to, bad) : modeCommand(text, from, to, bad);
  schedule(text, minorFrames, bad);
  if (wrong || !commands) return undefined;
  const format = formatOf(commands[0]!, commands.length > 1);
  const words = dataCount(commands[0]!);
  return {
    name: text.name,
    format,
    commands,
    responders: (from.terminal && to.terminal ? [from, to] : [from.terminal ? from : to]).flatMap(
      (e) => e.terminal ?? [],
    ),
    data: text.data ?? [],
    words,
    busB: text.bus === "B",
    every: text.every ?? 1,
    phase: text.phase ?? 0,
    aperiodic: text.aperiodic,
  };
}

/** Words that a behaviour fills: text has two characters in a word. */
export const widthOf = (word: WordText): number => (word.text === undefined ? 1 : Math.ceil(word.text.length / 2));

function transfer(text: MessageText, from: End, to: End, bad: Report): number[] | undefined {
  if (from.address === undefined && to.address === undefined) return undefined;
  for (const [key, { address, subaddress }] of [
    ["from", from],
    ["to", to],
  ] as const)
    if (address !== undefined && subaddress === undefined)
      bad([key], `no subaddress, expected ${text[key]}/1 to ${text[key]}/30`);
  if (from.address !== undefined && from.address === to.address)
    bad(["to"], `${text.to} would be sent to itself, expected another terminal`);
  const filled = (text.data ?? []).reduce((sum, word) => sum + widthOf(word), 0);
  const count = text.words ?? filled;
  if (count < 1 || count > 32) bad(["data"], `${count} data words, expected 1 to 32`);
  else if (filled > count) bad(["words"], `${count}, but data fills ${filled} words, expected at least ${filled}`);
  const receive = to.address !== undefined && command(to.address, false, to.subaddress ?? 1, count);
  const transmit = from.address !== undefined && command(from.address, true, from.subaddress ?? 1, count);
  return [receive, transmit].filter((word) => word !== false);
}

function modeCommand(text: MessageText, from: End, to: End, bad: Report): number[] | undefined {
  const { code, transmit, broadcast } = MODE_CODES[text.mode!]!;
  if (from.address !== undefined) bad(["from"], "only the bus controller sends mode codes, expected BC");
  if (to.address === undefined) bad(["to"], "a mode code needs a terminal, expected its name or ALL");
  if (to.subaddress !== undefined) bad(["to"], "a mode code has no subaddress, expected the terminal's name or ALL");
  if (to.address === BROADCAST && !broadcast)
    bad(["to"], `${text.mode} may not be broadcast (MIL-STD-1553B table I), expected a terminal`);
  const words = code >> 4;
  const filled = (text.data ?? []).reduce((sum, word) => sum + widthOf(word), 0);
  if (filled > words) bad(["data"], `${filled} data words, expected ${words ? "one" : "none"} with ${text.mode}`);
  if (text.words !== undefined)
    bad(["words"], "a mode code says itself how many words it has, expected no count", true);
  return to.address === undefined ? undefined : [command(to.address, transmit, 0, code)];
}

function schedule(text: MessageText, minorFrames: number, bad: Report): void {
  if (text.aperiodic !== undefined) {
    for (const key of ["every", "phase"] as const)
      if (text[key] !== undefined) bad([key], "of no use with aperiodic, expected one of both", true);
    return;
  }
  if (text.every === undefined) bad([], `${text.name} is never sent, expected every or aperiodic`);
  const every = text.every ?? 1;
  if (minorFrames % every !== 0)
    bad(["every"], `every ${every} minor frames, expected a divisor of the ${minorFrames} in a major frame`);
  if ((text.phase ?? 0) >= every)
    bad(["phase"], `${text.phase}, expected less than the period of ${every} minor frames`);
}
