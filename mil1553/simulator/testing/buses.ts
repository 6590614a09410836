// Random interface-control files, as text, for property tests.
import fc from "fast-check";
import { stringify } from "yaml";
import { MODE_CODES } from "../icd/modes.ts";

const name = (prefix: string, i: number) => `${prefix}-${i}`;

const word = fc.oneof(
  fc.record({ constant: fc.integer({ min: -32768, max: 65535 }) }),
  fc.record({
    counter: fc.record({
      from: fc.nat(100),
      to: fc.integer({ min: 100, max: 65535 }),
      step: fc.integer({ min: 1, max: 9 }),
    }),
  }),
  fc.record({
    ramp: fc.record({
      from: fc.integer({ min: -9000, max: 9000 }),
      to: fc.nat(65535),
      period: fc.constantFrom("1 s", "70 ms"),
    }),
  }),
  fc.record({
    sine: fc.record({
      mean: fc.constant(0),
      amplitude: fc.nat(32767),
      period: fc.constant("1.5 s"),
      noise: fc.nat(20),
    }),
  }),
  fc.record({ noise: fc.record({ mean: fc.nat(65535), sigma: fc.nat(500) }) }),
  fc.record({
    discrete: fc.record({
      initial: fc.nat(65535),
      bits: fc.uniqueArray(fc.nat(15), { minLength: 1 }),
      change: fc.constant(0.2),
    }),
  }),
  fc.record({ text: fc.stringMatching(/^[ -~]{1,12}$/) }),
);

const share = fc.constantFrom(0, 0.01, 0.1);
const modes = Object.entries(MODE_CODES);

/** Where a message goes; numbers are indices into the terminals, modulo their number. */
const route = fc.oneof(
  fc.record({
    kind: fc.constantFrom("bc-rt", "rt-bc", "rt-rt", "broadcast", "rt-broadcast"),
    a: fc.nat(),
    b: fc.nat(),
    sub: fc.integer({ min: 1, max: 30 }),
  }),
  fc.record({ kind: fc.constant("mode"), a: fc.nat(), b: fc.nat(), sub: fc.nat(modes.length - 1) }),
);

const message = fc.record({
  route,
  words: fc.integer({ min: 1, max: 32 }),
  data: fc.array(word, { maxLength: 5 }),
  every: fc.constantFrom(1, 2, 4),
  phase: fc.nat(),
  aperiodic: fc.boolean(),
  bus: fc.constantFrom("A", "B"),
});

const channel = fc.record({
  addresses: fc.uniqueArray(fc.nat(30), { minLength: 2, maxLength: 5 }),
  response: fc.integer({ min: 40, max: 120 }),
  spread: fc.constantFrom("0 us", "0.1 us", "2 us"),
  messages: fc.array(message, { minLength: 1, maxLength: 9 }),
  noResponse: share,
  invalidWord: share,
  retries: fc.nat(2),
  jitter: fc.constantFrom("0 us", "3 us", "200 us"),
});

/** YAML text of a bus that is right. */
export const busText = fc.array(channel, { minLength: 1, maxLength: 3 }).map((channels) =>
  stringify({
    "weir-bus": 1,
    name: "random",
    channels: channels.map((c, i) => ({
      name: name("MUX", i),
      channel: 2 + 3 * i,
      "minor-frame": "20 ms",
      "minor-frames": 4,
      jitter: c.jitter,
      errors: { "no-response": c.noResponse, "invalid-word": c.invalidWord, retries: c.retries },
      terminals: c.addresses.map((address, t) => ({
        name: name("RT", t),
        address,
        response: `${c.response / 10} us`,
        spread: c.spread,
      })),
      messages: c.messages.map((m, n) => {
        const terminals = c.addresses.length;
        const [a, b] = [m.route.a % terminals, (m.route.a + 1 + (m.route.b % (terminals - 1))) % terminals];
        const rate = m.aperiodic ? { aperiodic: "5/s" } : { every: m.every, phase: m.phase % m.every };
        const base = { name: name("message", n), bus: m.bus, ...rate };
        if (m.route.kind === "mode") {
          const [mode, { code, broadcast }] = modes[m.route.sub]!;
          const fits = code >= 16 ? m.data.filter((d) => !("text" in d)).slice(0, 1) : [];
          const to = broadcast && m.route.b % 3 === 0 ? "ALL" : name("RT", a);
          return { ...base, mode, to, ...(fits.length && { data: fits.map((d) => ({ name: "w", ...d })) }) };
        }
        const { kind, sub } = m.route;
        const end = (t: number) => `${name("RT", t)}/${sub}`;
        const ends = {
          "bc-rt": { to: end(a) },
          "rt-bc": { from: end(a) },
          "rt-rt": { from: end(a), to: end(b) },
          broadcast: { to: `ALL/${sub}` },
          "rt-broadcast": { from: end(a), to: `ALL/${sub}` },
        }[kind as "bc-rt"];
        // text of 12 characters fills six words
        const data = m.data
          .slice(0, Math.floor(m.words / 6) || (m.words > 0 ? 1 : 0))
          .filter((d) => m.words >= 6 || !("text" in d));
        return { ...base, ...ends, words: m.words, data: data.map((d, k) => ({ name: name("w", k), ...d })) };
      }),
    })),
  }),
);
