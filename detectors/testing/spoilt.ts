// Sections of a baseline as nobody would write them: some bytes at the edges of what they may be, or the whole a little too long or too
// short. inspect refuses them, or takes them and judges by them; which it does, and what it then says, is told a line each.
import { createHash } from "node:crypto";
import { type Line, Log } from "../../appliance/compartments/inspect/testing/log.ts";
import { type Section, Tag } from "../../appliance/contract/config.ts";
import { generator } from "../../ip/testing/seeds.ts";

const FLOATS = [
  0,
  -0,
  1,
  -1,
  1e-30,
  0.5,
  1e7,
  1.0000001e7,
  1e30,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  64,
  64.5,
  255,
  65535,
];
const WHOLE = [
  0, 1, 2, 3, 4, 7, 8, 15, 16, 30, 31, 32, 33, 63, 64, 127, 128, 254, 255, 256, 32767, 32768, 65534, 65535,
];

export function spoil(bytes: Uint8Array, random: () => number): Buffer {
  const below = (n: number) => random() % n;
  const of = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const copy = Buffer.from(bytes);
  // The beginning says how much there is of what; the rest is alike
  const at = (size: number) =>
    (below(copy.length < 64 || below(3) === 0 ? Math.min(copy.length, 160) : copy.length) & -size) >>> 0;
  for (let n = 1 + below(2); n > 0; n--) {
    const [two, four] = [Math.min(at(2), copy.length - 2), Math.min(at(4), copy.length - 4)];
    switch (below(8)) {
      case 0:
        copy.writeFloatLE(of(FLOATS), four);
        break;
      case 1:
        copy.writeUInt16LE(of(WHOLE), two);
        break;
      case 2:
        copy.writeUInt16LE((copy.readUInt16LE(two) + of([1, -1, 2, 256])) & 0xffff, two);
        break;
      case 3:
        copy.writeUInt32LE(of([0, 1, 0xffffffff, 0x7fffffff, 0x80000000, 1000]), four);
        break;
      case 4:
        copy[at(1)] = of(WHOLE) & 255;
        break;
      case 5:
        copy[at(1)]! ^= 1 << below(8);
        break;
      case 6:
        return copy.subarray(
          0,
          Math.max(0, copy.length - of([1, 2, 4, 8, 12, 16, 24, 40, 64, below(copy.length + 1)])),
        );
      default:
        return Buffer.concat([copy, Buffer.alloc(of([1, 2, 4, 8, 16, 24, 40, 64]))]);
    }
  }
  return copy;
}

export interface Spoilt {
  seed: number;
  /** Of each section. */
  times: number;
  /** What is run under those that are taken, in batches. */
  records: readonly Uint8Array[];
}

/** @param sections the settings of a policy, and sections of a baseline */
export async function spoiltLines(sections: readonly Section[], { seed, times, records }: Spoilt): Promise<Line[]> {
  const random = generator(seed * 7919 + 3);
  const settings = sections.filter(({ tag }) => tag === Tag.SETTINGS || tag === Tag.DETECTORS);
  const log = await Log.bare();
  const lines: Line[] = [];
  for (const { tag, bytes } of sections.filter((one) => !settings.includes(one) && one.bytes.length >= 8))
    for (let n = 0; n < times; n++) {
      const answer = log.configure([...settings, { tag, bytes: spoil(bytes, random) }]);
      log.lines.length = 0;
      if (answer === "accepted") for (const batch of records) log.run(batch);
      const hash = createHash("sha256").update(log.lines.map(({ text }) => text).join("\n"));
      lines.push({ kind: `section ${tag}, ${answer}`, text: `${n} ${log.lines.length} ${hash.digest("hex")}` });
    }
  return lines;
}
