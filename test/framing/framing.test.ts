// Nobody is framed: whatever an attacker on `in` sends, what the policy does about a finding is done to whom it accuses.
import { describe, expect, it } from "vitest";
import { ACK, bytes, RST, SYN, tcp } from "../../ip/testing/frames.ts";
import { ATTACKER, dnsName, HONEST, MAC, outcome, policyOf, quote, RECEIVER, Scene } from "./scene.ts";

const SCAN = policyOf("detectors: { scan: { action: quarantine } }");
const EMPTY = (n: number) => `10.0.9.${n}`;

/** As many first contacts as are enough, to hosts that do not answer. */
function attempts(scene: Scene, src: string, macs: readonly string[], count = 9): Scene {
  for (let n = 0; n < count; n++) scene.segment(src, macs[n % macs.length]!, EMPTY(n + 1), 40000 + n, 22, SYN);
  return scene;
}

describe("a scan", () => {
  // REQ-DETECT-015
  it("that is refused accuses the scanner, not whose RST gives it away", async () => {
    const scene = new Scene().telemetry(HONEST, MAC.honest, 5).telemetry(ATTACKER, MAC.attacker, 5);
    for (let n = 0; n < 9; n++)
      scene
        .segment(ATTACKER, MAC.attacker, HONEST, 40000 + n, 20 + n, SYN)
        .segment(HONEST, MAC.honest, ATTACKER, 20 + n, 40000 + n, RST | ACK);
    scene.telemetry(HONEST, MAC.honest, 100).telemetry(ATTACKER, MAC.attacker, 100);
    const { crossed, quarantined } = await outcome(SCAN, scene.frames);
    expect(quarantined.map(({ src_ip }) => src_ip)).toEqual([ATTACKER]);
    expect(crossed).toEqual({ [HONEST]: 105, [ATTACKER]: 5 });
  });

  // REQ-DETECT-015
  it.each([
    ["nothing", RST],
    ["what was not sent", RST | ACK],
  ])("is not made up by forged RSTs that acknowledge %s", async (_, flags) => {
    const scene = new Scene().telemetry(HONEST, MAC.honest, 5);
    for (let n = 0; n < 30; n++) {
      const [sport, dport, src, dst] = [22, 40000 + n, EMPTY(n + 1), HONEST];
      scene
        .segment(HONEST, MAC.honest, src, dport, sport, SYN)
        .ip(MAC.attacker, src, dst, 6, tcp(flags, { src, dst, sport, dport, ack: 77 }))
        .segment(src, MAC.server, dst, sport, dport, SYN | ACK);
    }
    const { crossed, alerts } = await outcome(SCAN, scene.wait(6000).telemetry(HONEST, MAC.honest, 50).frames);
    expect(alerts).toEqual([]);
    expect(crossed).toEqual({ [HONEST]: 55 });
  });

  // REQ-DETECT-005
  it("is one though the RSTs that give it away acknowledge something else", async () => {
    const scene = new Scene();
    for (let n = 0; n < 9; n++) {
      const [sport, dport, src, dst] = [20 + n, 40000 + n, HONEST, ATTACKER];
      scene
        .segment(ATTACKER, MAC.attacker, HONEST, dport, sport, SYN)
        .ip(MAC.honest, src, dst, 6, tcp(RST | ACK, { src, dst, sport, dport, ack: 77 }));
    }
    const { alerts, quarantined } = await outcome(SCAN, scene.wait(6000).telemetry(HONEST, MAC.honest, 5).frames);
    expect(alerts).toEqual(["scan"]);
    expect(quarantined.map(({ src_ip }) => src_ip)).toEqual([ATTACKER]);
  });

  // REQ-DETECT-015
  it("that is not answered accuses the scanner, not who sends the next frame", async () => {
    const scene = attempts(new Scene(), ATTACKER, [MAC.attacker]).wait(6000).telemetry(HONEST, MAC.honest, 50);
    const { crossed, quarantined } = await outcome(SCAN, scene.telemetry(ATTACKER, MAC.attacker, 50).frames);
    expect(quarantined.map(({ src_ip }) => src_ip)).toEqual([ATTACKER]);
    expect(crossed).toEqual({ [HONEST]: 50 });
  });

  // REQ-DETECT-015
  it("that is not answered accuses the scanner when time alone goes on", async () => {
    const scene = attempts(new Scene(), ATTACKER, [MAC.attacker]).wait(6000);
    for (let n = 0; n < 9; n++) scene.tick();
    // nothing of the attacker's comes any more that would give him away
    const { crossed, quarantined } = await outcome(SCAN, scene.telemetry(HONEST, MAC.honest, 50).frames);
    expect(quarantined.map(({ src_ip }) => src_ip)).toEqual([ATTACKER]);
    expect(crossed).toEqual({ [HONEST]: 50 });
  });

  // REQ-DETECT-015
  it("under a forged address shuts out who bears it at the forger's MAC address only", async () => {
    const scene = new Scene().telemetry(HONEST, MAC.honest, 5);
    attempts(scene, HONEST, [MAC.attacker]).wait(6000).telemetry(HONEST, MAC.honest, 50);
    const { crossed, quarantined, alerts } = await outcome(SCAN, scene.telemetry(HONEST, MAC.attacker, 50).frames);
    expect(alerts).toContain("scan");
    expect(quarantined.map(({ src_ip, quarantine }) => [src_ip, quarantine!.mac])).toEqual([
      [HONEST, "02:00:00:00:00:66"],
    ]);
    expect(crossed).toEqual({ [HONEST]: 55 });
  });

  // REQ-DETECT-015
  it("under a forged address from MAC address 0 accuses nobody", async () => {
    for (const macs of [[MAC.zero], [MAC.zero, MAC.attacker]]) {
      const scene = attempts(new Scene().telemetry(HONEST, MAC.honest, 5), HONEST, macs);
      scene.wait(6000).telemetry(HONEST, MAC.zero, 5).telemetry(HONEST, MAC.honest, 50);
      const { crossed, quarantined, alerts } = await outcome(SCAN, scene.frames);
      expect(alerts).toContain("scan");
      expect(quarantined).toEqual([]);
      expect(crossed[HONEST]).toBeGreaterThanOrEqual(55);
    }
  });

  // REQ-DETECT-015
  it("from MAC address 0 is not the honest host's because that makes an attempt, too", async () => {
    const scene = attempts(new Scene(), HONEST, [MAC.zero]);
    scene.segment(HONEST, MAC.honest, EMPTY(99), 50000, 22, SYN).wait(6000).telemetry(HONEST, MAC.honest, 50);
    const { crossed, quarantined, alerts } = await outcome(SCAN, scene.frames);
    expect(alerts).toContain("scan");
    expect(quarantined).toEqual([]);
    expect(crossed).toEqual({ [HONEST]: 50 });
  });

  // REQ-DETECT-015
  it("without MAC addresses accuses the scanner", async () => {
    const scene = attempts(new Scene(), ATTACKER, [MAC.zero]).wait(6000).telemetry(ATTACKER, MAC.zero, 20);
    const { crossed, quarantined } = await outcome(SCAN, scene.telemetry(HONEST, MAC.zero, 20).frames);
    expect(quarantined.map(({ src_ip }) => src_ip)).toEqual([ATTACKER]);
    expect(crossed[ATTACKER]).toBeUndefined();
  });

  // REQ-DETECT-015
  it("from several MAC addresses accuses nobody", async () => {
    const scene = attempts(new Scene().telemetry(HONEST, MAC.honest, 5), HONEST, [MAC.attacker, MAC.other]);
    scene.segment(HONEST, MAC.honest, EMPTY(99), 50000, 22, SYN).wait(6000).telemetry(HONEST, MAC.honest, 50);
    const { crossed, quarantined, alerts } = await outcome(SCAN, scene.frames);
    expect(alerts).toContain("scan");
    expect(quarantined).toEqual([]);
    expect(crossed).toEqual({ [HONEST]: 55 });
  });

  // REQ-DETECT-015
  it("that errors make up, which quote what nobody sent or go to somebody else, accuses nobody", async () => {
    const scene = new Scene().telemetry(HONEST, MAC.honest, 5);
    for (let n = 0; n < 30; n++) {
      scene.unreachable(EMPTY(n), MAC.attacker, HONEST, quote(HONEST, EMPTY(n), 4100, 7000));
      scene.unreachable(EMPTY(n), MAC.attacker, RECEIVER, quote(HONEST, RECEIVER, 4000, 5000 + n));
    }
    const { crossed, quarantined, alerts } = await outcome(SCAN, scene.telemetry(HONEST, MAC.honest, 50).frames);
    expect(alerts).toContain("scan");
    expect(quarantined).toEqual([]);
    expect(crossed).toEqual({ [HONEST]: 55 });
  });

  it("of UDP ports is found by the errors that concern it", async () => {
    const scene = new Scene();
    for (let n = 0; n < 9; n++)
      scene
        .datagram(ATTACKER, MAC.attacker, HONEST, 4100, 7000 + n, Buffer.from("quoted"))
        .unreachable(HONEST, MAC.honest, ATTACKER, quote(ATTACKER, HONEST, 4100, 7000 + n));
    const { crossed, quarantined } = await outcome(
      SCAN,
      scene.telemetry(HONEST, MAC.honest, 20).telemetry(ATTACKER, MAC.attacker, 20).frames,
    );
    expect(quarantined.map(({ src_ip }) => src_ip)).toEqual([ATTACKER]);
    expect(crossed).toEqual({ [HONEST]: 20 });
  });
});

