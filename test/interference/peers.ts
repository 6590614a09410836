/** What may be on the other side of `out` and `log`: the conditions under which `in` must not behave in another way. */
import { join } from "node:path";
import { type Backend, MACS } from "../../appliance/hosts/qemu.ts";
import { FrameStream } from "../../appliance/hosts/stream.ts";
import { until } from "../../lib/testing/until.ts";
import { garbage } from "../image/garbage.ts";
import type { Qmp } from "./qmp.ts";
import { questions } from "./script.ts";

export const CONDITIONS = {
  normal: "takes what is sent",
  absent: "no link to anybody: what is sent goes nowhere",
  full: "never reads: its buffers fill, then the image's ring",
  hostile: "sends everything there is, all the time, and answers each frame",
  reset: "the link goes down and comes up, over and over",
} as const;
export type Condition = keyof typeof CONDITIONS;

export interface Peer {
  backend: Backend;
  /** Begins what the condition is about, before the machine starts; `netdev` is QEMU's name of the NIC's other end. */
  begin(qmp: Qmp, netdev: string, ready: Promise<void>): Promise<void>;
  /** Ends it, while QEMU still runs. */
  end(): Promise<void>;
  /** When QEMU has ended. */
  close(): void;
}

export async function peer(name: "out" | "log", condition: Condition, folder: string): Promise<Peer> {
  const nothing = async () => {};
  if (condition === "absent") return { backend: { kind: "none" }, begin: nothing, end: nothing, close: () => {} };
  const path = join(folder, `${name}.sock`);
  let answer = (_: Buffer) => {};
  const stream = await FrameStream.listen(path, condition === "full" ? null : (frame) => answer(frame));
  let going = true;
  let finish = () => {};
  const over = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let done: Promise<void> = Promise.resolve();
  const quietly = (sending: Promise<void>) => sending.catch(() => {});
  const begin = async (qmp: Qmp, netdev: string, ready: Promise<void>) => {
    // Until QEMU has connected it takes all that is sent, for nobody
    await until(async () => (await networkOf(qmp)).includes(`${netdev}: index=0,type=stream,unix:`));
    if (condition === "hostile") {
      let answering = false;
      answer = (frame) => {
        if (answering) return;
        answering = true;
        void quietly(stream.send(replies(frame))).then(() => {
          answering = false;
        });
      };
      // Before the machine starts, what QEMU may read then (AT_ONCE in rig.ts); then more than anybody takes.
      await stream.send([...garbage(MACS[name], 0), ...questions()].filter(({ length }) => length <= 1514));
      const flood = async () => {
        for (let seed = 1; going; seed++) {
          const all = [...garbage(MACS[name], seed), ...questions()];
          await Promise.race([quietly(stream.send(all)), over]);
          await pause(2);
        }
      };
      done = quietly(ready).then(flood);
    }
    if (condition === "reset") {
      const flap = async () => {
        for (let up = false; going; up = !up) {
          await qmp.ask("set_link", { name: netdev, up });
          await pause(3);
        }
      };
      done = flap();
    }
  };
  const end = async () => {
    going = false;
    finish();
    await done;
  };
  return { backend: { kind: "stream", path }, begin, end, close: () => void stream.close() };
}

const networkOf = (qmp: Qmp) => qmp.ask<string>("human-monitor-command", { "command-line": "info network" });

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The frame sent back as it came, with its ends swapped, and as a TCP reset would come. */
function replies(frame: Buffer): Uint8Array[] {
  const swapped = Buffer.from(frame);
  frame.copy(swapped, 0, 6, 12);
  frame.copy(swapped, 6, 0, 6);
  if (frame.length < 42) return [swapped];
  frame.copy(swapped, 26, 30, 34);
  frame.copy(swapped, 30, 26, 30);
  const reset = Buffer.from(swapped);
  reset[23] = 6;
  reset[47 % reset.length] = 0x14;
  return [Buffer.from(frame), swapped, reset];
}
