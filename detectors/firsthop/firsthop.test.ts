// What hosts are told by the first hop: rogue-router, ra-flood, rogue-dhcp, dhcp-starvation.
import { beforeAll, describe, expect, it } from "vitest";
import { RecordKind } from "../../appliance/contract/abi.ts";
import { record } from "../../ip/testing/frames.ts";
import { ACK, DISCOVER, dhcpFrame, leased, linkLocal, OFFER, routerFrame, solicitation } from "../ip/testing/hop.ts";
import { arpFrame, at, byTime, every } from "../ip/testing/traffic.ts";
import { Flight } from "../testing/flight.ts";
import { batches, type Frame } from "../testing/site.ts";

beforeAll(() => Flight.ready());

/** Of each alert: its name, and how often it was found. */
function alertsOf(...parts: Frame[][]): Record<string, number[]> {
  const flight = Flight.with([])!;
  const alerts: Record<string, number[]> = {};
  const take = (records: Uint8Array) => {
    flight.run(records);
    for (const { alert } of flight.said) {
      if (!alert) continue;
      const { detector, count = 1 } = alert.context;
      alerts[detector] = [...(alerts[detector] ?? []), count];
    }
  };
  for (const batch of batches(byTime(parts.flat()))) take(batch);
  take(record(new Uint8Array(0), { kind: RecordKind.END }));
  return alerts;
}

const mac = (n: number) => [2, 7, 0, 0, n >> 8, n & 255];
const [ROUTER, OTHER, EVIL] = [mac(1), mac(2), mac(0xbad)];
const BAD = "2001:db8:bad:0";
const routes = (start: number, count: number, gap = 200, more: Partial<Parameters<typeof routerFrame>[0]> = {}) =>
  every(gap, count, start, () => routerFrame({ mac: ROUTER, src: linkLocal(1), ...more }));

