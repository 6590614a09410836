import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { hasShared, sharedPath } from "../../lib/testing/shared.ts";
import { timeOf } from "./clock.ts";
import { parseLabels, type RecordLabels, readLabels, type TimeLabels } from "./labels.ts";

const records = (content: string) => parseLabels(content, "labels.csv") as RecordLabels;
const times = (content: string) => parseLabels(content, "labels.csv") as TimeLabels;
/** number:name of the records that are not benign. */
const named = (content: string) => records(content).records.map(({ number, name }) => `${number}:${name}`);

describe("labels of records", () => {
  it.each([
    [
      "number and name of the attack",
      "number,label,name\n3,1,port scan\n5,0,\n7,1,flood\n",
      ["3:port scan", "7:flood"],
    ],
    ["the name as the label", "packet;label\n1;BENIGN\n2;DoS Hulk\n3;normal\n", ["2:DoS Hulk"]],
    ["no header, semicolons, CRLF", "1;0\r\n2;1\r\n3;0\r\n", ["2:attack"]],
    ["numbers from 0", "0,0\n1,1\n2,0\n3,1\n", ["2:attack", "4:attack"]],
    ["a row for each record", "0\n0\n1\n-1\n", ["3:attack", "4:"]],
    ["a header over one column", "label\n0\n1\n", ["2:attack"]],
    ["as R writes tables", '"","x"\n"1",0\n"2",1\n', ["2:attack"]],
    ["quotes, tabs, comments", '# by hand\nframe\tlabel\n4\t"a ""big"" one"\n', ['4:a "big" one']],
    ["one record with two names", "number,label,name\n4,1,a\n4,1,b\n", ["4:a", "4:b"]],
  ])("%s", (_, content, expected) => {
    expect(named(content)).toEqual(expected);
  });

  it("know how far they reach, and whether benign records should have rows", () => {
    expect(records("number,label\n2,1\n")).toMatchObject({ last: 2, lastLine: 2, complete: false });
    expect(records("number,label\n2,1\n9,0\n")).toMatchObject({ last: 9, lastLine: 3, complete: true });
    expect(records("1\n0\n")).toMatchObject({ last: 2, complete: true, form: "label for each record" });
    expect(records("duration,label\n5,1\n6,0\n").form).toBe("label for each record, among other columns");
  });

  it("are read from this project's captures and simulator", () => {
    const site = readLabels(join(ROOT, "fixtures/site.labels.csv")) as RecordLabels;
    expect(site.records.length).toBe(253);
    expect(new Set(site.records.map(({ name }) => name))).toEqual(
      new Set(["port scan", "new host", "ARP spoofing", "malformed"]),
    );
    const bus = readLabels(join(ROOT, "fixtures/mil1553/collision.labels.csv"));
    expect(bus).toMatchObject({ kind: "records", unit: "messages", form: "labels of weir simulate" });
    const strikes = readLabels(join(ROOT, "fixtures/mil1553/collision.attacks.csv")) as TimeLabels;
    expect(strikes).toMatchObject({ kind: "times", unit: "messages" });
    expect(strikes.times[0]!.name).toBe("collision");
    expect(strikes.times[0]!.to).toBeGreaterThan(strikes.times[0]!.from);
  });

  it.skipIf(!hasShared("labelled", "lemay-modbus"))("are read as Lemay and Fernandez publish them", () => {
    const file = sharedPath("labelled", "lemay-modbus", "send_a_fake_command_modbus_6RTU_with_operate_labeled.csv");
    expect(readLabels(file)).toMatchObject({ kind: "records", form: "number, label", last: 11166, complete: true });
    expect((readLabels(file) as RecordLabels).records.length).toBe(10);
  });
});

describe("labels of times", () => {
  it("take ISO 8601 and seconds, of the epoch or of the capture", () => {
    expect(times("start,end,label\n2026-03-02T09:00:30.5Z,2026-03-02T10:00:31+01:00,scan\n").times).toMatchObject([
      { name: "scan", from: 1772442030.5, to: 1772442031, relative: false },
    ]);
    expect(times("1772442030,1772442031.25,scan\n").times).toMatchObject([{ to: 1772442031.25, relative: false }]);
    expect(times("from,to,name\n10,12,scan\n20,30,benign\n").times).toMatchObject([
      { name: "scan", from: 10, to: 12, relative: true },
    ]);
    expect(timeOf("2026-03-02 09:00:30.000226+0000")).toMatchObject({ seconds: 1772442030.000226, relative: false });
    expect(timeOf("yesterday")).toBeUndefined();
  });
});

it.each([
  ["", "labels.csv:1:1: no rows, expected labels"],
  ["foo,bar\n1,2\n", "labels.csv:1:1: columns foo, bar: expected number and label, or start, end and label"],
  ["number,label\nx,1\n", 'labels.csv:2:1: number: "x", expected a whole number'],
  ["number,label\n1,1\n2,  7\n", 'labels.csv:3:5: label: "7", expected 0, 1, -1 or the name of an attack'],
  ["number,label\n1\n", "labels.csv:2:1: 1 columns, expected label in column 2"],
  ["number,label\n5,0\n6,1\n0,1\n", "labels.csv:4:1: 0, expected a number from 1"],
  ["start,end,label\n5,4,scan\n", 'labels.csv:2:3: end: "4", expected a time after start'],
  ["start,end,label\n5,soon,scan\n", 'labels.csv:2:3: time: "soon", expected ISO 8601 or seconds'],
  [
    "start,end,label\n2026-02-30T00:00:00Z,2026-03-03T00:00:00Z,scan\n",
    'labels.csv:2:1: time: "2026-02-30T00:00:00Z", expected ISO 8601 or seconds',
  ],
])("a fault is told with its place: %j", (content, message) => {
  expect(() => parseLabels(content, "labels.csv")).toThrow(message);
});

it("every fault is told, at most twenty", () => {
  const lines = (n: number) => `number,label\n${"1,9\n".repeat(n)}`;
  expect(() => parseLabels(lines(3), "f")).toThrow(/^f:2:3: .*\nf:3:3: .*\nf:4:3: [^\n]*$/);
  try {
    parseLabels(lines(100), "f");
  } catch (error) {
    expect((error as Error).message.split("\n").length).toBe(20);
  }
});
