// Whose service is new where the capture begins midstream, the flow was forgotten, or the server speaks unasked. Through all
// compartments as they fly.
import { expect, it } from "vitest";
import { ACK, SYN } from "../../ip/testing/frames.ts";
import { MAC, outcome, policyOf, Scene } from "../../test/framing/scene.ts";

const [MASTER, OUTSTATION, WEB] = ["10.0.0.5", "10.0.0.30", "10.0.0.80"];
const POLICY = policyOf(`detectors:
  newcomer:
    hosts: [10.0.0.0/24]
    services: [{ protocol: tcp, address: ${OUTSTATION}, port: 20000 }, { protocol: tcp, address: ${WEB}, port: 443 }]`);
const poll = (scene: Scene, flags: number, port = 49_200) =>
  scene.segment(MASTER, MAC.honest, OUTSTATION, port, 20_000, flags);
const speak = (scene: Scene, flags: number, port = 49_200) =>
  scene.segment(OUTSTATION, MAC.server, MASTER, 20_000, port, flags);
async function said(scene: Scene) {
  const { alerts, events } = await outcome(POLICY, scene.frames);
  return { alerts, clients: events.filter((e) => e.event_type === "flow").map(({ src_ip }) => src_ip) };
}

// REQ-DETECT-006
it("none is, in connections to a known server that were there before the capture", async () => {
  const scene = new Scene();
  for (let n = 0; n < 12; n++) {
    const client = `10.0.0.${100 + n}`;
    scene.segment(WEB, MAC.server, client, 443, 51_000 + n, ACK).segment(client, MAC.honest, WEB, 51_000 + n, 443, ACK);
  }
  const { alerts, clients } = await said(scene);
  expect(alerts).toEqual([]);
  expect(clients).toHaveLength(12);
  expect(clients).not.toContain(WEB);
});

// REQ-DETECT-006
it.each([49_200, 1500])(
  "none is, when the outstation speaks unasked behind 700 s of silence (port %i)",
  async (port) => {
    const scene = speak(poll(new Scene(), SYN, port), SYN | ACK, port);
    poll(speak(poll(scene, ACK, port), ACK, port), ACK, port).wait(700_000);
    poll(speak(scene, ACK, port), ACK, port);
    expect(await said(scene)).toEqual({ alerts: [], clients: [MASTER, MASTER] });
  },
);

// REQ-DETECT-006
it("one is, when the known server asks another host", async () => {
  const scene = new Scene();
  scene.segment(WEB, MAC.server, MASTER, 51_000, 8080, SYN).segment(MASTER, MAC.honest, WEB, 8080, 51_000, SYN | ACK);
  scene.segment(WEB, MAC.server, MASTER, 51_000, 8080, ACK);
  expect(await said(scene)).toEqual({ alerts: ["new-service"], clients: [WEB] });
});
