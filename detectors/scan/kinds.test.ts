// What a scan is, by kind and outcome, and what only looks like one. Through all compartments as they fly.
import { expect, it } from "vitest";
import { ACK, bytes, FIN, icmp, ipv4, RST, SYN, tcp, udp } from "../../ip/testing/frames.ts";
import { uniform } from "../../lib/numerics/random.ts";
import { ATTACKER, HONEST, MAC, outcome, policyOf, Scene } from "../../test/framing/scene.ts";

const TARGET = "10.0.0.9";
const [PSH, URG] = [8, 32];
const ends = { src: ATTACKER, dst: TARGET, sport: 55_555 };
const reply = { src: TARGET, dst: ATTACKER, dport: 55_555 };
const probe = (scene: Scene, flags: number, dport: number) =>
  scene.ip(MAC.attacker, ATTACKER, TARGET, 6, tcp(flags, { ...ends, dport, seq: 0, ack: 7 }));
/** What RFC 9293, 3.5.2, answers a closed port's segment with. */
const refuse = (scene: Scene, flags: number, sport: number) =>
  scene.ip(
    MAC.honest,
    TARGET,
    ATTACKER,
    6,
    flags & ACK ? tcp(RST, { ...reply, sport, seq: 7, ack: 0 }) : tcp(RST | ACK, { ...reply, sport, seq: 0, ack: 1 }),
  );
const error = (scene: Scene, type: number, code: number, quoted: Uint8Array, to = ATTACKER, from = TARGET) =>
  scene.ip(MAC.honest, from, to, 1, icmp(type, code, bytes([0, 0, 0, 0], quoted.subarray(0, 28))));

/** What is said of scans: who, and the words behind what was counted. */
async function scans(scene: Scene, policy = "") {
  const { events } = await outcome(policyOf(policy), scene.frames);
  return events
    .filter(({ alert }) => alert?.context.detector === "scan")
    .map(({ src_ip, alert }) => [src_ip, (alert!.context as unknown as { seen: string }).seen] as const);
}
const times = (count: number, each: (n: number) => void) => Array.from({ length: count }, (_, n) => each(n + 1));

// REQ-DETECT-017
it.each([
  ["TCP SYN", SYN],
  ["TCP ACK", ACK],
  ["TCP FIN", FIN],
  ["TCP NULL", 0],
  ["TCP Xmas", FIN | PSH | URG],
  ["TCP Maimon (FIN, ACK)", FIN | ACK],
  ["TCP SYN-ACK", SYN | ACK],
  ["TCP odd flags", PSH | URG],
])("%s: nine ports that refuse, and what the alert names", async (kind, flags) => {
  const scene = new Scene();
  times(9, (port) => refuse(probe(scene, flags, port), flags, port));
  expect(await scans(scene)).toEqual([
    [
      ATTACKER,
      `9 of 9 failed (9 refused, 0 unanswered): ${kind} to ${TARGET} port 7, ${TARGET} port 8, ${TARGET} port 9 and others`,
    ],
  ]);
});

// REQ-DETECT-017
it.each([
  ["TCP FIN", 9, (s: Scene, n: number) => probe(s, FIN, n)],
  ["TCP ACK", 67, (s: Scene, n: number) => probe(s, ACK, n)],
  ["UDP", 34, (s: Scene, n: number) => s.datagram(ATTACKER, MAC.attacker, TARGET, 55_555, n, bytes("00"))],
  ["UDP", 34, (s: Scene, n: number) => s.datagram(ATTACKER, MAC.attacker, `10.0.2.${n}`, 55_555, 161, bytes("00"))],
  ["ICMP", 34, (s: Scene, n: number) => s.ip(MAC.attacker, ATTACKER, `10.0.2.${n}`, 1, icmp(8, 0, bytes("00010001")))],
  ["IP protocol", 34, (s: Scene, n: number) => s.ip(MAC.attacker, ATTACKER, TARGET, 140 + n, bytes(""))],
  ["SCTP", 9, (s: Scene, n: number) => s.ip(MAC.attacker, ATTACKER, TARGET, 132, init(n))],
] as const)("%s: %s that nothing answers are a scan, one fewer are none", async (kind, enough, make) => {
  for (const count of [enough, enough - 1]) {
    const scene = new Scene();
    times(count, (n) => make(scene, n));
    const said = await scans(silent(scene, count));
    expect(said.map(([source]) => source)).toEqual(count === enough ? [ATTACKER] : []);
    if (count === enough) expect(said[0]![1]).toContain(`: ${kind} to `);
  }
});

