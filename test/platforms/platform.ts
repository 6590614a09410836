/** A platform, and the trial on it. Runs in namespaces of its own (main.ts), where mounts need not be undone. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { ARCHES } from "../../appliance/contract/arch.ts";
import { ROOT } from "../../lib/asc.ts";
import { differingOutput, imageBesideHere, POLICY, REPLAY } from "./here.ts";
import { type Mirrors, makeTree, mountTree } from "./tree.ts";

export interface Asked {
  /** For all that is made, with the references in it. */
  folder: string;
  full: boolean;
  debian?: number;
  mirrors?: Mirrors;
  node?: number;
}

interface Platform {
  name: string;
  /** The clone, by its path here. */
  clone: string;
  /** Runs a program in the clone. @throws Error with the end of what it printed */
  run(...words: string[]): string;
}

type Say = (text: string) => void;

/** @returns whether all of it held */
export async function tryPlatform(asked: Asked, say: Say): Promise<boolean> {
  const { folder, debian, mirrors, node, full } = asked;
  let tree: string | undefined;
  if (debian !== undefined && mirrors) {
    tree = join(folder, "tree");
    // Debian's own Node and npm where no other Node was asked for; git for those of the tests that compare commits.
    const own = node === undefined ? ["nodejs", "npm"] : ["libatomic1"]; // which Node 26 is linked with
    try {
      makeTree(tree, mirrors, ["ca-certificates", "iproute2", ...own, ...(full ? ["git"] : [])]);
    } catch (error) {
      say(`skipped: Debian ${debian}: ${(error as Error).message}`);
      if (node === undefined) return true;
      tree = undefined;
    }
  }
  if (tree) mountTree(tree);
  const { name, clone, run } = prepare(folder, tree && `Debian ${debian}`, tree, node);
  let held = true;
  const step = (what: string, work: () => string) => {
    const began = performance.now();
    const took = () => `(${Math.round((performance.now() - began) / 1000)} s)`;
    try {
      say(`ok     ${name}: ${what}: ${work()} ${took()}`);
    } catch (error) {
      held = false;
      say(`FAILED ${name}: ${what}: ${(error as Error).message} ${took()}`);
    }
  };
  const replayed = (...more: string[]) => {
    run("node", ...REPLAY, "build/replayed", ...more);
    const differing = differingOutput(asked.folder, join(clone, "build", "replayed"));
    if (differing) throw new Error(differing);
    return "eve.json and forwarded.pcap are the same bytes as here";
  };
  step("npm start", () => {
    const shown = run("npm", "start");
    const image = /^image +(.*)$/m.exec(shown)?.[1];
    if (!image) throw new Error(`no image was booted:\n${tail(shown)}`);
    return image;
  });
  for (const arch of ARCHES)
    step(`image for ${arch}`, () => {
      run("node", "bin/weir", "build", "--arch", arch, "-c", POLICY, "-o", `build/${arch}.elf`);
      return imageBesideHere(asked.folder, arch, join(clone, "build", `${arch}.elf`));
    });
  step("replay", replayed);
  if (process.arch === "x64") step("replay through the image on q35", () => replayed("--image", "--machine", "q35"));
  if (asked.full) step("npm test", () => summaryOfTests(run(...ALONE, "npm", "test")));
  return held;
}

/** In a network of its own, with the /sys that goes with it: what tests leave there ends with it. */
const ALONE = [
  "unshare",
  "--net",
  "--mount",
  "sh",
  "-c",
  'mount -t sysfs sysfs /sys && ip link set lo up && exec "$@"',
  "sh",
];

const summaryOfTests = (text: string) => /^ +Tests +(.*)$/m.exec(text)?.[1] ?? "no summary";

const tail = (text: string) => text.trimEnd().split("\n").slice(-30).join("\n");

/** A clone on the platform, and Node there. */
function prepare(folder: string, release = "this system", tree?: string, node?: number): Platform {
  const root = tree ?? folder;
  if (node !== undefined) {
    const to = ["--prefix", join(root, "node")];
    mkdirSync(join(root, "node"));
    const quietly = ["--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
    const packages = [`node-linux-${process.arch}@${node}`, "npm@11"];
    execFileSync("npm", ["install", ...to, ...quietly, ...packages], { stdio: ["ignore", 2, "inherit"] });
  }
  const nodes = node === undefined ? [] : [join(tree ? "/" : root, "node", "node_modules", ".bin")];
  const clone = join(root, "weir");
  execFileSync("git", ["clone", "--quiet", "--no-hardlinks", ROOT, clone]);
  const env = tree ? treeEnvironment(tree) : ownEnvironment();
  env.PATH = [...nodes, env.PATH].join(":");
  const run = (...words: string[]) => {
    const all = tree ? ["chroot", tree, "env", "-C", "/weir", ...words] : words;
    const done = spawnSync(all[0]!, all.slice(1), { cwd: clone, env, encoding: "utf8", maxBuffer: 1 << 28 });
    if (done.status !== 0)
      throw new Error(`exit code ${done.status}: ${words.join(" ")}\n${tail(done.stdout + done.stderr)}`);
    return done.stdout;
  };
  const name = `${release}, Node ${run("node", "--version").trim().slice(1)}`;
  return { name, clone, run };
}

const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Without what the npm that has started this program wants its own scripts to know. */
const ownEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(npm_(?!config_(registry|cafile))|NODE$|INIT_CWD)/.test(key)),
  );

/** How this system reaches the net and npm's registry, and nothing else of its environment. */
function treeEnvironment(tree: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([key]) => /^((https?|no|all)_proxy|TERM|CI)$/i.test(key));
  const setting = (name: string) => execFileSync("npm", ["config", "get", name], { encoding: "utf8" }).trim();
  const env: NodeJS.ProcessEnv = { ...Object.fromEntries(kept), HOME: "/root", LANG: "C.UTF-8", PATH: SYSTEM_PATH };
  env.npm_config_registry = setting("registry");
  const authorities = setting("cafile");
  if (authorities && authorities !== "null") {
    cpSync(authorities, join(tree, "etc", "outside.crt"), { dereference: true });
    env.npm_config_cafile = "/etc/outside.crt";
  }
  return env;
}
