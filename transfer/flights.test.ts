// All that comes of a transfer that is sent through a bad network and a hostile one: what the relay passes on, what the far end makes of
// it, and all counts, held against what they were before: detectors/flights.test.ts tells how to go on where that differs.
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { type Line, summary } from "../appliance/compartments/inspect/testing/log.ts";
import { generator } from "../ip/testing/seeds.ts";
import { Endpoint, MOST_BYTES, type Profile } from "./endpoint.ts";
import { type Allowed, Relay } from "./testing/relay.ts";

const [KEY_IN, KEY_OUT] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const sha = (data: Uint8Array) => createHash("sha256").update(data).digest();

interface Case {
  profile: Profile;
  allowed?: Allowed;
  /** In one of so many frames something is wrong. */
  oneIn: number;
  files: number;
  /** Bytes of a file at most. */
  most?: number;
}

const CASES: Record<string, Case> = {
  files: { profile: { data: 32, parity: 8, interleave: 16 }, oneIn: 9, files: 14 },
  records: { profile: { data: 16, parity: 4, interleave: 1 }, oneIn: 6, files: 20, most: 9000 },
  "small blocks": { profile: { data: 4, parity: 2, interleave: 3 }, oneIn: 5, files: 20 },
  "one frame of parity": { profile: { data: 8, parity: 1, interleave: 1 }, oneIn: 12, files: 10 },
  "names, text, and so many bytes": {
    profile: { data: 8, parity: 2, interleave: 2 },
    allowed: { extensions: ["txt", "csv"], ascii: true, mostBytes: 12_000, total: 200_000n },
    ...{ oneIn: 15, files: 60, most: 13_000 },
  },
  "more streams than there are places for": {
    profile: { data: 16, parity: 4, interleave: 1 },
    allowed: { tolerance: 2_000_000_000n },
    ...{ oneIn: 40, files: 170, most: 100 },
  },
};

/** What a sender that is not quite honest sends: files one in the other, some announced twice, otherwise, or not at all. */
async function sent({ profile, oneIn, files, most = 40_000 }: Case, random: () => number): Promise<Buffer[]> {
  const below = (n: number) => random() % n;
  const of = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const frames: Buffer[] = [];
  const open: { stream: number; name: string; data: Buffer; at: number }[] = [];
  const sender = await Endpoint.open(KEY_IN, profile, 5_000_000_000n);
  const add = (frame: Buffer) => {
    frames.push(Buffer.from(frame));
    for (let p = sender.parity(); p; p = sender.parity()) frames.push(Buffer.from(p));
  };
  let made = 0;
  while (made < files || open.length) {
    if (made < files && (open.length === 0 || below(files > 100 ? 1 : 5) === 0)) {
      const stream = 1 + made++;
      const size = of([0, 1, below(most), below(most), MOST_BYTES, MOST_BYTES + 1, most]);
      const isText = below(3) > 0;
      const data = Buffer.from(
        Array.from({ length: Math.min(size, most) }, (_, n) =>
          isText ? (n % 60 ? 32 + (n % 95) : 10) : random() & 255,
        ),
      );
      const name = of([
        "a.txt",
        "b.csv",
        "report.TXT",
        "x",
        ".txt",
        "a.exe",
        `${"n".repeat(60)}.txt`,
        "..",
        "a b.txt",
        `f${stream}.txt`,
      ]);
      if (below(8))
        add(sender.manifest(stream, name, of([data.length, data.length, undefined, data.length + 1]), sha(data)));
      open.push({ stream, name, data, at: 0 });
      continue;
    }
    const one = of(open);
    if (one.at < one.data.length) {
      const at = below(20) ? one.at : Math.max(0, one.at - 100);
      add(sender.data(one.stream, at, one.data.subarray(at, at + of([MOST_BYTES, MOST_BYTES, 700]))));
      one.at = at + MOST_BYTES;
      if (below(30) === 0)
        add(sender.manifest(one.stream, below(2) ? one.name : "c.txt", one.data.length, sha(one.data)));
    } else {
      if (below(10)) add(sender.end(one.stream, one.data.length, below(6) ? sha(one.data) : Buffer.alloc(32)));
      if (below(6)) open.splice(open.indexOf(one), 1);
    }
    if (below(40) === 0) add(sender.idle());
    if (below(25) === 0) {
      sender.flush();
      for (let p = sender.parity(); p; p = sender.parity()) frames.push(Buffer.from(p));
    }
  }
  sender.flush();
  for (let p = sender.parity(); p; p = sender.parity()) frames.push(Buffer.from(p));
  return impaired(frames, random, oneIn);
}

/** Lost, sent twice, out of order, cut, with a bit changed, and from a session that is over. */
function impaired(frames: readonly Buffer[], random: () => number, oneIn: number): Buffer[] {
  const below = (n: number) => random() % n;
  const out: Buffer[] = [];
  for (const frame of frames) {
    const at = Math.max(0, out.length - below(12));
    const copy = Buffer.from(frame);
    switch (below(oneIn) ? 99 : below(9)) {
      case 0:
      case 1:
      case 2:
        continue;
      case 3:
        out.splice(at, 0, copy, copy);
        break;
      case 4:
        out.splice(at, 0, copy);
        break;
      case 5:
        out.push(copy.subarray(0, below(copy.length + 1)), copy);
        break;
      case 6:
        copy[below(48)]! ^= 1 << below(8);
        out.push(copy, frame);
        break;
      case 7:
        if (out.length) out.push(out[below(out.length)]!);
        out.push(copy);
        break;
      default:
        out.push(copy);
    }
  }
  return out;
}

it.each(Object.entries(CASES))("%s", async (name, one) => {
  const random = generator(60_000 + name.length);
  const lines: Line[] = [];
  const say = (kind: string, text: string) => void lines.push({ kind, text });
  const frames = await sent(one, random);
  for (const frame of frames) say("sent", frame.toString("hex"));
  const relay = await Relay.open(KEY_IN, KEY_OUT, one.profile, one.allowed ?? {});
  const passed: Buffer[] = [];
  let time = 6_000_000_000n;
  const pass = (frame?: Buffer) => {
    for (const out of relay.pass(frame, time)) {
      say("passed", `${time} ${out.toString("hex")}`);
      passed.push(out);
    }
  };
  for (const frame of frames) {
    time += BigInt([10_000, 10_000, 1_000_000, 90_000_000][random() % 4]!);
    pass(frame);
  }
  for (let n = 0; n < 120; n++) {
    time += 100_000_000n;
    pass();
  }
  const receiver = await Endpoint.open(KEY_OUT, one.profile, 0n);
  receiver.floor(1n, 0n);
  for (const frame of impaired(passed, random, 2 * one.oneIn)) {
    const why = receiver.take(frame);
    const { type, boot, sequence } = receiver.frame;
    say("taken", `${why} ${type} ${boot} ${sequence}`);
    if (why) continue;
    if (type === 2) say("heartbeats", `${receiver.counters(26).join()} ${JSON.stringify(receiver.ends())}`);
    else for (const record of receiver.records()) say("records", JSON.stringify(record ?? "none"));
  }
  say("totals", JSON.stringify(receiver.totals));
  await expect(summary(`transfer ${name}`, lines)).toMatchFileSnapshot(`golden/${name.replaceAll(/\W+/g, "-")}.txt`);
});
