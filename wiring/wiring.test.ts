/** A host with real interfaces, real taps, and a neighbour at the end of each cable. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "../lib/asc.ts";
import { Namespace, whyNoNamespaces } from "../lib/testing/netns.ts";
import { until } from "../lib/testing/until.ts";

const reason = whyNoNamespaces(["ip", "tc", "ethtool", "sysctl", "socat", "arping"]);
if (reason) console.log(`skipped: wiring of a host: ${reason}`);

const WEIR = [process.execPath, join(ROOT, "bin/weir")];
const POLICY = join(ROOT, "fixtures/policy.yaml");
/** 60 bytes to everybody, with VLAN 7. */
const FRAME = Buffer.concat([Buffer.from("ffffffffffff0200000000058100000708060001", "hex"), Buffer.alloc(40, 0x5a)]);

let host: Namespace;
let span: Namespace;
let sink: Namespace;
let folder: string;
const children: ChildProcess[] = [];

const weir = (...words: string[]) => {
  const { status, stdout, stderr } = host.tried(...WEIR, ...words, "--folder", folder);
  return {
    status,
    stdout,
    said: stderr
      .split("\n")
      .filter(Boolean)
      .map((line) => line.replace(/^weir: /, "")),
  };
};
const setup = (...words: string[]) => weir("host", "setup", ...words);
const three = () => setup("--watch", "eth1", "--out", "eth2", "--log", "eth3");
/** Everything that setup changes. */
const state = () =>
  ["eth1", "eth2", "eth3"].map((name) => [
    host.ip("link", "show", name).replace(/promiscuity.*/, ""),
    host.run("tc", "qdisc", "show", "dev", name),
    host.run("tc", "filter", "show", "dev", name, "ingress"),
    host.run("cat", `/proc/sys/net/ipv6/conf/${name}/disable_ipv6`),
  ]);

function start(where: Namespace, ...command: string[]): { bytes: () => Buffer } {
  const child = spawn("ip", ["netns", "exec", where.name, ...command], { stdio: ["pipe", "pipe", "ignore"] });
  children.push(child);
  const chunks: Buffer[] = [];
  child.stdout!.on("data", (chunk: Buffer) => chunks.push(chunk));
  return { bytes: () => Buffer.concat(chunks) };
}

/** One who has a tap open, as a hypervisor has; what comes out of it is put together. */
const tapReader = (tap: string) => start(host, "socat", "-u", `TUN,tun-name=${tap},tun-type=tap,iff-no-pi`, "-");
/** Writes a frame into a tap, as a hypervisor does. */
function write(tap: string, frame: Buffer): void {
  const path = join(folder, "frame");
  writeFileSync(path, frame);
  host.run("socat", "-u", `FILE:${path}`, `TUN,tun-name=${tap},tun-type=tap,iff-no-pi`);
}
/** Sends a frame on an interface, whatever its network stack thinks of it. */
function send(where: Namespace, link: string, frame: Buffer): void {
  const path = join(folder, "sent");
  writeFileSync(path, frame);
  where.run("socat", "-u", `FILE:${path}`, `INTERFACE:${link}`);
}
/** A UDP datagram as it is on the wire, to the collector's MAC address. */
function datagram(from: string, to: string, port: number, text: string): Buffer {
  const bytes = (address: string) => address.split(".").map(Number);
  const payload = Buffer.from(text);
  const ip = Buffer.from([0x45, 0, 0, 28 + payload.length, 0, 1, 0, 0, 64, 17, 0, 0, ...bytes(from), ...bytes(to)]);
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += ip.readUInt16BE(at);
  ip.writeUInt16BE(~((sum & 0xffff) + (sum >>> 16)) & 0xffff, 10);
  const udp = Buffer.from([0x30, 0x39, port >> 8, port & 255, 0, 8 + payload.length, 0, 0]);
  return Buffer.concat([Buffer.from("525400770013525400770003" + "0800", "hex"), ip, udp, payload]);
}
const hasLink = (tap: string) => until(() => / LOWER_UP|,LOWER_UP/.test(host.ip("link", "show", tap)));