const init = (port: number) =>
  bytes([0xd9, 3, port >> 8, port & 255, 0, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 20], Buffer.alloc(16));

/** Time goes on, and nothing comes. */
function silent(scene: Scene, records: number): Scene {
  scene.wait(6000);
  times(records, () => scene.tick());
  return scene;
}

// REQ-DETECT-017
it("an IP protocol that is refused is named by its number", async () => {
  const scene = new Scene();
  times(9, (n) => {
    scene.ip(MAC.attacker, ATTACKER, TARGET, 140 + n, bytes(""));
    error(scene, 3, 2, ipv4(140 + n, bytes(""), { src: ATTACKER, dst: TARGET }));
  });
  expect((await scans(scene))[0]![1]).toContain("IP protocol to 10.0.0.9 protocol 147, 10.0.0.9 protocol 148, ");
});

// REQ-DETECT-017
it("who goes on is announced again, with a count, though each contact was tried before", async () => {
  const scene = new Scene();
  for (let round = 0; round < 3; round++) {
    times(9, (port) => refuse(probe(scene, SYN, port), SYN, port));
    scene.wait(70_000);
  }
  const said = await scans(scene);
  expect(said.map(([, seen]) => /alert \d of this source/.exec(seen)?.[0])).toEqual([
    undefined,
    "alert 2 of this source",
    "alert 3 of this source",
  ]);
});

// REQ-DETECT-017
it.each([
  [3, 4],
  [3, 0],
  [3, 1],
  [11, 0],
  [5, 1],
])("ICMP %i/%i refuses nothing: 14 servers behind a path in trouble", async (type, code) => {
  const scene = new Scene();
  times(14, (n) => {
    const server = `203.0.113.${n}`;
    const data = { src: HONEST, dst: server, sport: 50_000 + n, dport: 443 };
    scene.datagram(HONEST, MAC.honest, server, data.sport, 443, bytes("c0"));
    error(scene, type, code, ipv4(17, udp(bytes("c0"), data), data), HONEST, "10.0.0.1");
  });
  expect(await scans(silent(scene, 14))).toEqual([]);
});

// REQ-DETECT-017
it("errors of the path pardon 32 contacts, and no sweep", async () => {
  const scene = new Scene();
  times(60, (n) => {
    const to = { src: ATTACKER, dst: `10.0.2.${n}` };
    scene.segment(ATTACKER, MAC.attacker, to.dst, 999, 80, SYN);
    error(scene, 3, 1, ipv4(6, tcp(SYN, { ...to, sport: 999, dport: 80 }), to), ATTACKER, "10.0.0.1");
  });
  expect((await scans(scene)).map(([source]) => source)).toEqual([ATTACKER]);
});

// REQ-DETECT-017
it.each([true, false])(
  "a resolver whose late answers are refused is no scanner (questions seen: %s)",
  async (asked) => {
    const scene = new Scene();
    const resolver = "10.0.0.53";
    times(12, (n) => {
      const [client, port] = [`10.0.0.${100 + n}`, 40_000 + n];
      if (asked) scene.datagram(client, MAC.other, resolver, port, 53, bytes("00"));
      for (let k = 0; k < 2; k++) scene.datagram(resolver, MAC.server, client, 53, port, bytes("00"));
      const data = { src: resolver, dst: client, sport: 53, dport: port };
      error(scene, 3, 3, ipv4(17, udp(bytes("00"), data), data), resolver, client);
    });
    expect(await scans(silent(scene, 12))).toEqual([]);
  },
);

