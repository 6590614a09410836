/** A Debian guest with systemd and the release's package in it, as a disk that QEMU starts. Runs in namespaces of its own (main.ts). */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prebuiltImage, withPolicy } from "../../appliance/build/for.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { ROOT } from "../../lib/sources.ts";
import { badImage } from "../live/bad-images.ts";
import { type Mirrors, makeTree, mountTree } from "../platforms/tree.ts";

export interface Guest {
  kernel: string;
  initrd: string;
  disk: string;
}

const PACKAGES = [
  ...["systemd", "systemd-sysv", "udev", "dbus", "procps", "kmod", "linux-image-cloud-amd64", "initramfs-tools"],
  ...["nodejs", "qemu-system-x86", "iproute2", "ethtool"],
];

/** The images to deploy, in a folder of `folder`. Not in namespaces: there the build does not know which processes live. */
export async function makeImages(folder: string): Promise<void> {
  mkdirSync(join(folder, "trial"));
  const good = withPolicy(await prebuiltImage("x86_64"), compilePolicy(join(ROOT, "fixtures", "policy.yaml")));
  writeFileSync(join(folder, "trial", "good.elf"), good);
  for (const fault of ["dead", "silent"] as const)
    writeFileSync(join(folder, "trial", `${fault}.elf`), badImage(good, fault));
}

/** @param folder with the images; the release is made */
export function makeGuest(folder: string, mirrors: Mirrors): Guest {
  const tree = join(folder, "tree");
  const put = (path: string, text: string) => writeFileSync(join(tree, path), text);
  const run = (program: string, ...words: string[]) =>
    execFileSync(program, words, { stdio: ["ignore", "ignore", "inherit"] });
  makeTree(tree, mirrors, PACKAGES);
  mountTree(tree);
  const release = join(ROOT, "build", "release");
  const deb = readdirSync(release).find((name) => name.endsWith(".deb"))!;
  cpSync(join(release, deb), join(tree, deb));
  run("chroot", tree, "dpkg", "-i", `/${deb}`);
  cpSync(join(folder, "trial"), join(tree, "trial"), { recursive: true });
  const own = (name: string, to: string) => cpSync(join(ROOT, "test", "service", name), join(tree, to));
  own("inside.sh", "trial/inside.sh");
  own("trial.service", "etc/systemd/system/trial.service");
  // An emulated CPU needs more than 30 s where much else runs.
  put("etc/weir/weir.conf", "WEIR_OPTIONS=--patience 80\n");
  put("etc/hostname", "weir\n");
  put("etc/fstab", "/dev/vda / ext4 rw 0 1\n");
  run("chroot", tree, "systemctl", "enable", "trial.service");
  rmSync(join(tree, "etc/systemd/system/default.target"), { force: true });
  symlinkSync("/usr/lib/systemd/system/graphical.target", join(tree, "etc/systemd/system/default.target"));
  const boot = readdirSync(join(tree, "boot"));
  const copied = (begin: string) => {
    const to = join(folder, begin);
    cpSync(join(tree, "boot", boot.find((name) => name.startsWith(begin))!), to);
    return to;
  };
  const [kernel, initrd, disk] = [copied("vmlinuz"), copied("initrd"), join(folder, "disk.img")];
  // Not what is mounted there
  for (const mounted of ["dev/shm", "dev/pts", "dev", "sys", "proc"]) run("umount", "--lazy", join(tree, mounted));
  run("truncate", "-s", "2G", disk);
  run("mkfs.ext4", "-q", "-F", "-d", tree, disk);
  return { kernel, initrd, disk };
}
