/** What a host needs beside its wiring, in plain words, and what to do where it is not so. Looks only. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";

export interface Finding {
  /** good: as it must be. unsure: look at it. bad: something is not watched, not sent, or lost. */
  state: "good" | "unsure" | "bad";
  what: string;
  /** What to do; undefined when it is good. */
  todo?: string;
}

export const good = (what: string): Finding => ({ state: "good", what });
export const unsure = (what: string, todo: string): Finding => ({ state: "unsure", what, todo });
export const bad = (what: string, todo: string): Finding => ({ state: "bad", what, todo });

/** Why KVM is not used, where it is not. @param path of the device */
export function kvm(path = "/dev/kvm", cpu = readFileSync("/proc/cpuinfo", "latin1")): Finding {
  const slow = "the image runs without KVM, ten to thirty times slower";
  if (!existsSync(path)) {
    const hasIt = /^flags\s*:.*\b(vmx|svm)\b/m.test(cpu);
    return hasIt
      ? bad(`there is no ${path}: ${slow}`, "load the module: modprobe kvm_intel, or kvm_amd")
      : bad(
          `there is no ${path}, and the CPU says nothing of virtualization: ${slow}`,
          "turn it on in the firmware (VT-x, SVM); in a virtual machine, let its host nest",
        );
  }
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return good(`${path} can be opened`);
  } catch {
    return bad(`${path} cannot be opened by this user: ${slow}`, "usermod -aG kvm USER, then log in anew");
  }
}

/** Whether the clock is one that can be believed, as systemd or chrony tells. @param told what timedatectl says; undefined: it is not there */
export function clock(told = synchronized()): Finding {
  if (told === undefined)
    return unsure(
      "whether the clock is right cannot be told here",
      "install chrony, or look at: date -u. Events have the time of this host",
    );
  return told
    ? good("the clock is synchronized")
    : bad(
        "the clock is not synchronized: events have wrong times, and the number of a start may come twice",
        "systemctl enable --now systemd-timesyncd, or chrony",
      );
}

function synchronized(): boolean | undefined {
  const { stdout, status } = spawnSync("timedatectl", ["show", "-p", "NTPSynchronized", "--value"], {
    encoding: "utf8",
  });
  if (status === 0 && /^(yes|no)$/m.test(stdout)) return /^yes$/m.test(stdout);
  const chrony = spawnSync("chronyc", ["-n", "tracking"], { encoding: "utf8" });
  return chrony.status === 0 ? /Leap status\s*: Normal/.test(chrony.stdout) : undefined;
}
