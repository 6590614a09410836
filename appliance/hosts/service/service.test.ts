// What a service says to its supervisor and about itself, with systemd's own programs where they are.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { until } from "../../../lib/testing/until.ts";
import { installed } from "../here.ts";
import { receivedBy, tapFacts, whyNoTap } from "./devices.ts";
import { isJournal, lineFor, Priority } from "./journal.ts";
import { Supervisor } from "./notify.ts";
import { readStatus, type Status, writeStatus } from "./status.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-service-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("a device's counter is found by its whole name, whatever stands around it", () => {
  const text = "Inter-|   Receive\n face |bytes packets\n    lo: 10 1 0\n  tap1: 900 12 0 0\ntap10:7 99 0\n";
  expect([receivedBy("tap1", text), receivedBy("tap10", text), receivedBy("tap", text)]).toEqual([12, 99, undefined]);
  expect(receivedBy("lo")).toBeTypeOf("number");
});

it("what is no tap is told from what does not exist, and a tap that is down from one that is up", () => {
  for (const [name, files] of Object.entries({
    eth0: {},
    tap0: { tun_flags: "0x1002", flags: "0x1003", mtu: "1500" },
  })) {
    mkdirSync(join(folder, name));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), `${text}\n`);
  }
  expect(whyNoTap("tap0", folder)).toBeUndefined();
  expect(whyNoTap("eth0", folder)).toBe("is a network device, but not a tap: an image is connected to taps only");
  expect(whyNoTap("tapp0", folder)).toBe("there is no such network device (weir host setup makes taps)");
  expect(tapFacts("tap0", folder)).toBe("mtu 1500, up");
  writeFileSync(join(folder, "tap0", "flags"), "0x1002\n");
  expect(tapFacts("tap0", folder)).toBe("mtu 1500, DOWN: nothing passes it");
  expect(tapFacts("eth0", folder)).toBe("unknown");
});

it("only a descriptor that systemd named is the journal's, and there each line has its priority", () => {
  const fd = openSync(join(folder, "journal"), "w");
  const { dev, ino } = statSync(join(folder, "journal"));
  expect(isJournal(fd, { JOURNAL_STREAM: `${dev}:${ino}` })).toBe(true);
  expect(isJournal(fd, { JOURNAL_STREAM: `${dev}:${ino + 1}` })).toBe(false);
  expect(isJournal(fd, {})).toBe(false);
  expect(isJournal(9999, { JOURNAL_STREAM: `${dev}:${ino}` })).toBe(false);
  expect(lineFor(true, Priority.WARNING, "one\ntwo")).toBe("<4>one\n<4>two\n");
  expect(lineFor(false, Priority.WARNING, "one")).toBe("one\n");
});

const missing = ["systemd-notify", "nc"].filter((name) => !installed(name));
if (missing.length) console.log(`skipped: systemd's own notifications: not installed: ${missing.join(", ")}`);

// REQ-GROUND-023
it.skipIf(missing.length)(
  "what is told arrives at systemd's socket as systemd reads it, signs of life not more often than it needs",
  async () => {
    const socket = join(folder, "notify");
    const heard = openSync(join(folder, "heard"), "w");
    const receiver = spawn("nc", ["-luUk", socket], { stdio: ["ignore", heard, "ignore"] });
    const before = process.env.NOTIFY_SOCKET;
    process.env.NOTIFY_SOCKET = socket;
    try {
      await until(() => spawnSync("test", ["-S", socket]).status === 0);
      const warnings: string[] = [];
      const supervisor = new Supervisor({ NOTIFY_SOCKET: socket, WATCHDOG_USEC: "30000000" }, (text) =>
        warnings.push(text),
      );
      expect(supervisor.interval).toBe(10_000);
      supervisor.ready("ready, kvm");
      for (const now of [0, 9999, 10_000, 12_000]) supervisor.alive(now);
      supervisor.stopping("stopped");
      await supervisor.told();
      await until(() => readFileSync(join(folder, "heard"), "utf8").includes("STATUS=stopped"));
      const lines = readFileSync(join(folder, "heard"), "utf8").match(
        /(READY|STATUS|WATCHDOG|STOPPING)=[^\n]*?(?=READY|WATCHDOG|STOPPING|BARRIER|\n|$)/g,
      );
      expect(lines).toEqual([
        "READY=1",
        "STATUS=ready, kvm",
        "WATCHDOG=1",
        "WATCHDOG=1",
        "STOPPING=1",
        "STATUS=stopped",
      ]);
      expect(warnings).toEqual([]);
    } finally {
      receiver.kill();
      if (before === undefined) delete process.env.NOTIFY_SOCKET;
      else process.env.NOTIFY_SOCKET = before;
    }
  },
);

it("nothing is told where nobody listens", async () => {
  const supervisor = new Supervisor({ WATCHDOG_USEC: "30000000" }, () => expect.unreachable());
  expect(supervisor.interval).toBeUndefined();
  supervisor.ready("ready");
  supervisor.alive(0);
  await supervisor.told();
});

// REQ-GROUND-024
it("a status is read as it was written; another file, a link to a device, or none is not taken for one", () => {
  const path = join(folder, "status.json");
  const now: Status = { version: 1, state: "ready", sha256: "ab", boot: "7", beats: 3 };
  expect(readStatus(path)).toBeUndefined();
  writeStatus(path, now);
  expect(readStatus(path)).toEqual(now);
  writeFileSync(path, '{"version":1,"state":"well"}');
  expect(() => readStatus(path)).toThrow("status.json: is not what weir run --status writes");
  rmSync(path);
  symlinkSync("/dev/zero", path);
  expect(() => readStatus(path)).toThrow("a device or a pipe, expected a file");
});
