// What is said of each mistake in an interface-control file.
import { expect, it } from "vitest";
import { Problems } from "../../../lib/yaml.ts";
import { readBusText } from "./read.ts";

function said(text: string): string[] {
  try {
    readBusText(text, "b");
  } catch (error) {
    if (!(error instanceof Problems)) throw error;
    return error.message.split("\n").map((line) => line.replace(/^b:\d+:\d+: (channels\.0\.)?/, ""));
  }
  return [];
}
const NAV = "{ name: NAV, address: 5, response: 6 us }";
const MAP = "{ name: MAP, address: 9, response: 6 us }";
const SHOW = "name: show, to: NAV/1, every: 1, words: 1";
const bus = (message: string, terminals = `${NAV}, ${MAP}`, more = "") =>
  `weir-bus: 1\nname: b\nchannels:\n  - { name: MUX, channel: 2, minor-frame: 10 ms, minor-frames: 4, ${more}terminals: [${terminals}], messages: [{ ${message} }] }\n`;
const channels = (...names: string[]) =>
  `weir-bus: 1\nname: b\nchannels:\n${names.map((name) => `  - { ${name}, minor-frame: 10 ms, minor-frames: 4, terminals: [], messages: [] }\n`).join("")}`;
const timed = (key: string, value: string) => bus(SHOW, undefined, `${key}: ${value}, `);
const MODE = "name: m, mode: transmit-vector-word, every: 1";

