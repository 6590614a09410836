// What weir run --print shows, for every host; nothing is started here but QEMU, with a file that is no image. What it starts: run-hosts.
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { placeManifest } from "../appliance/build/place.ts";
import { smallImage } from "../appliance/build/testing/image.ts";
import { command } from "./run.ts";
import { commandConsole } from "./testing/console.ts";

let image: string;
const seen = commandConsole("run");
beforeEach(() => {
  image = join(seen.folder, "weir.elf");
  writeFileSync(
    image,
    placeManifest(smallImage(), [
      { name: "in", direction: "receive", mac: "52:54:00:00:00:0a" },
      { name: "out", direction: "transmit", mac: "52:54:00:00:00:0b" },
      { name: "log", direction: "transmit", mac: "52:54:00:00:00:0c" },
    ]),
  );
});

const TAPS = ["--in", "tap0", "--out", "tap1", "--log", "it's"];
const run = (...options: string[]) => command().parseAsync([image, ...TAPS, ...options], { from: "user" });

it("shows QEMU's command line, as a shell takes it", async () => {
  await run("--accelerator", "tcg", "--memory", "5", "--print");
  expect(seen.out).toMatch(/^qemu-system-x86_64 -M microvm,acpi=off,rtc=off,accel=tcg -cpu max /);
  expect(seen.out).toContain(" -m 5 ");
  expect(seen.out).toContain(` -kernel ${image} -append 'epoch=`);
  expect(seen.out).toContain(" -netdev tap,ifname=tap0,script=no,downscript=no,vnet_hdr=off,id=n0 ");
  expect(seen.out).toContain(" -device virtio-net-device,id=nic1,netdev=n1,mac=52:54:00:00:00:0b ");
  expect(seen.out).toContain(` -netdev 'tap,ifname=it'\\''s,script=no,downscript=no,vnet_hdr=off,id=n2' `);
  seen.out = "";
  await run("--accelerator", "kvm", "--machine", "q35", "--print");
  // On AMD `max` alone makes QEMU end itself
  expect(seen.out).toMatch(/^qemu-system-x86_64 -M q35,acpi=off,accel=kvm -cpu max,-arch-capabilities /);
  expect(seen.out).toContain(
    " -device virtio-net-pci,disable-legacy=on,romfile=,id=nic0,netdev=n0,mac=52:54:00:00:00:0a ",
  );
});

it("shows what Firecracker, Xen and libvirt would be given: that on stdout, how to start it on stderr", async () => {
  await run("--host", "firecracker", "--print", "--name", "east");
  const config = JSON.parse(seen.out);
  expect(config["boot-source"].kernel_image_path).toBe(image);
  expect(config["boot-source"].boot_args).toMatch(/^epoch=\d{19} boot=\d{13}$/);
  expect(config["network-interfaces"][2]).toEqual({
    ...{ iface_id: "log", guest_mac: "52:54:00:00:00:0c", host_dev_name: "it's" },
  });
  expect(seen.talk).toMatch(/^weir: start it with: firecracker --no-api --id east --config-file FILE$/m);
  [seen.out, seen.talk] = ["", ""];
  await expect(run("--host", "xen", "--print")).rejects.toThrow("--log it's: has a comma or a quote");
  await expect(run("--host", "libvirt", "--print")).rejects.toThrow("--log it's: libvirt takes letters");
  const plain = (host: string) =>
    command().parseAsync([image, "--in", "a", "--out", "b", "--log", "c", "--host", host, "--print"], { from: "user" });
  await plain("xen");
  expect(seen.out).toContain(`kernel = "${image}"\n`);
  expect(seen.talk).toContain("weir: a PVH domain of Xen has netfront interfaces only");
  seen.out = "";
  await plain("libvirt");
  expect(seen.out).toContain(`<kernel>${image}</kernel>`);
  expect(seen.out).toContain('<domain type="kvm">');
});

