// The conversation of an alert, whichever side sent the packet at hand.
import { expect, it } from "vitest";
import type { Alert } from "../../appliance/contract/generated/events.ts";
import { talksOf } from "./accept.ts";

const [A, B] = ["10.0.0.1", "10.0.0.2"];
const of = (seen: string, more: object, detector = "new-pair") =>
  talksOf({ src_ip: A, dest_ip: B, ...more, alert: { context: { detector, seen } } } as unknown as Alert).map(
    ({ client, server, proto, service, either }) => `${client} ${either ? "<->" : "->"} ${server} ${proto}/${service}`,
  );

it.each<[string, string, object, string[]]>([
  ["to a server", "502/tcp from a client", { src_port: 40000, dest_port: 502 }, [`${A} -> ${B} 6/502`]],
  ["from a server", "53/udp with a server", { src_port: 53, dest_port: 40000 }, [`${B} -> ${A} 17/53`]],
  ["SCTP", "2905/sctp between", { src_port: 1, dest_port: 2905 }, [`${A} -> ${B} 132/2905`]],
  ["a dynamic port", "dynamic port/udp between", { src_port: 5000, dest_port: 60001 }, [`${A} -> ${B} 17/49152`]],
  [
    "equal ports: either way",
    "123/udp between",
    { src_port: 123, dest_port: 123 },
    [`${A} -> ${B} 17/123`, `${A} <-> ${B} 17/123`],
  ],
  ["a ping", "icmp type 8 between", { icmp_type: 8 }, [`${A} -> ${B} 1/8`]],
  ["its answer", "icmp type 8 between", { icmp_type: 0 }, [`${B} -> ${A} 1/8`]],
  ["a ping of IPv6", "icmpv6 type 128 between", { icmp_type: 128 }, [`${A} -> ${B} 58/128`]],
  ["another ICMP", "icmp type 13 between", { icmp_type: 13 }, [`${A} -> ${B} 1/13`, `${A} <-> ${B} 1/13`]],
  ["another protocol", "IP protocol 89 between", {}, [`${A} <-> ${B} 89/0`]],
  ["words that nobody writes", "something else", {}, []],
])("%s", (_, seen, more, talks) => expect(of(seen, more)).toEqual(talks));

it("of MAC addresses; of another detector, or without addresses, nothing", () => {
  const ether = { src_mac: "02:00:00:00:00:01", dest_mac: "02:00:00:00:00:02" };
  expect(of("EtherType 35000 from a client", { src_ip: undefined, dest_ip: undefined, ether })).toEqual([
    "02:00:00:00:00:01 <-> 02:00:00:00:00:02 0/35000",
  ]);
  expect(of("502/tcp from", { dest_port: 502 }, "rate")).toEqual([]);
  expect(of("502/tcp from", { src_ip: undefined, dest_port: 502 })).toEqual([]);
});
