import { describe, expect, it } from "vitest";
import { Tag } from "../../appliance/contract/config.ts";
import { ipv4, tcp } from "../../ip/testing/frames.ts";
import { checkAll, type Found, IpProbe, lessonOf, mergeAll, packAll, sound, taught } from "../ip/testing/probe.ts";
import { arpFrame, at, BROADCAST, byTime, every, framed, macOf, resolved } from "../ip/testing/traffic.ts";
import { type Frame, normalTraffic, tcpFrame } from "../testing/site.ts";
import { boundHosts } from "./learned.ts";

const [MASTER, PLC, GATEWAY] = ["10.1.0.10", "10.1.0.100", "10.1.0.1"];
const EVIL = [2, 0xee, 1, 2, 3, 4];
const What = { MOVED: 1, MASQUERADE: 2, FOREIGN: 3, UNSOLICITED: 4, STORM: 5, CLAIMS: 6, SWEEP: 7 };
const kinds = (found: Found[]) => [...new Set(found.filter((f) => f.detector === "arp").map((f) => f.what))].sort();
const fresh = async (frames: Frame[]) => checkAll(await IpProbe.create(), byTime(frames));

/** Owners that resolve each other every 20 to 40 s, as hosts do whose caches time out. */
const life = (start: number, seconds: number): Frame[] => {
  const hosts = [MASTER, PLC, GATEWAY, "10.1.0.20"];
  return hosts.flatMap((who, i) =>
    hosts.flatMap((whom, j) =>
      i === j
        ? []
        : Array.from({ length: Math.floor(seconds / (20 + 5 * i)) }, (_, k) =>
            resolved(start + 1 + j + k * (20 + 5 * i), who, whom),
          ).flat(),
    ),
  );
};
/** What ettercap and bettercap do: each victim is told every `gap` s that the other is here. */
const poison = (start: number, seconds: number, gap = 2): Frame[] =>
  every(gap, seconds / gap, start, () =>
    arpFrame({ op: 2, mac: EVIL, ip: MASTER, target: PLC, targetMac: macOf(PLC) }),
  ).concat(
    every(gap, seconds / gap, start + 0.01, () =>
      arpFrame({ op: 2, mac: EVIL, ip: PLC, target: MASTER, targetMac: macOf(MASTER) }),
    ),
  );
const announce = (t: number, ip: string, mac: number[], times = 3) =>
  every(1, times, t, () => arpFrame({ op: 1, mac, ip, target: ip }));