describe("errors of ICMP that are forged", () => {
  /** Datagrams of the honest host to twelve others, each some times, and errors that the attacker makes of them. */
  const errors = (send: (scene: Scene, to: string) => void, after: number): Scene => {
    const scene = new Scene();
    const others = Array.from({ length: 12 }, (_, n) => EMPTY(n + 1));
    for (const to of others) send(scene, to);
    scene.wait(after);
    for (const to of others) scene.unreachable(to, MAC.attacker, HONEST, quote(HONEST, to, 4000, 5000));
    return scene.telemetry(HONEST, MAC.honest, 20);
  };
  const ask = (scene: Scene, to: string) => scene.datagram(HONEST, MAC.honest, to, 4000, 5000, Buffer.from("ask"));

  // REQ-DETECT-015
  it("about datagrams that were answered accuse nobody", async () => {
    const scene = errors((s, to) => ask(s, to).datagram(to, MAC.server, HONEST, 5000, 4000, Buffer.from("answer")), 0);
    expect((await outcome(SCAN, scene.frames)).quarantined).toEqual([]);
  });

  // REQ-DETECT-015
  it("about what had begun long before accuse nobody: no first contact waits that long for its error", async () => {
    const scene = errors((s, to) => ask(s, to), 5000);
    expect((await outcome(SCAN, scene.frames)).quarantined).toEqual([]);
  });
});

