// Deploying to a service that is only a status: what is waited for, what is put back, what is said. With real images: test/live/deploy.
import { mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { alone } from "../../../lib/lock.ts";
import { sha256 } from "../../build/info.ts";
import { deploy, type Service } from "./deploy.ts";
import type { Status } from "./status.ts";
import { ImageStore } from "./store.ts";

let folder: string;
let store: ImageStore;
let said: string[];
let status: Status | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-store-"));
  store = new ImageStore(join(folder, "images"));
  [said, status] = [[], undefined];
});
afterEach(() => rmSync(folder, { recursive: true }));

const image = (text: string) => Buffer.from(text);
/** Starts what the link leads to; `of` says what becomes of it, by the image's text. */
const service = (of: (text: string) => Partial<Status> | string): Service => ({
  ...{ store, beats: 2, patience: 150, status: () => status, say: (text) => void said.push(text) },
  restart: async () => {
    const bytes = store.read(store.current()!);
    const how = of(bytes.toString());
    if (typeof how === "string") return how;
    const boot = String(Number(status?.boot ?? 0) + 1);
    status = { version: 1, state: "ready", sha256: sha256(bytes), boot, beats: 2, ...how };
    return undefined;
  },
});

// REQ-GROUND-025
it("an image is deployed once it is ready and shows signs of life; the link leads to it", async () => {
  expect(
    await deploy(
      service(() => ({})),
      store.add(image("a")),
    ),
  ).toBe("deployed");
  expect([said, readlinkSync(join(store.folder, "current.elf"))]).toEqual([
    ["1.elf runs: start 1, 2 signs of life"],
    "1.elf",
  ]);
});

it.each<[string, Partial<Status> | string, string]>([
  ["ends", { state: "ended", why: "refused: no memory" }, "2.elf: it ended: refused: no memory"],
  ["is stopped", { state: "ended" }, "2.elf: it ended: it was stopped"],
  ["is not started", "unit not found", "2.elf: it was not started: unit not found"],
  ["is not the one that started", { sha256: "other" }, "2.elf: it did not start within 0 s"],
  ["has the number of an earlier start", { boot: "1" }, "2.elf: it did not start within 0 s"],
  ["is never ready", { state: "starting" }, "2.elf: it was not ready within 0 s"],
  ["is silent", { beats: 1 }, "2.elf: it was ready, but after 0 s the host had seen 1 of 2 signs of life on log"],
])("one that %s is replaced by the one of before", async (_, how, why) => {
  const of = service((text) => (text === "bad" ? how : {}));
  await deploy(of, store.add(image("good")));
  expect(await deploy(of, store.add(image("bad")))).toBe("back");
  expect(said.slice(1, 3)).toEqual([why, "going back to 1.elf"]);
  expect(said.at(-1)).toMatch(/^1\.elf runs again: start \d, 2 signs of life$/);
  expect(store.current()).toBe("1.elf");
});

it("where there is nothing to go back to, or that does not run either, the service is down, and says so", async () => {
  const bad = service(() => ({ state: "ended", why: "no" }));
  expect(await deploy(bad, store.add(image("a")))).toBe("down");
  expect([said.at(-1), store.current()]).toEqual([
    "there is no earlier image to go back to: the service does not run",
    undefined,
  ]);
  await deploy(
    service(() => ({})),
    store.add(image("b")),
  );
  expect(await deploy(bad, store.add(image("c")))).toBe("down");
  expect([said.at(-1), store.current()]).toEqual(["2.elf: it ended: no", "2.elf"]);
});

it("the last images stay, and the one that runs; numbers are not used again; what lies beside goes along", () => {
  for (const text of ["a", "b", "c", "d"]) store.add(image(text), { ".debug": image(text) });
  store.use("1.elf");
  expect(store.prune(2)).toEqual(["2.elf"]);
  expect(readdirSync(store.folder).sort()).toEqual([
    "1.elf",
    "1.elf.debug",
    "3.elf",
    "3.elf.debug",
    "4.elf",
    "4.elf.debug",
    "current.elf",
  ]);
  expect(store.add(image("e"))).toBe("5.elf");
});

it("a link that leads elsewhere, or is none, is not followed", () => {
  const name = store.add(image("a"));
  symlinkSync("/etc/passwd", join(store.folder, "current.elf"));
  expect(() => store.current()).toThrow("current.elf: leads to /etc/passwd, expected an image beside it");
  rmSync(join(store.folder, "current.elf"));
  writeFileSync(join(store.folder, "current.elf"), "");
  expect(() => store.current()).toThrow("current.elf: expected a link to an image beside it, or nothing");
  store.use(name);
  expect(store.current()).toBe(name);
});

it("who comes second is told, and nobody waits for who has died", async () => {
  const path = join(folder, "deploy");
  await alone(path, async () => {
    await expect(alone(path, async () => {})).rejects.toThrow("deploy.lock: somebody else is at it");
  });
  writeFileSync(`${path}.lock`, "999999999");
  expect(await alone(path, async () => 7)).toBe(7);
});
