// What a replay came to, for people; how a program of an image ended; a record out of its datagram. Golden text, whole objects.
import { describe, expect, it } from "vitest";
import { ExitCode, ExitCodeWords } from "../contract/generated/image.ts";
import { parseRecord } from "./datagram.ts";
import { decodeExit, type ExitName, exitLine } from "./exits.ts";
import { HOSTS, hostOf, starterOf } from "./hosts.ts";
import { counts, Report } from "./report.ts";

const time = '{"timestamp":"2026-03-02T09:00:00.000000+0000"';
const json = (text: string) => Buffer.from(`${time}${text}}`);
const alert = (detector: string, more = "", context = "") =>
  json(
    `,"event_type":"alert"${more},"alert":{"signature":"a scan","context":{"detector":"${detector}","expected":"few","seen":"many"${context}}}`,
  );
const reported = (...events: Buffer[]) => {
  const report = new Report();
  for (const event of events) report.take(event);
  return report;
};

describe("a report", () => {
  it("has a line for each alert", () => {
    const ends = [
      ...[
        "",
        ',"src_ip":"10.0.0.1"',
        ',"src_ip":"10.0.0.1","proto":"ICMP"',
        ',"src_ip":"10.0.0.1","dest_ip":"10.0.0.2"',
      ],
      ',"src_ip":"10.0.0.1","src_port":5,"dest_ip":"10.0.0.2","dest_port":80,"proto":"TCP"',
    ];
    const { alerts, events, byDetector } = reported(
      ...ends.map((end) => alert("scan", end)),
      alert("rate", "", ',"count":7'),
    );
    expect(alerts).toEqual([
      ...["", " 10.0.0.1", " 10.0.0.1 ICMP", " 10.0.0.1 -> 10.0.0.2", " 10.0.0.1 -> 10.0.0.2:80 TCP"].map(
        (who) => `2026-03-02T09:00:00.000${who} a scan: expected few; seen many`,
      ),
      "2026-03-02T09:00:00.000 a scan: expected few; seen many, 7 times",
    ]);
    expect([events, counts(byDetector)]).toEqual([6, "scan 5, rate 1"]);
  });

  it("keeps 1000 of them, and counts all", () => {
    const many = Array.from({ length: 1000 }, () => alert("scan"));
    const report = reported(
      ...many,
      alert("scan"),
      alert("arp"),
      json(',"event_type":"anomaly","anomaly":{"event":"a"}'),
    );
    expect([report.alerts.length, report.events, [...report.byDetector], [...report.byAnomaly]]).toEqual([
      ...[1000, 1003],
      [
        ["scan", 1001],
        ["arp", 1],
      ],
      [["a", 1]],
    ]);
  });

  it("counts flows by how they begin, and nothing else for one", () => {
    const flows = [',"flow_id":1,"event_type":"flow"', ',"flow_id":123,"event_type":"flow","x":1'].map(json);
    const others = [',"flow_id":1,"event_type":"flows"', ',"event_type":"flow"', ',"flow_id":,"event_type":"flow"'];
    const report = reported(...flows, ...others.slice(0, 2).map(json));
    expect([report.flows, report.events]).toEqual([2, 4]);
    expect(() => reported(json(others[2]!))).toThrow(SyntaxError);
  });

  it("joins heartbeats, and knows rules of frames, rules of messages, and lines that matched nothing", () => {
    const report = reported(
      json(',"event_type":"heartbeat","a":1,"b":2'),
      json(',"event_type":"heartbeat","b":3'),
      json(
        ',"event_type":"weir_thresholds","lines":[{"line":3,"matched":0},{"line":5,"matched":2},{"line":9,"matched":0}]',
      ),
      json(
        ',"event_type":"weir_rules","rules":[{"rule":"r","action":"allow","frames":7},{"rule":"m","action":"deny","messages":0}]',
      ),
      ...["b", "a", "b"].map((name) => json(`,"event_type":"anomaly","anomaly":{"event":"${name}"}`)),
    );
    expect(report).toMatchObject({ heartbeat: { a: 1, b: 3 }, idle: [3, 9], forwarded: 0, events: 7, alerts: [] });
    expect([...report.rules, ...report.messageRules]).toEqual([
      ["r", { action: "allow", frames: 7 }],
      ["m", { action: "deny", frames: 0 }],
    ]);
    expect(counts(report.byAnomaly)).toBe("b 2, a 1");
    expect(
      counts(
        new Map([
          ["b", 1],
          ["c", 2],
          ["a", 1],
        ]),
      ),
    ).toBe("c 2, a 1, b 1");
    expect(counts(new Map())).toBe("none");
  });
});

it.each(Object.entries(ExitCode))(
  "an image that ends with %s says so, by its status or in its last line",
  (name, code) => {
    const expected = { name, text: ExitCodeWords[name as ExitName] };
    expect(decodeExit(2 * code + 1, null)).toEqual(expected);
    expect(decodeExit(0, null, code)).toEqual(expected);
    expect(decodeExit(null, "SIGKILL", code)).toEqual(expected);
    expect(exitLine(`weir: exit 0x${code.toString(16)}`)).toBe(code);
  },
);

it.each(["weir: exit 0x", "weir: exit 0x123", "weir: exit 1", " weir: exit 0x1", "weir: exit 0x1 "])(
  "%j is no last line",
  (line) => expect(exitLine(line)).toBeUndefined(),
);

it("a record of the log, taken apart", () => {
  const front = '<109>1 2026-03-02T00:00:01.000000Z weir weir - eve [weir@32473 boot="7" seq="12"';
  const back = '][timeQuality tzKnown="1"] {"a":1}';
  const of = (text: string) => {
    const { json, ...rest } = parseRecord(Buffer.from(text));
    return { ...rest, json: Buffer.from(json).toString() };
  };
  const plain = { severity: 5, boot: 7n, sequence: 12n, previous: "", mac: "", json: '{"a":1}' };
  expect(of(front + back)).toEqual(plain);
  const [previous, mac] = ["0123456789abcdef", "00112233445566778899aabbccddeeff"];
  expect(of(`${front} len="7" prev="${previous}" mac="${mac}"${back}`)).toEqual({ ...plain, previous, mac });
  for (const text of [
    "",
    front + back.replace("{", "["),
    `x${front}${back}`,
    `${front} len="7"${back}`,
    `${front.replace("weir weir", `weir${" ".repeat(300)}weir`)}${back}`,
  ])
    expect(() => of(text), text).toThrow(new Error("log: not a record of the journal"));
});

it("hosts by name, and what is said of others", () => {
  const names = HOSTS.map(({ name }) => name);
  expect(names.map((name) => hostOf(name).name)).toEqual(names);
  expect(names).toEqual(["qemu", "libvirt", "firecracker", "cloud-hypervisor", "alioth", "xen"]);
  expect(() => hostOf("vmware")).toThrow(
    new Error("--host vmware: expected qemu, libvirt, firecracker, cloud-hypervisor, alioth or xen"),
  );
  for (const host of HOSTS)
    if (typeof host.starter === "string") expect(() => starterOf(host)).toThrow(`--host ${host.name}: ${host.starter}`);
    else expect(starterOf(host)).toBe(host.starter);
});
