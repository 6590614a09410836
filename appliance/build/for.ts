/** The image for a policy: the prebuilt one, with policy and manifest put in. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRelease, prebuilt, ROOT } from "../../lib/sources.ts";
import type { Arch } from "../contract/arch.ts";
import { packContainer } from "./container.ts";
import { buildInfoOf } from "./describe.ts";
import { buildImage } from "./image.ts";
import { linkImage } from "./link.ts";
import { placeManifest, placePolicy } from "./place.ts";
import { sparePages } from "./spare.ts";

/** What is kept beside the image without a policy, and goes beside one with a policy as NAME.debug (symbols.ts). */
export const prebuiltSymbols = (arch: Arch): string => `${prebuiltPath(arch)}.symbols`;

const prebuiltPath = (arch: Arch) =>
  isRelease ? prebuilt(prebuiltName(arch)) : join(ROOT, "build", prebuiltName(arch));

/** In build/, and in a release. */
export const prebuiltName = (arch: Arch): string => `weir-${arch}.elf`;

/** The image without a policy; compiles and links only what has changed. A release has it ready-made. */
export async function prebuiltImage(arch: Arch = "x86_64"): Promise<Uint8Array> {
  if (isRelease) return readFileSync(prebuiltPath(arch));
  return readFileSync(await buildImage({ arch, link: linkImage, out: prebuiltPath(arch) }));
}

/** Puts in what compilePolicy made; takes no compiler. */
export function withPolicy(
  image: Uint8Array,
  policy: {
    parts: Parameters<typeof packContainer>[0];
    interfaces: Parameters<typeof placeManifest>[1];
    logSilence: number;
  },
  options: { oneQueue?: boolean; edition?: number } = {},
): Uint8Array {
  const spare = sparePages(policy.parts, buildInfoOf(image));
  const { logSilence } = policy;
  const { oneQueue = false } = options;
  return placePolicy(
    placeManifest(image, policy.interfaces, { oneQueue, logSilence }),
    packContainer(policy.parts, spare, options.edition),
  );
}
