/** The packages of a release, installed and tried in a tree of Debian. Runs in namespaces of its own (installed-main.ts). */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeImage } from "../../appliance/build/describe.ts";
import { ARCHES, type Arch } from "../../appliance/contract/arch.ts";
import { installed } from "../../appliance/hosts/here.ts";
import { MACS, PROGRAMS, startImage } from "../../appliance/hosts/qemu.ts";
import { ROOT } from "../../lib/sources.ts";
import { differingOutput, imageBesideHere } from "../platforms/here.ts";
import { type Mirrors, makeTree, mountTree } from "../platforms/tree.ts";

export interface Asked {
  /** For all that is made, with the references in it. */
  folder: string;
  mirrors: Mirrors;
}

/** What a user other than root is called there. */
const USER = 1234;
const COMPILERS = ["clang", "gcc", "cc", "ld", "ld.lld", "make", "llvm-objcopy"];

/** @returns whether all of it held */
export async function tryInstalled({ folder, mirrors }: Asked, say: (text: string) => void): Promise<boolean> {
  const tree = join(folder, "tree");
  try {
    makeTree(tree, mirrors, ["nodejs"]);
  } catch (error) {
    say(`skipped: ${(error as Error).message}`);
    return true;
  }
  mountTree(tree);
  let held = true;
  const step = async (what: string, work: () => string | Promise<string>) => {
    try {
      say(`ok     ${what}: ${await work()}`);
    } catch (error) {
      held = false;
      say(`FAILED ${what}: ${(error as Error).message}`);
    }
  };
  const release = join(ROOT, "build", "release");
  const [deb, tgz] = [".deb", ".tgz"].map((end) => readdirSync(release).find((name) => name.endsWith(end))!);
  const root = (...words: string[]) => run(["chroot", tree, ...words]);

  await step("Debian without a compiler", () => {
    const found = COMPILERS.filter(
      (name) => spawnSync("chroot", [tree, "sh", "-c", `command -v ${name}`]).status === 0,
    );
    if (found.length) throw new Error(`has ${found.join(", ")}`);
    return root("node", "--version").trim();
  });
  await step(`dpkg -i ${deb}`, () => {
    cpSync(join(release, deb!), join(tree, deb!));
    root("dpkg", "-i", `/${deb}`);
    return root("weir", "--version").trim();
  });
  await step(`npm install -g ${tgz}`, () => {
    run(["npm", "install", "-g", "--offline", "--silent", "--prefix", join(tree, "opt", "npm"), join(release, tgz!)]);
    return root("/opt/npm/bin/weir", "--version").trim();
  });
  for (const [name, weir, home] of [
    [".deb", "/usr/bin/weir", "/usr/share/weir"],
    [".tgz", "/opt/npm/bin/weir", "/opt/npm/lib/node_modules/weir"],
  ] as const) {
    const before = listing(join(tree, home));
    const work = join(tree, "home", name);
    mkdirSync(work, { recursive: true });
    execFileSync("chown", [String(USER), work]);
    const user = (...words: string[]) =>
      run([
        "chroot",
        `--userspec=${USER}:${USER}`,
        "--groups=",
        tree,
        "env",
        "-i",
        `HOME=/home/${name}`,
        "PATH=/usr/bin:/bin",
        "sh",
        "-c",
        'cd "$HOME" && exec "$@"',
        "sh",
        weir,
        ...words,
      ]);
    const [capture, policy, clean] = ["site.pcap", "policy.yaml", "normal.pcap"].map(
      (file) => `${home}/fixtures/${file}`,
    );

    await step(`${name}: weir replay`, () => {
      user("replay", "-r", capture!, "-c", policy!, "-l", "replayed");
      const differing = differingOutput(folder, join(work, "replayed"));
      if (differing) throw new Error(differing);
      return "the same bytes as here";
    });
    await step(`${name}: weir learn, tune, page`, () => {
      user("learn", "-r", clean!, "-o", "site.baseline");
      user(
        "tune",
        "-r",
        clean!,
        "--baseline",
        "site.baseline",
        "-c",
        policy!,
        "--max-alarms-per-hour",
        "600",
        "-o",
        "tuned.yaml",
      );
      user("policy", "check", "tuned.yaml");
      user("page", "-r", clean!, "-c", "tuned.yaml", "--out", "page.html");
      return `page.html of ${readFileSync(join(work, "page.html")).length} bytes`;
    });
    for (const arch of ARCHES) {
      await step(`${name}: weir build --arch ${arch}`, () => {
        user("build", "--arch", arch, "-c", policy!, "-o", `${arch}.elf`);
        return imageBesideHere(folder, arch, join(work, `${arch}.elf`));
      });
      await step(`${name}: the tuned image for ${arch}`, () => {
        user("build", "--arch", arch, "-c", "tuned.yaml", "-o", "tuned.elf");
        return booted(join(work, "tuned.elf"), arch);
      });
    }
    await step(`${name}: nothing was written where it is installed`, () => {
      if (listing(join(tree, home)) !== before) throw new Error("its files have changed");
      return `${before.split("\n").length} files`;
    });
  }
  await step("dpkg -r weir", () => {
    root("dpkg", "-r", "weir");
    const left = run(["find", join(tree, "usr"), "-name", "*weir*"]).trim();
    if (left) throw new Error(`left: ${left}`);
    return "nothing is left";
  });
  return held;
}

/** Starts an image under this system's QEMU, with NICs on which nothing comes. @returns what it said when it was ready */
async function booted(image: string, arch: Arch): Promise<string> {
  if (!installed(PROGRAMS[arch])) return `skipped: not installed: ${PROGRAMS[arch]}`;
  const memory = Math.ceil((describeImage(readFileSync(image)).memory ?? 0) / (1 << 20));
  const nics = Object.values(MACS).map((mac) => ({ mac, backend: { kind: "none" } as const }));
  const running = startImage({ image, memory, accelerator: "tcg", nics, timeout: 60_000 });
  await running.ready;
  await running.stop();
  return `ready, with ${memory} MiB`;
}

/** Every file of a folder with its time and size. */
const listing = (folder: string) => run(["find", folder, "-type", "f", "-printf", "%p %T@ %s\\n"]);

/** @throws Error with the end of what it printed */
function run(words: readonly string[]): string {
  const done = spawnSync(words[0]!, words.slice(1), { encoding: "utf8", maxBuffer: 1 << 28 });
  if (done.status === 0) return done.stdout;
  const said = `${done.stdout}${done.stderr}`.trimEnd().split("\n").slice(-10).join("\n");
  throw new Error(`exit code ${done.status}: ${words.join(" ")}\n${said}`);
}
