// What the options of weir replay change, end to end.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { machineFor, whyNoImage } from "./image-replay.ts";

const dir = mkdtempSync(join(tmpdir(), "weir-"));
const file = (name: string, text: string) => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};

function weir(...args: string[]): { status: number; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["bin/weir", ...args], { encoding: "utf8" });
  return { status: status ?? -1, stdout, stderr };
}
const SITE = ["replay", "-r", "fixtures/site.pcap", "-c", "fixtures/policy.yaml"];
const alerts = (stdout: string) => /^alerts +(.*)$/m.exec(stdout)![1];

// REQ-DETECT-009
it("--threshold-config holds alerts back, counts them, and names the lines that match nothing", () => {
  expect(alerts(weir(...SITE).stdout)).toContain("scan 1");
  const config = file(
    "threshold.config",
    "suppress gen_id 1, sig_id 7700001, track by_src, ip 10.0.0.66\nsuppress gen_id 1, sig_id 7700002, track by_src, ip 192.0.2.1\n",
  );
  const eve = join(dir, "eve.json");
  const { status, stdout, stderr } = weir(...SITE, "--threshold-config", config, "--eve", eve);
  expect(status).toBe(0);
  expect(alerts(stdout)).not.toContain("scan");
  expect(stderr).toBe(`weir: ${config}:2: matched no alert (new-host: none by source in 192.0.2.1)\n`);
  const events = readFileSync(eve, "utf8")
    .trimEnd()
    .split("\n")
    .map((l) => JSON.parse(l));
  const { lines } = events.find((event) => event.event_type === "weir_thresholds");
  expect(lines).toEqual([
    { line: 1, matched: 1, held: 1 },
    { line: 2, matched: 0, held: 0 },
  ]);
  expect(events.findLast((event) => event.event_type === "heartbeat").inspect.findings_suppressed).toBe(1);
});

it("a fault in a threshold.config is told with its place, exit 1", () => {
  const config = file("bad.config", "suppress gen_id 1, sig_id 1\n");
  const { status, stderr } = weir(...SITE, "--threshold-config", config);
  expect(status).toBe(1);
  expect(stderr).toContain(`${config}:1:27: 1, expected 0 for all`);
});

it("--set puts values in place of the policy's, and says what is wrong with them", () => {
  const quiet = weir(
    ...SITE,
    "--set",
    "detectors.scan.detection=0.999999",
    "--set",
    "detectors.scan.false-positive=1e-9",
  );
  expect(quiet.status).toBe(0);
  expect(alerts(weir(...SITE, "--set", "detectors.arp=off").stdout)).not.toContain("arp");
  const wrong = weir(...SITE, "--set", "detectors.scan.detection=2");
  expect(wrong.status).toBe(1);
  expect(wrong.stderr).toContain("detectors.scan.detection: 2, expected a number above 0 and below 1");
  expect(weir(...SITE, "--set", "detectors").stderr).toContain("expected key=value");
});

it("what was learned of a clean capture is normal, and the attacks on it are not; learned again, it is left out", () => {
  const baseline = join(dir, "site.baseline");
  expect(weir("learn", "-r", "fixtures/normal.pcap", "-o", baseline).status).toBe(0);
  const clean = weir("replay", "-r", "fixtures/normal.pcap", "--baseline", baseline);
  expect(alerts(clean.stdout)).toBe("none");
  const attacked = weir("replay", "-r", "fixtures/site.pcap", "--baseline", baseline);
  for (const name of ["new-pair", "scan", "arp"]) expect(alerts(attacked.stdout)).toContain(name);
  const again = weir("learn", "-r", "fixtures/normal.pcap", "-o", baseline, "--add");
  expect(again.stderr).toContain("learned before, skipped");
  expect(weir("learn", "-r", "fixtures/normal.pcap", "-o", baseline).stderr).toContain(
    "exists: use --add to add to it",
  );
});

it("an image's exports, as they stand in its log, are the same baseline", () => {
  const [learned, logged] = [join(dir, "a.baseline"), join(dir, "b.baseline")];
  weir("learn", "-r", "fixtures/normal.pcap", "-o", learned);
  const policy = file(
    "learn.yaml",
    "weir: 1\ninterfaces: { out: { next-hop: 52:54:00:77:00:12 } }\nlearn: { every: 10s }\nrules: []\n",
  );
  const eve = join(dir, "learn.json");
  execFileSync(process.execPath, ["bin/weir", "replay", "-r", "fixtures/normal.pcap", "-c", policy, "--eve", eve]);
  expect(weir("learn", "--from-log", eve, "-o", logged).status).toBe(0);
  const entries = (path: string) => JSON.parse(readFileSync(path, "utf8")).entries;
  expect(entries(logged)).toEqual(entries(learned));
});

const missing = await whyNoImage();
const missingArm = await whyNoImage("aarch64");
it.skipIf(missing)("under a baseline the booted image gives the same bytes, so the same scores", () => {
  const baseline = join(dir, "image.baseline");
  weir("learn", "-r", "fixtures/normal.pcap", "-o", baseline);
  const run = (name: string, ...more: string[]) => {
    const eve = join(dir, name);
    expect(weir(...SITE, "--baseline", baseline, "--eve", eve, ...more).status).toBe(0);
    return readFileSync(eve, "utf8");
  };
  const here = run("here.json");
  expect(here).toMatch(/"scores":1089,"scores_digest":"(?!0{16})[0-9a-f]{16}"/);
  expect(run("image.json", "--image")).toBe(here);
  if (!missingArm) expect(run("arm.json", "--image", "--arch", "aarch64")).toBe(here);
});

it("--machine goes with an x86-64 image", () => {
  expect(weir(...SITE, "--machine", "q35").stderr).toBe(
    "weir: --machine q35: goes with --image, for an x86-64 image\n",
  );
  expect(machineFor("x86_64", { image: true, machine: "q35" })).toBe("q35");
  expect(() => machineFor("x86_64", { image: true, machine: "pc" })).toThrow("--machine pc: expected microvm or q35");
  expect(() => machineFor("aarch64", { image: true, machine: "q35" })).toThrow("for an x86-64 image");
});

it("filter words choose what is looked at; wrong ones are marked, exit 1", () => {
  const { status, stdout } = weir(...SITE, "udp", "port", "5000", "or", "arp");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^filter +636 of them match$/m);
  expect(stdout).toMatch(/^passed +620: telemetry 620$/m);
  const wrong = weir(...SITE, "tcp", "prot", "80");
  expect(wrong.status).toBe(1);
  expect(wrong.stderr).toBe("weir: filter:1:5: expected and, or, or the end\n  tcp prot 80\n      ^\n");
  const decoded = weir("decode", "-r", "fixtures/site.pcap", "--filter", "arp");
  expect(decoded.stdout.trimEnd().split("\n")).toHaveLength(16);
});
