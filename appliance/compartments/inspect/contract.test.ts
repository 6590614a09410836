// inspect behind the ABI: what it takes as records, and what ends it.
import { beforeAll, expect, it } from "vitest";
import { compilePolicyText } from "../../../diode/policy.ts";
import { pack, policyWith, type RecordInit, sectionsOf } from "../../../diode/testing/guard.ts";
import { udp4 } from "../../../diode/testing/vectors.ts";
import { type Inspect, REFUSALS, startInspect } from "../../contract/abi.ts";
import { AlertKind, AlertRule, DetectorSetting, Network, Part, packPart, Tag } from "../../contract/config.ts";
import { loadModules } from "../../hosts/node.ts";

let module: WebAssembly.Module;
let part: Uint8Array;
beforeAll(async () => {
  module = (await loadModules()).inspect;
  part = compilePolicyText(policyWith(""), "policy.yaml").parts.inspect;
});

function bare(): { inspect: Inspect; input: Uint8Array } {
  const inspect = startInspect(module);
  return { inspect, input: new Uint8Array(inspect.memory.buffer, inspect.inputAt(), inspect.inputSize()) };
}
function configured() {
  const one = bare();
  one.input.set(part);
  expect(one.inspect.configure(part.length)).toBe(0);
  return one;
}

it("refuses a policy longer than its input, and has no frames ever", () => {
  const { inspect, input } = bare();
  input.set(part);
  expect(REFUSALS[inspect.configure(input.length + 8)]).not.toBe("accepted");
  expect(inspect.framesLength()).toBe(0);
  expect(inspect.framesAt()).toBe(0);
});

// REQ-FILTER-017
it("traps on records that do not fit in what it was given, and before it has a policy", () => {
  const { bytes } = pack([{ frame: udp4() }]);
  for (const [from, to] of [
    [0, bytes.length - 8],
    [0, 16],
    [8, 0],
    [0, 0],
    [0, 131080],
    [0, 4],
    [4, 8],
  ] as const) {
    const { inspect, input } = configured();
    input.set(bytes);
    expect(() => inspect.run(from, to), `${from}..${to}`).toThrow(WebAssembly.RuntimeError);
  }
  for (const captured of [0xffffffff, 66561, 0xfffffff8]) {
    const { inspect, input } = configured();
    const wild = Buffer.from(bytes);
    wild.writeUInt32LE(captured, 16);
    input.set(wild);
    expect(() => inspect.run(0, wild.length), `${captured}`).toThrow(WebAssembly.RuntimeError);
  }
  const { inspect, input } = bare();
  input.set(bytes);
  expect(() => inspect.run(0, bytes.length)).toThrow(WebAssembly.RuntimeError);
});

it("gives a verdict for each of at most 128 records, then stops", () => {
  const { inspect, input } = configured();
  const { bytes, offsets } = pack(Array.from({ length: 200 }, (): RecordInit => ({ kind: 1, link: 0 })));
  input.set(bytes);
  expect(inspect.run(0, bytes.length)).toBe(offsets[128]);
  expect(inspect.verdictsLength()).toBe(128);
  expect(inspect.run(offsets[128]!, bytes.length)).toBe(bytes.length);
  expect(inspect.verdictsLength()).toBe(72);
});

/** A Network: version, bits. */
function network(version: number, bits: number): Buffer {
  const bytes = Buffer.alloc(Network.SIZE);
  bytes[16] = version;
  bytes[17] = bits;
  return bytes;
}
function alertRule(fields: { kind: number; count?: number; seconds?: number; networks?: number }): Buffer {
  const bytes = Buffer.alloc(AlertRule.SIZE);
  bytes[0] = fields.kind;
  bytes.writeUInt16LE(fields.networks ?? 0, 6);
  bytes.writeUInt32LE(fields.count ?? 1, 8);
  bytes.writeUInt32LE(fields.seconds ?? 1, 12);
  return bytes;
}
function setting(detector: number, action: number, scale: number): Buffer {
  const bytes = Buffer.alloc(DetectorSetting.SIZE);
  bytes[0] = detector;
  bytes[1] = action;
  bytes.writeDoubleLE(scale, 8);
  return bytes;
}
const maintenance = (from: bigint, to: bigint, detectors: bigint): Buffer =>
  Buffer.from(BigUint64Array.of(from, to, detectors).buffer);
/** Those of an ordinary policy, with other bytes at these offsets. */
function settings(changes: Record<number, number>): Buffer {
  const ordinary = compilePolicyText(policyWith(""), "policy.yaml").parts.inspect;
  const bytes = Buffer.from(sectionsOf(ordinary).find(({ tag }) => tag === Tag.SETTINGS)!.bytes);
  for (const [at, value] of Object.entries(changes)) bytes[Number(at)] = value;
  return bytes;
}
const many = (count: number, one: Buffer) => Buffer.concat(Array.from({ length: count }, () => one));