describe("without a baseline", () => {
  it("is silent about the ordinary", async () => {
    const table: Record<string, Frame[]> = {
      "an hour of resolving": life(0, 3600),
      "boot: probe and announce (RFC 5227)": [
        ...every(1, 3, 0, () => arpFrame({ op: 1, mac: EVIL, ip: "0.0.0.0", target: "10.1.0.50" })),
        ...announce(4, "10.1.0.50", EVIL),
      ],
      "a lease goes to another host": [
        ...announce(0, "10.1.0.50", macOf("10.1.0.50")),
        ...resolved(10, MASTER, "10.1.0.50"),
        ...announce(4000, "10.1.0.50", EVIL),
        ...resolved(4010, MASTER, "10.1.0.50", EVIL),
      ],
      "VRRP: the virtual MAC stays": [
        ...announce(0, GATEWAY, [0, 0, 0x5e, 0, 1, 1]),
        ...announce(100, GATEWAY, [0, 0, 0x5e, 0, 1, 1]),
        ...resolved(110, MASTER, GATEWAY, [0, 0, 0x5e, 0, 1, 1]),
      ],
      "failover to another MAC and back ten minutes later": [
        ...announce(0, GATEWAY, macOf(GATEWAY)),
        ...announce(100, GATEWAY, EVIL),
        ...resolved(130, MASTER, GATEWAY, EVIL),
        ...announce(700, GATEWAY, macOf(GATEWAY)),
      ],
      "a cluster announces 30 addresses": Array.from({ length: 12 }, (_, i) =>
        announce(i / 10, `10.1.2.${i}`, EVIL),
      ).flat(),
      "a monitor asks for 30 hosts in turn": every(1, 300, 0, (k) =>
        arpFrame({ op: 1, mac: macOf(MASTER), ip: MASTER, target: `10.1.0.${k % 30}` }),
      ),
    };
    const rows = await Promise.all(
      Object.entries(table).map(async ([name, frames]) => ({ name, found: kinds(await fresh(frames)).join() })),
    );
    console.table(rows);
    expect(rows.filter((row) => row.found)).toEqual([]);
  });

  it("finds a man in the middle by answers nobody asked for and by addresses that go to and fro", async () => {
    const found = await fresh([...life(0, 400), ...poison(200, 100)]);
    expect(found.every(sound)).toBe(true);
    expect(kinds(found)).toEqual([What.MOVED, What.UNSOLICITED]);
    expect(found.find((f) => f.what === What.UNSOLICITED)!.time).toBeLessThan(215);
    expect(found.find((f) => f.what === What.MOVED)!.seen).toMatch(/claims it/);
  });

  it("finds someone speaking for others, a storm, many claims, a sweep", async () => {
    const other = arpFrame({ op: 2, mac: macOf(MASTER), ip: MASTER, target: PLC, targetMac: macOf(PLC), from: EVIL });
    expect(kinds(await fresh([at(1, other)]))).toEqual([What.FOREIGN]);
    expect(kinds(await fresh(every(0.05, 200, 0, () => arpFrame({ op: 1, mac: EVIL, ip: PLC, target: PLC }))))).toEqual(
      [What.STORM],
    );
    const claims = every(5, 40, 0, (k) => arpFrame({ op: 1, mac: EVIL, ip: `10.1.3.${k}`, target: GATEWAY }));
    expect(kinds(await fresh(claims))).toEqual([What.CLAIMS]);
    const sweep = every(0.1, 254, 0, (k) => arpFrame({ op: 1, mac: EVIL, ip: MASTER, target: `10.1.4.${k}` }));
    expect(kinds(await fresh(sweep))).toEqual([What.SWEEP]);
  });

  it("does not call answers unsolicited where questions cannot be seen at all", async () => {
    const answers = every(1, 100, 0, () =>
      arpFrame({ op: 2, mac: macOf(PLC), ip: PLC, target: MASTER, targetMac: macOf(MASTER) }),
    );
    expect(await fresh(answers)).toEqual([]);
  });

  it("looks at the frame's own ARP only, not at what a tunnel carries", async () => {
    const vxlan = (inner: Uint8Array) => {
      const data = Buffer.concat([Buffer.from([8, 0, 0, 0, 0, 0, 1, 0]), inner]);
      const head = Buffer.from([0x30, 0, 0x12, 0xb5, 0, 8 + data.length, 0, 0]);
      return framed(EVIL, BROADCAST, 0x0800, ipv4(17, Buffer.concat([head, data]), { src: MASTER, dst: PLC }));
    };
    const inner = arpFrame({ op: 1, mac: macOf(MASTER), ip: MASTER, target: PLC });
    expect(kinds(await fresh([at(1, vxlan(inner))]))).toEqual([]);
  });
});

