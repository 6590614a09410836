// Addresses that move: by DHCP, by groups of routers, by proxies; and what looks like it. ARP and neighbour discovery.
import { beforeAll, describe, expect, it } from "vitest";
import { RecordKind } from "../../appliance/contract/abi.ts";
import type { Alert } from "../../appliance/contract/generated/events.ts";
import { ipv4, record, tcp, udp } from "../../ip/testing/frames.ts";
import {
  ACK,
  advertisement,
  dhcpFrame,
  leased,
  linkLocal,
  REQUEST,
  routerFrame,
  solicitation,
} from "../ip/testing/hop.ts";
import { lessonOf, mergeAll, packAll } from "../ip/testing/probe.ts";
import { arpFrame, at, byTime, every, framed, macOf, resolved } from "../ip/testing/traffic.ts";
import { Flight } from "../testing/flight.ts";
import { batches, type Frame } from "../testing/site.ts";
import { arp } from "./learned.ts";

beforeAll(() => Flight.ready());

type Sections = readonly { tag: number; bytes: Uint8Array }[];
const knowing = async (...parts: Frame[][]): Promise<Sections> =>
  packAll(mergeAll(await lessonOf(byTime(parts.flat()))), 1, undefined, ["arp"]);

/** Each alert: its name, what was seen, and how often. */
function alertsOf(sections: Sections, ...parts: Frame[][]): string[] {
  const flight = Flight.with(sections)!;
  const alerts: string[] = [];
  const take = (records: Uint8Array) => {
    flight.run(records);
    for (const { alert } of flight.said)
      if (alert) alerts.push(`${alert.context.detector} ${alert.context.count ?? 1}: ${alert.context.seen}`);
  };
  for (const batch of batches(byTime(parts.flat()))) take(batch);
  take(record(new Uint8Array(0), { kind: RecordKind.END }));
  return alerts;
}
const nothing: Sections = [];

const mac = (n: number) => [2, 7, 0, 0, n >> 8, n & 255];
const [M1, M2, EVIL] = [mac(1), mac(2), mac(0xbad)];
const [GATEWAY, HOST] = ["10.1.0.1", "10.1.0.9"];
const VRRP = [0, 0, 0x5e, 0, 1, 10];
const HSRP = [0, 0, 0x0c, 0x07, 0xac, 1];
const announce = (t: number, ip: string, from: number[], times = 5) =>
  every(0.001, times, t, () => arpFrame({ op: 1, mac: from, ip, target: ip }));
const segment = (src: string, from: number[], to: number[]) =>
  framed(
    from,
    to,
    0x0800,
    ipv4(6, tcp(16, { src, dst: "10.1.0.80", sport: 40000, dport: 443 }), { src, dst: "10.1.0.80" }),
  );
/** Packets of hosts of another network, through a router. */
const remote = (start: number, router: number[], count = 40, gap = 1) =>
  every(gap, count, start, (k) => segment(`10.9.${k % 40}.7`, router, macOf("10.1.0.80")));
const hello = (t: number, src: string, from: number[]) => {
  const ends = { src, dst: "224.0.0.2", sport: 1985, dport: 1985 };
  return at(t, framed(from, [1, 0, 0x5e, 0, 0, 2], 0x0800, ipv4(17, udp(new Uint8Array(20), ends), ends)));
};

