/** What the machine that this runs on has for hosts: KVM, programs. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** For hosts that know no other accelerator. @throws Error when KVM is not to be had here */
export async function onlyKvm(_image: string, _memory: number, asked?: "kvm" | "tcg"): Promise<"kvm"> {
  if (asked === "kvm") return asked;
  if (asked) throw new Error(`--accelerator ${asked}: this host knows kvm only`);
  try {
    accessSync("/dev/kvm", constants.R_OK | constants.W_OK);
    return "kvm";
  } catch {
    throw new Error("this host needs KVM, and /dev/kvm cannot be opened here (--host qemu runs without it)");
  }
}

/** Where a program is that would be started by its name; undefined when it is not installed. */
export function installed(program: string, path = process.env.PATH ?? ""): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    });
}