describe("a newcomer", () => {
  const policy = (action: string, more = "") =>
    policyOf(`${more}
detectors:
  newcomer:
    action: ${action}
    hosts: [ ${HONEST}, ${RECEIVER} ]
    services: [ { protocol: udp, address: ${RECEIVER}, port: 5000 } ]`);

  // REQ-DETECT-015
  it.each(["quarantine", "drop"])("is shut out itself: %s", async (action) => {
    const scene = new Scene().telemetry(HONEST, MAC.honest, 5).telemetry(ATTACKER, MAC.attacker, 5);
    const { crossed } = await outcome(policy(action), scene.telemetry(HONEST, MAC.honest, 5).frames);
    expect(crossed).toEqual({ [HONEST]: 10 });
  });

  // REQ-FILTER-011
  it("that is protected is not dropped either", async () => {
    const scene = new Scene().telemetry(ATTACKER, MAC.attacker, 5);
    const { crossed } = await outcome(policy("drop", `protected: ${ATTACKER}`), scene.frames);
    expect(crossed).toEqual({ [ATTACKER]: 5 });
  });

  // REQ-DETECT-015
  it("among services costs a host that answers there nothing but that flow", async () => {
    const scene = new Scene().telemetry(HONEST, MAC.honest, 5);
    // forged: as if the honest host were the client of the attacker's port
    scene.datagram(HONEST, MAC.attacker, ATTACKER, 5000, 9999, Buffer.from("x"));
    for (let n = 0; n < 5; n++) {
      scene.datagram(ATTACKER, MAC.attacker, HONEST, 9999, 5000, Buffer.from("ask"));
      scene.datagram(HONEST, MAC.honest, ATTACKER, 5000, 9999, Buffer.from("answer"));
    }
    const { crossed, quarantined } = await outcome(
      policy("quarantine"),
      scene.telemetry(HONEST, MAC.honest, 50).frames,
    );
    expect(quarantined.filter(({ src_ip, quarantine }) => src_ip === HONEST && quarantine!.of !== "flow")).toEqual([]);
    expect(crossed).toEqual({ [HONEST]: 55 });
  });
});

// REQ-DETECT-015
it("a tunnel through DNS that forged answers make up shuts out no client", async () => {
  const scene = new Scene().telemetry(HONEST, MAC.honest, 5);
  for (let n = 0; n < 400; n++) {
    const name = `${Buffer.alloc(30, 97 + (n % 26)).toString()}${n}x.evil.example`;
    const answer = bytes([0, n & 255, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], dnsName(name), [0, 16, 0, 1]);
    scene.datagram("10.0.0.2", MAC.attacker, HONEST, 53, 30000 + n, bytes(answer, Buffer.alloc(300, 65)));
  }
  scene.datagram(
    HONEST,
    MAC.honest,
    "10.0.0.2",
    30000,
    53,
    bytes([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0], dnsName(`${"q".repeat(40)}.evil.example`), [0, 16, 0, 1]),
  );
  const policy = policyOf("detectors: { dns-tunnel: { action: quarantine } }");
  const { crossed, quarantined, alerts } = await outcome(policy, scene.telemetry(HONEST, MAC.honest, 50).frames);
  expect(alerts).toContain("dns-tunnel");
  expect(quarantined.filter(({ src_ip }) => src_ip === HONEST).map((e) => e.quarantine!.of)).not.toContain("source");
  expect(crossed).toEqual({ [HONEST]: 55 });
});