// REQ-DETECT-021
describe("ARP", () => {
  it("of routers that take over, of proxies and of stations that poll raises nothing", () => {
    const table: Record<string, Frame[][]> = {
      "VRRP without a virtual MAC address: the master restarts, and takes over again": [
        announce(0, GATEWAY, M1),
        announce(3600, GATEWAY, M2),
        announce(3660, GATEWAY, M1),
      ],
      "a router's frames with the group's MAC address inside": [
        every(1, 20, 0, () => arpFrame({ op: 1, mac: VRRP, ip: GATEWAY, target: GATEWAY, from: M1 })),
      ],
      "CARP that balances: one address at two virtual MAC addresses": Array.from({ length: 30 }, (_, k) =>
        resolved(20 * k, HOST, GATEWAY, [...VRRP.slice(0, 5), 1 + (k % 2)]),
      ),
      "a group of GLBP: an address at each of its forwarders": Array.from({ length: 30 }, (_, k) =>
        resolved(5 * k, HOST, GATEWAY, [0, 7, 0xb4, 0, 1, 1 + (k % 4)]),
      ),
      "a proxy answers for 30 addresses": Array.from({ length: 30 }, (_, k) =>
        resolved(10 * k, HOST, `10.1.7.${k}`, M1),
      ),
      "a station polls 60 hosts each minute": Array.from({ length: 180 }, (_, k) =>
        resolved(60 * Math.floor(k / 60) + (k % 60) / 2, HOST, `10.1.0.${100 + (k % 60)}`),
      ),
      "a host looks whether its old network is there (RFC 4436), after its address was given away": [
        leased(0, M1, HOST, { mac: mac(9), ip: GATEWAY }),
        leased(5000, M2, HOST, { mac: mac(9), ip: GATEWAY }, 8),
        [at(5010, arpFrame({ op: 1, mac: M1, ip: HOST, target: GATEWAY }))],
        announce(5020, HOST, M2, 1),
      ],
    };
    for (const [name, parts] of Object.entries(table)) expect(alertsOf(nothing, ...parts), name).toEqual([]);
  });

  it("of a man in the middle is one alert of his MAC address, counted", () => {
    const start = resolved(0, HOST, GATEWAY);
    const poison = every(10, 12, 5, () =>
      arpFrame({ op: 2, mac: EVIL, ip: GATEWAY, target: HOST, targetMac: macOf(HOST) }),
    ).concat(
      every(10, 12, 5.01, () => arpFrame({ op: 2, mac: EVIL, ip: HOST, target: GATEWAY, targetMac: macOf(GATEWAY) })),
    );
    const alerts = alertsOf(nothing, start, poison);
    expect(alerts.map((one) => one.split(":")[0])).toEqual(["arp 1", "arp 20", "arp 19"]);
    expect(alerts[0]).toBe("arp 1: 02:07:00:00:0b:ad claims it");
  });

  it("of many MAC addresses that take one address is one alert, too", () => {
    const many = every(0.1, 200, 5, (k) =>
      arpFrame({ op: 2, mac: mac(0x300 + k), ip: GATEWAY, target: HOST, targetMac: macOf(HOST) }),
    );
    const alerts = alertsOf(nothing, resolved(0, HOST, GATEWAY), many);
    expect(alerts.map((one) => one.split(":")[0])).toEqual(["arp 1", "arp 198"]);
  });

  it("of who answers each question beside the owner is found", () => {
    const both = Array.from({ length: 6 }, (_, k) => [
      ...resolved(20 * k, HOST, GATEWAY),
      at(20 * k + 0.002, arpFrame({ op: 2, mac: EVIL, ip: GATEWAY, target: HOST, targetMac: macOf(HOST) })),
    ]);
    expect(alertsOf(nothing, ...both)[0]).toBe("arp 1: 02:07:00:00:0b:ad claims it");
  });

  it("of a sweep is found though some of the hosts answer", () => {
    const sweep = Array.from({ length: 200 }, (_, k) => {
      const frames = resolved(k / 10, HOST, `10.1.4.${k}`);
      return k % 3 ? frames.slice(0, 1) : frames;
    });
    expect(alertsOf(nothing, ...sweep)[0]).toMatch(/^arp 1: 02:00:0a:01:00:09: about 4\d\.\d$/);
  });

  it("of 40 addresses that the baseline knows elsewhere is one alert", async () => {
    const known = await knowing(...Array.from({ length: 40 }, (_, k) => announce(k, `10.1.2.${k}`, mac(100 + k), 1)));
    const moved = Array.from({ length: 40 }, (_, k) => announce(100 + k / 10, `10.1.2.${k}`, M2, 1)).flat();
    expect(alertsOf(known, moved).map((one) => one.split(":")[0])).toEqual(["arp 1", "arp 59"]);
  });
});

const SERVER = { mac: mac(9), ip: "10.1.0.2" };
const lesson = Array.from({ length: 6 }, (_, k) => leased(10 * k, mac(20 + k), `10.1.0.${100 + k}`, SERVER, k)).flat();
const use = (t: number, ip: string, from: number[], count = 5) =>
  every(1, count, t, () => segment(ip, from, SERVER.mac));

