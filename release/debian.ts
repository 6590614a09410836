/** The Debian package: the same folder as the npm package's, manual pages, completion, and what Debian wants to know of it. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ROOT } from "../lib/sources.ts";
import { declaredCommands } from "./commands.ts";
import { bashCompletion, zshCompletion } from "./completion.ts";
import { manPage, overview } from "./man.ts";

export interface DebianPackage {
  /** What is installed, as stage() made it. */
  staged: string;
  /** An empty folder for the package's tree. */
  tree: string;
  version: string;
  date: Date;
}

/** Where the package puts the folder. */
const HOME = "usr/share/weir";
const DOC = "usr/share/doc/weir";

/** @returns the path of the .deb, in `to` */
export async function debianPackage({ staged, tree, version, date }: DebianPackage, to: string): Promise<string> {
  const put = (path: string, text: string | Uint8Array, mode = 0o644) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
    chmodSync(join(tree, path), mode);
  };
  cpSync(staged, join(tree, HOME), { recursive: true });
  mkdirSync(join(tree, "usr/bin"), { recursive: true });
  symlinkSync(`../share/weir/bin/weir`, join(tree, "usr/bin/weir"));
  const commands = await declaredCommands();
  const about = { version, date };
  const manual = (name: string, text: string) => put(`usr/share/man/man1/${name}.1.gz`, gzip(text));
  for (const command of commands) manual(command.path.join("-"), manPage(command, about));
  const [, description = "", after = ""] =
    /^Usage:.*\n\n([\s\S]*?)\n\nOptions:[\s\S]*?(Exit codes:[\s\S]*)$/m.exec(help()) ?? [];
  manual("weir", overview(commands, description, after, about));
  put("usr/share/bash-completion/completions/weir", bashCompletion(commands));
  put("usr/share/zsh/vendor-completions/_weir", zshCompletion(commands));
  put(`${DOC}/copyright`, copyright(staged));
  put(`${DOC}/changelog.gz`, gzip(readFileSync(join(staged, "CHANGES.md"), "utf8")));
  const units = (name: string) => readFileSync(join(ROOT, "release", "systemd", name));
  put("usr/lib/systemd/system/weir@.service", units("weir@.service"));
  put("usr/lib/sysusers.d/weir.conf", units("sysusers.conf"));
  put(`${HOME}/fixtures/site.conf`, units("site.conf"));
  mkdirSync(join(tree, "etc/weir"), { recursive: true });
  symlinkSync("../../weir/fixtures", join(tree, DOC, "examples"));
  symlinkSync("../../weir/docs/handbook", join(tree, DOC, "handbook"));
  permit(tree);
  const files = listed(tree);
  put(
    "DEBIAN/control",
    control(
      version,
      files.reduce((sum, path) => sum + statSync(join(tree, path)).size, 0),
    ),
  );
  put("DEBIAN/md5sums", files.map((path) => `${md5(readFileSync(join(tree, path)))}  ${path}\n`).join(""));
  for (const script of ["postinst", "prerm", "postrm"]) put(`DEBIAN/${script}`, units(script), 0o755);
  chmodSync(join(tree, "DEBIAN"), 0o755);
  const path = join(to, `weir_${version}_all.deb`);
  execFileSync("dpkg-deb", ["--root-owner-group", "--threads-max=1", "-Zxz", "--build", tree, path], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(date.getTime() / 1000), LC_ALL: "C" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return path;
}

const help = () => execFileSync(process.execPath, [join(ROOT, "bin/weir"), "--help"], { encoding: "utf8" });

/** What zlib writes depends on its version; gzip's own program is the same on all of a Debian release. */
const gzip = (text: string) => execFileSync("gzip", ["-9n"], { input: text });

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

/** Regular files, by their paths from the tree, in an order that no file system decides. */
const listed = (tree: string): string[] =>
  readdirSync(tree, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(tree, join(entry.parentPath, entry.name)))
    .sort();

/** As every package has them, whatever the umask was: folders 755, files 644, programs 755. */
function permit(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) permit(path);
    else if (entry.isFile()) chmodSync(path, statSync(path).mode & 0o100 ? 0o755 : 0o644);
  }
}

const control = (version: string, bytes: number) => `Package: weir
Version: ${version}
Architecture: all
Maintainer: Weir <weir@example.org>
Installed-Size: ${Math.ceil(bytes / 1024)}
Depends: nodejs (>= 20.19)
Recommends: qemu-system-x86 | qemu-system-arm
Section: net
Priority: optional
Description: network security appliance in one unikernel image
 Decodes IP and MIL-STD-1553 traffic, finds anomalies, passes only what policy
 allows, one way only. This package has the weir command and the prebuilt images
 for x86-64 and AArch64: putting a policy into one needs no compiler.
`;

const copyright = (staged: string) => `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: weir

Files: *
Copyright: the authors of Weir
License: Apache-2.0
 On Debian systems the text of the licence is in /usr/share/common-licenses/Apache-2.0.
Comment:
 The npm packages that are in the bundles, and their licences, are listed in /usr/share/weir/LICENSES.txt:
${[...readFileSync(join(staged, "LICENSES.txt"), "utf8").matchAll(/^={80}\n(.*)$/gm)].map(([, name]) => `  ${name}\n`).join("")}`;
