// From end to end over real sockets, with the relay in between, through networks that lose, repeat and reorder: what arrives is
// byte-exact, or what is missing is said.
import { createHash, randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../lib/testing/until.ts";
import { Endpoint, PROFILES, type ProfileName } from "./endpoint.ts";
import { Ranges } from "./ranges.ts";
import { type Done, Receiver } from "./receive.ts";
import { fileSource, Sender, streamSource } from "./send.ts";
import { Impairer, type Impairments } from "./testing/impair.ts";
import { Relay } from "./testing/relay.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-transfer-"));
afterAll(() => rmSync(folder, { recursive: true }));
const KEY_IN = Buffer.alloc(32, 0xab);
const KEY_OUT = Buffer.alloc(32, 0xcd);
let boots = 1000n;
let folders = 0;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const sha = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");

/** Datagrams sent to a port, and those that were read there. */
const links = new Map<number, { sent: number; came: number }>();
const link = (port: number) => {
  const one = links.get(port) ?? { sent: 0, came: 0 };
  links.set(port, one);
  return one;
};
beforeEach(() => links.clear());
/** The most that waits at any port. */
const behind = () => Math.max(0, ...[...links.values()].map(({ sent, came }) => sent - came));
/** Far fewer than the kernel has room for: what is lost is lost by these tests' networks alone, however busy the machine is. */
const WINDOW = 16;

/** ms as receiver and relays have it. It goes on when they are asked whether they are done, and nothing is on its way. */
let clock = 1000;
const LOOK = 20;

/** A receiver on a socket of its own. */
async function receiver(profile: ProfileName, into = join(folder, `in${folders++}`)) {
  mkdirSync(into, { recursive: true });
  const done: Done[] = [];
  const endpoint = await Endpoint.open(KEY_OUT, PROFILES[profile], 0n);
  const one = new Receiver(endpoint, { folder: into, onDone: (d) => done.push(d) });
  const socket = createSocket({ type: "udp4", recvBufferSize: 64 << 20 });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  socket.on("message", (datagram) => {
    link(port).came++;
    one.take(datagram, clock);
  });
  /** Waits until nothing is open, or so many looks have passed: what is open then is given up. */
  const finish = async (looks = 150, ...relays: { tick(): void }[]) => {
    for (let look = 0; look < looks && !(done.length && one.open === 0); look++) {
      while (behind()) await turn();
      clock += LOOK;
      for (const relay of relays) relay.tick();
      one.giveUp(clock);
      await turn();
    }
    one.giveUp(0, true);
    await until(() => one.open === 0);
    socket.close();
    return done;
  };
  return { one, endpoint, done, into, port, finish };
}

/** The relay on a socket of its own, as guard has it: whatever may leave leaves with each datagram, or with time. */
async function relay(profile: ProfileName, to: number) {
  const r = await Relay.open(KEY_IN, KEY_OUT, PROFILES[profile]);
  const socket = createSocket({ type: "udp4", recvBufferSize: 64 << 20 });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  const begin = clock;
  const now = () => BigInt(1000 + clock - begin) * 1_000_000n;
  const send = (frames: Buffer[]) => {
    for (const frame of frames) {
      link(to).sent++;
      socket.send(frame, to, "127.0.0.1");
    }
  };
  socket.on("message", (datagram) => {
    link(port).came++;
    send(r.pass(datagram, now()));
  });
  return { port, tick: () => send(r.pass(undefined, now())), close: () => socket.close() };
}

async function impairer(what: Impairments, to: number) {
  const observer = { came: () => link(one.port).came++, sent: () => link(to).sent++ };
  const one: Impairer = await Impairer.open(what, { host: "127.0.0.1", port: to }, 0, observer);
  return one;
}

/** A socket for a sender, which has sent a datagram when no more than WINDOW wait anywhere. */
function pacedSocket() {
  const socket = createSocket("udp4");
  const send = (datagram: Buffer, port: number, host: string, sent: (error: Error | null) => void) => {
    socket.send(datagram, port, host, async (error) => {
      while (behind() > WINDOW) await turn();
      sent(error);
    });
    link(port).sent++; // not where the socket is closed: that throws
  };
  return { send, close: () => socket.close() } as unknown as Socket;
}

async function sender(profile: ProfileName, port: number, rate = 2e8) {
  const endpoint = await Endpoint.open(KEY_IN, PROFILES[profile], ++boots);
  const socket = pacedSocket();
  const one = new Sender(endpoint, { socket, host: "127.0.0.1", port, rate, profile: PROFILES[profile] });
  await one.warmUp();
  return { one, close: () => socket.close() };
}

