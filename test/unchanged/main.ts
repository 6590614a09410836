/**
 * `npm run unchanged -- COMMIT`: whether events, forwarded frames, baselines and score digests are the bytes that they were at
 * COMMIT, over fixtures/ and, where they are there, the captures of others. COMMIT is checked out and built in a folder of its own.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../lib/asc.ts";
import { sharedPath } from "../../lib/testing/shared.ts";

const SHARED = sharedPath();
const POLICIES = ["fixtures/policy.yaml", "fixtures/watch.yaml"];

interface Job {
  name: string;
  /** Arguments of weir; OUT stands for the folder of results, whose files are compared. */
  commands: string[][];
}

/** A replay of all of `read`, under a baseline of `clean` where that is given. */
function job(name: string, read: string[], policy: string, clean?: string[]): Job {
  const from = (paths: string[]) => paths.flatMap((path) => ["-r", path]);
  const replay = ["replay", ...from(read), "--recursive", "-c", policy, "-l", "OUT"];
  if (!clean) return { name, commands: [replay] };
  const learn = ["learn", ...from(clean), "--recursive", "-o", "OUT/learned.baseline"];
  return { name, commands: [learn, [...replay, "--baseline", "OUT/learned.baseline"]] };
}

function jobs(): Job[] {
  const bus = "fixtures/mil1553";
  const list = POLICIES.flatMap((policy) => [
    job(`fixtures ${policy}`, ["fixtures/site.pcap", "fixtures/normal.pcap", `${bus}/stream.pcap`], policy),
    job(`fixtures, learned ${policy}`, ["fixtures/site.pcap"], policy, ["fixtures/normal.pcap"]),
  ]);
  for (const folder of [bus, `${bus}/catalogue`])
    list.push(job(`${folder}, learned`, [folder], POLICIES[1]!, [`${bus}/clean.ch10`]));
  const folders = existsSync(SHARED)
    ? ["conformance", "labelled", "mil1553", "field"].flatMap((kind) =>
        readdirSync(join(SHARED, kind), { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => `${kind}/${entry.name}`),
      )
    : [];
  for (const folder of folders) {
    const path = join(SHARED, folder);
    list.push(job(folder, [path], POLICIES[1]!));
    if (/labelled|field/.test(folder)) list.push(job(`${folder}, learned`, [path], POLICIES[0]!, [path]));
  }
  return list;
}

/** Digest of each result, by job and file; what a command prints on trouble counts, too. */
function results(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const out = mkdtempSync(join(tmpdir(), "weir-unchanged-"));
  for (const { name, commands } of jobs()) {
    rmSync(out, { recursive: true });
    mkdirSync(out);
    for (const command of commands) {
      const args = command.map((arg) => arg.replace(/^OUT/, out));
      const done = spawnSync(join(root, "bin", "weir"), args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
      found[`${name}: exit of ${command[0]}`] = String(done.status);
    }
    for (const file of readdirSync(out).sort())
      found[`${name}: ${file}`] = createHash("sha256")
        .update(readFileSync(join(out, file)))
        .digest("hex");
    process.stderr.write(`${name}\n`);
  }
  rmSync(out, { recursive: true });
  return found;
}

function resultsAt(commit: string): Record<string, string> {
  const full = execFileSync("git", ["rev-parse", commit], { cwd: ROOT, encoding: "utf8" }).trim();
  const kept = join(ROOT, "build", "unchanged", `${full}.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, "utf8"));
  const folder = mkdtempSync(join(tmpdir(), "weir-before-"));
  try {
    execFileSync("git", ["clone", "-q", ROOT, folder]);
    execFileSync("git", ["checkout", "-q", full], { cwd: folder });
    cpSync(join(ROOT, "node_modules"), join(folder, "node_modules"), { recursive: true });
    execFileSync(process.execPath, ["setup/setup.mjs", "--quiet"], { cwd: folder, stdio: "inherit" });
    const found = results(folder);
    mkdirSync(join(kept, ".."), { recursive: true });
    writeFileSync(kept, `${JSON.stringify(found, null, 1)}\n`);
    return found;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const commit = process.argv[2];
if (!commit) {
  process.stderr.write("usage: npm run unchanged -- COMMIT\n");
  process.exit(1);
}
const before = resultsAt(commit);
const after = results(ROOT);
const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
const changed = names.filter((name) => before[name] !== after[name]);
for (const name of changed) process.stdout.write(`changed: ${name}\n`);
process.stdout.write(`${names.length - changed.length} of ${names.length} results are the bytes that they were\n`);
process.exitCode = changed.length ? 3 : 0;
