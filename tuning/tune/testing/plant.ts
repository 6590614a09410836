/** Hours of a small network as a capture: sensors that report each second, and now and then send off what they kept. */
import { CaptureWriter } from "../../../captures/write.ts";
import { ethernet, ipv4, UDP, udp } from "../../../fixtures/frames.ts";
import { uniform } from "../../../lib/numerics/random.ts";

export interface Plant {
  seconds: number;
  seed: number;
  /** ISO 8601. */
  start?: string;
  /** From this share of the time on bursts are `grow` times as large. */
  driftFrom?: number;
  grow?: number;
  /** Pairs of hosts that talk once, evenly over the time. */
  visitors?: number;
  /** Seconds from the beginning at which a sensor sends far more than ever, and for how long. */
  strikes?: readonly { name: string; at: number; seconds: number; perSecond: number }[];
}

interface Host {
  mac: string;
  ip: string;
}

const HISTORIAN = { mac: "02:00:00:00:00:09", ip: "10.0.1.9" };
const SENSORS = [5, 6, 7].map((n) => ({ mac: `02:00:00:00:00:0${n}`, ip: `10.0.0.${n}` }));
/** Seconds between bursts of a sensor, on average. */
const BETWEEN = 45;

/** @returns labels, as weir evaluate reads them */
export function plant(
  path: string,
  { seconds, seed, start, driftFrom = 1, grow = 1, visitors = 0, strikes = [] }: Plant,
): string {
  const random = uniform(seed);
  const begin = BigInt(Date.parse(start ?? "2026-03-02T09:00:00Z")) * 1_000_000n;
  const packets: { at: number; from: Host; to: Host; size: number }[] = [];
  for (const from of SENSORS) {
    for (let at = random(); at < seconds; at += 1) packets.push({ at, from, to: HISTORIAN, size: 40 });
    for (let at = BETWEEN * random(); at < seconds; at += -BETWEEN * Math.log(1 - random())) {
      const scale = at >= driftFrom * seconds ? grow : 1;
      const burst = Math.ceil(-10 * scale * Math.log(1 - random()));
      for (let i = 0; i < burst; i++) packets.push({ at: at + i * 0.005, from, to: HISTORIAN, size: 200 });
    }
  }
  for (let n = 0; n < visitors; n++) {
    const from = { mac: `02:00:00:00:01:${(n & 255).toString(16).padStart(2, "0")}`, ip: `10.0.2.${n + 1}` };
    const to = { mac: "02:00:00:00:02:00", ip: `10.0.3.${n + 1}` };
    for (let i = 0; i < 3; i++) packets.push({ at: (seconds * (n + 0.5)) / visitors + i * 0.1, from, to, size: 40 });
  }
  const rows = ["start,end,label"];
  for (const { name, at, seconds: long, perSecond } of strikes) {
    for (let i = 0; i < long * perSecond; i++)
      packets.push({ at: at + i / perSecond, from: SENSORS[0]!, to: HISTORIAN, size: 200 });
    rows.push(`${at},${at + long},${name}`);
  }
  packets.sort((a, b) => a.at - b.at);
  const writer = new CaptureWriter(path);
  let id = 0;
  for (const { at, from, to, size } of packets) {
    if (at >= seconds) continue;
    const segment = udp({ src: from.ip, dst: to.ip, sport: 4000, dport: 5000 }, Buffer.alloc(size, 7));
    const packet = ipv4({ src: from.ip, dst: to.ip, protocol: UDP, id: ++id & 0xffff }, segment);
    writer.write(begin + BigInt(Math.round(at * 1e9)), ethernet({ from: from.mac, to: to.mac }, 0x0800, packet));
  }
  writer.close();
  return `${rows.join("\n")}\n`;
}
