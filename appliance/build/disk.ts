// REQ-IMAGE-024
/**
 * A bootable disk with an x86-64 image, for hosts that start no kernel directly: GRUB, under BIOS and UEFI, from CD and from disk, loads the
 * image by its Multiboot2 header (runtime/arch/x86_64/boot.S). ISO 9660 with the image as a file of it; the same image, the same bytes.
 */
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { sha256 } from "./info.ts";
import { fileOfDisk, IMAGE_NAME } from "./iso.ts";
import { scratchFolder } from "./scratch.ts";

const GRUB = "/usr/lib/grub";
/** GRUB's platforms: what Debian calls the folder, the format of its core, and the package. */
const BIOS = { folder: "i386-pc", format: "i386-pc-eltorito", package: "grub-pc-bin" };
const UEFI = { folder: "x86_64-efi", format: "x86_64-efi", package: "grub-efi-amd64-bin" };
const PROGRAMS = { "grub-mkimage": "grub-common", xorriso: "xorriso", mformat: "mtools" };

const MODULES = [
  ...["normal", "search", "search_label", "iso9660", "part_msdos", "part_gpt", "fat"],
  ...["multiboot2", "datehook", "serial", "terminal", "echo", "sleep", "test", "true", "halt"],
];

/** No disk has a time of its own: everything in it is of the first second of 2000. */
const REPRODUCIBLE = { ...process.env, SOURCE_DATE_EPOCH: "946684800", LC_ALL: "C", TZ: "UTC" };

/** Which Debian packages it lacks here. */
export function missingForDisk(): string[] {
  const programs = Object.entries(PROGRAMS).filter(([program]) => spawnSync(program, ["--version"]).error);
  const platforms = [BIOS, UEFI].filter(({ folder }) => !existsSync(join(GRUB, folder, "multiboot2.mod")));
  return [...programs.map(([, name]) => name), ...platforms.map((platform) => platform.package)];
}

/**
 * What GRUB does. Its variables have the machine's clock, which must be UTC: read again until no second has passed meanwhile. It waits for a
 * second, so that two starts never have the same one, which is the start's number (runtime/user/clock.c).
 */
const script = (commandLine: string) => `serial --unit=0 --speed=115200
terminal_output serial console
sleep 1
while true; do
  set second=$SECOND
  set date=$YEAR-$MONTH-$DAY-$HOUR-$MINUTE-$second
  if [ "$SECOND" = "$second" ]; then break; fi
done
multiboot2 /${IMAGE_NAME} date=$date ${commandLine}
boot
echo "weir: GRUB cannot start the image"
sleep 10
halt
`;

/** @throws Error when no disk can be made: it names the packages that are missing, or what is asked for in vain */
export function checkDisk(arch: string, policy: string | undefined): void {
  if (arch !== "x86_64") throw new Error(`--disk: a disk is for x86_64; this image is for ${arch}`);
  if (policy === undefined) throw new Error("--disk: the image has no policy, and would refuse to start");
  const missing = missingForDisk();
  if (!missing.length) return;
  const line = `apt-get install --no-install-recommends ${missing.join(" ")}`;
  throw new Error(`--disk: needs Debian's ${missing.join(", ")}: ${line}`);
}

/** @param words of the image's command line, beside the date */
export async function diskWith(image: Uint8Array, words: readonly string[] = []): Promise<Uint8Array> {
  const folder = scratchFolder("disk");
  try {
    return await make(image, words.join(" "), folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function make(image: Uint8Array, commandLine: string, folder: string): Promise<Uint8Array> {
  const run = (program: string, ...args: string[]) => tool(program, args, folder);
  // GRUB finds the disk by a name that no other has.
  const label = `WEIR_${sha256(image).slice(0, 16).toUpperCase()}`;
  mkdirSync(join(folder, "disk", "boot", "grub"), { recursive: true });
  writeFileSync(join(folder, "disk", IMAGE_NAME), image);
  writeFileSync(join(folder, "disk", "boot", "grub", "grub.cfg"), script(commandLine));
  writeFileSync(
    join(folder, "find.cfg"),
    `search --no-floppy --label ${label} --set=root\nset prefix=($root)/boot/grub\n`,
  );
  const core = ({ folder: from, format }: typeof BIOS, to: string, ...more: string[]) =>
    run(
      "grub-mkimage",
      "-d",
      join(GRUB, from),
      "-O",
      format,
      "-p",
      "/boot/grub",
      "-c",
      "find.cfg",
      "-o",
      to,
      ...MODULES,
      ...more,
    );
  await core(BIOS, "disk/boot/bios.img", "biosdisk");
  await core(UEFI, "BOOTX64.EFI");
  await run("mformat", "-C", "-i", "disk/boot/efi.img", "-f", "2880", "-N", "0", "::");
  await run("mmd", "-i", "disk/boot/efi.img", "::EFI", "::EFI/BOOT");
  await run("mcopy", "-i", "disk/boot/efi.img", "BOOTX64.EFI", "::EFI/BOOT/BOOTX64.EFI");
  await run(
    ...([
      "xorriso",
      "-as",
      "mkisofs",
      "-quiet",
      "-r",
      "-V",
      label,
      "--set_all_file_dates",
      "2000010100000000",
      "-o",
      "disk.iso",
    ] as const),
    ...["-b", "boot/bios.img", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table"],
    ...["--grub2-boot-info", "--grub2-mbr", join(GRUB, BIOS.folder, "boot_hybrid.img")],
    ...["--efi-boot", "boot/efi.img", "-efi-boot-part", "--efi-boot-image", "--protective-msdos-label", "disk"],
  );
  const disk = await readFile(join(folder, "disk.iso"));
  const found = fileOfDisk(disk);
  if (!found || sha256(found) !== sha256(image)) throw new Error("xorriso: the image is not in the disk as it was");
  return disk;
}

async function tool(program: string, args: string[], cwd: string): Promise<void> {
  try {
    await promisify(execFile)(program, args, { cwd, env: REPRODUCIBLE });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`${program}: ${stderr || String(error)}`);
  }
}