// REQ-DETECT-021
describe("an address that a DHCP server gives to somebody else", () => {
  const given = (t: number, server = SERVER) => [
    ...leased(t, mac(25), "10.1.0.100", server, 99),
    ...use(t + 5, "10.1.0.100", mac(25)),
  ];

  it("raises nothing", async () => {
    const known = await knowing(lesson, use(100, "10.1.0.100", mac(20)));
    expect(alertsOf(known, leased(1000, mac(1), "10.1.0.50", SERVER, 1), given(1010))).toEqual([]);
  });

  it("is an alert where no server, or another one, gave it, or the answer was to nobody's question", async () => {
    const known = await knowing(lesson, use(100, "10.1.0.100", mac(20)));
    const stolen = (parts: Frame[]) => alertsOf(known, lesson.map(later), parts)[0];
    expect(stolen(use(1000, "10.1.0.100", mac(25)))).toBe("arp 1: 02:07:00:00:00:19 sends in its name");
    const answer = { kind: ACK, client: mac(25), xid: 5, server: SERVER.ip, given: "10.1.0.100", mac: SERVER.mac };
    expect(stolen([at(999, dhcpFrame(answer)), ...use(1000, "10.1.0.100", mac(25))])).toMatch(/sends in its name$/);
    // asked by somebody else in the client's name
    const asked = dhcpFrame({ kind: REQUEST, client: mac(25), xid: 5, mac: EVIL });
    expect(stolen([at(998, asked), at(999, dhcpFrame(answer)), ...use(1000, "10.1.0.100", mac(25))])).toMatch(
      /sends in its name$/,
    );
    const evil = { mac: EVIL, ip: "10.1.0.66" };
    const more = Array.from({ length: 4 }, (_, k) => leased(500 + k, mac(40 + k), `10.1.0.${140 + k}`, SERVER, 40 + k));
    expect(alertsOf(known, lesson.map(later), ...more, given(1000, evil)).map((one) => one.split(" ")[0])).toContain(
      "arp",
    );
  });

  it("is an alert once the one who had it goes on using it", async () => {
    const known = await knowing(lesson, use(100, "10.1.0.100", mac(20)));
    const alerts = alertsOf(known, given(1000), use(1008.5, "10.1.0.100", mac(20), 1));
    expect(alerts).toEqual(["arp 1: 02:07:00:00:00:19 sends in its name"]);
  });
});
const later = ({ time, data }: Frame): Frame => ({ time: time + 400e9, data });

// REQ-DETECT-021
describe("a router that gives way to another", () => {
  it("is one event", async () => {
    const known = await knowing(remote(0, M1), [hello(1, "10.1.0.2", HSRP)]);
    const hellos = every(3, 100, 1000, () => hello(0, "10.1.0.3", HSRP).data);
    const alerts = alertsOf(known, remote(1000, M2, 400), hellos, [hello(1001, "10.1.0.2", M1)]);
    expect(alerts).toEqual(["arp 1: 02:07:00:00:00:02 sends in their name: the router changed"]);
  });

  it("is another one when it comes back and gives way again", async () => {
    const known = await knowing(remote(0, M1));
    const alerts = alertsOf(known, remote(1000, M2), remote(2000, M1), remote(3000, M2));
    expect(alerts.length).toBe(2);
  });

  it("is an attack where both go on", async () => {
    const known = await knowing(remote(0, M1));
    const forged = every(5, 10, 1000.5, () => segment("10.9.3.7", EVIL, macOf("10.1.0.80")));
    const alerts = alertsOf(known, remote(1000, M1, 60), forged);
    expect(alerts[0]).toMatch(/the router changed$/);
    expect(alerts[1]).toBe("arp 9: 02:07:00:00:0b:ad sends in its name");
  });
});

const [R6, H6] = [linkLocal(1), linkLocal(9)];
/** A question and its answer. */
const found6 = (t: number, whom: string, whomMac: number[], override = true) => [
  at(t, solicitation(M1, H6, whom)),
  at(t + 0.001, advertisement({ mac: whomMac, target: whom, dst: H6, to: M1, solicited: true, override })),
];

