// `weir run` with hypervisors that are shell scripts: what is passed to them, what becomes of what they say, and how all of it ends.
// With the real ones: test/hosts.
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { packContainer } from "../appliance/build/container.ts";
import { placeManifest, placePolicy } from "../appliance/build/place.ts";
import { smallImage } from "../appliance/build/testing/image.ts";
import { HOST_ARCH } from "../appliance/contract/arch.ts";
import { installed } from "../appliance/hosts/here.ts";
import { PROGRAMS, tryKvm } from "../appliance/hosts/qemu.ts";
import { compilePolicy } from "../diode/policy.ts";
import { until } from "../lib/testing/until.ts";
import { command } from "./run.ts";
import { commandConsole } from "./testing/console.ts";

/** The taps of these tests need not exist; what a host has received on one, a test says. */
const taps = vi.hoisted(() => ({ received: 0, trouble: undefined as string | undefined }));
vi.mock("../appliance/hosts/service/devices.ts", () => ({
  whyNoTap: () => taps.trouble,
  tapFacts: () => "mtu 1500, up",
  receivedBy: () => taps.received,
}));

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
    `#!/bin/sh\n[ "$1" = --version ] && { echo '${name} v53.0'; exit 0; }\nprintf '%s\\n' "$@" > '${seen.folder}/arguments'\necho $$ > '${seen.folder}/pid'\n${script}\n`,
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

describe("as a service", () => {
  /** What systemd was told, in order. */
  const told = () =>
    existsSync(join(seen.folder, "told")) ? readFileSync(join(seen.folder, "told"), "utf8").trim().split("\n") : [];
  const status = () => JSON.parse(readFileSync(join(seen.folder, "status.json"), "utf8")) as Record<string, unknown>;
  const service = () => run("cloud-hypervisor", "--status", join(seen.folder, "status.json"));
  beforeEach(() => {
    Object.assign(taps, { received: 0, trouble: undefined });
    writeFileSync(join(seen.folder, "systemd-notify"), `#!/bin/sh\necho "$1" >> '${seen.folder}/told'\n`, {
      mode: 0o755,
    });
    vi.stubEnv("NOTIFY_SOCKET", "/run/systemd/notify");
    vi.stubEnv("WATCHDOG_USEC", "3000");
  });

  it("nothing starts where a tap does not exist", async () => {
    program("cloud-hypervisor", `${READY}\n${STAYS}`);
    taps.trouble = "there is no such network device; make it first";
    await expect(run("cloud-hypervisor")).rejects.toThrow("--in tap0: there is no such network device; make it first");
    expect(existsSync(join(seen.folder, "arguments"))).toBe(false);
  });

  // REQ-GROUND-023
  it("systemd is told that it is ready, that it lives while the image sends, and that it ends; the hypervisor cannot tell it anything", async () => {
    program("cloud-hypervisor", `echo "$NOTIFY_SOCKET$WATCHDOG_USEC" > '${seen.folder}/socket'\n${READY}\n${STAYS}`);
    const code = service();
    await until(() => told().length >= 3); // without a policy that has a collector the hypervisor's life is all there is to see
    process.emit("SIGTERM", "SIGTERM");
    expect(await code).toBe(0);
    expect([...new Set(told())]).toEqual(["READY=1", "WATCHDOG=1", "STOPPING=1"]);
    expect(readFileSync(join(seen.folder, "socket"), "utf8")).toBe("\n");
  });

  // REQ-GROUND-024
  it("its status has the image, a number that grows, what it does, signs of life, and why it ended", async () => {
    program("cloud-hypervisor", `${READY}\nwhile [ ! -e '${seen.folder}/end' ]; do sleep 0.01; done; kill -KILL $$`);
    const code = service();
    await until(() => existsSync(join(seen.folder, "status.json")) && status().state === "ready");
    const { boot, sha256 } = status();
    expect(sha256).toBe(createHash("sha256").update(readFileSync(image)).digest("hex"));
    await until(() => {
      taps.received++;
      return status().beats === 2;
    });
    writeFileSync(join(seen.folder, "end"), "");
    expect(await code).toBe(1);
    expect(status()).toMatchObject({
      state: "ended",
      boot,
      why: expect.stringContaining("it was killed, or has crashed"),
    });
    program("cloud-hypervisor", "exit 1");
    expect(await service()).toBe(1);
    expect(BigInt(status().boot as string)).toBeGreaterThan(BigInt(boot as string));
  });

  it("an image whose frames on log do not become more is not alive", async () => {
    program("cloud-hypervisor", `${READY}\nsleep 3; exit 0`);
    const { parts } = compilePolicy("fixtures/policy.yaml");
    writeFileSync(image, placePolicy(readFileSync(image), packContainer(parts)));
    expect(await service()).toBe(1);
    expect(told()).toEqual(["READY=1", "STOPPING=1"]);
    expect(status().beats).toBe(0);
  });

  it("says what it starts, on which host, and how fast that is", async () => {
    program("cloud-hypervisor", READY);
    await service();
    expect(seen.talk).toMatch(/^weir: \S.*one\.elf: sha256 [0-9a-f]{64}, policy none, start \d+$/m);
    expect(seen.talk).toMatch(/^weir: host: Linux .*, cloud-hypervisor v53\.0, accelerator kvm, \d+ MiB$/m);
    expect(seen.talk).toContain(
      "weir: in on tap0 (mtu 1500, up), out on tap1 (mtu 1500, up), log on tap2 (mtu 1500, up)",
    );
  });

  it("of QEMU it says why KVM is not used", async () => {
    vi.stubEnv("WEIR_ACCELERATOR", undefined);
    program(
      PROGRAMS.x86_64,
      `case $* in *accel=kvm*) echo no KVM here >&2; exit 1;; esac\n${READY}\necho 'weir: exit 0x0d'`,
    );
    const taps = ["--in", "tap0", "--out", "tap1", "--log", "tap2"];
    await command().parseAsync([image, ...taps], { from: "user" });
    expect(seen.talk).toMatch(/^weir: KVM is not used, so the image is many times slower: \S/m);
    const device = join(seen.folder, "kvm");
    expect(await tryKvm(image, 4, device)).toBe(
      HOST_ARCH === "x86_64"
        ? `${device} cannot be opened (ENOENT)`
        : `the image is for x86_64, this machine is ${HOST_ARCH}`,
    );
    writeFileSync(device, "");
    if (HOST_ARCH === "x86_64")
      expect(await tryKvm(image, 4, device)).toBe("the image did not start under it: no KVM here");
    const arm = Buffer.alloc(64);
    arm.set([0x7f, 0x45, 0x4c, 0x46]);
    arm[18] = 183;
    writeFileSync(join(seen.folder, "arm.elf"), arm);
    if (HOST_ARCH === "x86_64")
      expect(await tryKvm(join(seen.folder, "arm.elf"), 4)).toBe("the image is for aarch64, this machine is x86_64");
  });

  it("a status that cannot be written is said once, and ends nothing; nor does a systemd that is not there", async () => {
    program("cloud-hypervisor", READY);
    writeFileSync(join(seen.folder, "systemd-notify"), "#!/bin/sh\necho no bus >&2; exit 1\n", { mode: 0o755 });
    expect(await run("cloud-hypervisor", "--status", join(seen.folder, "no", "status.json"))).toBe(1);
    expect(seen.talk.match(/^weir: --status: /gm)).toHaveLength(1);
    expect(seen.talk).toContain("weir: systemd was not told READY=1: no bus");
  });
});
