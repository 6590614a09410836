// An image that fails, told by its crash record: the whole way from the trap in the booted image to the line of
// AssemblyScript, and to the same trap in this process. And gdb on the running image.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Compartment } from "../../appliance/build/compartments.ts";
import { readElf } from "../../appliance/build/elf.ts";
import { buildImage, type Linked, type LinkRequest } from "../../appliance/build/image.ts";
import { linkImage } from "../../appliance/build/link.ts";
import { placePolicy, policyOf } from "../../appliance/build/place.ts";
import { stackBound } from "../../appliance/build/stack.ts";
import type { Arch } from "../../appliance/contract/arch.ts";
import { cut, replayThroughImage } from "../../appliance/hosts/image.ts";
import { PROGRAMS, qemuArguments } from "../../appliance/hosts/qemu.ts";
import { FrameStream } from "../../appliance/hosts/stream.ts";
import { Frames } from "../../debug/frames.ts";
import { gdbScript, TRACE_POINTS } from "../../debug/gdb.ts";
import { recordsInMemory } from "../../debug/memory.ts";
import { readCrash } from "../../debug/record.ts";
import { diagnose, render } from "../../debug/report.ts";
import { functionAt, readSymbols, section } from "../../debug/symbols.ts";
import { ROOT } from "../../lib/asc.ts";
import { arches, Images, MEMORY, nics, policy, prebuilt } from "./images.ts";
import { frame, stream } from "./records.ts";

const FAULTY = "debug/testing/onboard/inspect.ts";
const test = (name: string) => `appliance/runtime/test/onboard/${name}.ts`;
const COMPARTMENTS: readonly Compartment[] = [
  { name: "inspect", id: 1, entry: FAULTY, pages: 24 },
  { name: "guard", id: 2, entry: test("guard"), pages: 4 },
  { name: "journal", id: 3, entry: test("journal"), pages: 4 },
];

/** Where in the faulty compartment a comment with this text is: file:line. */
function lineOf(comment: string): string {
  const lines = readFileSync(join(ROOT, FAULTY), "utf8").split("\n");
  return `${FAULTY}:${lines.findIndex((line) => line.endsWith(`// ${comment}`)) + 1}`;
}

const build = (arch: Arch, out: string, link: (request: LinkRequest) => Promise<Linked> = linkImage) =>
  buildImage({ arch, link, compartments: COMPARTMENTS, out });

const hex = (n: number) => `0x${n.toString(16)}`;

