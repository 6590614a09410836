/** A fresh tree of a Debian release, from the mirrors that this system's apt uses, and what is mounted there. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CODENAMES: Record<number, string> = { 12: "bookworm", 13: "trixie", 14: "forky" };

export interface Mirrors {
  suite: string;
  main: string;
  security?: string;
}

const output = (program: string, ...words: string[]) => spawnSync(program, words, { encoding: "utf8" }).stdout ?? "";

/** Where this system's apt takes Debian's packages from, for another release. */
export function mirrors(debian: number): Mirrors {
  const format = "$(IDENTIFIER) $(LABEL) $(COMPONENT) $(REPO_URI)";
  const sources = output("apt-get", "indextargets", "--format", format).split("\n");
  const of = (label: string) => sources.find((line) => line.startsWith(`Packages ${label} main `))?.split(" ")[3];
  const [main, security] = [of("Debian"), of("Debian-Security")];
  return { suite: CODENAMES[debian]!, main: main ?? "", ...(security && { security }) };
}

/** Why no tree of this release can be made here; undefined when one can. */
export function whyNoTree(debian: number): string | undefined {
  const known = Object.keys(CODENAMES).join(", ");
  if (!CODENAMES[debian]) return `unknown release, expected one of ${known}`;
  if (spawnSync("debootstrap", ["--version"]).status !== 0) return "no debootstrap: apt-get install debootstrap";
  if (!mirrors(debian).main) return "apt has no mirror of Debian: it needs one among its sources, and apt-get update";
  return undefined;
}

/** Proxy and patience of this system's apt, as it prints them. */
const aptSettings = () =>
  output("apt-config", "dump")
    .split("\n")
    .filter((line) => /^Acquire::(https?::|Check|Retries|ForceIPv)/.test(line));

/**
 * Makes the tree. debootstrap takes packages with wget, which knows of a proxy by the environment.
 * @throws Error with debootstrap's last lines
 */
export function makeTree(folder: string, { suite, main, security }: Mirrors, packages: readonly string[]): void {
  const proxy = /^P='?([^']*)/.exec(output("apt-config", "shell", "P", "Acquire::http::Proxy"))?.[1];
  const include = `--include=${packages.join(",")}`;
  const made = spawnSync("debootstrap", ["--variant=minbase", include, suite, folder, main], {
    encoding: "utf8",
    env: { ...process.env, ...(proxy && { http_proxy: proxy }) },
  });
  if (made.status !== 0)
    throw new Error(`debootstrap: ${made.stdout.trim().split("\n").slice(-3).join("; ")}${made.stderr}`);
  const put = (path: string, lines: readonly string[]) => writeFileSync(join(folder, path), `${lines.join("\n")}\n`);
  put("etc/apt/sources.list", [
    `deb ${main} ${suite} main`,
    ...(security ? [`deb ${security} ${suite}-security main`] : []),
  ]);
  put("etc/apt/apt.conf.d/90outside", ['Acquire::Languages "none";', ...aptSettings()]);
  // Nobody needs the tree after a crash of the machine.
  put("etc/dpkg/dpkg.cfg.d/outside", [
    "force-unsafe-io",
    "path-exclude=/usr/share/doc/*",
    "path-exclude=/usr/share/man/*",
  ]);
  for (const path of ["etc/resolv.conf", "etc/hosts"])
    if (existsSync(`/${path}`)) cpSync(`/${path}`, join(folder, path));
}

/** Mounts what programs expect; the namespace that this runs in takes it all along when it ends. */
export function mountTree(folder: string): void {
  const mount = (...words: string[]) => execFileSync("mount", words, { stdio: ["ignore", "ignore", "inherit"] });
  // A mount point of its own: else `ip netns` cannot make the mounts below it private.
  mount("--bind", folder, folder);
  mount("-t", "proc", "proc", join(folder, "proc"));
  mount("-t", "sysfs", "sysfs", join(folder, "sys"));
  mount("--bind", "/dev", join(folder, "dev"));
  mount("-t", "devpts", "-o", "newinstance,ptmxmode=0666,mode=620,gid=5", "devpts", join(folder, "dev/pts"));
  mkdirSync(join(folder, "dev/shm"), { recursive: true });
  mount("-t", "tmpfs", "tmpfs", join(folder, "dev/shm"));
}
