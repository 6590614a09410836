/** What data words hold from one transmission to the next. */
import type { WordText } from "./icd/schema.ts";
import { type Random, sine } from "./random.ts";

/** Fills its words at `at`. @param ticks 0.1 us since the beginning */
export type Behaviour = (into: number[], at: number, ticks: number) => void;

const fraction = (ticks: number, period: number) => (ticks % period) / period;

/** @param random the word's own stream of random numbers */
export function behaviourOf(word: WordText, random: Random): Behaviour {
  const put = (next: (ticks: number) => number): Behaviour => {
    return (into, at, ticks) => {
      into[at] = Math.round(next(ticks)) & 0xffff;
    };
  };
  const noisy = (sigma = 0) => (sigma ? random.normal() * sigma : 0);
  const { constant, counter, ramp, noise, discrete, text } = word;
  if (constant !== undefined) return put(() => constant);
  if (counter) {
    const { from = 0, to = 65535, step = 1 } = counter;
    let now = from - step;
    return put(() => {
      now += step;
      if (now > to) now = from;
      return now;
    });
  }
  if (ramp) return put((t) => ramp.from + (ramp.to - ramp.from) * fraction(t, ramp.period) + noisy(ramp.noise));
  if (word.sine) {
    const { mean, amplitude, period, noise } = word.sine;
    return put((t) => mean + amplitude * sine(fraction(t, period)) + noisy(noise));
  }
  if (noise) return put(() => noise.mean + noisy(noise.sigma));
  if (discrete) {
    let now = discrete.initial ?? 0;
    return put(() => {
      for (const bit of discrete.bits) if (random.chance(discrete.change)) now ^= 1 << bit;
      return now;
    });
  }
  const characters = Buffer.from(`${text ?? ""} `, "latin1");
  return (into, at) => {
    for (let i = 0; i + 1 < characters.length; i += 2) into[at + i / 2] = characters.readUInt16BE(i);
  };
}
