/** What an operator wants to read at a start: which image under which policy, on what, and how fast it can be. */
import { execFileSync } from "node:child_process";
import { cpus, release } from "node:os";
import { sha256 } from "../../build/info.ts";
import { policyNameIn } from "../../build/place.ts";
import type { Appliance } from "../descriptions/appliance.ts";
import { tapFacts } from "./devices.ts";

/** Lines, without an end. */
export function startFacts(bytes: Uint8Array, appliance: Appliance, program: string, boot: bigint): string[] {
  const { given, image, memory, accelerator, nics } = appliance;
  return [
    `${given ?? image}: sha256 ${sha256(bytes)}, policy ${policyNameIn(bytes) ?? "none"}, start ${boot}`,
    `host: Linux ${release()}, ${cpus()[0]?.model ?? "unknown CPU"}, ${versionOf(program)}, accelerator ${accelerator}, ${memory} MiB`,
    nics.map(({ name, tap }) => `${name} on ${tap} (${tapFacts(tap)})`).join(", "),
  ];
}

/** The first line of what --version prints. */
function versionOf(program: string): string {
  try {
    const text = execFileSync(program, ["--version"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 5000,
    });
    return text.split("\n")[0]!.trim();
  } catch {
    return program;
  }
}
