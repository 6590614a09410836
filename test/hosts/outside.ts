/** Builds the images, and starts the trials in a network namespace of their own. */
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { prebuiltImage, withPolicy } from "../../appliance/build/for.ts";
import type { Arch } from "../../appliance/contract/arch.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { ROOT } from "../../lib/asc.ts";
import { whyNot } from "../live/segment.ts";
import { SUBJECTS, type Subject } from "./subjects.ts";
import type { Row } from "./trial.ts";

/** What the trials need beside a host. */
export const whyNoTrials = (): string | undefined => whyNot(["ip", "unshare", "tcpdump", "tcpreplay"]);

/** @throws Error with what a host said that did not come as far as it has to */
export async function tryHosts(subjects: readonly Subject[], onRow: (row: Row) => void = () => {}): Promise<Row[]> {
  // Short: libvirt puts sockets far below it, whose paths end at 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), "h-"));
  // Hypervisors that run as another user must get there: through the folder of a run of tests, too.
  for (const own of [folder, dirname(dirname(folder))]) if (/^(h|weir)-\w+$/.test(basename(own))) chmodSync(own, 0o711);
  const policy = compilePolicy("fixtures/policy.yaml");
  const images: Partial<Record<Arch, string>> = {};
  for (const arch of new Set(subjects.map(({ arch }) => arch))) {
    images[arch] = join(folder, `${arch}.elf`);
    writeFileSync(images[arch], withPolicy(await prebuiltImage(arch), policy));
  }
  const inside = [process.execPath, join(ROOT, "dist", "test", "hosts", "inside.js"), folder, JSON.stringify(images)];
  const numbers = subjects.map((subject) => String(SUBJECTS.indexOf(subject)));
  // /sys is of the network namespace that mounts it: hosts look for their taps there.
  const script =
    'mkdir "$0" && mount --rbind /sys/fs/cgroup "$0" && mount -t sysfs sysfs /sys && ' +
    'mount --rbind "$0" /sys/fs/cgroup && umount -l "$0" && exec "$@"';
  const child = spawn(
    "unshare",
    ["--net", "--mount", "sh", "-c", script, join(folder, "cgroup"), ...inside, ...numbers],
    {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const rows: Row[] = [];
  let complaint = "";
  createInterface({ input: child.stdout }).on("line", (line) => {
    const row = JSON.parse(line) as Row;
    rows.push(row);
    onRow(row);
  });
  child.stderr.on("data", (data: Buffer) => {
    complaint += data.toString();
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(complaint.slice(-4000) || `the trials ended with ${status}`);
  return rows;
}
