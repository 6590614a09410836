// C4 with real tools: nmap's scans, all that can be told to run, arping, ping, and the questions of DHCP, IGMP, MLD and
// neighbour discovery, from each of the three networks, IPv4 and IPv6. Zero replies, by the tools' own word, by QEMU's
// captures and by the trace of its queues.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { liveClock, MACS, type Running, startImage } from "../../appliance/hosts/qemu.ts";
import { whyNoImage } from "../../cli/image-replay.ts";
import { until } from "../../lib/testing/until.ts";
import { Segment, SIDES, type Side, whyNot } from "../live/segment.ts";
import { c1, c2, c3, c4 } from "./checks.ts";
import { Bench } from "./image.ts";
import { Qmp, qmpArguments } from "./qmp.ts";
import { type Evidence, gather, said } from "./rig.ts";
import { NAMES, transports, witnessArguments } from "./witness.ts";

const reason = whyNot(["ip", "nmap", "arping", "ping", "nc"]) ?? (await whyNoImage());
if (reason) console.log(`skipped: scans by real tools: ${reason}`);

const MEMORY = 8;
const QUICK = "-n -T5 --max-retries 0 --host-timeout 4s --disable-arp-ping --send-eth";
// Over Ethernet nmap asks for an IPv6 neighbour itself, gets no answer, and gives up before it has sent anything.
const QUICK6 = `-6 ${QUICK.replace("eth", "ip")}`;

/**
 * Where each side is, and the addresses it takes the image's NIC to have. Of `log` that is not the one that the log comes
 * from: nmap would take the log for answers.
 */
const NETWORKS: Record<Side, { nic: string; own: [string, string]; mac: string; targets: [string, string] }> = {
  source: { nic: MACS.in, own: ["10.0.0.5", "fd00::5"], mac: "02:00:00:00:00:05", targets: ["10.0.0.1", "fd00::1"] },
  destination: {
    nic: MACS.out,
    own: ["10.0.1.9", "fd01::9"],
    mac: "52:54:00:77:00:12",
    targets: ["10.0.1.1", "fd01::1"],
  },
  collector: {
    nic: MACS.log,
    own: ["10.0.9.1", "fd09::1"],
    mac: "52:54:00:77:00:13",
    targets: ["10.0.9.3", "fd09::3"],
  },
};

/** Every kind of scan nmap has that one machine can make of another; the FTP bounce needs an FTP server to start with. */
const KINDS = ["-sS", "-sT", "-sA", "-sF", "-sN", "-sX", "-sM", "-sW", "-sU", "-sY", "-sZ", "-sS -f", "-sS -O"];
const PINGS = ["-PE", "-PP", "-PM", "-PS80", "-PA80", "-PU53", "-PY80", "-PO1,2,17"];

function scans([four, six]: [string, string]): string[] {
  const ports = (kind: string) => (kind === "-sS -O" ? "-p 22,80" : "-p 7,22,53,80");
  return [
    ...KINDS.map((kind) => `nmap -v -Pn ${QUICK} ${kind} ${ports(kind)} ${four}`),
    ...PINGS.map((kind) => `nmap -v -sn ${QUICK} ${kind} ${four}`),
    `nmap -v -Pn ${QUICK} -sO -p 1,2,6,17,47,89 ${four}`,
    ...["-sS", "-sA", "-sF", "-sU", "-sY", "-sT"].map((kind) => `nmap -v -Pn ${QUICK6} ${kind} -p 22,53,80 ${six}`),
    ...["-PE", "-PS80", "-PU53"].map((kind) => `nmap -v -sn ${QUICK6} ${kind} ${six}`),
  ];
}

function questions(tap: string, [four, six]: [string, string], network: string): string[] {
  const script = (name: string, more = "") =>
    `nmap ${more} -e ${tap} --script ${name} --script-args newtargets,interface=${tap}`;
  return [
    `arping -c 2 -w 2 -i ${tap} ${four}`,
    `arping -c 2 -w 2 -i ${tap} ${network}.77`,
    `ping -c 3 -i 0.2 -W 1 ${four}`,
    `ping -c 2 -i 0.2 -W 1 ${network}.77`,
    `ping -c 3 -i 0.2 -W 1 -b ${network}.255`,
    `ping -L -c 3 -i 0.2 -W 1 -I ${tap} 224.0.0.1`,
    `ping -6 -c 3 -i 0.2 -W 1 ${six}`,
    `ping -6 -c 2 -i 0.2 -W 1 ${six}7`, // its neighbour is asked for
    `ping -6 -L -c 3 -i 0.2 -W 1 -I ${tap} ff02::1`,
    `${script("broadcast-dhcp-discover")},broadcast-dhcp-discover.timeout=1`,
    `${script("broadcast-igmp-discovery")},broadcast-igmp-discovery.timeout=1`,
    script("broadcast-dhcp6-discover", "-6"),
    script("targets-ipv6-multicast-echo", "-6"),
    script("targets-ipv6-multicast-mld", "-6"),
    script("targets-ipv6-multicast-invalid-dst", "-6"),
  ];
}

/** What nmap says at the end of a scan. */
const rawPackets = (printed: string) =>
  [...printed.matchAll(/Raw packets sent: (\d+) \([^)]*\) \| Rcvd: (\d+)/g)].map(([whole, sent, received]) => ({
    whole,
    sent: Number(sent),
    received: Number(received),
  }));