// REQ-DETECT-022
describe("router advertisements", () => {
  it("of an ordinary segment raise nothing", () => {
    const second = { mac: OTHER, src: linkLocal(2) };
    const table: Record<string, Frame[][]> = {
      "two routers": [routes(0, 20), routes(90, 20, 200, second)],
      "a second router that advertises seldom": [routes(0, 100, 10), routes(500, 3, 600, second)],
      "a router restarts": [
        routes(0, 5),
        [at(900, routerFrame({ mac: ROUTER, src: linkLocal(1), lifetime: 0 }))],
        routes(905, 5),
      ],
      "one that is no router by default": [routes(0, 5), routes(10, 20, 60, { ...second, lifetime: 0 })],
      "its virtual MAC address moves": [
        routes(0, 20, 3, { mac: [0, 0, 0x5e, 0, 2, 7], src: linkLocal(7) }),
        [at(61, routerFrame({ mac: [0, 0, 0x5e, 0, 2, 7], src: linkLocal(7), lifetime: 0 }))],
        routes(62, 20, 3, { mac: [0, 0, 0x5e, 0, 2, 7], src: linkLocal(7) }),
      ],
      "200 hosts ask at once, and each is answered": [
        routes(0, 3),
        every(0.01, 200, 500, () => routerFrame({ mac: ROUTER, src: linkLocal(1), dst: linkLocal(9), to: OTHER })),
      ],
      "what hosts ignore: a hop limit that a router lowered": [
        routes(0, 9),
        routes(2000, 99, 0.01, { mac: EVIL, src: linkLocal(66), prefix: BAD, hopLimit: 254 }),
      ],
      "what hosts ignore: an address of another network": [
        routes(0, 9),
        routes(2000, 99, 0.01, { mac: EVIL, src: "2001:db8:0:0:0:0:0:66", prefix: BAD }),
      ],
    };
    for (const [name, parts] of Object.entries(table)) expect(alertsOf(...parts), name).toEqual({});
  });

  it("of a router that was not there are one alert, counted", () => {
    const rogue = { mac: EVIL, src: linkLocal(66), prefix: BAD };
    expect(alertsOf(routes(0, 5), routes(1000, 30, 5, rogue))).toEqual({ "rogue-router": [1, 12, 12, 5] });
  });

  it("of one with a prefix that is known are found later", () => {
    const rogue = { mac: EVIL, src: linkLocal(66) };
    expect(alertsOf(routes(0, 5), routes(1000, 3, 5, rogue))).toEqual({});
    expect(alertsOf(routes(0, 15), routes(2000, 3, 5, rogue))).toEqual({ "rogue-router": [1, 2] });
  });

  it("with a lifetime of 0 in a router's name are found at once from another MAC address, else when taken back twice", () => {
    const kill = { src: linkLocal(1), lifetime: 0 };
    expect(alertsOf(routes(0, 5), routes(501, 1, 1, { ...kill, mac: EVIL }))["rogue-router"]).toEqual([1]);
    expect(alertsOf(routes(0, 5), routes(501, 1, 1, { ...kill, mac: ROUTER }))).toEqual({});
    const found = alertsOf(routes(0, 5), routes(301, 3, 200, { ...kill, mac: ROUTER }));
    expect(found).toEqual({ "rogue-router": [1, 1] });
  });

  it("of many routers at once are one flood, whether or not one was there", () => {
    const flood = (start: number) =>
      every(0.001, 500, start, (k) =>
        routerFrame({ mac: mac(k), src: linkLocal(1000 + k), prefix: `2012:${k.toString(16)}:0:0` }),
      );
    expect(alertsOf(flood(0))).toEqual({ "ra-flood": [1, 449] });
    const found = alertsOf(routes(0, 5), flood(1000));
    expect(Object.keys(found).sort()).toEqual(["ra-flood", "rogue-router"]);
    expect(found["rogue-router"]!.length).toBe(2);
    expect(found["ra-flood"]!.length).toBe(2);
  });

  it("stay known though new ones fill the table", () => {
    const others = every(4, 200, 1000, (k) =>
      routerFrame({ mac: mac(500 + k), src: linkLocal(500 + k), prefix: `2012:${k.toString(16)}:0:0` }),
    );
    const found = alertsOf(routes(0, 10), others, routes(1801, 1, 1, { lifetime: 0, mac: EVIL }));
    expect(found["rogue-router"]!.reduce((sum, n) => sum + n)).toBe(201);
  });
});

const SERVER = { mac: mac(10), ip: "10.1.0.2" };
const SECOND = { mac: mac(11), ip: "10.1.0.3" };
const ROGUE = { mac: EVIL, ip: "10.1.0.66" };
const clients = (start: number, count: number, server = SERVER, gap = 10, first = 0) =>
  Array.from({ length: count }, (_, k) =>
    leased(start + gap * k, mac(0x100 + first + k), `10.1.${first + k}.9`, server, first + k),
  ).flat();
/** Another server offers something for the same questions, `after` the question. */
const offers = (start: number, count: number, server: typeof SERVER, after: number, first = 0) =>
  every(10, count, start + after, (k) =>
    dhcpFrame({
      kind: OFFER,
      client: mac(0x100 + first + k),
      xid: first + k,
      mac: server.mac,
      server: server.ip,
      given: `10.1.9.${k}`,
    }),
  );

