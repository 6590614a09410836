// A NIC's frames over a socket, as QEMU's stream backend carries them: whole however they are cut, and not read where nobody wants them.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { until } from "../../lib/testing/until.ts";
import { FrameStream } from "./stream.ts";

async function opened(onFrame: ((frame: Buffer) => void) | null): Promise<{ stream: FrameStream; peer: Socket }> {
  const folder = mkdtempSync(join(tmpdir(), "weir-stream-"));
  const path = join(folder, "s");
  const stream = await FrameStream.listen(path, onFrame);
  const peer = connect(path);
  onTestFinished(() => {
    peer.destroy();
    rmSync(folder, { recursive: true });
  });
  await Promise.all([stream.connected(), once(peer, "connect")]);
  return { stream, peer };
}

const lengthAnd = (frame: string) => Buffer.from([0, 0, 0, frame.length, ...Buffer.from(frame)]);

it("takes frames however they are cut, and sends them with their lengths", async () => {
  const frames: string[] = [];
  const { stream, peer } = await opened((frame) => frames.push(frame.toString()));
  const all = Buffer.concat(["one", "", "three"].map(lengthAnd));
  for (const byte of all) await new Promise((resolve) => peer.write(Buffer.from([byte]), resolve));
  await until(() => frames.length === 3);
  peer.write(Buffer.concat([lengthAnd("four"), lengthAnd("five").subarray(0, 6)]));
  await until(() => frames.length === 4);
  expect(frames).toEqual(["one", "", "three", "four"]);
  let heard = Buffer.alloc(0);
  peer.on("data", (data: Buffer) => {
    heard = Buffer.concat([heard, data]);
  });
  await stream.send([Buffer.from("a"), Buffer.from("bc")]);
  await until(() => heard.length === 11);
  expect(heard).toEqual(Buffer.concat([lengthAnd("a"), lengthAnd("bc")]));
  await stream.close();
  await stream.ended;
  await expect(stream.send([])).rejects.toThrow("the image has ended");
});

it("reads nothing where nobody wants frames: the other side waits", async () => {
  const { stream, peer } = await opened(null);
  const piece = Buffer.alloc(1 << 20);
  while (peer.write(piece) || peer.writableLength < 8 << 20);
  // Much more than a socket of Linux holds is still here, after as many turns as would have read all of it
  for (let turn = 0; turn < 300; turn++) {
    await stream.send([Buffer.from("x")]);
    await once(peer, "data");
  }
  expect(peer.writableLength).toBeGreaterThan(4 << 20);
  await stream.close();
});

it("is closed where nobody has connected, and only there", async () => {
  const { stream, peer } = await opened(() => {});
  stream.closeUnconnected();
  await stream.send([Buffer.from("x")]);
  await once(peer, "data");
  await stream.close();
  const folder = mkdtempSync(join(tmpdir(), "weir-stream-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const alone = await FrameStream.listen(join(folder, "s"), null);
  alone.closeUnconnected();
  await alone.ended;
  await alone.connected();
  await expect(alone.send([])).rejects.toThrow("the image has ended");
});