/** Through a bad network on either side of the relay. */
async function through(what: Omit<Impairments, "seed">, data: Buffer, profile: ProfileName = "files") {
  const to = await receiver(profile);
  const second = await impairer({ seed: 2, ...what }, to.port);
  const middle = await relay(profile, second.port);
  const first = await impairer({ seed: 1, ...what }, middle.port);
  const from = await sender(profile, first.port);
  const path = join(folder, "sent.bin");
  writeFileSync(path, data);
  await from.one.send(await fileSource(path, "sent.bin"));
  const done = await to.finish(150, middle);
  from.close();
  for (const one of [first, second, middle]) one.close();
  return { done, to, counts: [first.counts, second.counts] };
}

const DATA = randomBytes(3_000_000);

// REQ-TRANSFER-007
describe("a file through relay and network", () => {
  it.each([
    ["no loss", {}],
    ["1 % lost on both sides", { drop: 0.01 }],
    ["5 % lost on both sides", { drop: 0.05 }],
    ["bursts of 128", { burst: { every: 1400, length: 128 } }],
    ["repeated and overtaken", { duplicate: 0.2, reorder: 0.1 }],
    ["all of it, a little", { drop: 0.02, duplicate: 0.05, reorder: 0.05, burst: { every: 2000, length: 40 } }],
  ])("%s: byte-exact", async (_, what) => {
    const { done, to } = await through(what, DATA);
    expect(done).toHaveLength(1);
    expect(done[0]).toMatchObject({ name: "sent.bin", whole: true, size: DATA.length, missing: [] });
    expect(sha(readFileSync(join(to.into, "sent.bin")))).toBe(sha(DATA));
  });
  it.each([
    ["40 % lost", { drop: 0.4 }],
    ["bursts of 200", { burst: { every: 900, length: 200 } }],
    ["a narrow network", { share: 0.6 }],
  ])("%s: what is missing is named, and what came is right", async (_, what) => {
    const { done, to, counts } = await through(what, DATA);
    expect(counts[0]!.dropped).toBeGreaterThan(100);
    const [one] = done;
    if (one?.whole) expect(sha(readFileSync(join(to.into, "sent.bin")))).toBe(sha(DATA));
    else {
      expect(existsSync(join(to.into, "sent.bin"))).toBe(false);
      expect(one!.why).not.toBe("");
      const part = readFileSync(one!.path);
      const gone = new Ranges();
      for (const [from, to] of one!.missing ?? []) gone.add(from, to);
      if (one!.missing) {
        expect(one!.missing.length).toBeGreaterThan(0);
        for (const [from, to] of gone.missing(DATA.length))
          expect(part.subarray(from, to).equals(DATA.subarray(from, to))).toBe(true);
      }
    }
  });
  it("small records", async () => {
    const { done, to } = await through({ drop: 0.02 }, DATA.subarray(0, 5000), "records");
    expect(done[0]).toMatchObject({ whole: true });
    expect(readFileSync(join(to.into, "sent.bin")).equals(DATA.subarray(0, 5000))).toBe(true);
  });
});