// REQ-DETECT-021
describe("neighbour discovery", () => {
  it("of an ordinary segment raises nothing", () => {
    const table: Record<string, Frame[][]> = {
      "an hour of questions": Array.from({ length: 100 }, (_, k) => found6(30 * k, k % 3 ? R6 : H6, k % 3 ? M2 : M1)),
      "a network card is replaced (section 7.2.6)": [
        found6(0, R6, M2),
        every(1, 3, 100, () => advertisement({ mac: mac(3), target: R6 })),
        found6(110, R6, mac(3)),
      ],
      "an address of many (anycast, section 7.2.7)": Array.from({ length: 20 }, (_, k) =>
        found6(5 * k, linkLocal(7), mac(50 + (k % 3)), false),
      ),
      "VRRP for IPv6 balances": Array.from({ length: 20 }, (_, k) =>
        found6(5 * k, R6, [0, 0, 0x5e, 0, 2, 1 + (k % 2)]),
      ),
      "hosts make up temporary addresses (RFC 8981)": [
        every(0.5, 400, 0, (k) => solicitation(mac(k % 10), "0:0:0:0:0:0:0:0", `2001:db8:1:0:${k.toString(16)}:9:8:7`)),
        every(0.5, 400, 0.2, (k) =>
          advertisement({ mac: mac(k % 10), target: `2001:db8:1:0:${k.toString(16)}:9:8:7`, override: true }),
        ),
      ],
    };
    for (const [name, parts] of Object.entries(table)) expect(alertsOf(nothing, ...parts), name).toEqual([]);
  });

  it("in another's name is one alert of the MAC address, counted", () => {
    const poison = every(5, 24, 5, (k) =>
      advertisement({ mac: EVIL, target: k % 2 ? R6 : H6, dst: k % 2 ? H6 : R6, to: k % 2 ? M1 : M2 }),
    );
    const alerts = alertsOf(nothing, found6(0, R6, M2), [at(0.5, advertisement({ mac: M1, target: H6 }))], poison);
    expect(alerts[0]).toBe("nd 1: 02:07:00:00:0b:ad claims it");
    expect(alerts.length).toBe(3);
  });

  it("that answers each question beside the owner is found", () => {
    const both = Array.from({ length: 6 }, (_, k) => [
      ...found6(20 * k, R6, M2),
      at(20 * k + 0.002, advertisement({ mac: EVIL, target: R6, dst: H6, to: M1, solicited: true })),
    ]);
    expect(alertsOf(nothing, ...both)[0]).toBe("nd 1: 02:07:00:00:0b:ad claims it");
  });

  it("that routers forwarded, or that a tunnel carries, is none", () => {
    const far = every(5, 24, 5, () => advertisement({ mac: EVIL, target: R6, dst: H6, to: M1, hopLimit: 254 }));
    expect(alertsOf(nothing, found6(0, R6, M2), far)).toEqual([]);
  });

  it("is held against a baseline at once, and accuses nobody", async () => {
    const known = await knowing(found6(0, R6, M2), found6(10, R6, M2));
    expect(alertsOf(known, [at(100, advertisement({ mac: EVIL, target: R6 }))])).toContain(
      "nd 1: 02:07:00:00:0b:ad claims it",
    );
  });

  it("is accepted as ARP is: the baseline knows the address there, too", async () => {
    const moved = [at(100, advertisement({ mac: M2, target: R6 }))];
    const entries = await lessonOf(byTime([...found6(0, R6, M1), ...found6(10, R6, M1)]));
    const flight = Flight.with(packAll(mergeAll(entries), 1, undefined, ["arp"]))!;
    for (const batch of batches(moved)) flight.run(batch);
    const alert = flight.said.find((one) => one.alert?.context.detector === "nd") as unknown as Alert;
    expect(arp.accept!(alert)).toEqual([{ detector: "arp", ip: "fe80::1", macs: ["02:07:00:00:00:02"], frames: 1 }]);
    const known = packAll(mergeAll([...entries, ...arp.accept!(alert)]), 1, undefined, ["arp"]);
    expect(alertsOf(known, moved)).toEqual([]);
  });

  it("of a router's advertisement counts as well", () => {
    const routers = Array.from({ length: 8 }, (_, k) => at(20 * k, routerFrame({ mac: k % 2 ? EVIL : M2, src: R6 })));
    expect(alertsOf(nothing, routers)[0]).toBe("nd 1: 02:07:00:00:0b:ad claims it");
  });
});

it("a host with many temporary addresses is no router, and hosts behind one are", async () => {
  const many = every(1, 60, 0, (k) =>
    advertisement({ mac: mac(k % 5), target: `2001:db8:1:0:${k.toString(16)}:1:1:1` }),
  );
  const own = every(1, 1, 70, () => advertisement({ mac: M1, target: R6 }));
  const known = await knowing(many, own);
  expect(alertsOf(known, [at(100, advertisement({ mac: mac(4), target: R6 }))])[0]).toMatch(/^nd 1/);
});

it("ARP of a virtual MAC address is no cover for another's", async () => {
  const known = await knowing(announce(0, GATEWAY, M1));
  const forged = arpFrame({ op: 1, mac: VRRP, ip: GATEWAY, target: GATEWAY, from: EVIL });
  expect(alertsOf(known, [at(10, forged)])[0]).toBe("arp 1: 00:00:5e:00:01:0a claims it");
});