// What the ground would never write, with a digest that is right.
it.each<[string, [number, Uint8Array][], boolean]>([
  ["512 known hosts", [[Tag.HOSTS, many(512, network(4, 32))]], true],
  ["64 wanted scanners", [[Tag.SCANNERS, many(64, network(4, 32))]], true],
  ["65 wanted scanners", [[Tag.SCANNERS, many(65, network(4, 32))]], false],
  ["half a wanted scanner", [[Tag.SCANNERS, network(4, 32).subarray(0, 12)]], false],
  ["513 known hosts", [[Tag.HOSTS, many(513, network(4, 32))]], false],
  ["513 known services", [[Tag.SERVICES, many(513, network(4, 32))]], false],
  ["half a host", [[Tag.HOSTS, network(4, 32).subarray(0, 12)]], false],
  ["a factor of infinity: a detector that is off", [[Tag.DETECTORS, setting(3, 0, Number.POSITIVE_INFINITY)]], true],
  ["a factor that is no number", [[Tag.DETECTORS, setting(3, 0, Number.NaN)]], false],
  ["a factor below 0", [[Tag.DETECTORS, setting(3, 0, -1)]], false],
  ["DROP for what is found", [[Tag.DETECTORS, setting(3, 1, 1)]], false],
  ["an undefined action", [[Tag.DETECTORS, setting(3, 7, 1)]], false],
  ["an unknown detector", [[Tag.DETECTORS, setting(200, 0, 1)]], false],
  ["128 lines of threshold.config", [[Tag.ALERTS, many(128, alertRule({ kind: AlertKind.LIMIT }))]], true],
  ["129 lines of threshold.config", [[Tag.ALERTS, many(129, alertRule({ kind: AlertKind.LIMIT }))]], false],
  ["257 networks in them", [[Tag.ALERT_NETWORKS, many(257, network(4, 0))]], false],
  ["16 spans of maintenance", [[Tag.MAINTENANCE, many(16, maintenance(5n, 6n, 1n))]], true],
  ["17 spans of maintenance", [[Tag.MAINTENANCE, many(17, maintenance(5n, 6n, 1n))]], false],
  ["half a span of maintenance", [[Tag.MAINTENANCE, maintenance(5n, 6n, 1n).subarray(8)]], false],
  ["a span of no time", [[Tag.MAINTENANCE, maintenance(6n, 6n, 1n)]], false],
  ["a span for no detector", [[Tag.MAINTENANCE, maintenance(5n, 6n, 0n)]], false],
  ["a limit in no time", [[Tag.ALERTS, alertRule({ kind: AlertKind.LIMIT, seconds: 0 })]], false],
  ["a limit of none", [[Tag.ALERTS, alertRule({ kind: AlertKind.LIMIT, count: 0 })]], false],
  ["a network behind the last", [[Tag.ALERTS, alertRule({ kind: AlertKind.SUPPRESS, networks: 1 })]], false],
  ["an IPv6 network of 128 bits", [[Tag.ALERT_NETWORKS, network(6, 128)]], true],
  ["an IPv6 network of 129 bits", [[Tag.ALERT_NETWORKS, network(6, 129)]], false],
  ["an IPv4 network of 33 bits", [[Tag.ALERT_NETWORKS, network(4, 33)]], false],
  ["an undefined action for scans", [[Tag.SETTINGS, settings({ 40: 7 })]], false],
  ["DROP for new hosts", [[Tag.SETTINGS, settings({ 41: 1 })]], true],
  ["DROP for scanners", [[Tag.SETTINGS, settings({ 40: 1 })]], false],
  ["the narrower of two actions, which a policy does not name", [[Tag.DETECTORS, setting(3, 7, 1)]], false],
  ["an undefined action for new services", [[Tag.SETTINGS, settings({ 42: 255 })]], false],
  ["an action that there is for new services", [[Tag.SETTINGS, settings({ 42: 2 })]], true],
  ["a model of no traffic", [[Tag.BASELINE_SHAPE, Buffer.alloc(48)]], false],
])("%s", (_, more, taken) => {
  const sections = sectionsOf(part).filter(({ tag }) => !more.some(([other]) => other === tag));
  for (const [tag, bytes] of more) sections.push({ tag, bytes: Buffer.from(bytes) });
  const changed = packPart(Part.INSPECT, sections);
  const { inspect, input } = bare();
  input.set(changed);
  expect(REFUSALS[inspect.configure(changed.length)]).toBe(taken ? "accepted" : "out of range");
});
