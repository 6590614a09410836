/** `weir build`: the unikernel image for a policy. */
import { copyFileSync, rmSync } from "node:fs";
import { Command } from "commander";
import { describeImage } from "../appliance/build/describe.ts";
import { checkDisk, diskWith } from "../appliance/build/disk.ts";
import { flatImage } from "../appliance/build/flat.ts";
import { prebuiltImage, prebuiltSymbols, withPolicy } from "../appliance/build/for.ts";
import { sha256 } from "../appliance/build/info.ts";
import { readEdition, readSigner, signatureOf, signaturePath } from "../appliance/build/signature.ts";
import { inMebibytes } from "../appliance/build/spare.ts";
import { step } from "../appliance/build/steps.ts";
import { type Arch, archOf, HOST_ARCH } from "../appliance/contract/arch.ts";
import { askCompartments } from "../appliance/hosts/node.ts";
import { compilePolicy } from "../diode/policy.ts";
import { writeWhole } from "../lib/files.ts";

interface Options {
  config?: string;
  output: string;
  arch: string;
  flat?: boolean;
  oneQueue?: boolean;
  sign?: string;
  edition?: string;
  disk?: string;
}

export function command(): Command {
  return new Command("build")
    .description(
      "Build the unikernel image and put a policy into it. The image is compiled and linked only when its sources have\n" +
        "changed; putting a policy into it needs no compiler.",
    )
    .option("-c, --config <policy.yaml>", "the policy: interfaces, what may pass, what to look for")
    .option("-o, --output <weir.elf>", "where the image goes", "weir.elf")
    .option("--arch <x86_64|aarch64>", "for which CPU", HOST_ARCH)
    .option(
      "--flat",
      "aarch64: write a flat Image (Linux's boot protocol), for hosts that load no ELF files (Firecracker, Xen)",
    )
    .option("--one-queue", "no inert second queue for each NIC: for a host that starts NICs without it, as QEMU does")
    .option(
      "--disk <site.iso>",
      "x86_64: also write a bootable disk with the image, for hosts that load no kernel directly",
    )
    .option("--edition <n>", "which edition of the policy this is, greater each time (weir inspect --not-older-than)")
    .option("--sign <key.pem>", "sign the image with this Ed25519 key: writes <output>.sig (weir inspect --verify)")
    .addHelpText(
      "after",
      `
What happens: AssemblyScript -> WebAssembly (three modules: inspect, guard, journal) -> a gate that refuses any import,
table, growing memory or allocation -> C -> clang and lld -> a bound of the stack. The same sources and the same policy
give the same image, to the bit. Nothing is fetched.

weir.elf.debug is written beside the image: symbols and lines of AssemblyScript, for weir debug and for gdb. None of it is
in the image.

Without -c the image has no interfaces and no policy, and refuses to start.

Examples:
  weir policy check policy.yaml
  weir build -c policy.yaml -o site.elf
  weir inspect site.elf
  weir run site.elf --in tap0 --out tap1
  openssl genpkey -algorithm ed25519 -out sign.pem && openssl pkey -in sign.pem -pubout -out verify.pem
  weir build -c policy.yaml -o site.elf --sign sign.pem --edition 7
  weir inspect site.elf --verify verify.pem --not-older-than 7
  weir build --arch aarch64 --flat -c policy.yaml -o site.img
  weir build -c policy.yaml -o site.elf --disk site.iso   GRUB, under BIOS and UEFI; --sign signs it, too

Exit codes: 0 built; 1 the policy is wrong (file:line:column: path: what), or a step of the build failed.`,
    )
    .action(async (options: Options) => {
      await build(options, archOf(options.arch));
    });
}

/** Builds what has changed, puts the policy in, writes the image. Says on stdout what the image is. */
async function build(options: Options, arch: Arch): Promise<void> {
  const { config: policyPath, output, flat, oneQueue = false, sign, disk } = options;
  const edition = options.edition === undefined ? 0 : readEdition("--edition", options.edition);
  if (edition && policyPath === undefined) throw new Error("--edition: expected a policy too (-c)");
  const signer = sign === undefined ? undefined : readSigner(sign);
  if (oneQueue && policyPath === undefined) throw new Error("--one-queue: expected a policy too (-c)");
  if (disk !== undefined) checkDisk(arch, policyPath);
  // The policy first: what is wrong in it should not wait for a compiler.
  const policy = policyPath === undefined ? undefined : await compilePolicy(policyPath);
  if (policy) await askCompartments(policy.parts);
  for (const warning of policy?.warnings ?? []) process.stderr.write(`${warning}\n`);
  const prebuilt = await prebuiltImage(arch);
  const elf = policy
    ? await step(
        `policy ${policyPath}`,
        async () => withPolicy(prebuilt, policy, { oneQueue, edition }),
        (placed) => `sha256 ${sha256(placed)}`,
      )
    : prebuilt;
  const image = flat ? flatImage(elf) : elf;
  // Its keys let whoever reads them forge the log and transfers.
  const holdsKeys =
    policy !== undefined && (policy.policy.transfer !== undefined || policy.policy.log.key !== undefined);
  const putSigned = (path: string, bytes: Uint8Array) => {
    // An old signature would be wrong, and must not be taken for one of this image.
    rmSync(signaturePath(path), { force: true });
    writeWhole(path, bytes, { mode: holdsKeys ? OWNER_ONLY : ANYBODY, shared: true });
    if (signer) writeWhole(signaturePath(path), signatureOf(bytes, signer), { shared: true });
  };
  const made = disk === undefined ? undefined : await step(`disk ${disk}`, () => diskWith(elf));
  putSigned(output, image);
  copyFileSync(prebuiltSymbols(arch), `${output}.debug`);
  if (disk !== undefined && made) putSigned(disk, made);
  const { memory } = describeImage(elf);
  const named = policy ? `, policy ${policy.name}` : "";
  const least = policy && memory !== undefined ? `, needs ${inMebibytes(memory)} MiB of memory` : "";
  process.stdout.write(`${output}: ${image.length} bytes${least}${named}, sha256 ${sha256(image)}\n`);
  if (made) process.stdout.write(`${disk}: ${made.length} bytes, sha256 ${sha256(made)}\n`);
}

const OWNER_ONLY = 0o600;
const ANYBODY = 0o666; // as far as the umask lets