// REQ-DETECT-022
describe("DHCP servers", () => {
  it("of an ordinary segment raise nothing", () => {
    const table: Record<string, Frame[][]> = {
      "two answer each question": [clients(0, 30), offers(0, 30, SECOND, 0.012)],
      "two share the clients (RFC 3074)": [clients(0, 30, SERVER, 20), clients(10, 30, SECOND, 20, 100)],
      "another one takes over after a while": [clients(0, 3), clients(100, 30, SECOND, 10, 100)],
    };
    for (const [name, parts] of Object.entries(table)) expect(alertsOf(...parts), name).toEqual({});
  });

  it("of which one was not there are one alert, whether it is slower or faster", () => {
    for (const after of [0.005, 0.015]) {
      const found = alertsOf(clients(0, 20), offers(100, 10, ROGUE, after, 10));
      expect(Object.keys(found)).toEqual(["rogue-dhcp"]);
      expect(found["rogue-dhcp"]!.reduce((sum, n) => sum + n)).toBe(10);
    }
  });

  it("are found beside one that served three clients alone", () => {
    expect(alertsOf(clients(0, 9), offers(40, 5, ROGUE, 0.015, 4))["rogue-dhcp"]![0]).toBe(1);
    expect(alertsOf(clients(0, 9), offers(40, 5, ROGUE, 0.005, 4))["rogue-dhcp"]![0]).toBe(1);
  });

  it("answer nobody who did not ask: forged answers make no server", () => {
    const forged = every(1, 50, 0, (k) =>
      dhcpFrame({ kind: ACK, client: mac(k), xid: k, mac: EVIL, server: ROGUE.ip, given: "10.1.0.1" }),
    );
    const found = alertsOf(forged, clients(100, 20), offers(200, 10, ROGUE, 0.015, 10));
    expect(Object.keys(found)).toEqual(["rogue-dhcp"]);
  });
});

// REQ-DETECT-022
describe("DHCP clients", () => {
  const asks = (start: number, count: number, gap: number, more: (k: number) => object = () => ({})) =>
    every(gap, count, start, (k) => dhcpFrame({ kind: DISCOVER, client: mac(0x200 + k), xid: k, ...more(k) }));

  it("of an ordinary segment raise nothing", () => {
    const table: Record<string, Frame[][]> = {
      "300 hosts start within a minute": [clients(0, 300, SERVER, 0.2)],
      "a relay asks for 90": [asks(0, 90, 0.3, () => ({ mac: ROUTER, relay: "10.2.0.1" }))],
      "a relay asks for 300, who get their addresses": [
        asks(0, 300, 0.2, () => ({ mac: ROUTER, relay: "10.2.0.1" })),
        every(0.2, 300, 0.1, (k) =>
          dhcpFrame({
            ...{ kind: ACK, client: mac(0x200 + k), xid: k, mac: SERVER.mac },
            ...{ server: SERVER.ip, given: "10.2.0.1", relay: "10.2.0.1" },
          }),
        ),
      ],
      "a host asks again and again, as it gets no answer": [asks(0, 200, 1, () => ({ client: mac(5), xid: 9 }))],
      "one starts by its firmware, its loader, its system": [
        every(1, 12, 0, (k) => dhcpFrame({ kind: DISCOVER, client: mac(5), xid: k, clientId: [0, k % 4] })),
      ],
      "400 hosts of IPv6 look whether their addresses are free": [
        every(0.1, 400, 0, (k) => solicitation(mac(k), "0:0:0:0:0:0:0:0", linkLocal(0x100 + k))),
      ],
    };
    for (const [name, parts] of Object.entries(table)) expect(alertsOf(...parts), name).toEqual({});
  });

  it("that are too many are one alert: of many MAC addresses, of one, of client identifiers, with addresses that none uses", () => {
    const table: Record<string, Frame[][]> = {
      "many MAC addresses": [asks(0, 500, 0.01)],
      "one sender": [asks(0, 60, 0.5, () => ({ mac: EVIL }))],
      "one client's identifiers": [
        every(0.5, 60, 0, (k) => dhcpFrame({ kind: DISCOVER, client: EVIL, xid: k, clientId: [0, k] })),
      ],
      "they take what they are offered": [
        clients(0, 400, SERVER, 0.1).filter(({ data }) => data[12] !== 8 || data[13] !== 6),
      ],
      "while others speak ARP": [
        asks(0, 500, 0.01),
        every(0.1, 50, 0, (k) => arpFrame({ op: 1, mac: mac(k), ip: `10.1.0.${k}`, target: `10.1.0.${k + 1}` })),
      ],
    };
    for (const [name, parts] of Object.entries(table)) {
      const found = alertsOf(...parts);
      expect(Object.keys(found), name).toEqual(["dhcp-starvation"]);
      expect(found["dhcp-starvation"]!.length, name).toBeLessThan(4);
    }
  });
});