it.each<[string, string, string[]]>([
  ["a message", bus(SHOW), []],
  ["no channel", "weir-bus: 1\nname: b\nchannels: []\n", ["channels: no channel, expected at least one"]],
  [
    "a channel twice",
    channels("name: A, channel: 2", "name: B, channel: 2"),
    ["channels.1.channel: 2 is taken, expected a number of its own"],
  ],
  [
    "a channel's name twice",
    channels("name: A, channel: 2", "name: A, channel: 3"),
    ["channels.1.name: A is taken, expected a name of its own"],
  ],
  ...["BC", "ALL"].map((name): [string, string, string[]] => [
    `a terminal named ${name}`,
    bus(SHOW, `${NAV}, ${MAP.replace("MAP", name)}`),
    [`terminals.1.name: ${name} has a meaning of its own, expected another name`],
  ]),
  [
    "a terminal's name twice",
    bus(SHOW, `${NAV}, ${MAP.replace("MAP", "NAV")}`),
    ["terminals.1.name: NAV is taken, expected a name of its own"],
  ],
  [
    "an address twice",
    bus(SHOW, `${NAV}, ${MAP.replace("9", "5")}`),
    ["terminals.1.address: 5 is taken, expected an address of its own"],
  ],
  [
    "a message's name twice",
    bus(`${SHOW} }, { ${SHOW}`),
    ["messages.1.name: show is taken, expected a name of its own"],
  ],
  [
    "a controller with subaddresses",
    bus(`${SHOW}, from: BC/1`),
    ["messages.0.from: BC/1: the bus controller has no subaddresses, expected BC"],
  ],
  [
    "an unknown terminal",
    bus(SHOW.replace("NAV", "GPS")),
    ["messages.0.to: GPS is no terminal, expected BC, ALL, NAV, MAP"],
  ],
  ...[0, 31].map((n): [string, string, string[]] => [
    `subaddress ${n}`,
    bus(SHOW.replace("NAV/1", `NAV/${n}`)),
    [`messages.0.to: subaddress ${n}, expected 1 to 30 (0 and 31 are mode codes: use mode)`],
  ]),
  ["the first subaddress", bus(SHOW.replace("NAV/1", "NAV/1")), []],
  ["the last one", bus(SHOW.replace("NAV/1", "NAV/30")), []],
  [
    "all send",
    bus(SHOW.replace("to: NAV", "from: ALL")),
    ["messages.0.from: ALL cannot send, expected BC or a terminal"],
  ],
  [
    "nobody sends",
    bus(SHOW.replace("to: NAV/1, ", "")),
    ["messages.0: show goes from nowhere to nowhere, expected from or to"],
  ],
  ["no subaddress", bus(SHOW.replace("NAV/1", "NAV")), ["messages.0.to: no subaddress, expected NAV/1 to NAV/30"]],
  ["itself", bus(`${SHOW}, from: NAV/2`), ["messages.0.to: NAV/1 would be sent to itself, expected another terminal"]],
  ["no words", bus(SHOW.replace(", words: 1", "")), ["messages.0.data: 0 data words, expected 1 to 32"]],
  [
    "too many words",
    bus(SHOW.replace("words: 1", `data: [{ name: t, text: ${"x".repeat(64)} }, { name: u, constant: 1 }]`)),
    ["messages.0.data: 33 data words, expected 1 to 32"],
  ],
  ["as many as there may be", bus(SHOW.replace("words: 1", `data: [{ name: t, text: ${"x".repeat(64)} }]`)), []],
  [
    "less than the data fill",
    bus(`${SHOW}, data: [{ name: t, text: xxx }]`),
    ["messages.0.words: 1, but data fills 2 words, expected at least 2"],
  ],
  ["a mode code", bus(`${MODE}, to: NAV`), []],
  [
    "a mode code of a terminal",
    bus(`${MODE}, from: NAV/1, to: MAP`),
    ["messages.0.from: only the bus controller sends mode codes, expected BC"],
  ],
  [
    "a mode code to nobody",
    bus(`${MODE}, to: BC`),
    ["messages.0.to: a mode code needs a terminal, expected its name or ALL"],
  ],
  [
    "a mode code's subaddress",
    bus(`${MODE}, to: NAV/1`),
    ["messages.0.to: a mode code has no subaddress, expected the terminal's name or ALL"],
  ],
  [
    "a mode code that is not broadcast",
    bus(`${MODE}, to: ALL`),
    ["messages.0.to: transmit-vector-word may not be broadcast (MIL-STD-1553B table I), expected a terminal"],
  ],
  [
    "two words of a mode code",
    bus(`${MODE}, to: NAV, data: [{ name: t, text: xxx }]`),
    ["messages.0.data: 2 data words, expected one with transmit-vector-word"],
  ],
  [
    "a word of one without",
    bus(`${MODE.replace("vector", "status")}, to: NAV, data: [{ name: t, constant: 1 }]`),
    ["messages.0.data: 1 data words, expected none with transmit-status-word"],
  ],
  [
    "a count of a mode code",
    bus(`${MODE}, to: NAV, words: 1`),
    ["messages.0.words: a mode code says itself how many words it has, expected no count"],
  ],
  [
    "every and aperiodic",
    bus(`${SHOW}, aperiodic: 1/s`),
    ["messages.0.every: of no use with aperiodic, expected one of both"],
  ],
  [
    "phase and aperiodic",
    bus(`${SHOW.replace("every: 1", "phase: 1")}, aperiodic: 1/s`),
    ["messages.0.phase: of no use with aperiodic, expected one of both"],
  ],
  ["never", bus(SHOW.replace("every: 1, ", "")), ["messages.0: show is never sent, expected every or aperiodic"]],
  [
    "no divisor",
    bus(SHOW.replace("every: 1", "every: 3")),
    ["messages.0.every: every 3 minor frames, expected a divisor of the 4 in a major frame"],
  ],
  ["data that are no list", bus(`${SHOW}, data: 5`), ["messages.0.data: 5, expected a list of data words"]],
  [
    "a word without behaviour",
    bus(`${SHOW}, data: [{ name: t }]`),
    [expect.stringMatching(/^messages\.0\.data\.0: no behaviour, expected one of /)] as never,
  ],
  ["a word with a meaning alone", bus(`${SHOW}, data: [{ name: t, unit: deg }]`), []],
  [
    "a word with a meaning too",
    bus(`${SHOW}, data: [{ name: t, constant: 1, scale: -0.5, offset: 3, signed: true }]`),
    [],
  ],
  [
    "a scale of text",
    bus(`${SHOW}, data: [{ name: t, text: x, scale: 2 }]`),
    ["messages.0.data.0.scale: scale and text, expected one of both: text has no value"],
  ],
  [
    "a scale that is no number",
    bus(`${SHOW}, data: [{ name: t, scale: 2 deg }]`),
    ['messages.0.data.0.scale: "2 deg", expected a number'],
  ],
  [
    "a unit that a column cannot hold",
    bus(`${SHOW}, data: [{ name: t, unit: "m;s" }]`),
    ['messages.0.data.0.unit: "m;s", expected 1 to 16 ASCII characters without quotes, commas and semicolons'],
  ],
  [
    "a sign that is neither",
    bus(`${SHOW}, data: [{ name: t, signed: maybe }]`),
    ['messages.0.data.0.signed: "maybe", expected true or false'],
  ],
  [
    "no date",
    `${bus(SHOW)}start: 2026-02-30T00:00:00Z\n`,
    [
      "start: 2026-02-30T00:00:00Z is no date, expected a time such as 2026-03-02T08:00:00Z, to 10 ms, from 1970 to 2499",
    ],
  ],
  ...(
    [
      ["gap", "4 us", "1 ms", "3.9 us", "1.1 ms", "an intermessage gap from 4 us (MIL-STD-1553B 4.3.3.7) to 1 ms"],
      ["gap-spread", "0 us", "100 us", "-1 us", "101 us", "a standard deviation from 0 us to 100 us"],
      ["jitter", "0 us", "1 ms", "-1 us", "1.1 ms", "a standard deviation from 0 us to 1 ms"],
      [
        "timeout",
        "14 us",
        "200 us",
        "13.9 us",
        "201 us",
        "a no-response timeout from 14 us (MIL-STD-1553B 4.3.3.9) to 200 us",
      ],
    ] as const
  ).flatMap(([key, least, most, less, more, expected]): [string, string, string[]][] => [
    [`the least ${key}`, timed(key, least), []],
    [`the most ${key}`, timed(key, most), []],
    [`less ${key}`, timed(key, less), [`${key}: "${less}", expected ${expected}`]],
    [`more ${key}`, timed(key, more), [`${key}: "${more}", expected ${expected}`]],
  ]),
  ["the most spread", bus(SHOW, `${NAV.replace(" }", ", spread: 2 us }")}, ${MAP}`), []],
  [
    "more spread",
    bus(SHOW, `${NAV.replace(" }", ", spread: 2.1 us }")}, ${MAP}`),
    ['terminals.0.spread: "2.1 us", expected a standard deviation from 0 us to 2 us'],
  ],
])("%s", (_, text, expected) => {
  expect(said(text)).toEqual(expected);
});