// REQ-TRANSFER-007
describe("whatever happens at the ends", () => {
  it("a sender that is started again: its new files cross, the broken-off one is said to be missing", async () => {
    const to = await receiver("files");
    const middle = await relay("files", to.port);
    const first = await sender("files", middle.port);
    const endless = streamSource("first", async function* () {
      for (let n = 0; n < 300; n++) yield DATA.subarray(n * 1000, n * 1000 + 1000);
      await new Promise(() => {});
    });
    void first.one.send(endless).catch(() => undefined);
    await until(() => to.one.open > 0);
    first.close();
    const second = await sender("files", middle.port);
    writeFileSync(join(folder, "b.bin"), DATA);
    await second.one.send(await fileSource(join(folder, "b.bin"), "b.bin"));
    const done = await to.finish(150, middle);
    expect(done.find(({ name }) => name === "b.bin")).toMatchObject({ whole: true });
    expect(done.find(({ name }) => name === "first")).toMatchObject({ whole: false, why: "its end did not come" });
    second.close();
    middle.close();
  });
  it("a receiver that comes late: what it has is right, what is missing is named", async () => {
    const to = await receiver("files");
    const { done: nothing } = to;
    const hole = createSocket("udp4");
    await new Promise<void>((resolve) => hole.bind(0, "127.0.0.1", resolve));
    const switching = await impairer({ seed: 1, burst: { every: 1, length: 0 } }, to.port);
    const from = await Endpoint.open(KEY_OUT, PROFILES.files, ++boots);
    const socket = createSocket("udp4");
    const one = new Sender(from, {
      socket,
      host: "127.0.0.1",
      port: hole.address().port,
      rate: 2e8,
      profile: PROFILES.files,
    });
    await one.warmUp(); // the first frames reach nobody
    expect(nothing).toEqual([]);
    const paced = pacedSocket();
    const late = new Sender(from, {
      socket: paced,
      host: "127.0.0.1",
      port: switching.port,
      rate: 2e8,
      profile: PROFILES.files,
    });
    await late.warmUp();
    writeFileSync(join(folder, "c.bin"), DATA);
    await late.send(await fileSource(join(folder, "c.bin"), "c.bin"));
    const done = await to.finish();
    expect(done[0]).toMatchObject({ name: "c.bin", whole: true });
    for (const s of [hole, socket, paced, switching]) s.close();
  });
  it("two senders with the same key: the later start is believed, nothing wrong is delivered", async () => {
    const to = await receiver("files");
    const middle = await relay("files", to.port);
    const [one, two] = [await sender("files", middle.port), await sender("files", middle.port)];
    for (const name of ["d1", "d2"]) writeFileSync(join(folder, name), randomBytes(400_000));
    await Promise.all([
      one.one.send(await fileSource(join(folder, "d1"), "d1")),
      two.one.send(await fileSource(join(folder, "d2"), "d2")),
    ]);
    const done = await to.finish(150, middle);
    expect(done.find(({ name }) => name === "d2")).toMatchObject({ whole: true });
    for (const { whole, path, name } of done)
      if (whole) expect(sha(readFileSync(path))).toBe(sha(readFileSync(join(folder, name))));
    for (const s of [one, two, middle]) s.close();
  });
});

it("a stream is given up when its end came, or its digest: not while it may go on", async () => {
  const to = await receiver("files");
  const from = await Endpoint.open(KEY_OUT, PROFILES.files, ++boots);
  const later = () => {
    clock += 3_600_000;
    to.one.giveUp(clock);
  };
  to.one.take(Buffer.from(from.manifest(1, "slow", 9, Buffer.alloc(32))), clock);
  to.one.take(Buffer.from(from.data(1, 0, Buffer.from("some"))), clock);
  later();
  expect(to.one.open).toBe(1);
  to.one.take(Buffer.from(from.end(1, 9, Buffer.alloc(32))), clock);
  expect(to.one.open).toBe(1);
  later();
  const done = await to.finish(0);
  expect(done).toMatchObject([{ name: "slow", whole: false, missing: [[4, 9]] }]);
});

describe("the output folder", () => {
  // REQ-TRANSFER-009
  it("is the only place that is written to: no name leads out, no link is followed, nothing is replaced", async () => {
    const into = join(folder, "guarded");
    mkdirSync(into);
    writeFileSync(join(folder, "outside"), "untouched");
    symlinkSync(join(folder, "outside"), join(into, "link"));
    writeFileSync(join(into, "there"), "old");
    const to = await receiver("files", into);
    const from = await Endpoint.open(KEY_OUT, PROFILES.files, ++boots); // a sender with the receiver's own key: the worst there is
    const names = ["../outside", "/etc/x", "..", "link", "there", "good"];
    for (const [n, name] of names.entries()) {
      const digest = createHash("sha256").update("new").digest();
      for (const make of [
        () => from.manifest(n + 1, name, 3, digest),
        () => from.data(n + 1, 0, Buffer.from("new")),
        () => from.end(n + 1, 3, digest),
      ])
        to.one.take(Buffer.from(make()), clock);
    }
    const done = await to.finish(10);
    expect(done.filter(({ whole }) => whole).map(({ name }) => name)).toEqual(["good"]);
    expect(readFileSync(join(folder, "outside"), "utf8")).toBe("untouched");
    expect(readFileSync(join(into, "there"), "utf8")).toBe("old");
    expect(
      readdirSync(into)
        .filter((name) => !name.startsWith(".weir-"))
        .sort(),
    ).toEqual(["good", "link", "there"]);
  });
  // REQ-TRANSFER-008
  it("holds nothing under a name whose digest is not the announced one", async () => {
    const to = await receiver("files");
    const from = await Endpoint.open(KEY_OUT, PROFILES.files, ++boots);
    const digest = createHash("sha256").update("announced").digest();
    for (const make of [() => from.manifest(1, "f", 5, digest), () => from.data(1, 0, Buffer.from("other"))])
      to.one.take(Buffer.from(make()), clock);
    const [one] = await to.finish(10);
    expect(one).toMatchObject({ whole: false, why: "its SHA-256 is not the one that was announced" });
    expect(existsSync(join(to.into, "f"))).toBe(false);
  });
});
