/**
 * `npm run test:service`: a Debian guest with systemd under QEMU, the Debian package of the release in it, and nobody at it. The service comes
 * up; QEMU is killed, or hangs, and it comes back; the guest is rebooted, and it comes back; bad images are deployed, and rolled back. Exit
 * code 3 when something of it does not hold. It needs root, debootstrap and mkfs.ext4, some 3 GB, and a quarter of an hour: everything in the
 * guest runs under TCG, which emulates AMD's virtualization: the images run under KVM in it.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { scratchFolder } from "../../appliance/build/scratch.ts";
import { installed } from "../../appliance/hosts/here.ts";
import { ROOT } from "../../lib/sources.ts";
import { contained, whyNotContained } from "../platforms/contained.ts";
import { mirrors, whyNoTree } from "../platforms/tree.ts";
import { type Guest, makeGuest, makeImages } from "./guest.ts";

/** Environment variable: what this same program was started for, in the namespaces. */
const TASK = "WEIR_SERVICE";
const DEBIAN = 13;
/** In this order; between them other lines may stand. */
const EXPECTED = [
  /^weir host setup: exit code 0/,
  /^weir deploy: exit code 0: 1\.elf runs: start \d+, [3-9]/,
  /^ok service up/,
  /^as weir, ready, (kvm|tcg)$/,
  /^ok QEMU killed, back/,
  /^ok QEMU hangs, watchdog, back/,
  /^rebooting$/,
  /^ok rebooted, back/,
  /^dead image: exit code 3: 2\.elf: it ended: /,
  /^1\.elf runs again/,
  /^silent image: exit code 3: 2\.elf: it was ready, but after \d+ s the host had seen 0 of 3 signs of life on log$/,
  /^1\.elf runs again/,
  /^ok at last/,
  /^end$/,
];

const say = (text: string) => process.stdout.write(`service: ${text}\n`);

/** Starts the guest and reads what it says until it is switched off. @returns whether all of it was as expected */
async function watch({ kernel, initrd, disk }: Guest): Promise<boolean> {
  const nics = [0, 1, 2].flatMap((n) => [
    ...["-netdev", `user,restrict=on,id=n${n}`],
    ...["-device", `virtio-net-pci,netdev=n${n},mac=52:54:00:aa:00:0${n}`],
  ]);
  const words =
    "root=/dev/vda rw console=ttyS0 net.ifnames=0 loglevel=3 systemd.show_status=0 systemd.mask=serial-getty@ttyS0.service";
  const args = [
    ...[
      "3600",
      "qemu-system-x86_64",
      "-M",
      "q35",
      "-accel",
      "tcg,thread=multi",
      "-cpu",
      "max",
      "-smp",
      "2",
      "-m",
      "1200",
    ],
    ...["-nodefaults", "-display", "none", "-serial", "stdio", "-kernel", kernel, "-initrd", initrd, "-append", words],
    ...["-drive", `file=${disk},if=virtio,format=raw,cache=unsafe`, ...nics],
  ];
  const child: ChildProcess = spawn("timeout", args, { stdio: ["ignore", "pipe", "inherit"] });
  let next = 0;
  for await (const line of createInterface({ input: child.stdout! })) {
    const text = /TRIAL (.*?)\r?$/.exec(line)?.[1];
    if (text === undefined) continue;
    say(text);
    if (EXPECTED[next]?.test(text)) next++;
  }
  if (next < EXPECTED.length) say(`FAILED: the guest did not say ${EXPECTED[next]}`);
  return next === EXPECTED.length;
}

async function outside(): Promise<number> {
  const tools = ["qemu-system-x86_64", "mkfs.ext4"].filter((name) => !installed(name));
  const missing =
    whyNotContained() ?? whyNoTree(DEBIAN) ?? (tools.length ? `not installed: ${tools.join(", ")}` : undefined);
  if (missing) {
    say(`skipped: ${missing}`);
    return 0;
  }
  const folder = scratchFolder("service");
  execFileSync("npm", ["run", "--silent", "release"], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  await makeImages(folder);
  const task = JSON.stringify({ folder, mirrors: mirrors(DEBIAN) });
  return contained([process.execPath, process.argv[1]!], { ...process.env, [TASK]: task });
}

const task = process.env[TASK];
if (task === undefined) process.exit(await outside());
const { folder, mirrors: from } = JSON.parse(task) as { folder: string; mirrors: ReturnType<typeof mirrors> };
process.exitCode = (await watch(makeGuest(folder, from))) ? 0 : 3;