// REQ-DETECT-017
it("who scans from port 53 is found by what refuses it, only later", async () => {
  const scene = new Scene();
  times(80, (n) => {
    const data = { src: ATTACKER, dst: TARGET, sport: 53, dport: 2000 + n };
    scene.datagram(ATTACKER, MAC.attacker, TARGET, 53, 2000 + n, bytes("00"));
    error(scene, 3, 3, ipv4(17, udp(bytes("00"), data), data));
  });
  expect((await scans(scene)).map(([source]) => source)).toEqual([ATTACKER]);
});

// REQ-DETECT-017
it("a peer of many on the Internet is no scanner; one port of a row of hosts there is one", async () => {
  for (const isPeer of [true, false]) {
    const random = uniform(3);
    const scene = new Scene();
    times(60, (n) => {
      const [peer, port] = [`198.51.100.${n}`, isPeer ? 10_000 + Math.floor(50_000 * random()) : 3389];
      scene.segment(HONEST, MAC.honest, peer, 40_000 + n, port, SYN);
      const answers = random();
      if (answers < 0.3) scene.segment(peer, MAC.server, HONEST, port, 40_000 + n, SYN | ACK);
      else if (answers < 0.5) scene.segment(peer, MAC.server, HONEST, port, 40_000 + n, RST | ACK);
      scene.wait(10_000);
    });
    expect((await scans(silent(scene, 60))).length > 0).toBe(!isPeer);
  }
});

// REQ-DETECT-017
it("who sends to many one way is no scanner", async () => {
  const scene = new Scene();
  times(60, (n) => times(4, () => scene.datagram(HONEST, MAC.honest, `10.0.4.${n}`, 5004, 5004, bytes("80"))));
  expect(await scans(silent(scene, 60))).toEqual([]);
});

// REQ-DETECT-017
it("those whom the policy lists may scan, and nobody else", async () => {
  const scene = new Scene();
  times(9, (port) => refuse(probe(scene, SYN, port), SYN, port));
  expect(await scans(scene, "detectors: { scan: { scanners: 10.0.0.64/28 } }")).toEqual([]);
  expect(await scans(scene, "detectors: { scan: { scanners: 10.0.0.5 } }")).toHaveLength(1);
});

// REQ-DETECT-018
it("a SYN from the future holds up nothing that is behind it", async () => {
  const scene = new Scene()
    .wait(86_400_000)
    .segment("10.0.0.3", MAC.other, "10.0.0.4", 1000, 80, SYN)
    .wait(-86_400_000);
  times(9, (port) => probe(scene, SYN, port));
  expect((await scans(silent(scene, 20))).map(([source]) => source)).toEqual([ATTACKER]);
});

// REQ-DETECT-018
it("a scan is not said again at the end because the last record has a wild clock", async () => {
  const scene = new Scene();
  times(100, (port) => {
    probe(scene, SYN, port);
    scene.wait(100);
  });
  scene.wait(86_400_000).telemetry("10.0.0.3", MAC.other, 1);
  expect(await scans(scene)).toHaveLength(1);
});

// REQ-DETECT-018
it("one record with a wild clock lets no open attempt time out", async () => {
  const scene = new Scene();
  times(20, (n) => scene.segment(HONEST, MAC.honest, `10.0.3.${n}`, 40_000 + n, 80, SYN));
  scene.wait(86_400_000).telemetry("10.0.0.3", MAC.other, 1).wait(-86_400_000);
  times(20, (n) => scene.segment(`10.0.3.${n}`, MAC.server, HONEST, 80, 40_000 + n, SYN | ACK));
  expect(await scans(silent(scene, 20))).toEqual([]);
});
