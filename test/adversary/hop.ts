// Attacks of rows.ts on what hosts are told by the first hop, as frames.
import {
  ACK,
  advertisement,
  DISCOVER,
  dhcpFrame,
  leased,
  linkLocal,
  routerFrame,
  solicitation,
} from "../../detectors/ip/testing/hop.ts";
import { arpFrame, at, byTime, every, resolved } from "../../detectors/ip/testing/traffic.ts";
import type { Frame as Recorded } from "../../detectors/testing/site.ts";
import type { Frame } from "../framing/scene.ts";

const mac = (n: number) => [2, 7, 0, 0, n >> 8, n & 255];
const [ROUTER, HOST, EVIL] = [mac(1), mac(9), mac(0xbad)];
const [R6, H6] = [linkLocal(1), linkLocal(9)];
const SERVER = { mac: mac(2), ip: "10.0.0.2" };
const GATEWAY = "10.0.0.1";
const MINE = "10.0.0.9";

const frames = (...parts: Recorded[][]): readonly Frame[] =>
  byTime(parts.flat()).map(({ time, data }) => ({ time: BigInt(time), frame: data }));
const routes = (count: number) => every(200, count, 0, () => routerFrame({ mac: ROUTER, src: R6 }));
const clients = (start: number, count: number) =>
  Array.from({ length: count }, (_, k) =>
    leased(start + 5 * k, mac(0x100 + k), `10.0.2.${k + 1}`, SERVER, k + 1),
  ).flat();
/** The gateway's address, asked for every 20 s, and what the attacker says behind the answer. */
const contested = (said: (k: number) => Uint8Array) =>
  frames(
    ...Array.from({ length: 9 }, (_, k) => [...resolved(20 * k, MINE, GATEWAY, ROUTER), at(20 * k + 0.002, said(k))]),
  );
const claim = (from: number[], more: Partial<Parameters<typeof arpFrame>[0]> = {}) =>
  arpFrame({ op: 2, mac: from, ip: GATEWAY, target: MINE, targetMac: HOST, ...more });

/** Only where it is asked, as the answer. */
export const answering = () => contested(() => claim(EVIL));
/** From another MAC address each time. */
export const many = () => contested((k) => claim(mac(0x300 + k)));
/** At the MAC address of a group of routers, which he makes his own. */
export const virtual = () => contested(() => claim([0, 0, 0x5e, 0, 1, 66]));

/** An answer in the server's name, from another MAC address, to a question that the attacker asked himself. */
export const ownAnswer = () =>
  frames(clients(0, 10), [
    ...leased(100, EVIL, GATEWAY, { mac: mac(0xbae), ip: "10.0.0.3" }, 99),
    ...resolved(101, MINE, GATEWAY, ROUTER),
  ]);
/** The same from the server's own MAC address: it moves the gateway's address, until the gateway speaks. */
export const forgedServer = () =>
  frames(
    clients(0, 10),
    ...Array.from({ length: 5 }, (_, k) => [
      ...resolved(100 + 20 * k, MINE, GATEWAY, ROUTER),
      ...leased(101 + 20 * k, EVIL, GATEWAY, SERVER, 99 + k),
    ]),
  );

/** Answers of a new server to all clients, in honest clients' exchanges. */
const beside = (server: { mac: number[]; ip: string }) =>
  every(5, 10, 50.005, (k) =>
    dhcpFrame({
      kind: ACK,
      client: mac(0x10a + k),
      xid: k + 11,
      mac: server.mac,
      server: server.ip,
      given: "10.0.3.1",
    }),
  );
export const rogueServer = () => frames(clients(0, 20), beside({ mac: EVIL, ip: "10.0.0.66" }));
/** With forged servers before, as many as places. */
export const crowdOfServers = () =>
  frames(
    clients(0, 20),
    every(0.1, 40, 40.011, (k) =>
      dhcpFrame({
        kind: ACK,
        client: mac(0x108),
        xid: 9,
        mac: mac(0x800 + k),
        server: `10.0.4.${k}`,
        given: "10.0.3.1",
      }),
    ),
    beside({ mac: EVIL, ip: "10.0.0.66" }),
  );

/** A rogue router that has the real one's prefix. */
const rogue = (start: number) =>
  every(5, 5, start, () => routerFrame({ mac: EVIL, src: linkLocal(66), prefix: "2001:db8:bad:0" }));
export const rogueRouter = () => frames(routes(5), rogue(1000));
export const samePrefix = () =>
  frames(
    routes(5),
    every(5, 5, 1000, () => routerFrame({ mac: EVIL, src: linkLocal(66) })),
  );
export const longAfter = () =>
  frames(
    routes(12),
    every(5, 5, 2300, () => routerFrame({ mac: EVIL, src: linkLocal(66) })),
  );
/** New routers, three a minute, as many as the table has places and more. */
export const crowdOfRouters = () =>
  frames(
    routes(10),
    every(20, 40, 1000, (k) =>
      routerFrame({ mac: mac(0x800 + k), src: linkLocal(0x100 + k), prefix: `2012:${k}:0:0` }),
    ),
    [at(1900, routerFrame({ mac: EVIL, src: R6, lifetime: 0 }))],
  );
/** In the router's name and at its MAC address, behind each of its own. */
export const killed = () =>
  frames(
    routes(5),
    every(200, 4, 1, () => routerFrame({ mac: ROUTER, src: R6, lifetime: 0 })),
  );
export const flood = () =>
  frames(every(0.01, 300, 0, (k) => routerFrame({ mac: mac(k), src: linkLocal(0x1000 + k), prefix: `2012:${k}:0:0` })));

/** A DISCOVER from each of many MAC addresses; `speaks`: and ARP, as if each had an address. */
const starving = (speaks: boolean) =>
  frames(
    every(0.05, 400, 0, (k) => dhcpFrame({ kind: DISCOVER, client: mac(0x400 + k), xid: k })),
    speaks
      ? every(0.05, 400, 0.01, (k) =>
          arpFrame({ op: 1, mac: mac(0x400 + k), ip: `10.0.${4 + (k >> 8)}.${k & 255}`, target: GATEWAY }),
        )
      : [],
  );
export const starved = () => starving(false);
export const spoken = () => starving(true);

/** Neighbour advertisements for the router's address, where it is asked for, with or without the override flag. */
const advertised = (override: boolean) =>
  frames(
    ...Array.from({ length: 9 }, (_, k) => [
      at(20 * k, solicitation(HOST, H6, R6)),
      at(20 * k + 0.001, advertisement({ mac: ROUTER, target: R6, dst: H6, to: HOST, solicited: true })),
      at(20 * k + 0.002, advertisement({ mac: EVIL, target: R6, dst: H6, to: HOST, solicited: true, override })),
    ]),
  );
export const advertises = () => advertised(true);
export const polite = () => advertised(false);
