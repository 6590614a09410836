// What weir receive says while it waits: the command in this process, on a clock that this test moves.
import { createSocket } from "node:dgram";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { Endpoint, PROFILES } from "../transfer/endpoint.ts";
import { command } from "./receive.ts";
import { commandConsole } from "./testing/console.ts";

const seen = commandConsole("receive");
/** In the middle of whatever the event loop does: its timers are not this test's. */
const turn = () => new Promise((resolve) => setImmediate(resolve));
const saying = async (what: RegExp) => {
  while (!what.test(seen.talk)) await turn();
  return what.exec(seen.talk)!;
};

it("says where it listens, when nothing comes any more, and when something comes again", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  writeFileSync(join(seen.folder, "key"), "cd".repeat(32));
  const words = ["--listen", "127.0.0.1:0", "--key-file", join(seen.folder, "key"), "-o", join(seen.folder, "in")];
  const ended = command().parseAsync(words, { from: "user" });
  const port = Number((await saying(/^weir: listening on port (\d+)\n/))[1]);
  const socket = createSocket("udp4");
  const from = await Endpoint.open(Buffer.alloc(32, 0xcd), PROFILES.files, 7n);
  const send = () => new Promise((resolve) => socket.send(Buffer.from(from.heartbeat([])), port, "127.0.0.1", resolve));
  vi.advanceTimersByTime(200);
  await send();
  while (!seen.talk.includes("nothing received")) {
    await turn();
    vi.advanceTimersByTime(200);
  }
  await send();
  while (!seen.talk.includes("receiving frames again")) {
    await turn();
    vi.advanceTimersByTime(200);
  }
  expect(seen.talk).toBe(
    `weir: listening on port ${port}\nweir: nothing received for 3 s\nweir: receiving frames again\n`,
  );
  vi.useRealTimers();
  process.emit("SIGTERM", "SIGTERM");
  await ended;
  socket.close();
  expect(seen.talk).toContain(
    "received   2 frames, 0 lost on the way here (longest burst 0), 0 out of order, 0 too late\n",
  );
  expect(process.exitCode).toBe(0);
});
