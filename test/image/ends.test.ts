// An image at whose ends nobody takes anything, or nobody sends: it is never quietly blind. And images without the inert queue,
// for hosts that start a NIC with one. QEMU's clock counts instructions, and idle time is skipped, so minutes take no time.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Settings } from "../../appliance/build/manifest.ts";
import { placeManifest, placePolicy } from "../../appliance/build/place.ts";
import { MACS, type Running, type StartOptions } from "../../appliance/hosts/qemu.ts";
import { FrameStream } from "../../appliance/hosts/stream.ts";
import { until } from "../../lib/testing/until.ts";
import { Qmp, qmpArguments } from "../interference/qmp.ts";
import { DeadBackend, deadNics } from "./dead-backend.ts";
import { Images, MEMORY, machines, nics, policy, prebuilt } from "./images.ts";
import { frame } from "./records.ts";

const INTERFACES = (["in", "out", "log"] as const).map((name) => ({
  name,
  direction: name === "in" ? ("receive" as const) : ("transmit" as const),
  mac: MACS[name],
}));

describe.each(machines)("$name", ({ name, arch, machine }) => {
  let images: Images;
  let bare: Uint8Array;
  beforeAll(async () => {
    images = await Images.open(arch, machine);
    bare = await prebuilt(arch);
  });
  afterAll(() => images.close());

  const image = (what: string, settings: Partial<Settings>) =>
    images.write(what, placePolicy(placeManifest(bare, INTERFACES, settings), policy()));
  const path = (what: string) => join(images.folder, `${what}.sock`);
  const said = ({ lines }: Running) => lines.filter((line) => /frame on|the device of/.test(line));

  /** Boots an image whose `out` and `log` are on backends that take nothing. */
  async function dead(what: string, settings: Partial<Settings>, options: Partial<StartOptions>) {
    const both = (["out", "log"] as const).map((role) => ({ mac: MACS[role], path: path(`${what}-${role}`) }));
    const backends = await Promise.all(both.map(({ path }) => DeadBackend.listen(path)));
    const running = images.start({
      ...{ ...images.options(image(what, settings)), accelerator: "tcg", nics: nics({}).slice(0, 1), ...options },
      more: [...(options.more ?? []), ...deadNics(MEMORY, machine === "q35", both)],
    });
    const close = () => backends.map((backend) => backend.close());
    return { running, kicked: () => backends.map(({ kicked }) => [...kicked].sort()), close };
  }

  // REQ-IMAGE-021
  it("says each five seconds that nobody takes its log, at growing times that nobody sends, and ends when the policy says so", async () => {
    const clock = ["-icount", "shift=3,sleep=off"];
    const { running, kicked, close } = await dead("silent", { logSilence: 30 }, { more: clock });
    const exit = await running.exit;
    const log = (seconds: number) =>
      `weir: the device of \`log\` has taken nothing for ${seconds} s: what is sent there is lost`;
    expect(said(running).filter((line) => line.includes("frame on"))).toEqual(
      [5, 10, 20].map((seconds) => `weir: no frame on \`in\` yet, for ${seconds} s`),
    );
    expect(said(running).filter((line) => !line.includes("frame on"))).toEqual([
      ...[5, 10, 15, 20, 25, 30].map(log),
      "weir: stopped: the device of `log` has taken nothing for as long as the policy waits",
    ]);
    expect(exit.name).toBe("LOG_SILENT");
    // QEMU started the backends of both queues, so nothing but their silence was to be seen.
    expect(kicked()).toEqual([
      [0, 1],
      [0, 1],
    ]);
    close();
  });

  it("says under a flood, too, that nobody takes what it sends, and then goes on", async () => {
    const stream = await FrameStream.listen(path("flood-in"), () => {});
    const { running, kicked, close } = await dead(
      "flood",
      { oneQueue: true },
      {
        nics: nics({ in: { kind: "stream", path: path("flood-in") } }).slice(0, 1),
        // An instruction takes a microsecond: a flood of seconds is short.
        more: ["-icount", "shift=10,sleep=off"],
      },
    );
    await running.ready;
    const flood = Array.from({ length: 400 }, (_, n) => frame(0x11, 60, n));
    const has = (what: string) => said(running).some((line) => line.includes(what));
    while (!has("`out` has taken nothing for") || !has("`log` has taken nothing for")) await stream.send(flood);
    expect((await running.stop()).name).toBe("STOPPED");
    // An image without the inert queue tells a host of one queue.
    expect(kicked()).toEqual([[1], [1]]);
    stream.close();
    close();
  });

  // REQ-DIODE-003
  it("runs with one queue for each NIC where the image was built so", async () => {
    const qmp = await Qmp.listen(path("qmp"));
    const got: string[] = [];
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
    const streams = [
      await FrameStream.listen(path("one-in"), () => got.push("on in")),
      await FrameStream.listen(path("one-out"), (bytes) => got.push(hex(bytes))),
    ] as const;
    const backend = (name: string) => ({ kind: "stream", path: path(`one-${name}`) }) as const;
    const running = images.start({
      ...{ ...images.options(image("one", { oneQueue: true })), accelerator: "tcg" },
      nics: nics({ in: backend("in"), out: backend("out") }),
      more: qmpArguments(path("qmp")),
    });
    await qmp.open();
    await running.ready;
    const sent = Array.from({ length: 200 }, (_, n) => frame(0x11, 60 + n, n));
    await streams[0].send(sent);
    await until(() => got.length >= sent.length);
    const made: number[][] = [];
    for (const n of [0, 1, 2]) {
      const queues: number[] = [];
      for (const queue of [0, 1, 2]) {
        const status = await qmp.ask<Record<string, number>>("x-query-virtio-queue-status", {
          path: `/machine/peripheral/nic${n}${name.includes("q35") ? "/virtio-backend" : ""}`,
          queue,
        });
        queues.push(status["vring-desc"] ? status["vring-num"]! : 0);
      }
      made.push(queues);
    }
    await running.stop();
    qmp.close();
    for (const stream of streams) stream.close();
    expect(got).toEqual(sent.map(hex));
    expect(made).toEqual([
      [128, 0, 0],
      [0, 256, 0],
      [0, 256, 0],
    ]);
  });
});