it("shows what Cloud Hypervisor and Alioth would be started with, as a shell takes it", async () => {
  const plain = (host: string) =>
    command().parseAsync([image, "--in", "a", "--out", "b", "--log", "c", "--host", host, "--print"], { from: "user" });
  await plain("cloud-hypervisor");
  expect(seen.out).toMatch(
    /^cloud-hypervisor --kernel \S+ --cmdline 'epoch=\d{19} boot=\d{13}' --cpus boot=1 --memory size=/,
  );
  expect(seen.out).toContain(" --net tap=c,mac=52:54:00:00:00:0c,id=log\n");
  seen.out = "";
  await plain("alioth");
  expect(seen.out).toMatch(/^alioth boot --pvh \S+ --cmdline 'epoch=\d{19} boot=\d{13}' --cpu count=1 --memory size=/);
  expect(seen.out).toContain(" --net tap,if=b,mac=52:54:00:00:00:0b,mtu=1500 ");
});

it("lets the kernel move QEMU's frames where it can", async () => {
  await expect(run("--host", "libvirt", "--vhost", "--print")).rejects.toThrow("--vhost: is for --host qemu");
  const shown = run("--vhost", "--accelerator", "kvm", "--print");
  if (existsSync("/dev/vhost-net")) {
    await shown;
    expect(seen.out).toContain(" -netdev tap,ifname=tap0,script=no,downscript=no,vnet_hdr=off,vhost=on,id=n0 ");
  } else
    await expect(shown).rejects.toThrow(
      "--vhost: /dev/vhost-net cannot be opened (ENOENT); as root: modprobe vhost_net",
    );
});

describe("the number of a start", () => {
  afterEach(() => vi.useRealTimers());
  // REQ-LOG-012
  it("grows from one description to the next, whatever host it is for and whatever the clock says", async () => {
    const hosts = ["qemu", "libvirt", "firecracker", "cloud-hypervisor", "alioth", "xen"];
    const boots: number[] = [];
    for (const [n, host] of hosts.entries()) {
      vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 - n * 1_000_000 });
      seen.out = "";
      const words = ["--in", "a", "--out", "b", "--log", "c", "--host", host, "--accelerator", "tcg", "--print"];
      await command().parseAsync([image, ...words], { from: "user" });
      boots.push(Number(/ boot=(\d+)/.exec(seen.out)![1]));
    }
    expect(boots).toEqual(hosts.map((_, n) => 1_800_000_000_000 + n));
  });

  it("is kept where --boot says, and nothing starts without one", async () => {
    await run("--accelerator", "tcg", "--print", "--boot", join(seen.folder, "boots"));
    expect(readdirSync(join(seen.folder, "boots"))).toHaveLength(1);
    await expect(run("--accelerator", "tcg", "--print", "--boot", image)).rejects.toThrow(
      "weir.elf: the number of this start cannot be kept there (E",
    );
  });
});

it("does not start what would not come to forward anything", async () => {
  await expect(run("--host", "xen")).rejects.toThrow(
    "--host xen: a PVH domain of Xen has netfront interfaces only, and the image drives virtio",
  );
});

it.each([
  [["--host", "bhyve"], "--host bhyve: expected qemu, libvirt, firecracker, cloud-hypervisor, alioth or xen"],
  [["--machine", "pc"], "--machine pc: --host qemu has microvm and q35"],
  [
    ["--machine", "q35", "--host", "libvirt", "--print"],
    "--machine q35: is for x86-64 images under --host qemu or firecracker",
  ],
  [["--machine", "q35", "--host", "firecracker", "--print"], "--machine q35: --host firecracker has mmio and pci"],
  [["--memory", "1e3"], "--memory 1e3: expected whole MiB"],
  [["--memory", "0"], "--memory 0: expected whole MiB"],
  [["--accelerator", "hvf", "--print"], "--accelerator hvf: expected kvm or tcg"],
  [["--name", "a b", "--host", "firecracker", "--print"], '--name "a b": expected 1 to 64 letters'],
  [["--in", "tap%d", "--print"], '--in "tap%d": expected the name of a network device'],
  [["--in", "tap1", "--print"], "--in tap1: is also that of --out, expected one device for each"],
])("refuses %j", async (options, why) => {
  await expect(run(...options)).rejects.toThrow(why);
  expect(seen.out).toBe("");
});

it("refuses an image that has no policy, or interfaces of other names", async () => {
  writeFileSync(image, smallImage());
  await expect(run("--print")).rejects.toThrow("has no policy and so no interfaces (weir build -c policy.yaml)");
  writeFileSync(image, placeManifest(smallImage(), [{ name: "eth0", direction: "receive", mac: "52:54:00:00:00:0a" }]));
  await expect(run("--print")).rejects.toThrow("its manifest has an interface eth0, expected in, out, log");
});
