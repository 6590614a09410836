// `weir run` with hypervisors that are shell scripts: what is passed to them, what becomes of what they say, and how all of it ends.
// With the real ones: test/hosts.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { placeManifest } from "../appliance/build/place.ts";
import { smallImage } from "../appliance/build/testing/image.ts";
import { installed } from "../appliance/hosts/here.ts";
import { until } from "../lib/testing/until.ts";
import { command } from "./run.ts";
import { commandConsole } from "./testing/console.ts";

let image: string;
let temporary: string;
const seen = commandConsole("run-hosts");
beforeEach(() => {
  image = join(seen.folder, "it's one.elf");
  const nic = (name: "in" | "out" | "log", direction: "receive" | "transmit", n: number) => ({
    ...{ name, direction, mac: `52:54:00:00:00:0${n}` },
  });
  writeFileSync(
    image,
    placeManifest(smallImage(), [nic("in", "receive", 1), nic("out", "transmit", 2), nic("log", "transmit", 3)]),
  );
  temporary = join(seen.folder, "tmp");
  mkdirSync(temporary);
  vi.stubEnv("TMPDIR", temporary);
  vi.stubEnv("PATH", `${seen.folder}:${process.env.PATH}`);
  // Not root's way: no jail.
  vi.spyOn(process, "getuid").mockReturnValue(1000);
});
afterEach(() => vi.unstubAllEnvs());

/** Puts a program on the PATH that keeps its arguments and its number. */
function program(name: string, script: string): void {
  const path = join(seen.folder, name);
  writeFileSync(
    path,
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${seen.folder}/arguments'\necho $$ > '${seen.folder}/pid'\n${script}\n`,
  );
  chmodSync(path, 0o755);
}

const run = async (host: string, ...options: string[]): Promise<number> => {
  const taps = ["--in", "tap0", "--out", "tap1", "--log", "tap2"];
  const words = [image, ...taps, "--host", host, "--accelerator", "kvm", ...options];
  await command().parseAsync(words, { from: "user" });
  return process.exitCode as number;
};
const isAlive = (pid: number) => existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/cmdline`).length > 0;
const given = () => readFileSync(join(seen.folder, "arguments"), "utf8").split("\n");
const READY = "echo 'weir: ready'";
/** As a process that ends when it is told to, and only then. */
const STAYS = "exec sleep 1000";
const silent = (seconds: number) =>
  `echo 'weir: the device of \`log\` has taken nothing for ${seconds} s: what is sent there is lost'`;

describe("cloud-hypervisor", () => {
  // REQ-IMAGE-022
  it("is given the image, its words and its NICs; the exit code is the console's", async () => {
    program("cloud-hypervisor", `${READY}\necho 'weir: stopped: a reason'\necho 'weir: exit 0x0d'\necho complaint >&2`);
    expect(await run("cloud-hypervisor", "--memory", "5")).toBe(1);
    expect(given()).toEqual(
      expect.arrayContaining(["--kernel", image, "size=5M", "tap=tap1,mac=52:54:00:00:00:02,id=out"]),
    );
    expect(given()).not.toContain("--api-socket");
    expect(seen.out).toBe("weir: ready\nweir: stopped: a reason\n");
    expect(seen.talk).toMatch(/^complaint$/m);
    expect(seen.talk).toMatch(/^weir: the image ended: refused: the devices are not those of the manifest$/m);
  });

  it("is ended when it starts an image again that has ended", async () => {
    program("cloud-hypervisor", `while true; do echo 'weir: refused: no'; echo 'weir: exit 0x0d'; sleep 0.01; done`);
    expect(await run("cloud-hypervisor")).toBe(1);
    expect(seen.out).toBe("weir: refused: no\n");
  });
});

describe("firecracker", () => {
  it("gets a configuration that is gone afterwards, no API, and its own words are no lines of the console", async () => {
    program(
      "firecracker",
      `for word; do last=$word; case $last in *.json) cp "$last" '${seen.folder}/config';; esac; done
