// What weir run --print shows, for every host; nothing is started here but QEMU with an image that is none.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { placeManifest } from "../appliance/build/place.ts";
import { smallImage } from "../appliance/build/testing/image.ts";
import { command } from "./run.ts";

let image: string;
let folder: string;
let out = "";
let talk = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-run-"));
  image = join(folder, "weir.elf");
  writeFileSync(
    image,
    placeManifest(smallImage(), [
      { name: "in", direction: "receive", mac: "52:54:00:00:00:0a" },
      { name: "out", direction: "transmit", mac: "52:54:00:00:00:0b" },
      { name: "log", direction: "transmit", mac: "52:54:00:00:00:0c" },
    ]),
  );
  [out, talk] = ["", ""];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += text;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    talk += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  rmSync(folder, { recursive: true });
});

const TAPS = ["--in", "tap0", "--out", "tap1", "--log", "it's"];
const run = (...options: string[]) => command().parseAsync([image, ...TAPS, ...options], { from: "user" });

it("shows QEMU's command line, as a shell takes it", async () => {
  await run("--accelerator", "tcg", "--memory", "5", "--print");
  expect(out).toMatch(/^qemu-system-x86_64 -M microvm,acpi=off,rtc=off,accel=tcg -cpu max /);
  expect(out).toContain(" -m 5 ");
  expect(out).toContain(` -kernel ${image} -append 'epoch=`);
  expect(out).toContain(" -netdev tap,ifname=tap0,script=no,downscript=no,vnet_hdr=off,id=n0 ");
  expect(out).toContain(" -device virtio-net-device,id=nic1,netdev=n1,mac=52:54:00:00:00:0b ");
  expect(out).toContain(` -netdev 'tap,ifname=it'\\''s,script=no,downscript=no,vnet_hdr=off,id=n2' `);
  out = "";
  await run("--accelerator", "kvm", "--machine", "q35", "--print");
  expect(out).toMatch(/^qemu-system-x86_64 -M q35,accel=kvm /);
  expect(out).toContain(" -device virtio-net-pci,disable-legacy=on,romfile=,id=nic0,netdev=n0,mac=52:54:00:00:00:0a ");
});

it("shows what Firecracker, Xen and libvirt would be given: that on stdout, how to start it on stderr", async () => {
  await run("--host", "firecracker", "--print", "--name", "east");
  const config = JSON.parse(out);
  expect(config["boot-source"].kernel_image_path).toBe(image);
  expect(config["boot-source"].boot_args).toMatch(/^epoch=\d{19} boot=\d{13}$/);
  expect(config["network-interfaces"][2]).toEqual({
    ...{ iface_id: "log", guest_mac: "52:54:00:00:00:0c", host_dev_name: "it's" },
  });
  expect(talk).toMatch(/^weir: start it with: firecracker --no-api --id east --config-file FILE$/m);
  [out, talk] = ["", ""];
  await expect(run("--host", "xen", "--print")).rejects.toThrow("--log it's: a comma or a quote");
  await expect(run("--host", "libvirt", "--print")).rejects.toThrow("--log it's: libvirt takes letters");
  const plain = (host: string) =>
    command().parseAsync([image, "--in", "a", "--out", "b", "--log", "c", "--host", host, "--print"], { from: "user" });
  await plain("xen");
  expect(out).toContain(`kernel = "${image}"\n`);
  expect(talk).toContain("weir: a PVH domain of Xen has netfront interfaces only");
  out = "";
  await plain("libvirt");
  expect(out).toContain(`<kernel>${image}</kernel>`);
  expect(out).toContain('<domain type="kvm">');
});

it("starts none of them", async () => {
  await expect(run("--host", "xen")).rejects.toThrow(
    "--host xen: a PVH domain of Xen has netfront interfaces only, and the image drives virtio",
  );
  await expect(run("--host", "firecracker")).rejects.toThrow("which firecracker --config-file starts");
  await expect(run("--host", "libvirt")).rejects.toThrow("which virsh create starts");
});

it.each([
  [["--host", "bhyve"], "--host bhyve: expected qemu, firecracker, xen or libvirt"],
  [["--machine", "pc"], "--machine pc: expected microvm or q35"],
  [["--machine", "q35", "--host", "libvirt", "--print"], "--machine q35: is for x86-64 images under --host qemu"],
  [["--memory", "1e3"], "--memory 1e3: expected whole MiB"],
  [["--memory", "0"], "--memory 0: expected whole MiB"],
  [["--accelerator", "hvf", "--print"], "--accelerator hvf: expected kvm or tcg"],
  [["--name", "a b", "--host", "firecracker", "--print"], '--name "a b": expected 1 to 64 letters'],
  [["--in", "tap%d", "--print"], '--in "tap%d": expected the name of a network device'],
  [["--in", "tap1", "--print"], "--in tap1: is that of --out too, expected one for each"],
])("refuses %j", async (options, why) => {
  await expect(run(...options)).rejects.toThrow(why);
  expect(out).toBe("");
});

it("refuses an image that has no policy, or interfaces of other names", async () => {
  writeFileSync(image, smallImage());
  await expect(run("--print")).rejects.toThrow("has no policy and so no interfaces (weir build -c policy.yaml)");
  writeFileSync(image, placeManifest(smallImage(), [{ name: "eth0", direction: "receive", mac: "52:54:00:00:00:0a" }]));
  await expect(run("--print")).rejects.toThrow("its manifest has an interface eth0, expected in, out, log");
});
