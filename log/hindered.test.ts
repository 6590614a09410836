// What a file of lines does while the disk refuses: it has whole lines, in order, and ends nobody.
import fs, { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { standIn } from "../lib/testing/builtin.ts";
import { Collector } from "./collector.ts";
import { RotatingFile } from "./rotate.ts";
import { anomaly, JournalHost, policyText } from "./testing/journal.ts";

/** Calls that fail; bytes that the disk still takes; how many writes there were. */
const disk = { refused: new Set<string>(), room: Infinity, writes: 0 };
const refuse = (call: string, code: string) => {
  if (disk.refused.has(call)) throw Object.assign(new Error(`${code}: ${call}`), { code });
};
standIn(
  fs,
  (real) =>
    ({
      writeSync: (fd: number, bytes: Buffer, at: number) => {
        disk.writes++;
        const length = Math.min(bytes.length - at, disk.room);
        if (length === 0 && bytes.length > at) throw new Error("ENOSPC: no space left on device");
        disk.room -= length;
        return real.writeSync(fd, bytes, at, length);
      },
      ftruncateSync: (fd: number, length: number) => {
        refuse("ftruncate", "EIO");
        real.ftruncateSync(fd, length);
      },
      renameSync: (from: string, to: string) => {
        if (!from.endsWith(".part")) refuse(/\d$/.test(from) ? "rename of another" : "rename", "EPERM");
        real.renameSync(from, to);
      },
      openSync: (path: string, flags: number, mode?: number) => {
        refuse("open", "ENOSPC");
        return real.openSync(path, flags, mode);
      },
    }) as Partial<typeof fs>,
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-hindered-"));
  Object.assign(disk, { room: Infinity, writes: 0 });
});
afterEach(() => {
  disk.refused.clear();
  rmSync(folder, { recursive: true });
});
const text = (name: string) => readFileSync(join(folder, name), "utf8");
const put = (file: RotatingFile, ...numbers: number[]) => {
  for (const n of numbers) file.write(Buffer.from(`line ${n}`));
};

// REQ-LOG-014
it("a full disk is not tried again for each line", () => {
  const file = new RotatingFile(join(folder, "a"), { bytes: 14, keep: 1 });
  put(file, 1, 2);
  disk.room = 0;
  put(file, 3);
  disk.writes = 0;
  for (let n = 0; n < 1000; n++) put(file, n);
  expect(disk.writes).toBe(0);
  disk.room = Infinity;
  file.close();
  expect(text("a").split("\n")).toHaveLength(1004);
});

it("a file that cannot get another name goes on, and begins anew when it can; nothing is lost", () => {
  const file = new RotatingFile(join(folder, "a"), { bytes: 14, keep: 2 });
  put(file, 1, 2, 3, 4, 5, 6);
  file.flush();
  disk.refused.add("rename");
  put(file, 7, 8);
  file.flush();
  expect([file.trouble, file.overdue]).toEqual([undefined, "EPERM: rename"]);
  expect([text("a"), existsSync(join(folder, "a.1"))]).toEqual(["line 5\nline 6\nline 7\nline 8\n", false]);
  expect(text("a.2")).toBe("line 3\nline 4\n");
  file.flush();
  expect(text("a.2")).toBe("line 3\nline 4\n");
  disk.refused.clear();
  file.flush();
  expect([file.overdue, text("a"), text("a.1")]).toEqual([undefined, "", "line 5\nline 6\nline 7\nline 8\n"]);
  file.close();
});

it("so does one that is too old, and one that cannot make room for its name", () => {
  const file = new RotatingFile(join(folder, "a"), { age: 1000, keep: 2 }, 0);
  for (const at of [1000, 2000, 3000]) {
    put(file, at);
    file.flush(at);
  }
  disk.refused.add("rename of another");
  put(file, 4000);
  for (const at of [4000, 4250, 4500]) file.flush(at);
  expect([file.overdue, text("a"), text("a.1")]).toEqual(["EPERM: rename of another", "line 4000\n", "line 3000\n"]);
  disk.refused.clear();
  file.flush(4750);
  expect([text("a"), text("a.1"), text("a.2")]).toEqual(["", "line 4000\n", "line 3000\n"]);
  file.close();
});