describe.skipIf(reason)("whoever asks, from any side", () => {
  const bench = new Bench();
  const folder = join(bench.folder, "live");
  let segment: Segment;
  let running: Running;
  let evidence: Omit<Evidence, "records">;
  let passed: string;
  const printed: Record<Side, string> = { source: "", destination: "", collector: "" };

  beforeAll(async () => {
    mkdirSync(folder);
    const qmp = await Qmp.listen(join(folder, "qmp.sock"));
    segment = new Segment();
    const text = join(folder, "console");
    const image = await bench.image();
    running = startImage({
      ...{ image, memory: MEMORY, accelerator: "tcg", append: liveClock() },
      nics: NAMES.map((name, n) => ({ mac: MACS[name], backend: { kind: "tap", name: segment.tap(SIDES[n]!) } })),
      console: text,
      more: [...qmpArguments(join(folder, "qmp.sock")), ...witnessArguments(folder)],
    });
    await qmp.open();
    const bases = await transports(qmp);
    await said(text, "weir: ready\n");
    for (const side of SIDES) {
      const { own, mac, nic, targets } = NETWORKS[side];
      segment.attach(side, mac, `${own[0]}/24`);
      segment.attach6(side, `${own[1]}/64`);
      for (const target of targets) segment.neighbour(side, target, nic);
    }
    segment.route("source", "10.0.1.0/24", "10.0.0.2", MACS.in);
    const arrived = segment.start("destination", "nc", "-ulkn", "-s", "10.0.1.9", "-p", "5000");
    await Promise.all(
      SIDES.map(async (side) => {
        const { own, targets } = NETWORKS[side];
        const commands = [...scans(targets), ...questions(segment.tap(side), targets, own[0].replace(/\.\d+$/, ""))];
        printed[side] = await segment.runAll(side, commands);
      }),
    );
    // And it is alive: what may pass passes still.
    segment.run("source", "sh", "-c", "for i in 1 2 3; do echo reading-$i | nc -un -w1 -q0 10.0.1.9 5000; done");
    await until(() => arrived().split("\n").length >= 4);
    passed = arrived();
    evidence = await gather(qmp, { image, running, folder, bases, memory: MEMORY, text });
    qmp.close();
  });

  afterAll(async () => {
    await running?.stop();
    segment?.remove();
    bench.close();
  });

  it("everything was asked, of each NIC, and the image saw it", () => {
    for (const side of SIDES)
      expect(rawPackets(printed[side]).reduce((sum, { sent }) => sum + sent, 0)).toBeGreaterThan(90);
    expect(evidence.offered.in.length).toBeGreaterThan(150);
    // QEMU stops reading from a tap whose NIC has nowhere to put a frame.
    for (const name of ["out", "log"] as const) expect(evidence.offered[name].length, name).toBeGreaterThan(0);
    const kinds = new Set(evidence.offered.in.map(({ bytes }) => bytes.readUInt16BE(12)));
    for (const type of [0x0806, 0x0800, 0x86dd]) expect(kinds).toContain(type);
    expect(evidence.console.some((line) => line.startsWith("ALERT"))).toBe(true);
    expect(passed.split("\n").filter(Boolean)).toEqual(["reading-1", "reading-2", "reading-3"]);
  });

  // REQ-DIODE-008
  it.each(SIDES)("from %s: nmap found nobody, by no kind of scan", (side) => {
    // A scan by connect() sends no raw packets, scripts send theirs themselves.
    const counts = rawPackets(printed[side]).filter(({ sent }) => sent > 0);
    expect(counts.length).toBeGreaterThanOrEqual(KINDS.length + PINGS.length + 8);
    expect(printed[side]).not.toMatch(/Failed to determine|QUITTING|NSE: failed/);
    for (const { whole, received } of counts) expect(received, whole).toBe(0);
    expect(printed[side]).not.toMatch(/^\d+\/\w+ +(open|closed|unfiltered)( |$)/m);
    expect(printed[side].match(/\(0 hosts up\)/g)?.length).toBeGreaterThanOrEqual(PINGS.length + 3);
    expect(printed[side]).not.toMatch(/DHCP Message Type|Server Identifier|Interested in|IP: fe80|MAC Address/);
  });

  // REQ-DIODE-008
  it.each(SIDES)("from %s: arping and ping received nothing", (side) => {
    const arps = [...printed[side].matchAll(/(\d+) packets transmitted, (\d+) packets received, +(\d+)% unanswered/g)];
    const pings = [...printed[side].matchAll(/(\d+) packets transmitted, (\d+) received/g)];
    expect([arps.length, pings.length]).toEqual([2, 7]);
    for (const [whole, sent, received] of [...arps, ...pings]) {
      expect(Number(sent), whole).toBeGreaterThan(0);
      expect(received, whole).toBe("0");
    }
  });

  it("QEMU's witnesses: nothing left through `in`, on `out` only the three readings, on `log` only its records", () => {
    const e = { ...evidence, records: [] };
    expect([...c1(e), ...c2(e), ...c3(e), ...c4(e)]).toEqual([]);
    expect(evidence.sent.in.length).toBe(0);
    expect(evidence.sent.out.length).toBe(3);
  });
});
