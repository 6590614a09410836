// What weir accept learns from an alert of content: whichever side spoke, in IP or in frames.
import { expect, it } from "vitest";
import type { Alert } from "../../appliance/contract/generated/events.ts";
import { sayingsOf } from "./accept.ts";

const [A, B] = ["10.0.0.1", "10.0.0.2"];
const ether = { src_mac: "02:00:00:00:00:01", dest_mac: "02:00:00:00:00:02" };
const SAID = { app_proto: "modbus", from: "client", proto: 6, service: 502, app: 1, function: 6 };
const of = (message: object | undefined, more: object = {}, detector = "content") =>
  sayingsOf({ src_ip: A, dest_ip: B, ether, ...more, alert: { context: { detector, message } } } as unknown as Alert);
const entry = (more: object) => ({
  ...{ detector: "content.right", client: A, server: B, proto: 6, service: 502, side: 0, app: 1, kind: 6 },
  ...more,
});

it("a function with what it is about, an object, an octet's value", () => {
  const about = "0001060000c80001";
  expect(of({ ...SAID, new: "function" })).toEqual([entry({})]);
  expect(of({ ...SAID, new: "function", about })).toEqual([entry({}), entry({ about })]);
  expect(of({ ...SAID, new: "object", about })).toEqual([entry({ about })]);
  const octets = { octets: "00c80003", shape: "00000000000000aa" };
  expect(of({ ...SAID, new: "function", about, ...octets })).toEqual([
    entry({}),
    entry({ about }),
    entry({ about, ...octets }),
  ]);
  expect(of({ ...SAID, new: "object", about, ...octets })).toEqual([entry({ about }), entry({ about, ...octets })]);
  const octet = { shape: "00000000000000aa", octet: 2, value: 3 };
  expect(of({ ...SAID, new: "value", ...octet })).toEqual([entry(octet)]);
});

it("who speaks is the client or the server; frames without IP have MAC addresses", () => {
  expect(of({ ...SAID, new: "function", from: "server" })).toEqual([entry({ client: B, server: A, side: 1 })]);
  const frames = { ...SAID, new: "function", proto: 0, service: 0x88b8, either: true };
  expect(of(frames, { src_ip: undefined, dest_ip: undefined })).toEqual([
    entry({ client: ether.src_mac, server: ether.dest_mac, proto: 0, service: 0x88b8, either: true }),
  ]);
});

it("of another detector, without a message or addresses, nothing", () => {
  expect(of({ ...SAID, new: "function" }, {}, "rate")).toEqual([]);
  expect(of(undefined)).toEqual([]);
  expect(of({ ...SAID, new: "function" }, { src_ip: undefined, dest_ip: undefined, ether: undefined })).toEqual([]);
  expect(of({ ...SAID, new: "function" }, { dest_ip: undefined })).toEqual([]);
});
