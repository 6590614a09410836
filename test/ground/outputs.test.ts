// Where commands write: in the folder they were given, through no link that lies there, whatever the network or a file says.
import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ROOT } from "../../lib/asc.ts";
import { until } from "../../lib/testing/until.ts";
import { anomaly, JournalHost, KEY, policyText } from "../../log/testing/journal.ts";
import { Endpoint, PROFILES } from "../../transfer/endpoint.ts";
import { waiting } from "../live/receivers.ts";
import { judge, noise, Sandbox, start } from "./command.ts";

const SITE = join(ROOT, "fixtures/site.pcap");
const POLICY = join(ROOT, "fixtures/policy.yaml");
const SECRET = Buffer.alloc(32, 7);
const freePort = () =>
  new Promise<number>((resolve) => {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });

/** Starts a command that listens; `send` gets each datagram there. */
async function listening(
  box: Sandbox,
  words: string[],
  port: number,
  work: (send: (datagram: Uint8Array) => Promise<void>) => Promise<void>,
) {
  const { child, ended } = start(words, box.work);
  let said = "";
  child.stderr!.on("data", (data) => {
    said += data;
  });
  await until(() => said.includes("listening") || child.exitCode !== null);
  const socket = createSocket("udp4");
  await work(
    (datagram) => new Promise((resolve) => socket.send(Buffer.from(datagram), port, "127.0.0.1", () => resolve())),
  );
  // Until it has read what was sent; it ends by itself when asked to, and has then handled it
  await until(() => !waiting(port));
  socket.close();
  child.kill("SIGINT");
  return await ended;
}