describe.skipIf(reason)("a host that is wired", () => {
  beforeEach(() => {
    [host, span, sink] = [new Namespace(), new Namespace(), new Namespace()];
    host.cable("eth1", span, "s0");
    host.cable("eth2", sink, "d0");
    host.cable("eth3", sink, "d1");
    for (const [where, link] of [
      [span, "s0"],
      [sink, "d0"],
      [sink, "d1"],
    ] as const) {
      where.run("sysctl", "-qw", `net/ipv6/conf/${link}/disable_ipv6=1`);
      where.ip("link", "set", link, "up");
    }
    folder = mkdtempSync(join(tmpdir(), "weir-wiring-"));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    for (const one of [host, span, sink]) one.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  // REQ-GROUND-021
  it("is made once, is found as it was made, is repaired, and is taken back to what it was", () => {
    for (const name of ["eth1", "eth2", "eth3"]) host.ip("link", "set", name, "mtu", "1400", "up");
    const before = state();
    const first = three();
    expect(first.status).toBe(0);
    expect(first.said).toContain("made: tap weir-in is there");
    expect(first.said).toContain("made: what comes in on eth1 goes to weir-in, and nowhere else");
    for (const made of [
      ...["IPv6 is off on eth1", "arp is off on eth2", "eth1 takes packets of up to 1500 bytes"],
      "what the image sends on weir-out goes to eth2",
    ])
      expect(first.said).toContain(`made: ${made}`);
    expect(first.said.slice(-2)).toEqual([
      `no systemd here: after a reboot give weir host setup --again --name weir --folder ${folder}`,
      `next: weir run IMAGE --in weir-in --out weir-out --log weir-log --wiring ${folder}`,
    ]);
    const again = setup("--again");
    expect(again.said).toEqual([
      "54 of 54 held already",
      `next: weir run IMAGE --in weir-in --out weir-out --log weir-log --wiring ${folder}`,
    ]);
    expect(weir("host", "check")).toMatchObject({ status: 0, said: [] });
    expect(weir("host", "check").stdout.replace(/\d+$/gm, "N")).toBe(`54 of 54 hold

frames
  came in on eth1                            N
  lost: the port could not take them         N
  lost: the image did not take them in time  N
  wanted to be sent on eth1; not one was     N
  came out of weir-in; not one went on       N
`);

    host.ip("link", "set", "eth1", "promisc", "off");
    host.run("tc", "qdisc", "del", "dev", "eth1", "root");
    const broken = weir("host", "check");
    expect(broken).toMatchObject({ status: 3, said: ["weir host setup --again makes it as it was"] });
    expect(broken.stdout).toContain("DOES NOT HOLD: nothing is ever sent on eth1\n");
    expect(broken.stdout).toContain("DOES NOT HOLD: eth1 takes frames whoever they are for\n");
    const asked = setup("--again", "--print").stdout;
    expect(asked).toBe(
      "# nothing is ever sent on eth1\ntc qdisc replace dev eth1 root blackhole\n" +
        "# eth1 takes frames whoever they are for\nip link set eth1 promisc on\n",
    );
    expect(weir("host", "check").status).toBe(3);
    expect(setup("--again").said).toContain("made: nothing is ever sent on eth1");
    const { steps, counts } = JSON.parse(weir("host", "check", "--json").stdout) as {
      steps: { holds: boolean }[];
      counts: object;
    };
    expect(steps.every(({ holds }) => holds)).toBe(true);
    expect(Object.keys(counts)).toEqual(["arrived", "lostByPort", "lostByImage", "refusedOnWatched", "refusedFromIn"]);

    const undone = weir("host", "undo");
    expect(undone.said).toEqual([
      ...["eth1 is as it was", "eth2 is as it was", "eth3 is as it was"],
      ...["weir-in is gone", "weir-out is gone", "weir-log is gone", "weir-void is gone"],
    ]);
    expect(state()).toEqual(before);
    expect(weir("host", "check")).toMatchObject({
      status: 1,
      said: [`${folder}/weir.wiring.json: is not there: weir host setup --watch ... writes it`],
    });
  });

  // REQ-GROUND-021
  it("hands on each frame as it was, and lets nothing go the wrong way", async () => {
    three();
    const reader = tapReader("weir-in");
    await hasLink("weir-in");
    send(span, "s0", FRAME);
    await until(() => reader.bytes().length >= FRAME.length);
    expect(reader.bytes()).toEqual(FRAME);

    // What this host says of itself on the watched port: neighbour discovery, ARP, a program's own frames
    host.ip("address", "add", "10.0.0.77/24", "dev", "eth1");
    host.tried("arping", "-c", "2", "-w", "1", "-I", "eth1", "10.0.0.1");
    send(host, "eth1", FRAME);
    host.ip("address", "del", "10.0.0.77/24", "dev", "eth1");
    expect(span.counter("s0", "rx_packets")).toBe(0);

    // A hypervisor that is not what it was
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await until(() => !/LOWER_UP/.test(host.ip("link", "show", "weir-in")));
    write("weir-in", FRAME);
    const counts = () =>
      (JSON.parse(weir("host", "check", "--json").stdout) as { counts: Record<string, number> }).counts;
    expect(counts()).toMatchObject({ refusedFromIn: 1 });
    expect(counts().refusedOnWatched).toBeGreaterThan(0);
    expect([span.counter("s0", "rx_packets"), sink.counter("d0", "rx_packets")]).toEqual([0, 0]);

    // The right way
    write("weir-out", FRAME);
    write("weir-log", FRAME);
    await until(() => sink.counter("d0", "rx_packets") === 1 && sink.counter("d1", "rx_packets") === 1);
    // And back: nothing comes to the image
    const out = tapReader("weir-out");
    await hasLink("weir-out");
    send(sink, "d0", FRAME);
    host.tried("arping", "-c", "1", "-w", "1", "-I", "weir-out", "10.0.0.1");
    expect(out.bytes().length).toBe(0);
  });

  it("knows a port by its MAC address after its name has changed, and says when it is gone", () => {
    three();
    host.ip("link", "set", "eth1", "down");
    host.ip("link", "set", "eth1", "name", "enp3s0");
    expect(setup("--again").said).toContain("made: enp3s0 is up");
    host.ip("link", "delete", "enp3s0");
    const mac = (JSON.parse(readFileSync(join(folder, "weir.wiring.json"), "utf8")) as { watch: { mac: string }[] })
      .watch[0]!.mac;
    expect(weir("host", "check")).toMatchObject({
      status: 1,
      said: [`eth1: no interface has its MAC address ${mac} any more`],
    });
    const waits = spawnSync(
      "ip",
      ["netns", "exec", host.name, ...WEIR, "host", "setup", "--again", "--folder", folder],
      {
        ...{ encoding: "utf8", timeout: 2000 },
      },
    );
    expect(waits.stderr).toBe(`weir: waits up to 30 s for eth1 (${mac})\n`);
    expect(weir("doctor").stdout).toContain("      -> plug it in, or set it up anew: weir host setup --watch ...\n");
    expect(weir("host", "undo").said[0]).toBe("eth1 is not there");
  });

  it("has the collector on itself when it is asked to, by the policy's addresses", () => {
    expect(setup("--watch", "eth1", "--log", "here", "-c", POLICY).status).toBe(0);
    const shown = host.ip("address", "show", "weir-log");
    expect(shown).toContain("52:54:00:77:00:13");
    expect(shown).toContain("10.0.9.1 peer 10.0.9.2/32");
    expect(setup("--again").said[0]).toMatch(/^\d+ of \d+ held already$/);
    rmSync(join(folder, "weir.before.json"));
    expect(weir("host", "undo").said[0]).toBe("eth1 has no filter of ours any more; it is down");
  });

  it("needs its tools, and says what to install; what is sent without --out goes nowhere, and is said so", () => {
    const bare = spawnSync("ip", ["netns", "exec", host.name, "env", "PATH=/nowhere", ...WEIR, "host", "check"], {
      encoding: "utf8",
    });
    const doctor = spawnSync("ip", ["netns", "exec", host.name, "env", "PATH=/nowhere", ...WEIR, "doctor"], {
      encoding: "utf8",
    });
    expect(doctor.stdout).toMatch(
      /^BAD qemu-system-\w+ is not installed\n {6}-> apt-get install qemu-system-x86, or another host: weir run --help\n/,
    );
    setup("--watch", "eth1");
    const watch = join(ROOT, "fixtures/watch.yaml");
    expect(weir("doctor", "-c", watch).said).toEqual([
      `${watch}: interfaces.log: has no collector, so nothing is sent there`,
    ]);
    weir("host", "undo");
    expect(bare.stderr).toBe("weir: ip is not installed: apt-get install iproute2\n");
    const { said } = setup("--watch", "eth1", "--log", "here", "-c", POLICY);
    expect(said).toContain(
      "made: of what comes out of weir-log only datagrams from 10.0.9.2 to 10.0.9.1 port 514 reach this host; the rest ends in weir-void",
    );
    host.run("tc", "qdisc", "replace", "dev", "weir-in", "root", "blackhole");
    expect(setup("--again").said).toContain("made: the image gets what waits in weir-in");
    expect(said).toContain("made: what the image sends on weir-out goes nowhere: it ends in weir-void");
    expect(said).toContain("made: weir-log has the collector's address 10.0.9.1");
  });

  it("takes a port that it uses itself for what leaves, and leaves that port as it is", () => {
    host.ip("address", "add", "192.0.2.1/24", "dev", "eth3");
    host.ip("link", "set", "eth3", "up");
    const of = () => [host.ip("link", "show", "eth3"), host.run("tc", "qdisc", "show", "dev", "eth3")];
    const before = of();
    expect(setup("--watch", "eth1", "--log", "eth3", "--neighbour", "192.0.2.9=02:00:00:00:00:09@eth3").status).toBe(0);
    expect(of()).toEqual(before);
    expect(host.ip("neighbour", "show", "192.0.2.9")).toContain("02:00:00:00:00:09 PERMANENT");
    write("weir-log", FRAME);
    expect(sink.counter("d1", "rx_packets")).toBeGreaterThan(0);
  });

  // REQ-GROUND-021
  it("moves the shortest frame there is, too, and of the log only the collector's port reaches this host", async () => {
    setup("--watch", "eth1", "--log", "here", "-c", POLICY);
    const short = Buffer.concat([FRAME.subarray(0, 12), Buffer.from("88b5", "hex")]);
    const reader = tapReader("weir-in");
    await hasLink("weir-in");
    send(span, "s0", short);
    await until(() => reader.bytes().length >= short.length);
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await until(() => !/LOWER_UP/.test(host.ip("link", "show", "weir-in")));
    write("weir-in", short);
    expect(JSON.parse(weir("host", "check", "--json").stdout).counts).toMatchObject({ refusedFromIn: 1 });

    host.ip("address", "add", "192.0.2.1/32", "dev", "lo");
    const heardAt = (port: number) => start(host, "socat", "-u", `UDP-RECV:${port}`, "-");
    const [right, wrong] = [heardAt(514), heardAt(53)];
    await until(() => /:0202 [\s\S]*:0035 |:0035 [\s\S]*:0202 /.test(host.run("cat", "/proc/net/udp")));
    write("weir-log", datagram("10.0.9.2", "10.0.9.1", 53, "no"));
    write("weir-log", datagram("10.0.9.2", "192.0.2.1", 514, "no"));
    write("weir-log", datagram("8.8.8.8", "10.0.9.1", 514, "no"));
    write("weir-log", datagram("10.0.9.2", "10.0.9.1", 514, "log"));
    await until(() => right.bytes().length > 0);
    expect([`${right.bytes()}`, `${wrong.bytes()}`]).toEqual(["log", ""]);
    expect(weir("host", "check").status).toBe(0);
  });

  it("is not shared with another appliance, nor a tap; what changes is put back; nothing is undone under an image", async () => {
    const asked = setup("--watch", "eth1", "--out", "eth2", "--print");
    expect(asked).toMatchObject({ status: 0, said: [] });
    expect(asked.stdout).toContain("# nothing is ever sent on eth1\ntc qdisc replace dev eth1 root blackhole\n");
    expect(asked.stdout).toContain(
      "# what comes in on eth1 goes to weir-in, and nowhere else\ntc qdisc add dev eth1 clsact\n",
    );
    setup("--watch", "eth1", "--out", "eth2");
    const refused = (...words: string[]) => setup("--name", "other", ...words).said.at(-1);
    expect(refused("--watch", "eth1")).toBe("eth1: weir watches it: weir host undo --name weir sets it free");
    expect(refused("--watch", "eth3", "--log", "eth1")).toBe(
      "eth1: weir watches it: weir host undo --name weir sets it free",
    );
    expect(refused("--watch", "eth2")).toBe("--watch eth2: weir sends there");
    expect(refused("--watch", "weir-in")).toBe("--watch weir-in: it is a tap, expected a port of this host");
    expect(refused("--watch", "eth3", "--user", "nobodyatall")).toBe(
      "--user nobodyatall: this host knows no such user",
    );

    const changed = setup("--watch", "eth3", "--user", "nobody");
    expect(changed.said.slice(0, 3)).toEqual([
      ...["eth1 is as it was", "eth2 is as it was", "made: tap weir-in is there, for the user nobody"],
    ]);
    expect(host.run("tc", "qdisc", "show", "dev", "eth1")).not.toContain("blackhole");
    expect(host.ip("-details", "link", "show", "weir-in")).toContain("user nobody");
    tapReader("weir-in");
    await hasLink("weir-in");
    expect(weir("host", "undo")).toMatchObject({ status: 1, said: ["an image has weir-in open: stop it first"] });
    const bare = spawnSync("setpriv", ["--reuid=65534", "--clear-groups", ...WEIR, "host", "undo"], {
      encoding: "utf8",
    });
    expect(bare.stderr).toBe("weir: needs root: it changes interfaces\n");
  });

  it("tells a doctor what is wrong, and what to do", async () => {
    const told = () => {
      const { status, stdout } = weir("doctor", "-c", POLICY);
      return {
        status,
        lines: stdout.split("\n").filter((line) => !/KVM|kvm|clock|qemu|timesyncd|VT-x|date -u/.test(line)),
      };
    };
    expect(told().lines).toEqual([
      "BAD there is no wiring weir: no port is watched",
      "      -> weir host setup --watch INTERFACE ...",
      "",
    ]);
    three();
    sink.ip("link", "set", "d0", "down");
    const first = told();
    expect(first.status).toBe(3);
    expect(first.lines).toEqual([
      "ok  weir is wired",
      "ok  all 54 settings of the ports and taps hold",
      "ok  eth1 has a link",
      "BAD eth2 has no link",
      "      -> look at the cable, and whether the other side is on",
      "ok  eth3 has a link",
      "BAD nothing has come in on eth1",
      "      -> look at the switch: does the SPAN port mirror anything?",
      "BAD nobody has weir-in open: no image is running, nothing is watched",
      "      -> weir run IMAGE --in weir-in ...",
      "?   whether 10.0.9.1 is at 52:54:00:77:00:13 cannot be seen from this host",
      "      -> on the collector: ip link; the image never asks by ARP, so the policy must have its MAC address, or its router's",
      "",
    ]);
    host.ip("link", "set", "eth1", "promisc", "off");
    host.ip("link", "add", "eth4", "type", "veth", "peer", "name", "eth5");
    host.ip("link", "set", "eth4", "up");
    host.ip("neighbour", "add", "10.0.9.1", "lladdr", "02:00:00:00:00:99", "dev", "eth4", "nud", "permanent");
    tapReader("weir-in");
    await hasLink("weir-in");
    send(span, "s0", FRAME);
    send(host, "eth1", FRAME);
    const second = told().lines;
    expect(second).toContain("BAD it does not hold that eth1 takes frames whoever they are for");
    expect(second).toContain("      -> weir host setup --again --name weir");
    expect(second).toContain("ok  of 1 frames since the wiring was made none was lost");
    expect(second).toContain("?   this host tried to send 1 frames on eth1; none was sent");
    expect(second).toContain("ok  an image has weir-in open");
    expect(second).toContain(
      "BAD 10.0.9.1 is at 02:00:00:00:00:99, the policy says 52:54:00:77:00:13: no record arrives",
    );
    expect(JSON.parse(weir("doctor", "--json").stdout)).toMatchObject({ findings: expect.arrayContaining([]) });

    setup("--watch", "eth1");
    expect(told().lines).toContain("BAD the log goes nowhere: the wiring has no --log");
    expect(told().lines).toContain("      -> weir host setup ... --log INTERFACE, or here");
    setup("--watch", "eth1", "--log", "here", "-c", POLICY);
    const kept = join(folder, "weir.wiring.json");
    const text = readFileSync(kept, "utf8");
    writeFileSync(kept, text.replace("10.0.9.1", "10.0.9.7"));
    expect(told().lines).toContain(
      "BAD the policy's collector is 10.0.9.1 at 52:54:00:77:00:13, the wiring's 10.0.9.7 at 52:54:00:77:00:13: no record arrives",
    );
    expect(told().lines).toContain("      -> weir host setup ... --log here -c POLICY");
    writeFileSync(kept, text);
    expect(told().lines).toContain("BAD nobody listens on UDP port 514 of this host: the log is thrown away");
    const collecting = start(host, ...WEIR, "collect", "--listen", "10.0.9.1:514", "-l", join(folder, "log"));
    expect(collecting.bytes().length).toBe(0);
    await until(() => told().lines.includes("ok  somebody listens on UDP port 514"));
  });

  it("refuses what would cut it off, and what there is not", () => {
    host.ip("address", "add", "192.0.2.1/24", "dev", "eth2");
    host.ip("link", "add", "br0", "type", "bridge");
    host.ip("link", "set", "eth3", "master", "br0");
    const refused = (...words: string[]) => {
      const { status, said } = setup(...words);
      expect(status).toBe(1);
      expect(host.ip("link")).not.toContain("weir-in");
      return said.at(-1);
    };
    const so = "and a watched port sends nothing and answers nobody. Watch a port that the host does not use";
    expect(refused("--watch", "eth2")).toBe(`--watch eth2: the host has its address 192.0.2.1/24 there, ${so}`);
    expect(refused("--watch", "eth3")).toBe(`--watch eth3: it is a port of br0, ${so}`);
    expect(refused("--watch", "eth9")).toBe(
      "--watch eth9: there is no such interface, expected one of eth1, eth2, eth3, br0",
    );
    expect(refused("--watch", "eth1", "--out", "eth1")).toBe("eth1 is watched: nothing may be sent there");
    expect(refused("--watch", "eth1", "--watch", "eth1")).toBe("--watch: names an interface twice");
    expect(refused()).toBe("nothing to watch: expected --watch INTERFACE, or --again");
    expect(refused("--watch", "eth1", "--mtu", "9000")).toBe("--mtu 9000: expected a number from 68 to 2000");
    expect(refused("--watch", "eth1", "--name", "a b")).toBe(
      "--name a b: expected 1 to 10 of a-z, 0-9, -, beginning with a letter",
    );
    expect(refused("--watch", "eth1", "--log", "here")).toBe(
      "--log here: expected -c POLICY, which has the collector's addresses",
    );
    const watch = join(ROOT, "fixtures/watch.yaml");
    expect(refused("--watch", "eth1", "--log", "here", "-c", watch)).toBe(
      `${watch}: interfaces.log: has no address or no collector, so nothing is sent there`,
    );
    expect(refused("--watch", "eth1", "--neighbour", "10.0.0.0/8=02:00:00:00:00:09@eth1")).toBe(
      "--neighbour 10.0.0.0/8=02:00:00:00:00:09@eth1: expected ADDRESS=MAC@INTERFACE",
    );
    writeFileSync(join(folder, "weir.wiring.json"), "{");
    expect(refused("--again")).toBe(
      `${folder}/weir.wiring.json: is no wiring of this version: write it again by weir host setup --watch ...`,
    );
  });
});
