/** How the cost of a packet grows with the number of hosts: flat up to the tables' capacity, and what it is beyond it. */
import { join } from "node:path";
import { INPUT_SIZE } from "../../appliance/contract/abi.ts";
import { layRecord } from "../../appliance/contract/records.ts";
import { embed } from "../../appliance/hosts/node.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { ethernet, ipv4, UDP, udp } from "../../fixtures/frames.ts";
import { ROOT } from "../../lib/asc.ts";

const HOSTS = [10, 100, 400, 1000, 10_000, 60_000];
const PACKETS = 200_000;

export async function growth(say: (label: string, value: string) => void): Promise<void> {
  const policy = compilePolicy(join(ROOT, "fixtures", "watch.yaml"));
  for (const hosts of HOSTS) {
    const appliance = await embed(policy.parts);
    const view = new DataView(appliance.input.buffer, appliance.input.byteOffset, INPUT_SIZE);
    // One frame; source address and port change in place, so that building frames is not measured
    const ends = { src: "10.0.0.1", dst: "172.16.0.1" };
    const macs = { from: "02:00:00:00:00:01", to: "02:00:00:00:00:02" };
    const frame = ethernet(
      macs,
      0x0800,
      ipv4({ ...ends, protocol: UDP }, udp({ ...ends, sport: 4000, dport: 5000 }, Buffer.alloc(18))),
    );
    const whole = 32 + ((frame.length + 7) & ~7);
    const batch = Math.floor(INPUT_SIZE / whole);
    let [number, events, seconds, random] = [0, 0, 0, 1];
    while (number < PACKETS) {
      for (let i = 0; i < batch; i++) {
        random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
        const host = random % hosts;
        const at = i * whole;
        const time = 1_700_000_000_000_000_000n + BigInt(++number) * 10_000n;
        layRecord(appliance.input, at, frame, { time, number: BigInt(number) });
        view.setUint8(at + 32 + 27, (host >> 16) & 255);
        view.setUint16(at + 32 + 28, host & 0xffff);
        view.setUint16(at + 32 + 24, 0);
        view.setUint16(at + 32 + 40, 0);
      }
      const started = performance.now();
      appliance.run(batch * whole, { forwarded: () => undefined, record: () => void events++ });
      if (number > PACKETS / 4) seconds += performance.now() - started;
    }
    const measured = number - Math.ceil(PACKETS / 4 / batch) * batch;
    say(`${hosts} hosts`, `${((seconds * 1e6) / measured).toFixed(0)} ns per packet, ${events} events`);
  }
}