it("half a line that cannot be taken back is, before anything else is written", () => {
  const file = new RotatingFile(join(folder, "a"), { keep: 1 });
  put(file, 1);
  file.flush();
  disk.refused.add("ftruncate");
  disk.room = 3;
  put(file, 2);
  file.flush();
  expect([text("a"), file.trouble]).toEqual(["line 1\nlin", "ENOSPC: no space left on device"]);
  disk.room = Infinity;
  file.flush();
  expect([text("a"), file.trouble]).toEqual(["line 1\nlin", "EIO: ftruncate"]);
  disk.refused.clear();
  file.close();
  expect(text("a")).toBe("line 1\nline 2\n");
});

it("a new file that cannot be made is trouble until it can, with nothing to write, too", () => {
  const file = new RotatingFile(join(folder, "a"), { age: 1000, keep: 1 }, 0);
  put(file, 1);
  disk.refused.add("open");
  file.flush(1000);
  expect(file.trouble).toMatch(/cannot be written \(ENOSPC\)/);
  file.flush(1250);
  expect(file.trouble).toMatch(/cannot be written \(ENOSPC\)/);
  disk.refused.clear();
  file.flush(1500);
  expect([file.trouble, text("a"), text("a.1")]).toEqual([undefined, "", "line 1\n"]);
  file.close();
});

// REQ-LOG-014
it("8 MiB wait for room, and one line more; what comes then is left out, and counted", () => {
  const file = new RotatingFile(join(folder, "a"), { keep: 1 });
  disk.room = 0;
  const mebibyte = Buffer.alloc((1 << 20) - 1, "x");
  const left = Array.from({ length: 11 }, () => {
    file.write(mebibyte);
    return file.leftOut;
  });
  expect(left).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
  expect([file.isWritten, file.trouble]).toEqual([false, "ENOSPC: no space left on device"]);
  file.close();
  expect(file.leftOut).toBe(11);
  expect(text("a")).toBe("");
});

it.each([
  [(1 << 18) - 2, 0],
  [(1 << 18) - 1, 1],
])("a line of %i bytes makes %i writes before the next flush", (length, writes) => {
  const file = new RotatingFile(join(folder, "a"), { keep: 1 });
  file.write(Buffer.alloc(length, "x"));
  expect([disk.writes, file.isWritten]).toEqual([writes, writes === 1]);
  file.flush();
  expect([disk.writes, file.isWritten]).toEqual([1, true]);
  file.close();
  expect(disk.writes).toBe(1);
});

it.each([true, false])(
  "a collector says that it cannot begin anew; live (%s) it goes on, else it ends",
  async (live) => {
    const said: string[] = [];
    const rotation = { bytes: 600, keep: 1 };
    const host = await JournalHost.start(policyText(), 1_700_000_000_000n);
    const onTrouble = (what: string) => void said.push(what.replace(`${folder}/`, ""));
    const collector = new Collector({ folder, rotation, indexed: 0, live, onTrouble }, 0);
    disk.refused.add("rename");
    const takeAll = () => {
      for (let n = 1; n <= 10; n++) {
        collector.take(host.run([{ json: anomaly(n) }])[0]!.payload, n);
        if (live) collector.tick(n);
      }
    };
    if (!live) expect(takeAll).toThrow("eve.json: cannot begin anew (EPERM: rename)");
    else {
      takeAll();
      expect(said).toEqual(["eve.json: cannot begin anew (EPERM: rename): goes on in the same file"]);
      expect(text("eve.json").split("\n").slice(0, -1)).toEqual(Array.from({ length: 10 }, (_, n) => anomaly(n + 1)));
    }
    disk.refused.clear();
    collector.close();
  },
);
