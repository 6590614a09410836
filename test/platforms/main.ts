/**
 * `npm run test:platforms -- [--debian 13] [--node 26] [--full]`: a fresh clone of the last commit is set up and tried on another
 * platform: in a fresh tree of that Debian, under that Node, or both. --full runs `npm test` there, too. Exit code 3 when something fails.
 *
 * It needs root, and for a tree debootstrap. Everything on the platform runs in namespaces of its own for mounts and processes. These end
 * with this process, however that comes about. The tree is a folder in build/, which the next run removes when this one was killed.
 */
import { parseArgs } from "node:util";
import { scratchFolder } from "../../appliance/build/scratch.ts";
import { contained, whyNotContained } from "./contained.ts";
import { references } from "./here.ts";
import { type Asked, tryPlatform } from "./platform.ts";
import { mirrors, whyNoTree } from "./tree.ts";

/** Environment variable: what this same program was started for, in the namespaces. */
const TASK = "WEIR_PLATFORM";

const say = (text: string) => process.stdout.write(`platforms: ${text}\n`);

function fail(text: string): never {
  process.stderr.write(`platforms: ${text}\n`);
  process.exit(1);
}

function asked(): { debian?: number; node?: number; full: boolean } {
  const { values } = parseArgs({
    options: { debian: { type: "string" }, node: { type: "string" }, full: { type: "boolean", default: false } },
  });
  for (const name of ["debian", "node"] as const)
    if (!/^\d*$/.test(values[name] ?? "")) fail(`--${name} ${values[name]}: expected a number, such as 13 or 26`);
  const { debian, node, full } = values;
  if (!debian && !node) fail("expected --debian 13, --node 26, or both");
  return { full, ...(debian && { debian: Number(debian) }), ...(node && { node: Number(node) }) };
}

async function outside(): Promise<number> {
  const { debian, node, full } = asked();
  const missing = whyNotContained();
  if (missing) {
    say(`skipped: ${missing}`);
    return 0;
  }
  const noTree = debian === undefined ? undefined : whyNoTree(debian);
  if (noTree) say(`skipped: Debian ${debian}: ${noTree}`);
  if (noTree && node === undefined) return 0;
  const folder = scratchFolder("platform");
  await references(folder);
  const tree = debian !== undefined && !noTree ? { debian, mirrors: mirrors(debian) } : {};
  const task: Asked = { folder, full, ...tree, ...(node !== undefined && { node }) };
  return contained([process.execPath, process.argv[1]!], { ...process.env, [TASK]: JSON.stringify(task) });
}

const task = process.env[TASK];
if (task === undefined) process.exit(await outside());
delete process.env[TASK]; // which npm test on the platform is not to see
process.exitCode = (await tryPlatform(JSON.parse(task) as Asked, say)) ? 0 : 3;
