// What weir debug says of a crash: golden text for each part that may be there.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { recordOf } from "../appliance/contract/records.ts";
import { inAssemblyScript, isTelling } from "./chain.ts";
import { fnv1a, sizeOf } from "./record.ts";
import { type Diagnosis, render } from "./report.ts";

const call = (name: string, line?: number, file = "ip/onboard/ipv4.ts") => ({
  address: 0x1234n,
  name,
  ...(line !== undefined && { place: { file, line, column: 3 } }),
});
const record = (number: bigint) => recordOf(new Uint8Array(5), { number });
function rendered(more: object, crash: object = {}): string {
  const root = mkdtempSync(join(tmpdir(), "weir-render-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "ip/onboard"), { recursive: true });
  writeFileSync(join(root, "ip/onboard/ipv4.ts"), "first\n  unreachable();\nthird\n");
  const whole = { reason: "trap: inspect: unreachable", registers: new Map(), records: [], ...crash };
  return render({ crash: whole, calls: [], whole: true, doubts: [], ...more } as unknown as Diagnosis, root);
}

it("with nothing but the reason", () => {
  expect(rendered({})).toBe("crash        trap: inspect: unreachable\nrecorder     0 records");
});

it("with all of it", () => {
  const calls = [call("weir_trap"), call("inspect: ip/ipv4", 2), call("inspect: run", 9), call("user_main")];
  const registers = new Map(Array.from({ length: 7 }, (_, n): [string, bigint] => [`r${n}`, BigInt(n * 16)]));
  const again = { verdict: "same", records: 2, number: 12, trap: "unreachable", calls: calls.slice(1, 3) };
  const crash = { registers, records: [record(7n), record(9n)], given: { compartment: "inspect", first: 7, last: 9 } };
  expect(rendered({ calls, at: calls[1], replay: again, doubts: ["one", "two"] }, crash)).toBe(
    `crash        trap: inspect: unreachable
at           ip/onboard/ipv4.ts:2:3  inspect: ip/ipv4
             |   unreachable();
             |   ^
calls        ip/onboard/ipv4.ts:2:3  inspect: ip/ipv4
             ip/onboard/ipv4.ts:9:3  inspect: run
             0x1234  user_main
registers    r0=0 r1=10 r2=20 r3=30 r4=40 r5=50
             r6=60
given        inspect: records 7 to 9
recorder     2 records, 7 to 9
replay       the same trap at record 12 (the 2nd of those kept): unreachable
             ip/onboard/ipv4.ts:2:3  inspect: ip/ipv4
             ip/onboard/ipv4.ts:9:3  inspect: run
doubt        one
doubt        two`,
  );
});

it.each([
  ["a line that is not there", call("inspect: a/b", 9)],
  ["a library's", call("inspect: a/b", 2, "~lib/a.ts")],
  ["a file that is not there", call("inspect: a/b", 2, "none.ts")],
  ["no place", call("inspect: a/b")],
])("of %s no source is shown", (_, at) => expect(rendered({ at })).not.toContain(" | "));

it("a compartment without records, a replay that shows nothing, another trap", () => {
  expect(rendered({}, { given: { compartment: "guard" } })).toContain("\ngiven        guard\n");
  const none = { verdict: "none", why: "the image has no policy", records: 0, calls: [] };
  expect(rendered({ replay: none })).toContain("\nreplay       the image has no policy");
  const said = (records: number) =>
    /\(the (\d+..) /.exec(rendered({ replay: { verdict: "another", records, number: 1, trap: "t", calls: [] } }))![1];
  expect([1, 2, 3, 4, 10, 11, 12, 13, 14, 21, 102, 111, 112, 113, 114].map(said)).toEqual([
    ...[
      "1st",
      "2nd",
      "3rd",
      "4th",
      "10th",
      "11th",
      "12th",
      "13th",
      "14th",
      "21st",
      "102nd",
      "111th",
      "112th",
      "113th",
      "114th",
    ],
  ]);
  expect(rendered({ replay: { verdict: "another", records: 1, number: 1, trap: "t", calls: [] } })).toContain(
    "another trap at record 1 (the 1st of those kept): t",
  );
});

it("names of the way from a trap to the record, and of what was written in AssemblyScript", () => {
  const names = [
    "weir_call",
    "crash",
    "ends",
    "weir_trap",
    "trap_x",
    "trap_",
    "crashes",
    "inspect: ip/a",
    "inspect: run",
    "x: a/b",
  ];
  expect(names.map((name) => isTelling(call(name)))).toEqual([true, true, true, true, true, ...Array(5).fill(false)]);
  expect(names.map((name) => inAssemblyScript(call(name)))).toEqual([...Array(7).fill(false), true, false, false]);
});

it("sums and sizes of records", () => {
  expect(["", "a", "foobar"].map((text) => fnv1a(Buffer.from(text)))).toEqual([
    ...[0xcbf29ce484222325n, 0xaf63dc4c8601ec8cn, 0x85944171f73967e8n], // draft-eastlake-fnv
  ]);
  expect([sizeOf(new Uint8Array(31)), sizeOf(record(1n)), record(1n).length]).toEqual([32, 40, 40]);
});