describe.each(arches)("%s", (arch) => {
  let images: Images;
  let image: string;
  beforeAll(async () => {
    images = await Images.open(arch);
    const built = await build(arch, join(ROOT, "build", `debug-image-${arch}.elf`));
    image = images.write("faulty", placePolicy(readFileSync(built), policy()));
    copyFileSync(`${built}.symbols`, `${image}.debug`);
  });
  afterAll(() => images.close());

  const symbols = (path = `${image}.debug`) => readSymbols(path, readFileSync(path));

  async function crash(frames: readonly Uint8Array[], of = image) {
    const { accelerator } = images;
    const records = [stream(frames)];
    const { lines, name } = await replayThroughImage({
      image: of,
      memory: MEMORY,
      accelerator,
      records,
    });
    return { log: `${lines.join("\n")}\n`, name };
  }

  /** Starts it with frames of a network, not of a replay. */
  async function live(append: string[], more: string[] = [], accelerator = images.accelerator) {
    const path = join(images.folder, `in-${append.join("")}${more.length}`);
    const input = await FrameStream.listen(path, () => {});
    const running = images.start({
      ...images.options(image),
      accelerator,
      nics: nics({ in: { kind: "stream", path } }),
      append,
      more,
    });
    await running.ready;
    return { input, running };
  }

  it.each([
    [0xf0, "trap: inspect: unreachable"],
    [0xf1, "trap: inspect: out of bounds"],
    [0xf2, "trap: inspect: division by zero"],
  ])("a frame that begins with %i: from the console to the line, and to the same trap here", async (first, reason) => {
    const marked = first === 0xf0 ? [2, 5, 9] : [9];
    // As many as come in one piece: of what has not come when it traps, the recorder has nothing.
    const frames = Array.from({ length: 18 }, (_, n) => frame(marked.includes(n) ? first : 0x11, 60 + n, n));
    expect(cut(stream(frames))).toHaveLength(1);
    const { log, name } = await crash(frames);
    expect(name).toBe("INSPECT_TRAP");
    const read = readCrash(log);
    expect(read).toMatchObject({ reason, exit: "INSPECT_TRAP", damage: [], given: { compartment: "inspect" } });
    expect(read.records.slice(0, 18).map((record) => Buffer.from(record.subarray(32, 32 + 60)))).toEqual(
      frames.map((bytes) => Buffer.from(bytes.subarray(0, 60))),
    );

    const found = await diagnose(read, symbols(), readFileSync(image), true);
    expect(found.doubts).toEqual([]);
    expect(found.whole).toBe(true);
    const place = (call?: { place?: { file: string; line: number } }) => `${call?.place?.file}:${call?.place?.line}`;
    expect(place(found.at)).toBe(lineOf(`fault: ${hex(first)}`));
    expect(found.calls.map(place)).toContain(lineOf("call: weight"));
    expect(found.calls.map(place)).toContain(lineOf("call: weigh"));
    expect(found.calls.at(-1)?.name).toBe("user_main");

    const { replay } = found;
    expect(replay).toMatchObject({ verdict: "same", number: 10 });
    expect(replay?.calls.map(place)).toEqual(
      [`fault: ${hex(first)}`, "call: weight", "call: weigh"].map(lineOf).slice(0, replay?.calls.length),
    );
    expect(replay?.calls[0]?.place).toEqual(found.at?.place); // the column too
    expect(replay?.calls[0]?.name).toBe(found.at?.name);
    expect(render(found, ROOT)).toContain(`fault: ${hex(first)}\n`);
  });

  it("the recorder keeps the last 32 KiB, whole records; what lies further back is not there to be replayed", async () => {
    const many = Array.from({ length: 400 }, (_, n) => frame(n === 3 ? 0xf0 : 0x11, 200 + (n % 7), n));
    const late = [...many, frame(0xf0, 60, 401), frame(0xf0, 60, 402)];
    const { log } = await crash(late);
    const read = readCrash(log);
    const kept = read.records.reduce((sum, record) => sum + record.length, 0);
    expect(read.damage).toEqual([]);
    expect(kept).toBeLessThanOrEqual(32768);
    expect(kept).toBeGreaterThan(32768 - 240);
    const found = await diagnose(read, symbols(), readFileSync(image), true);
    expect(found.at?.place?.line).toBe(Number(lineOf("fault: 0xf0").split(":")[1]));
    expect(found.replay).toMatchObject({ verdict: "none", records: read.records.length }); // one of the three is missing

    const again = await diagnose(
      readCrash((await crash([...many, frame(0xf1, 60, 401)])).log),
      symbols(),
      readFileSync(image),
      true,
    );
    expect(again.replay).toMatchObject({ verdict: "same", number: 401 });
  });

  it("symbols and policies of other images are told from the crash's own", async () => {
    const { log } = await crash([frame(0xf1, 60, 1)]);
    const other = { ...symbols(), text: "0".repeat(16) };
    const found = await diagnose(readCrash(log), other, placePolicy(readFileSync(image), policy(3)), true);
    expect(found.doubts[0]).toMatch(/^the symbols are of another image/);
    expect(found.replay).toMatchObject({ verdict: "none", why: "the image's policy is not the one of the crash" });
  });

  it("a fault of the runtime itself is told as well", async () => {
    const spoilt = join(images.folder, "batch.c");
    const source = readFileSync(join(ROOT, "appliance/runtime/user/batch.c"), "utf8");
    const fault = "  if (batch.used && size == 104) *(volatile uint32_t *)8 = size;\n";
    writeFileSync(
      spoilt,
      source.replace("void batch_close(uint32_t size) {\n", (found) => found + fault),
    );
    const out = join(images.folder, "spoilt.elf");
    await build(arch, out, (request) => linkImage({ arch, ...request, replace: { "user/batch.c": spoilt } }));
    const spoiltImage = images.write("spoilt-placed", placePolicy(readFileSync(out), policy()));
    const { log, name } = await crash([frame(0x11, 60, 1), frame(0x11, 70, 2)], spoiltImage);
    expect(name).toBe("FAULT_NULL");
    const found = await diagnose(readCrash(log), symbols(`${out}.symbols`), undefined, false);
    expect(found.crash.reason).toMatch(/^trap: page fault write at 0x8 pc 0x\w+ in user$/);
    expect(found.calls[0]).toMatchObject({ name: "batch_close" });
    expect(found.calls.map((call) => call.name)).toContain("receive");
    expect(found).toMatchObject({ whole: true, doubts: [] });
  });

  it.each([["recorder=off"], ["recorder=memory"], []])("in live operation, %s", async (...append) => {
    const { input, running } = await live(append);
    await input.send([frame(0x11, 60, 1), frame(0xf1, 60, 2)]);
    expect((await running.exit).name).toBe("INSPECT_TRAP");
    await input.close();
    const read = readCrash(running.lines.join("\n"));
    const frames = read.records.filter((record) => record[26] === 0);
    expect(frames.length).toBe(append.length ? 0 : 2);
    expect((await diagnose(read, symbols(), undefined, false)).at?.place?.line).toBe(
      Number(lineOf("fault: 0xf1").split(":")[1]),
    );
  });

  it("the hypervisor can copy the recorder while the image runs on", async () => {
    const [monitor, dump] = [join(images.folder, "qmp"), join(images.folder, "recorder.bin")];
    const { input, running } = await live(["recorder=memory"], ["-qmp", `unix:${monitor},server=on,wait=off`]);
    const frames = [frame(0x11, 60, 1), frame(0x22, 70, 2), frame(0x33, 80, 3)];
    await input.send(frames);
    const recorder = symbols().named.get("weir_recorder")!;
    const seen = async () => {
      const where = { val: Number(recorder.address), size: Number(recorder.size), filename: dump };
      await qmp(monitor, [["stop"], ["pmemsave", where], ["cont"]]);
      return recordsInMemory(readFileSync(dump), symbols(), undefined).records.filter((record) => record[26] === 0);
    };
    let found = await seen();
    while (found.length < 3) found = await seen();
    expect(
      found.map((r) =>
        Buffer.from(r.subarray(32))
          .toString("hex")
          .replace(/(00){0,7}$/, ""),
      ),
    ).toEqual(
      frames.map((bytes) =>
        Buffer.from(bytes)
          .toString("hex")
          .replace(/(00){0,7}$/, ""),
      ),
    );
    await input.send([frame(0xf2, 60, 4)]); // it still runs
    expect((await running.exit).name).toBe("INSPECT_TRAP");
    await input.close();
  });

  it("the frames of all its functions are known, and counted from the stack pointer", () => {
    const all = symbols();
    const frames = new Frames(all);
    const user = all.functions.filter((f) => f.address >= all.base && f.size > 0n);
    expect(user.length).toBeGreaterThan(50);
    expect(user.filter((f) => !frames.at(f.address)).map((f) => f.name)).toEqual([]);
  });

  it("is told within the stack there is for it; symbols are the same wherever they were made", async () => {
    let deepest = 0;
    const out = join(images.folder, "again.elf");
    await build(arch, out, async (request) => {
      const linked = await linkImage({ arch, ...request });
      deepest = (await stackBound(request.out, linked.usage, "user_crash")).bytes;
      return linked;
    });
    expect(deepest).toBeGreaterThan(100);
    expect(deepest).toBeLessThan(4096);
    expect(readFileSync(`${out}.symbols`).equals(readFileSync(`${image}.debug`))).toBe(true);
  });

  it("what is kept beside the image is the image: the same code, and nothing of the symbols in it", () => {
    const [kept, started] = [symbols().elf, readElf(readFileSync(image))];
    for (const name of [".text.kernel", ".text.user", ".rodata.user"])
      expect(Buffer.from(section(kept, name)!).equals(section(started, name)!)).toBe(true);
    expect(started.sections.filter((s) => /debug|symtab|weir\./.test(s.name) && !s.name.startsWith(".note"))).toEqual(
      [],
    );
    expect(policyOf(started)).toBeDefined();
    for (const { function: name } of Object.values(TRACE_POINTS)) expect(symbols().named.has(name), name).toBe(true);
    expect(functionAt(symbols(), symbols().named.get("receive")!.address)?.name).toBe("receive");
  });

  const gdb = arch === "x86_64" ? "gdb" : "gdb-multiarch";
  const withGdb = spawnSync(gdb, ["--version"]).status === 0;
  if (!withGdb) console.log(`skipped: gdb on the image for ${arch}: no ${gdb}`);

  /** What gdb says when it does this on an image, to which frames come when lines begin so, on the console or gdb's. */
  async function inGdb(
    of: string,
    coming: [string, Uint8Array[]][],
    stops: string[],
    trace: string | undefined,
    commands: string[],
  ) {
    const [sockets, script] = [join(images.folder, `gdb-${stops.length}`), join(images.folder, "script.gdb")];
    const path = join(images.folder, `in-gdb-${stops.length}`);
    const input = await FrameStream.listen(path, () => {});
    const launch = {
      ...images.options(of),
      accelerator: "tcg" as const,
      nics: nics({ in: { kind: "stream", path } }),
    };
    const chardev = ["-chardev", `socket,path=${sockets},server=on,wait=off,id=gdb`, "-gdb", "chardev:gdb", "-S"];
    const child: ChildProcess = spawn(PROGRAMS[arch], qemuArguments({ ...launch, more: chardev }), {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const heard = (line: string) => {
        if (coming[0] && line.startsWith(coming[0][0])) void input.send(coming.shift()![1]);
      };
      createInterface({ input: child.stdout! }).on("line", heard);
      writeFileSync(
        script,
        `${gdbScript(symbols(`${of}.debug`), ROOT, sockets, stops, trace)}${commands.join("\n")}\n`,
      );
      while (!existsSync(sockets)) await new Promise((resolve) => setTimeout(resolve, 20));
      return await output(gdb, ["-q", "-batch", "-nx", "-x", script], heard);
    } finally {
      child.kill("SIGKILL");
      await input.close();
    }
  }

  it.skipIf(!withGdb)("gdb stops at an AssemblyScript function, and shows its calls and its lines", async () => {
    const frames = [frame(0x11, 60, 1), frame(0xf1, 60, 2)];
    const text = await inGdb(image, [["weir: ready", frames]], ["inspect:weight"], undefined, [
      "continue",
      "bt",
      "list",
      "kill",
    ]);
    expect(text).toMatch(/^Breakpoint 1, w2c_inspect_\w+0x2Fweight .*at debug\/testing\/onboard\/inspect\.ts:\d+$/m);
    expect(text).toMatch(/^#1 .*0x2Fweigh .*debug\/testing\/onboard\/inspect\.ts:\d+$/m);
    expect(text).toMatch(/^#\d+ .*user_main .*main\.c:\d+$/m);
    expect(text).toMatch(/^\d+\tfunction weight\(byte: u32, first: bool\): u32 \{$/m);
  });

  it.skipIf(!withGdb)("gdb prints a line at each trace point, lets it run on, and changes nothing in it", async () => {
    const traced = images.write("traced", placePolicy(await prebuilt(arch), policy()));
    copyFileSync(join(ROOT, "build", `test-image-${arch}.elf.symbols`), `${traced}.debug`);
    const coming: [string, Uint8Array[]][] = [
      ["weir: ready", [frame(0x11, 60, 1), frame(0xdd, 60, 2)]], // passed; an event, so that there is something to log
      ["send on out", []],
      ["idle ", [frame(0xf1, 60, 3)]],
    ];
    // To where it is over, with nothing that gdb had put there taken away. The kernel part then runs, and is shown no memory
    // of the user part (PAN): physical addresses.
    const to = ["set breakpoint always-inserted on", "hbreak *arch_exit", "continue"];
    const commands = [...to, "maintenance packet Qqemu.PhyMemMode:1", "compare-sections .text.user", "kill"];
    const lines = (await inGdb(traced, coming, [], Object.keys(TRACE_POINTS).join(), commands)).split("\n");
    const told = (line: RegExp) => lines.filter((each) => line.test(each)).length;
    expect(told(/^record of 96 bytes$/)).toBe(3);
    for (const line of [/^receive$/, /^inspect \d+ to \d+$/, /^guard \d+ to \d+$/, /^journal \d+ to \d+$/])
      expect(told(line), `${line}`).toBeGreaterThan(0);
    expect(told(/^idle \d+ ns$/)).toBeGreaterThan(0);
    expect(told(/^send on out, 60 bytes$/)).toBe(1);
    expect(told(/^send on log, \d+ bytes$/)).toBeGreaterThan(0);
    expect(told(/^crash$/)).toBe(1);
    // Off, they cost nothing: the program that was traced is the one that flies, to the byte, with no room left for a trace.
    expect(lines).toContainEqual(expect.stringMatching(/^Section \.text\.user, range 0x\w+ -- 0x\w+: matched\.$/));
  });
});

async function output(program: string, args: string[], onLine: (line: string) => void): Promise<string> {
  const child = spawn("timeout", ["30", program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on("line", (line) => {
      lines.push(line);
      onLine(line);
    });
  await new Promise((resolve) => child.on("close", resolve));
  return lines.join("\n");
}

/** Tells QEMU's monitor these things, one behind the other's answer. */
async function qmp(path: string, commands: [string, object?][]): Promise<void> {
  const socket = createConnection(path);
  const lines: string[] = [];
  let rest = "";
  socket.on("data", (data: Buffer) => {
    const parts = (rest + data.toString()).split("\n");
    rest = parts.pop()!;
    lines.push(...parts.filter((line) => /"(return|error)"/.test(line)));
  });
  const all: [string, object?][] = [["qmp_capabilities"], ...commands];
  for (const [n, [execute, args]] of all.entries()) {
    socket.write(`${JSON.stringify({ execute, ...(args && { arguments: args }) })}\n`);
    while (lines.length <= n) await new Promise((resolve) => setTimeout(resolve, 5));
    if (lines[n]!.includes('"error"')) throw new Error(lines[n]);
  }
  socket.destroy();
}
