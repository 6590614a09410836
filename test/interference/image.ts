/** The image under test: the real one with fixtures/policy.yaml, and where things are in its memory. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withTablesKey } from "../../appliance/build/container.ts";
import { prebuiltImage, prebuiltSymbols, withPolicy } from "../../appliance/build/for.ts";
import { RecordKind } from "../../appliance/contract/abi.ts";
import type { Arch } from "../../appliance/contract/arch.ts";
import { embed } from "../../appliance/hosts/node.ts";
import { compilePolicyText } from "../../diode/policy.ts";
import { ROOT } from "../../lib/asc.ts";
import { pack } from "../image/records.ts";
import { LONGEST } from "./checks.ts";
import { SECRETS } from "./keys.ts";
import { type Evidence, type RunOptions, run } from "./rig.ts";
import type { Script } from "./script.ts";

/** fixtures/policy.yaml with keys: of the log, and of a transfer that nobody sends. */
export const POLICY = compilePolicyText(
  readFileSync(join(ROOT, "fixtures", "policy.yaml"), "utf8")
    .replace("    hostname: weir\n", (line) => `${line}    key: ${SECRETS.log.toString("hex")}\n`)
    .replace(
      "\ndetectors:\n",
      (
        line,
      ) => `  - { name: files, action: allow, protocol: udp, from: 10.0.0.6, to: 10.0.1.9, ports: 6100, payload: transfer }
transfer: { in: { key: ${SECRETS.in.toString("hex")} }, out: { key: ${SECRETS.out.toString("hex")} } }
${line}`,
    ),
  "policy.yaml",
);

export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), "weir-interference-"));
  #runs = 0;

  /** Path of the image with the policy in it; built where it has changed. */
  async image(arch?: Arch): Promise<string> {
    return this.write(`weir-${arch}`, await prebuiltImage(arch));
  }

  write(name: string, bare: Uint8Array, policy = POLICY): string {
    const path = join(this.folder, `${name}.elf`);
    writeFileSync(path, withTablesKey(withPolicy(bare, policy), SECRETS.tables));
    return path;
  }

  run(options: Omit<RunOptions, "folder">): Promise<Evidence> {
    return run({ ...options, folder: join(this.folder, String(this.#runs++)) });
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** The frames that the same compartments, in this process, forward of a script: what the image must send, lost ones apart. */
export async function forwarded({ bursts }: Script): Promise<string[]> {
  const appliance = await embed(POLICY.parts);
  const frames = bursts.flatMap((burst) => burst.frames).filter(({ length }) => length <= LONGEST);
  const all: string[] = [];
  for (const [n, bytes] of frames.entries()) {
    const record = pack({ kind: RecordKind.FRAME, bytes }, n + 1);
    appliance.input.set(record);
    appliance.run(record.length, {
      forwarded: (frame) => all.push(Buffer.from(frame).toString("hex")),
      record: () => {},
    });
  }
  return all;
}

/** Addresses that the image's linker gave to names, from the file with symbols beside the prebuilt image. */
export function symbols(path = prebuiltSymbols("x86_64")): Map<string, number> {
  const listing = execFileSync("llvm-nm", ["--format=posix", path], { encoding: "utf8", maxBuffer: 1 << 26 });
  return new Map(
    [...listing.matchAll(/^(\w+) \w ([0-9a-f]+)/gm)].map(([, name, at]) => [name!, Number.parseInt(at!, 16)]),
  );
}
