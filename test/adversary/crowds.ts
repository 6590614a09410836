// Attacks of rows.ts amid more hosts or conversations than the tables hold, as frames.
import { SYN } from "../../ip/testing/frames.ts";
import { ATTACKER, type Frame, MAC, Scene } from "../framing/scene.ts";

const TARGET = "10.0.0.10";
const BYSTANDER = "10.0.0.20";

/** Of the n-th host that was never seen. */
const fresh = (n: number) => `10.${16 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;

/** 1,000 SYNs in a second, from `source`, each with `more` behind it. */
function flood(
  source: (n: number) => string,
  more: (scene: Scene, n: number) => void = () => {},
  scene = new Scene(),
): readonly Frame[] {
  for (let n = 0; n < 1000; n++) {
    scene.segment(source(n), MAC.attacker, TARGET, 1024 + n, 80, SYN).wait(-4);
    more(scene, n);
  }
  return scene.frames;
}

/** Five new hosts at each SYN: five times as many as are followed. */
export const besides = () =>
  flood(
    () => ATTACKER,
    (scene, n) => {
      for (let k = 0; k < 5; k++)
        scene.datagram(fresh(5 * n + k), MAC.other, BYSTANDER, 9, 9, Buffer.from("x")).wait(-5);
    },
  );

/** Each SYN in the name of a host that was never seen, when the table of hosts is full of others. */
export function forged(): readonly Frame[] {
  const scene = new Scene();
  for (let n = 0; n < 2000; n++) scene.datagram(fresh(n), MAC.other, BYSTANDER, 9, 9, Buffer.from("x"));
  return flood((n) => fresh(2000 + n), undefined, scene);
}

/** A beacon once a minute, and 200 other conversations with as many servers between two of its packets: a tenth of what is followed. */
export function talkative(): readonly Frame[] {
  const scene = new Scene();
  for (let n = 0; n < 40; n++) {
    scene.segment(ATTACKER, MAC.attacker, "93.184.216.34", 20_000 + n, 443, SYN).wait(60_000 - 5 * 201);
    for (let k = 0; k < 200; k++) {
      const server = 200 * n + k;
      scene.segment(ATTACKER, MAC.attacker, `93.185.${server >> 8}.${server & 255}`, 30_000 + k, 80, SYN);
    }
  }
  return scene.frames;
}

/** 3,000 listed addresses, thrice as many as are followed, and then one that is not listed. */
export function swept(): readonly Frame[] {
  const scene = new Scene();
  for (let n = 0; n < 3000; n++) scene.datagram(fresh(n), MAC.other, BYSTANDER, 9, 9, Buffer.from("x"));
  return scene.datagram(ATTACKER, MAC.attacker, BYSTANDER, 9, 9, Buffer.from("x")).frames;
}
export const RANGE = "detectors: { newcomer: { hosts: [ 10.16.0.0/16 ] } }";
