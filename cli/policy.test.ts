import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CaptureReader } from "../captures/reader.ts";
import { writeBaseline } from "../detectors/baseline/file.ts";
import { compilePolicyText } from "../diode/policy.ts";
import { Guard } from "../diode/testing/guard.ts";
import { command } from "./policy.ts";
import { commandConsole } from "./testing/console.ts";

const seen = commandConsole("policy");

const run = (...args: string[]) => command().parseAsync(args, { from: "user" });
const file = (text: string) => {
  const path = join(seen.folder, "policy.yaml");
  writeFileSync(path, text);
  return path;
};
/** Frames of the capture that pass under a policy. */
async function forwarded(policy: string): Promise<number> {
  const guard = await Guard.under(policy);
  const reader = await CaptureReader.open(["fixtures/normal.pcap"]);
  let frames = 0;
  for (let length = await reader.fill(guard.input); length > 0; length = await reader.fill(guard.input))
    frames += guard.runBytes(guard.input.slice(0, length)).frames.length;
  await reader.close();
  return frames;
}
const LOG = "log: { address: 10.0.9.2, collector: { address: 10.0.9.1, mac: 52:54:00:77:00:13 } }";
const HEAD = `weir: 1\ninterfaces: { out: { next-hop: 52:54:00:77:00:12 }, ${LOG} }\n`;
const DOUBTFUL = `${HEAD}rules:\n  - { name: a, action: deny, from: 10.0.0.1/8 }\n`;

describe("weir policy check", () => {
  it("says that a policy is good, and which", async () => {
    await run("check", "fixtures/policy.yaml");
    expect(seen.out).toMatch(
      /^fixtures\/policy\.yaml: good, 1 rule, no warnings, policy af7e18091cf40556-d545b2bc5e949d3b\n$/,
    );
    expect(process.exitCode).toBeUndefined();
  });
  it("lists errors on standard error and fails", async () => {
    const path = file(`${HEAD}rules:\n  - { name: a, action: alow }\n`);
    await run("check", path);
    expect(seen.out).toBe("");
    expect(seen.talk).toBe(`${path}:4:24: rules.0.action: "alow", expected allow or deny\nweir: ${path}: 1 error\n`);
    expect(process.exitCode).toBe(1);
  });
  it("lists warnings, which fail only when asked to", async () => {
    const path = file(DOUBTFUL);
    await run("check", path);
    expect(seen.talk).toMatch(
      /:4:36: rules\.0\.from\.0: 10\.0\.0\.1\/8 has bits set after its prefix: .* \(warning\)\n$/,
    );
    expect(process.exitCode).toBeUndefined();
    await run("check", "--strict", path);
    expect(process.exitCode).toBe(3);
  });
});

// REQ-GROUND-017
describe("weir policy check, of what is regretted later", () => {
  const RULE = "rules:\n  - { name: a, action: allow, protocol: udp, from: 10.0.0.0/24, to: 10.0.1.9, ports: 5000 }\n";
  const checked = async (out: string, log: string, more = "") => {
    seen.talk = "";
    await run("check", file(`weir: 1\ninterfaces: { out: { ${out} }${log && `, ${log}`} }\n${RULE}${more}`));
    return seen.talk.replaceAll(/^\S+:\d+:\d+: /gm, "");
  };
  const GOOD = "next-hop: 52:54:00:77:00:12";
  it("no collector, groups in place of receivers, an mtu that no host lets through", async () => {
    expect(await checked(GOOD, LOG)).toBe("");
    expect(await checked(GOOD, "")).toBe(
      "interfaces.log: no collector: alerts go to the console only, and nobody notices when they stop, expected collector: { address, mac } (warning)\n",
    );
    expect(await checked("next-hop: ff:ff:ff:ff:ff:ff", LOG)).toBe(
      "interfaces.out.next-hop: ff:ff:ff:ff:ff:ff is a group's: every host there gets all that passes, expected the receiver's own address (warning)\n",
    );
    expect(await checked(GOOD, LOG.replace("52:54:00:77:00:13", "01:00:5e:00:00:01"))).toBe(
      "interfaces.log.collector.mac: 01:00:5e:00:00:01 is a group's: every host there reads the log, expected the collector's own address (warning)\n",
    );
    expect(await checked(`${GOOD}, mtu: 2022`, LOG)).toBe("");
    expect(await checked(`${GOOD}, mtu: 2023`, LOG)).toBe(
      "interfaces.out.mtu: 2023: hosts give the image no frame over 2036 bytes and do not say so: of longer packets none passes, " +
        "expected at most 2022, and no more than that on the senders' side (warning)\n",
    );
  });

  it("spans of maintenance that are long, over, or overlap", async () => {
    const span = (from: string, to: string, more = "") => `  - { from: ${from}, to: ${to}, why: x${more} }\n`;
    const day = span("2999-03-02T09:00Z", "2999-03-03T09:00Z");
    expect(await checked(GOOD, LOG, `maintenance:\n${day}`)).toBe("");
    expect(await checked(GOOD, LOG, `maintenance:\n${span("2999-03-02T09:00Z", "2999-03-03T09:30Z")}`)).toBe(
      "maintenance.0: 24.50 hours in which nothing is done about what is found, expected at most 24 (warning)\n",
    );
    expect(await checked(GOOD, LOG, `maintenance:\n${span("2026-03-02T09:00Z", "2026-03-02T10:00Z")}`)).toBe(
      "maintenance.0: over since 2026-03-02T10:00:00Z: does nothing, expected none that is past (warning)\n",
    );
    const later = span("2999-03-03T08:00Z", "2999-03-03T12:00Z", ", detectors: [arp]");
    expect(await checked(GOOD, LOG, `maintenance:\n${day}${later}`)).toBe(
      "maintenance.1: overlaps with maintenance.0: alerts in both have its number, expected spans apart (warning)\n",
    );
    const others = span("2999-03-02T09:00Z", "2999-03-03T09:00Z", ", detectors: [scan]");
    expect(await checked(GOOD, LOG, `maintenance:\n${others}${later}`)).toBe("");
  });

  it("a baseline of another site, and of too few hours", async () => {
    const learned = (hosts: string[], seconds = 10_800) => {
      const path = join(seen.folder, "other.baseline");
      const day = { name: "day.pcap", sha256: "", bytes: 1, packets: 1, messages: 0, first: "", last: "", seconds };
      writeBaseline(path, {
        captures: [day],
        falseAlarmsPerHour: 1,
        thresholds: [],
        entries: hosts.map((ip) => ({ detector: "arp", ip, macs: ["02:00:00:00:00:05"], frames: 9 })),
      });
      return `baseline: ${path}\n`;
    };
    expect(await checked(GOOD, LOG, learned(["10.0.0.5", "192.168.7.1"]))).toBe("");
    expect(await checked(GOOD, LOG, learned(["10.0.0.5"], 3600))).toBe(
      "baseline: learned from 1.00 hours, with thresholds that promise at most 3 false alarms per hour and detector: " +
        "1 need 3 hours of clean traffic, expected as many (weir learn --add) (warning)\n",
    );
    expect(await checked(GOOD, LOG, learned(["10.0.2.5", "192.168.7.1"]))).toBe(
      "baseline: learned at another site? None of its 2 hosts (10.0.2.5, ...) is in a network of a rule that allows, so all that passes is new " +
        "to its detectors, expected a baseline of this site (weir learn) (warning)\n",
    );
  });
});

