/** A detector that the project does not have: its files, and that learn, replay, tune, the page and the booted image have it. */
import { cpSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { CaptureWriter } from "../../captures/write.ts";
import { ethernet, ipv4, UDP, udp } from "../../fixtures/frames.ts";
import type { House } from "./house.ts";

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), "payload");
const SENSOR = { mac: "02:00:00:00:00:05", ip: "10.0.0.5" };
const HISTORIAN = { mac: "02:00:00:00:00:09", ip: "10.0.1.9" };

/** A datagram a second; now and then a longer one. */
function capture(path: string, seconds: number, long: (second: number) => number): void {
  const writer = new CaptureWriter(path);
  const begin = 1_772_442_000n;
  for (let second = 0; second < seconds; second++) {
    const segment = udp({ src: SENSOR.ip, dst: HISTORIAN.ip, sport: 4000, dport: 5000 }, Buffer.alloc(long(second), 7));
    const packet = ipv4({ src: SENSOR.ip, dst: HISTORIAN.ip, protocol: UDP, id: second }, segment);
    const frame = ethernet({ from: SENSOR.mac, to: HISTORIAN.mac }, 0x0800, packet);
    writer.write((begin + BigInt(second)) * 1_000_000_000n, frame);
  }
  writer.close();
}

interface Eve {
  event_type: string;
  src_ip: string;
  alert?: { signature: string; signature_id: number; context: Record<string, unknown> };
}

export function addDetector(house: House): void {
  for (const path of readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((p) => p.endsWith(".txt")))
    cpSync(join(SOURCES, path), join(house.folder, "detectors/payload", path.replace(/\.txt$/, "")));
  house.addLine("detectors/registry.ts", '  "flood",', '  "payload",');
  // learned: datagrams of up to 250 bytes, as long as that in the last sixth only
  capture(join(house.folder, "clean.pcap"), 1200, (second) => (second % 50 === 49 ? (second < 1000 ? 100 : 250) : 40));
  capture(join(house.folder, "attacked.pcap"), 60, (second) => (second === 30 ? 1000 : 40));
}

export function detectorWorks(house: House): void {
  const alerts = (folder: string) =>
    house
      .read(`${folder}/eve.json`)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Eve)
      .filter(({ alert }) => alert?.context.detector === "payload");

  it("learns: its entry is exported, its threshold is in the baseline", () => {
    house.weir("learn", "-r", "clean.pcap", "-o", "site.baseline");
    const { entries, thresholds } = JSON.parse(house.read("site.baseline"));
    const own = <T extends { detector: string }>(all: T[]) => all.filter(({ detector }) => detector === "payload");
    expect(own(entries)).toEqual([{ detector: "payload", host: "10.0.1.9", most: 250 }]);
    expect(own(thresholds)).toMatchObject([{ key: "10.0.1.9", quantity: "bytes of a datagram", limit: 375 }]);
  });

  it("raises its alert in a replay, in its own words", () => {
    house.weir("replay", "-r", "attacked.pcap", "--baseline", "site.baseline", "-l", "here");
    const [alert, ...more] = alerts("here");
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      src_ip: SENSOR.ip,
      alert: {
        signature: "unusually long datagram",
        signature_id: 7_700_030,
        context: {
          score: 2.666667,
          threshold: 1,
          expected: "datagrams of at most 375 bytes to this host",
          seen: "one of 1000 bytes",
        },
      },
    });
  });

  it("is tuned", () => {
    house.weir(
      "tune",
      "-r",
      "clean.pcap",
      "--baseline",
      "site.baseline",
      "--max-alarms-per-hour",
      "5",
      "-o",
      "tuned.yaml",
    );
    // what the last block held is more than the others teach: a factor of its own
    expect(parse(house.read("tuned.yaml")).detectors.payload.threshold).toBeGreaterThan(1);
    house.weir("replay", "-r", "clean.pcap", "-c", "tuned.yaml", "-l", "tuned");
    expect(alerts("tuned")).toEqual([]);
  });

  it("runs in the page's worker, and its threshold can be moved there", async () => {
    const job = { captures: ["attacked.pcap"], policy: "fixtures/watch.yaml", baseline: "site.baseline" };
    const files = ["attacked.pcap", "fixtures/watch.yaml", "site.baseline"];
    expect(await house.worker(files, [["open", job, []]])).toMatchObject({ run: { alertCounts: { payload: 1 } } });
    const moved = await house.worker(files, [
      ["open", job, []],
      ["again", ["detectors.payload.threshold=10"]],
    ]);
    expect(moved).toMatchObject({ run: { factors: { payload: 10 } } });
    expect((moved as { run: { alertCounts: object } }).run.alertCounts).not.toHaveProperty("payload");
  });

  it("is in the booted image, which writes the same events", () => {
    house.weir("replay", "--image", "-r", "attacked.pcap", "--baseline", "site.baseline", "-l", "image");
    expect(alerts("image").length).toBe(1);
    expect(house.read("image/eve.json")).toBe(house.read("here/eve.json"));
  });
}
