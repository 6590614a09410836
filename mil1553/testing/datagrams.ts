// Chapter 10 over UDP through the decoder of `weir decode`, for tests. Each time inspect is given the same, and must name the same.
import { expect } from "vitest";
import { RecordKind } from "../../appliance/contract/abi.ts";
import { type DecodeOptions, decodeChapter10, record } from "../../captures/mil1553/index.ts";
import { InFlight } from "../../ip/testing/compartment.ts";
import { busData, message, packet, type segment } from "./chapter10.ts";

/** A packet of `n` messages whose times say which it was: 1e6 * sequence on. */
export const bus = (sequence: number, n = 1, channel = 5) =>
  packet(
    busData(
      Array.from({ length: n }, (_, i) => message([0x4c61, 0x4800, i], { rtc: 1e6 * sequence + 1000 * i, gap1: 65 })),
    ),
    {
      sequence,
      channel,
    },
  );

/** Channel:rtc of each message, or the first 13 characters of a column, and the findings. */
export async function decode(
  frames: (Buffer | { at: bigint; frame: Buffer })[],
  options: Partial<DecodeOptions> = {},
  column?: number,
) {
  const parts: Buffer[] = [];
  const found: string[] = [];
  const given: Uint8Array[] = [];
  let i = 0;
  await decodeChapter10(
    {
      file: "test",
      fill: async (target) => {
        if (i === frames.length) return 0;
        const next = frames[i++]!;
        const r =
          "frame" in next ? record(next.frame, RecordKind.FRAME, 1, next.at) : record(next, RecordKind.FRAME, 1);
        given.push(r);
        target.set(r);
        return r.length;
      },
    },
    { rows: "messages", ...options },
    (rows) => void parts.push(Buffer.from(rows)),
    (f) => void found.push(`${f.anomaly.slice(10)} ${f.detail}`),
  );
  // In flight no port is named: streams are known by what they hold
  if (!options.ports)
    expect((await InFlight.create()).containers(given)).toEqual(found.map((text) => `chapter10.${text.split(" ")[0]}`));
  const rows = Buffer.concat(parts).toString().trim().split("\n").slice(1);
  const text = (row: string) =>
    column === undefined ? row.split(",").slice(0, 2).join(":") : row.split(",")[column]!.slice(0, 13);
  return { messages: rows.map(text), found };
}

/** What decode() says of such packets. */
export const expected = (...packets: [number, number, number?][]) =>
  packets.flatMap(([sequence, n, channel = 5]) =>
    Array.from({ length: n }, (_, i) => `${channel}:${1e6 * sequence + 1000 * i}`),
  );

/** A packet in segments of `size` bytes. */
export const cut = (make: typeof segment, first: number, p: Buffer, size: number, step = 1) =>
  Array.from({ length: Math.ceil(p.length / size) }, (_, i) =>
    make(first + i * step, p, i * size, Math.min((i + 1) * size, p.length)),
  );