describe("weir policy show", () => {
  it("shows defaults, rules and what is left to each", async () => {
    await run("show", "fixtures/policy.yaml");
    expect(seen.out).toContain(
      "  telemetry  allow udp from 10.0.0.0/24 to 10.0.1.9 ports 5000 size 1-512 payload copied\n",
    );
    seen.out = "";
    await run("show", "--effective", "fixtures/policy.yaml");
    expect(seen.out).toContain("everything else: dropped (default)\n");
    seen.out = "";
    await run("show", file(`${DOUBTFUL}flows: { vlans: together }\nrecorder-year: 2024\n`));
    expect(seen.out).toMatch(
      /^year +2024, of recorders that date by the day of the year\n.*\nflows +of all VLANs together\n/m,
    );
  });
});

describe("weir policy derive", () => {
  it("proposes a policy that has no faults and passes what was seen", async () => {
    await run("derive", "-r", "fixtures/normal.pcap", "--to", "10.0.1.0/24");
    const { policy, warnings } = compilePolicyText(seen.out, "proposed.yaml");
    expect(warnings).toEqual([]);
    expect(seen.out).toContain("# udp 5000 from 10.0.0.5 to 10.0.1.9: 600 frames");
    expect(policy.rules[0]).toMatchObject({
      name: "udp-5000",
      allow: true,
      protocol: 17,
      ports: [{ first: 5000, last: 5000 }],
      size: { first: 18, last: 18 },
    });
    expect(process.exitCode).toBe(0);
    expect(await forwarded(seen.out)).toBe(600);
  });
  it("leaves out answers, and names what was rare", async () => {
    await run("derive", "-r", "fixtures/normal.pcap", "--least-frames", "100");
    const { policy } = compilePolicyText(seen.out, "proposed.yaml");
    expect(policy.rules.map(({ name }) => name)).toEqual(["udp-5000"]);
    expect(seen.out).toMatch(/# Not proposed: \d+ answers/);
    expect(seen.out).toContain("#   tcp 502 from 10.0.1.9 to 10.0.0.30: 40 frames");
    expect(seen.out).not.toMatch(/from 10\.0\.0\.30/); // the PLC only answers
  });
  it("gives the same proposal each time", async () => {
    await run("derive", "-r", "fixtures/site.pcap");
    const first = seen.out;
    seen.out = "";
    await run("derive", "-r", "fixtures/site.pcap");
    expect(seen.out).toBe(first);
  });
  it.each([
    [["--to", "10.0.1"], "--to 10.0.1: expected an address or network such as 10.0.1.0/24"],
    [["--least-frames", "0"], "--least-frames 0: expected a number from 1"],
    [["-k", "all"], "-k all: expected none"],
  ])("refuses %j", async (args, message) => {
    await expect(run("derive", "-r", "fixtures/normal.pcap", ...args)).rejects.toThrow(message);
  });
});