echo '2026-03-02T09:00:00.000000000 [weir:main] something is wrong'\n${READY}\necho 'weir: exit 0x0d'`,
    );
    expect(await run("firecracker", "--machine", "pci")).toBe(1);
    expect(given()).toEqual(expect.arrayContaining(["--no-api", "--enable-pci"]));
    const config = JSON.parse(readFileSync(join(seen.folder, "config"), "utf8"));
    expect(config["boot-source"].kernel_image_path).toBe(image);
    expect(seen.out).toBe("weir: ready\n");
    expect(seen.talk).toMatch(/ \[weir:main\] something is wrong$/m);
    expect(seen.talk).toContain("weir: Firecracker runs without its jailer: only root can use it");
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe("alioth", () => {
  it.skipIf(!installed("script"))("gets a terminal, through which its arguments come whole", async () => {
    program("alioth", `tty -s && ${READY}\necho 'ERROR [alioth] no'\necho 'weir: exit 0x0d'\nexit 1`);
    expect(await run("alioth")).toBe(1);
    expect(given()).toEqual(expect.arrayContaining(["--pvh", image, "tap,if=tap2,mac=52:54:00:00:00:03,mtu=1500"]));
    expect(seen.out).toBe("weir: ready\n");
    expect(seen.talk).toMatch(/^ERROR \[alioth\] no$/m);
  });
});

describe("libvirt", () => {
  // REQ-IMAGE-023
  it("runs a domain without a daemon, whose console is a named pipe; nothing of it is left", async () => {
    program(
      "virt-qemu-run",
      `cp "$3" '${seen.folder}/domain'
mkdir -p "$2/run/qemu"; sleep 1000 & echo $! | tee '${seen.folder}/left' > "$2/run/qemu/weir.pid"
pipe=$(sed -n 's/.*source path="\\([^"]*\\)".*/\\1/p' "$3").out
{ ${READY}; echo 'weir: exit 0x0d'; } > "$pipe"; exec 1>&- 2>&-`,
    );
    expect(await run("libvirt")).toBe(1);
    const domain = readFileSync(join(seen.folder, "domain"), "utf8");
    expect(domain).toContain('<serial type="pipe">');
    expect(domain).toContain('migratable="off"');
    expect(seen.out).toBe("weir: ready\n");
    const left = Number(readFileSync(join(seen.folder, "left"), "utf8"));
    await until(() => !isAlive(left));
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("ends when nothing was ever written to the console", async () => {
    program("virt-qemu-run", "echo 'error: no such device' >&2; exit 1");
    expect(await run("libvirt")).toBe(1);
    expect(seen.talk).toMatch(/^error: no such device$/m);
    expect(seen.talk).toContain("weir: the image ended: the hypervisor ended with status 1");
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe("whichever", () => {
  const running = () => until(() => seen.out.includes("weir: ready"));
  const pid = () => Number(readFileSync(join(seen.folder, "pid"), "utf8"));

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("is ended by %s, which is no failure", async (signal) => {
    program("cloud-hypervisor", `${READY}\n${STAYS}`);
    const code = run("cloud-hypervisor");
    await running();
    process.emit(signal, signal);
    expect(await code).toBe(0);
    expect(existsSync(`/proc/${pid()}`)).toBe(false);
  });

  // REQ-IMAGE-022
  it("is missed when it is killed", async () => {
    program("cloud-hypervisor", `${READY}\n${STAYS}`);
    const code = run("cloud-hypervisor");
    await running();
    process.kill(pid(), "SIGKILL");
    expect(await code).toBe(1);
    expect(seen.talk).toContain("weir: the hypervisor ended, and the image did not say why");
  });

  it("is ended when `log` has taken nothing for as long as --patience says", async () => {
    program("cloud-hypervisor", `${READY}\n${silent(5)}\n${silent(10)}\n${STAYS}`);
    expect(await run("cloud-hypervisor", "--patience", "10")).toBe(1);
    expect(seen.talk).toContain(
      "weir: the host takes nothing on log (tap2): no alert and no heartbeat leaves the image\n",
    );
    expect(seen.talk).toContain("weir: the image was ended: for 10 s the host has taken nothing on log (tap2)");
    expect(existsSync(`/proc/${pid()}`)).toBe(false);
  });

  it("is ended when the image is not ready in time", async () => {
    program("cloud-hypervisor", STAYS);
    expect(await run("cloud-hypervisor", "--patience", "1")).toBe(1);
    expect(seen.talk).toContain("weir: the image was ended: it was not ready after 1 s (--patience)");
  });

  it("is not started when it is not installed, or cannot do what is asked; it says where it comes from", async () => {
    vi.stubEnv("PATH", seen.folder);
    await expect(run("firecracker")).rejects.toThrow(
      "--host firecracker: firecracker is not installed (https://github.com/firecracker-microvm/firecracker/releases",
    );
    program("alioth", READY);
    await expect(run("alioth", "--accelerator", "tcg")).rejects.toThrow("--accelerator tcg: this host knows kvm only");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await expect(run("alioth", "--log", "a,b")).rejects.toThrow(
      "--log a,b: Alioth takes letters, digits, _ . and - only",
    );
    expect(vi.getTimerCount()).toBe(0); // nobody waits for what was not started
    vi.useRealTimers();
    await expect(run("alioth", "--patience", "soon")).rejects.toThrow(
      "--patience soon: expected whole seconds, or never",
    );
    expect(existsSync(join(seen.folder, "arguments"))).toBe(false);
  });
});
