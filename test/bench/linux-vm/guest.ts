/**
 * The Linux VM that does Weir's job today, made from Debian's packages: cloud kernel, busybox, a bridge from `in` to `out`
 * with nftables, and tcpdump as the monitor. Nothing of it is installed here: packages are unpacked into build/.
 */
import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { MACS } from "../../../appliance/hosts/qemu.ts";

export interface Guest {
  kernel: string;
  initrd: string;
}

const LIBRARIES = [
  "libnftables1",
  "libnftnl11",
  "libmnl0",
  "libjansson4",
  "libgmp10",
  "libedit2",
  "libxtables12",
  "libbsd0",
  "libmd0",
  "libtinfo6",
  "libc6",
  "libpcap0.8",
  "libdbus-1-3",
  "libsystemd0",
  "libcap2",
  "libgcrypt20",
  "libgpg-error0",
  "liblzma5",
  "libzstd1",
  "liblz4-1",
  "libssl3",
];
const MODULES = [
  "virtio_ring",
  "virtio",
  "virtio_mmio",
  "failover",
  "net_failover",
  "virtio_net",
  "llc",
  "stp",
  "bridge",
  "libcrc32c",
  "nfnetlink",
  "nf_tables",
  "nft_meta_bridge",
  "af_packet",
];
const APPLETS = ["sh", "mount", "insmod", "ip", "sleep", "cat", "grep"];

/** The same policy as fixtures: this UDP flow from `in` to `out`, nothing else, nothing back. */
const RULES = `table bridge weir {
  chain forward {
    type filter hook forward priority 0; policy drop;
    iifname "in" oifname "out" ip saddr 10.0.0.5 ip daddr 10.0.1.9 udp dport 5000 accept
  }
}
`;

const init = (monitor: boolean) => `#!/bin/sh
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for m in ${MODULES.join(" ")}; do [ -f /mods/$m.ko ] && insmod /mods/$m.ko; done
ip link add br0 type bridge
echo 0 > /sys/class/net/br0/bridge/forward_delay
for d in eth0 eth1; do
  case $(cat /sys/class/net/$d/address) in ${MACS.in}) name=in;; *) name=out;; esac
  ip link set $d name $name; ip link set $name master br0; ip link set $name up
done
ip link set br0 up
nft -f /rules.nft
${monitor ? "tcpdump -i in -n -U -w /dev/null 2>/dev/null &" : ""}
while [ "$(cat /sys/class/net/in/brport/state)$(cat /sys/class/net/out/brport/state)" != 33 ]; do sleep 0.1; done
echo "linux: ready"
while true; do sleep 1000; done
`;

/** @throws Error when Debian's packages cannot be had */
export function buildGuest(folder: string, monitor: boolean): Guest {
  mkdirSync(join(folder, "debs"), { recursive: true });
  const root = join(folder, "root");
  if (!existsSync(root)) unpack(folder, root);
  const kernel = join(root, "boot", readdirSync(join(root, "boot")).find((name) => name.startsWith("vmlinuz"))!);
  const initrd = join(folder, monitor ? "monitor.cpio.gz" : "filter.cpio.gz");
  writeFileSync(initrd, gzipSync(cpio(files(root, monitor))));
  return { kernel, initrd };
}

function unpack(folder: string, root: string): void {
  const depends = execFileSync("apt-cache", ["depends", "linux-image-cloud-amd64"], { encoding: "utf8" });
  const kernel = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
  if (!kernel) throw new Error("Debian's cloud kernel is not to be had");
  const packages = [kernel, "busybox-static", "nftables", "tcpdump", ...LIBRARIES];
  execFileSync("apt-get", ["download", "-qq", ...packages], {
    cwd: join(folder, "debs"),
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const name of readdirSync(join(folder, "debs")))
    execFileSync("dpkg", ["-x", join(folder, "debs", name), root], { stdio: "pipe" });
}

type Entry = { name: string; mode: number; data: Buffer };

function files(root: string, monitor: boolean): Entry[] {
  const found: Entry[] = [];
  const folders = new Set<string>();
  const add = (name: string, data: Buffer, mode = 0o100755) => {
    for (let at = name.indexOf("/"); at > 0; at = name.indexOf("/", at + 1)) {
      const folder = name.slice(0, at);
      if (!folders.has(folder)) found.push({ name: folder, mode: 0o40755, data: Buffer.alloc(0) });
      folders.add(folder);
    }
    found.push({ name, mode, data });
  };
  const link = (name: string, to: string) => add(name, Buffer.from(to), 0o120777);
  const file = (from: string, name: string) =>
    lstatSync(from).isSymbolicLink() ? link(name, basename(readlinkSync(from))) : add(name, readFileSync(from));
  for (const folder of ["proc", "sys", "dev"]) found.push({ name: folder, mode: 0o40755, data: Buffer.alloc(0) });
  add("bin/busybox", readFileSync(join(root, "bin", "busybox")));
  for (const applet of APPLETS) link(`bin/${applet}`, "busybox");
  file(join(root, "usr/sbin/nft"), "bin/nft");
  if (monitor) file(join(root, "usr/bin/tcpdump"), "bin/tcpdump");
  for (const from of ["lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu"])
    for (const name of existsSync(join(root, from)) ? readdirSync(join(root, from)) : [])
      if (/\.so(\.|$)/.test(name) && wanted(name, monitor))
        file(join(root, from, name), `lib/x86_64-linux-gnu/${name}`);
  link("lib64/ld-linux-x86-64.so.2", "../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2");
  const modules = execFileSync("find", [join(root, "lib/modules"), "-name", "*.ko"], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  for (const path of modules.split("\n"))
    if (MODULES.includes(basename(path, ".ko"))) add(`mods/${basename(path)}`, readFileSync(path));
  add("rules.nft", Buffer.from(RULES));
  add("init", Buffer.from(init(monitor)));
  return found;
}

const BASE = /^(ld-linux|libc\.so|libm\.so|libnft|libmnl|libjansson|libgmp|libedit|libxtables|libbsd|libmd|libtinfo)/;
const MONITOR = /^(libpcap|libdbus|libsystemd|libcap\.|libgcrypt|libgpg-error|liblzma|libzstd|liblz4|libcrypto)/;
const wanted = (name: string, monitor: boolean) => BASE.test(name) || (monitor && MONITOR.test(name));

/** The initramfs's archive: cpio, format newc. */
function cpio(entries: readonly Entry[]): Buffer {
  const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  const one = ({ name, mode, data }: Entry, n: number) => {
    const fields = [n + 1, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, name.length + 1, 0];
    const head = `070701${fields.map((v) => v.toString(16).padStart(8, "0")).join("")}${name}\0`;
    return Buffer.concat([padded(Buffer.from(head)), padded(data)]);
  };
  return Buffer.concat([...entries, { name: "TRAILER!!!", mode: 0, data: Buffer.alloc(0) }].map(one));
}