describe("with a baseline", () => {
  it("finds the first packet of a stolen address, in ARP and in IP, and nothing in normal traffic", async () => {
    const probe = await taught(byTime([...normalTraffic(1, 300), ...life(1000, 300)]), undefined, ["arp"]);
    expect(kinds(checkAll(probe, byTime([...normalTraffic(2, 300, 2000), ...life(2000, 300)])))).toEqual([]);
    expect(kinds(checkAll(probe, announce(3000, PLC, EVIL, 1)))).toEqual([What.MOVED]);
    const segment = tcp(16, { src: MASTER, dst: PLC, sport: 50000, dport: 502 });
    const stolen = framed(EVIL, macOf(PLC), 0x0800, ipv4(6, segment, { src: MASTER, dst: PLC }));
    const [found] = checkAll(probe, [at(3001, stolen)]);
    expect([found!.what, found!.seen]).toEqual([What.MASQUERADE, "02:ee:01:02:03:04 sends in its name"]);
    expect(sound(found!)).toBe(true);
  });

  it("takes what it learned for normal: a pair of routers, an unsolicited announcer, an ARP proxy", async () => {
    const odd = (start: number) =>
      byTime([
        ...Array.from({ length: 10 }, (_, k) => [
          ...announce(start + 120 * k, GATEWAY, k & 1 ? EVIL : macOf(GATEWAY), 1),
          ...every(3, 30, start + 120 * k, () =>
            arpFrame({ op: 2, mac: macOf(PLC), ip: PLC, target: MASTER, targetMac: macOf(MASTER) }),
          ),
        ]).flat(),
        ...every(0.5, 200, start, (k) => arpFrame({ op: 1, mac: macOf(MASTER), ip: MASTER, target: `10.1.5.${k}` })),
        ...every(10, 9, start, () =>
          arpFrame({
            op: 2,
            mac: macOf("10.1.0.7"),
            ip: "10.1.0.7",
            target: MASTER,
            targetMac: macOf(MASTER),
            from: macOf(GATEWAY),
          }),
        ),
      ]);
    expect(kinds(await fresh(odd(1000))).length).toBeGreaterThan(2);
    expect(kinds(checkAll(await taught(odd(1000), undefined, ["arp"]), odd(5000)))).toEqual([]);
  });

  it("lets hosts behind one router come through the other", () => {
    const host = (i: number, macs: string[]) => ({ detector: "arp", ip: `10.8.1.${i}`, macs, frames: 9 });
    const [a, b] = ["02:00:00:00:00:01", "02:00:00:00:00:02"];
    const entries = Array.from({ length: 20 }, (_, i) => host(i, [i % 2 ? a : b]));
    expect(boundHosts([...entries, host(99, ["02:00:00:00:00:09"])]).map(({ macs }) => macs.length)).toEqual([
      ...entries.map(() => 2),
      1,
    ]);
  });

  it("says nothing of a host without addresses: inspect takes what is packed", async () => {
    const host = (i: number, macs: string[]) => ({ detector: "arp", ip: `10.8.1.${i}`, macs, frames: 9 });
    expect(boundHosts([host(1, []), host(2, ["02:00:00:00:00:02"])])).toEqual([
      { ip: "10.8.1.2", macs: ["02:00:00:00:00:02"], isBehind: false },
    ]);
    for (const entries of [[host(1, [])], [host(1, []), host(2, ["02:00:00:00:00:02"])]])
      await IpProbe.create(packAll(mergeAll(entries), 24));
  });

  it("merges in any order to the same, and refuses what is damaged", async () => {
    const parts = await Promise.all(
      [life(0, 100), poison(0, 40), announce(0, PLC, EVIL)].map((f) => lessonOf(byTime(f))),
    );
    const own = parts.flat().filter((e) => e.detector.startsWith("arp"));
    const merged = mergeAll(own);
    expect(mergeAll([...own].reverse())).toEqual(merged);
    expect(mergeAll([...merged.slice(3), ...merged.slice(0, 3)])).toEqual(merged);
    expect(merged.find((e) => e.ip === PLC)!.macs).toEqual(["02:00:0a:01:00:64", "02:ee:01:02:03:04"]);
    const { bytes } = packAll(merged, 1, undefined, ["arp"])[0]!;
    const probe = await IpProbe.create();
    expect(probe.configure(Tag.ARP, bytes)).toBe(true);
    probe.e.reset();
    const wrong = Uint8Array.from(bytes);
    wrong[bytes.length - 40] = 0xee; // the last record's host
    expect(probe.configure(Tag.ARP, wrong)).toBe(false);
  });
});

it("stays right about known addresses while thousands of others are swept", async () => {
  const probe = await taught(life(0, 200), undefined, ["arp"]);
  const sweep = every(0.001, 5000, 1000, (k) =>
    arpFrame({ op: 1, mac: [2, 7, 0, 0, k >> 8, k & 255], ip: `10.9.${k >> 8}.${k & 255}`, target: GATEWAY }),
  );
  checkAll(probe, sweep);
  expect(probe.e.evictions()).toBeGreaterThan(4000n);
  expect(kinds(checkAll(probe, announce(2000, PLC, EVIL, 1)))).toEqual([What.MOVED]);
  expect(
    kinds(checkAll(probe, [at(2001, tcpFrame({ src: PLC, dst: MASTER, sport: 502, dport: 50000, size: 1 }))])),
  ).toEqual([]);
});
