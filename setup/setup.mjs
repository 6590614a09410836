// Sets up all that the project needs on a Debian or Ubuntu machine that has Node: npm packages, the tools from apt (as
// root; otherwise it prints the line to run), and the compiled ground code. Plain JavaScript with no dependency, since
// nothing is installed yet. Steps whose result is already there cost nothing.
//   --tests   also what only the tests and benches use        --quiet   say only what is done or missing
//   --compile also the onboard code that the tests run
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, rmSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const flags = new Set(process.argv.slice(2));
const talk = (text) => flags.has("--quiet") || process.stderr.write(`setup: ${text}\n`);

/** Program on the PATH, library of clang's, or path of a file -> Debian package that brings it. */
const QEMU = { "qemu-system-x86_64": "qemu-system-x86", "qemu-system-aarch64": "qemu-system-arm" };
const own = process.arch === "arm64" ? "qemu-system-aarch64" : "qemu-system-x86_64";
const TOOLS = { clang: "clang", "ld.lld": "lld", "llvm-objcopy": "llvm", [own]: QEMU[own] };
const TEST_TOOLS = {
  ...QEMU,
  tshark: "tshark",
  tcpdump: "tcpdump",
  tcpreplay: "tcpreplay",
  nmap: "nmap",
  arping: "arping",
  ethtool: "ethtool",
  socat: "socat",
  ip: "iproute2",
  ping: "iputils-ping",
  nc: "netcat-openbsd",
  curl: "curl",
  ndpiReader: "libndpi-bin",
  rsyslogd: "rsyslog",
  chromium: "chromium",
  prlimit: "util-linux",
  setsid: "util-linux",
  debootstrap: "debootstrap",
  // Bootable disks (weir build --disk), which are for x86-64
  ...(process.arch === "x64" && {
    "grub-mkimage": "grub-common",
    "/usr/lib/grub/i386-pc/multiboot2.mod": "grub-pc-bin",
    "/usr/lib/grub/x86_64-efi/multiboot2.mod": "grub-efi-amd64-bin",
    xorriso: "xorriso",
    mformat: "mtools",
    "/usr/share/ovmf/OVMF.fd": "ovmf",
  }),
  gdb: "gdb",
  "gdb-multiarch": "gdb-multiarch",
  // libvirt's schemas; Debian does not bring what its script validates with
  "virt-xml-validate": "libvirt-clients",
  xmllint: "libxml2-utils",
  // Sanitizers and libFuzzer: clang only recommends them
  [`libclang_rt.fuzzer-${process.arch === "arm64" ? "aarch64" : "x86_64"}.a`]: "libclang-rt-dev",
};

checkNode();
installPackages();
installTools(flags.has("--tests") ? { ...TOOLS, ...TEST_TOOLS } : TOOLS);
compileGround();
await bundleCommands();
if (flags.has("--compile")) compileOnboard();

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19) || major > 26)
    fail(`Node ${process.versions.node} is not supported, expected 24 or 26; 20.19 and 22 work, too`);
}

function installPackages() {
  const marker = join(root, "node_modules", ".package-lock.json");
  const lock = join(root, "package-lock.json");
  if (existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs) return talk("npm packages are there");
  process.stderr.write("setup: installing npm packages\n");
  run(
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    "npm packages could not be installed",
  );
}

function installTools(tools) {
  const missing = [
    ...new Set(
      Object.keys(tools)
        .filter((name) => !isThere(name))
        .map((name) => tools[name]),
    ),
  ];
  if (missing.length === 0) return talk("tools are there");
  const line = `apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  if (process.getuid?.() !== 0 || !onPath("apt-get")) {
    process.stderr.write(`setup: missing: ${missing.join(", ")}. To install them run:\n  sudo ${line}\n`);
    return;
  }
  process.stderr.write(`setup: ${line}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = { stdio: ["ignore", "ignore", "inherit"], env };
  spawnSync("apt-get", ["-qq", "update"], options);
  const done = spawnSync("apt-get", ["-qq", ...line.split(" ").slice(1)], options);
  if (done.status !== 0) process.stderr.write(`setup: apt-get failed; what needs ${missing.join(", ")} is skipped\n`);
}

function compileGround() {
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  run(process.execPath, [tsc, "-p", "tsconfig.ground.json"], "the ground code does not compile");
  talk("ground code is compiled");
}

/** `weir` in a few files in place of some three hundred: it starts in half the time. bin/weir takes it where it is up to date. */
async function bundleCommands() {
  const bundle = join(root, "dist", "bundle");
  const age = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (age(join(bundle, "weir.js")) >= age(join(root, "dist", ".tsbuildinfo"))) return talk("commands are bundled");
  const { rolldown } = await import("rolldown");
  const external = ["rolldown", "assemblyscript/asc", "wabt", "node-sqlite3-wasm", "playwright-core"];
  const build = await rolldown({ input: join(root, "dist", "cli", "weir.js"), platform: "node", external });
  rmSync(bundle, { recursive: true, force: true });
  await build.write({ dir: bundle, format: "esm", sourcemap: true });
  await build.close();
  talk("commands are bundled");
}

function compileOnboard() {
  run(process.execPath, [join("dist", "test", "runner", "compile.js")], "the onboard code does not compile");
  talk("onboard code is compiled");
}

function run(program, args, failure) {
  const done = spawnSync(program, args, { cwd: root, stdio: ["ignore", 2, "inherit"] });
  if (done.status !== 0) fail(failure);
}

function isThere(name) {
  if (name.startsWith("/")) return existsSync(name);
  return name.endsWith(".a") ? ofClang(name) : onPath(name);
}

/** clang tells of its own libraries where they are, and of others only the name. */
function ofClang(name) {
  const found = spawnSync("clang", [`-print-file-name=${name}`], { encoding: "utf8" }).stdout?.trim();
  return Boolean(found) && found !== name && existsSync(found);
}

function onPath(name) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function fail(text) {
  process.stderr.write(`setup: ${text}\n`);
  process.exit(1);
}