describe("weir receive", () => {
  const box = new Sandbox();
  afterAll(() => box.remove());
  const digest = createHash("sha256").update("new").digest();
  let boot = 1000n;

  /** Streams of the sender with the receiver's own key, which is the worst there is: an appliance that was taken over. */
  async function received(names: string[], more: string[] = [], hostile: (from: Endpoint) => Buffer[] = () => []) {
    const port = await freePort();
    const key = box.file("out.key", SECRET.toString("hex"));
    const from = await Endpoint.open(SECRET, PROFILES.files, boot);
    const ended = await listening(
      box,
      ["receive", "--listen", `127.0.0.1:${port}`, "--key-file", key, "-o", "in", ...more],
      port,
      async (send) => {
        for (const [n, name] of names.entries()) {
          await send(Buffer.from(from.manifest(n + 1, name, 3, digest)));
          await send(Buffer.from(from.data(n + 1, 0, Buffer.from("new"))));
          await send(Buffer.from(from.end(n + 1, 3, digest)));
        }
        for (const frame of hostile(from)) await send(frame);
        for (let n = 0; n < 200; n++) await send(noise(n * 8, n + 1));
      },
    );
    judge(ended, 0, 2);
    return ended.stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  // REQ-TRANSFER-009
  it("names that lead out, links, devices, hidden files: only plain names become files, nothing else is touched", async () => {
    mkdirSync(join(box.work, "in"));
    symlinkSync(box.victim, join(box.work, "in", "link"));
    symlinkSync(join(box.root, "outside"), join(box.work, "in", "folder"));
    writeFileSync(join(box.work, "in", "there"), "old");
    const before = box.state("work/in", "work/out.key");
    const evil = [
      "../victim.txt",
      "../../outside/victim.txt",
      box.victim,
      "/dev/null",
      "..",
      ".",
      ".bashrc",
      "-rf",
      "a/b",
      "a\\b",
      "a\0b",
      "a\nb",
      "\x1b[2J",
      "folder/x",
      "C:x",
      "x ",
      "x.",
    ];
    const done = await received([...evil, "link", "folder", "there", "good"]);
    expect(done.filter(({ whole }) => whole).map(({ name }) => name)).toEqual(["good"]);
    expect(box.state("work/in", "work/out.key")).toEqual(before);
    const files = readdirSync(join(box.work, "in")).filter((name) => !name.startsWith(".weir-"));
    expect(files.sort()).toEqual(["folder", "good", "link", "there"]);
    expect(readFileSync(join(box.work, "in/there"), "utf8")).toBe("old");
  });

  it("--overwrite replaces a link rather than what it points to", async () => {
    boot++;
    const done = await received(["link", "folder"], ["--overwrite"]);
    expect(done.find(({ name }) => name === "link")).toMatchObject({ whole: true });
    expect(readFileSync(join(box.work, "in/link"), "utf8")).toBe("new");
    expect(readFileSync(box.victim, "utf8")).toBe("not to be touched\n");
    expect(existsSync(join(box.root, "outside/folder"))).toBe(false);
  });

  it("parts that an earlier receiver left, or links in their place, stop nothing and are not written to", async () => {
    boot++;
    writeFileSync(join(box.work, "in", `.weir-${boot}-1.part`), "left");
    symlinkSync(box.victim, join(box.work, "in", `.weir-${boot}-2.part`));
    const done = await received(["first", "second"]);
    expect(done.map(({ name, whole }) => [name, whole])).toEqual([
      ["first", true],
      ["second", true],
    ]);
    expect(readFileSync(join(box.work, "in", `.weir-${boot}-1.part`), "utf8")).toBe("left");
    expect(readFileSync(box.victim, "utf8")).toBe("not to be touched\n");
  });

  it("offsets that no file has: said, not the end of the receiver", async () => {
    boot++;
    const done = await received(["before"], [], (from) => [
      Buffer.from(from.manifest(9, "huge", 3, digest)),
      Buffer.from(from.data(9, 2 ** 47, Buffer.from("x"))),
      ...["after"].flatMap((name) => [
        Buffer.from(from.manifest(10, name, 3, digest)),
        Buffer.from(from.data(10, 0, Buffer.from("new"))),
      ]),
    ]);
    const whole = done.filter((file) => file.whole).map(({ name }) => name);
    expect(whole.sort()).toEqual(["after", "before"]); // whichever comes first
    expect(done.find(({ name }) => name === "huge")).toMatchObject({ whole: false });
  });
});

describe("weir collect", () => {
  const box = new Sandbox();
  afterAll(() => box.remove());
  const key = box.file("log.key", KEY);

  async function records(count: number): Promise<Buffer[]> {
    const host = await JournalHost.start(policyText(`, key: ${KEY}`), 1_700_000_000_000n);
    return Array.from({ length: count }, (_, n) => host.run([{ json: anomaly(n + 1), severity: 4 }])[0]!.payload);
  }
  const raw = async () => box.file("raw", Buffer.concat((await records(20)).flatMap((r) => [r, Buffer.from("\n")])));

  // REQ-GROUND-006
  it.each(["eve.json", "collect.json", "events.db"])("a link for %s is not followed", async (name) => {
    const folder = join(box.work, `of-${name}`);
    mkdirSync(folder);
    symlinkSync(box.victim, join(folder, name));
    await box.weir(["collect", "--read", await raw(), "--key-file", key, "-l", folder], 1);
    expect(readFileSync(box.victim, "utf8")).toBe("not to be touched\n");
  });

  it("a link that leads nowhere yet is not followed either", async () => {
    const folder = join(box.work, "dangling");
    mkdirSync(folder);
    symlinkSync(join(box.root, "outside/new"), join(folder, "collect.json"));
    await box.weir(["collect", "--read", await raw(), "--key-file", key, "-l", folder], 1);
    expect(existsSync(join(box.root, "outside/new"))).toBe(false);
  });

  it("a state, a database, and records that somebody made up", async () => {
    const folder = join(box.work, "made-up");
    mkdirSync(folder);
    writeFileSync(join(folder, "collect.state.json"), `{"boots":[{"__proto__":{},"boot":${"9".repeat(400)}}]}`);
    await box.weir(["collect", "--listen", "127.0.0.1:0", "--key-file", key, "-l", folder], 1);
    writeFileSync(join(folder, "events.db"), noise(20_000));
    await box.weir(["events", "-l", folder], 1);
    const lines = [
      noise(100_000),
      Buffer.alloc(300_000, "x"),
      Buffer.from('\n<9>1 - - weir - eve [weir@32473 boot="1" seq="1"][timeQuality x] {"a":"\x1b[2J"}\n'),
      Buffer.from(
        `\n<9>1 - - weir - eve [weir@32473 boot="${"9".repeat(16)}" seq="${"9".repeat(16)}"][timeQuality x] {}\n`,
      ),
      Buffer.from(
        `\n<9>1 - - weir - eve [weir@32473 boot="1" seq="9000000000000000"][timeQuality x] ${'{"a":'.repeat(20_000)}\n`,
      ),
      Buffer.alloc(100_000),
    ];
    await box.weir(
      ["collect", "--read", box.file("evil", Buffer.concat(lines)), "-l", join(box.work, "evil-log")],
      0,
      2,
    );
    await box.weir(["events", "-l", join(box.work, "evil-log")], 0);
  });

  it("datagrams from a hostile network, while it listens", async () => {
    const port = await freePort();
    const good = await records(30);
    const ended = await listening(
      box,
      ["collect", "--listen", `127.0.0.1:${port}`, "--key-file", key, "-l", "live"],
      port,
      async (send) => {
        for (const [n, record] of good.entries()) {
          await send(record);
          await send(noise(n * 40, n + 1));
          const forged = Buffer.from(record);
          forged[forged.length - 3]! ^= 1;
          await send(forged);
        }
      },
    );
    judge(ended, 0, 2);
    const kept = readFileSync(join(box.work, "live/eve.json"), "utf8").trim().split("\n");
    expect(kept).toEqual(Array.from({ length: 30 }, (_, n) => anomaly(n + 1)));
  });
});

// REQ-GROUND-006
describe("results are written where they were wanted", () => {
  const box = new Sandbox();
  afterAll(() => box.remove());

  it.each(["eve.json", "forwarded.pcap"])("replay -l: a link for %s is not followed", async (name) => {
    mkdirSync(join(box.work, `of-${name}`));
    symlinkSync(box.victim, join(box.work, `of-${name}`, name));
    await box.weir(["replay", "-r", SITE, "-c", POLICY, "-l", `of-${name}`], 1);
    expect(readFileSync(box.victim, "utf8")).toBe("not to be touched\n");
  });

  it.each([
    ["learn", ["learn", "-r", SITE, "-o", "site.baseline"], "site.baseline"],
    ["page --out", ["page", "-r", SITE, "-c", POLICY, "--out", "page.html"], "page.html"],
    ["replay --html", ["replay", "-r", SITE, "-c", POLICY, "--html", "replay.html"], "replay.html"],
  ])(
    "%s: a link beside it, where it is written first, is not followed; nothing else is written",
    async (_, words, name) => {
      const before = box.state();
      symlinkSync(box.victim, join(box.work, `${name}.part`));
      await box.weir(words, 0);
      const after = box.state();
      expect(after.delete(`work/${name}`)).toBe(true);
      expect(after).toEqual(before);
    },
  );

  it("a capture's name, a folder of captures, and what is in one, lead nowhere else", async () => {
    const folder = join(box.work, "captures");
    mkdirSync(folder);
    writeFileSync(join(folder, "\x1b[2J<script>.pcap"), readFileSync(SITE).subarray(0, 5000));
    symlinkSync(join(box.root, "outside"), join(folder, "folder"));
    symlinkSync("/dev/zero", join(folder, "zero.pcap"));
    symlinkSync(folder, join(folder, "circle"));
    const before = box.state();
    await box.weir(["replay", "-r", folder, "--recursive"], 0, 2);
    await box.weir(["page", "-r", folder, "--out", "folder.html"], 0);
    const after = box.state();
    expect(after.delete("work/folder.html")).toBe(true);
    expect(after).toEqual(before);
  });
});

// REQ-GROUND-015
describe("weir inspect", () => {
  const box = new Sandbox();
  afterAll(() => box.remove());
  const header = (edit: (view: DataView) => void, size = 4096) => {
    const bytes = Buffer.alloc(size);
    bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, size);
    view.setUint16(16, 2, true);
    view.setUint16(18, 62, true);
    view.setBigUint64(32, 64n, true);
    view.setUint16(54, 56, true);
    edit(view);
    return bytes;
  };
  it.concurrent.each([
    ["nothing", Buffer.alloc(0)],
    ["noise", noise(50_000)],
    ["65,535 program headers", header((v) => v.setUint16(56, 65535, true))],
    [
      "headers beyond the end",
      header((v) => {
        v.setUint16(56, 1, true);
        v.setBigUint64(32, 2n ** 64n - 1n, true);
      }),
    ],
    [
      "a segment of 2^63 bytes",
      header((v) => {
        v.setUint16(56, 1, true);
        v.setUint32(64, 1, true);
        v.setBigUint64(64 + 32, 2n ** 63n, true);
      }),
    ],
    [
      "a note that is endless",
      header((v) => {
        v.setUint16(56, 1, true);
        v.setUint32(64, 4, true);
        v.setBigUint64(64 + 8, 200n, true);
        v.setBigUint64(64 + 32, 3000n, true);
      }),
    ],
  ] as [string, Buffer][])("%s", async (name, bytes) => {
    await box.weir(["inspect", box.file(`${name.replaceAll(/\W/g, "-")}.elf`, bytes)], 2);
  });
});
