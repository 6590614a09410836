// REQ-IMAGE-017
// The CPUs that there is an image for: runtime/arch has a folder for each.

export const ARCHES = ["x86_64", "aarch64"] as const;
export type Arch = (typeof ARCHES)[number];

/** That of this machine, where there is an image for it; else x86_64. */
export const HOST_ARCH: Arch = process.arch === "arm64" ? "aarch64" : "x86_64";

/** @throws Error when there is no such image */
export function archOf(text: string): Arch {
  const found = ARCHES.find((arch) => arch === text);
  if (!found) throw new Error(`--arch ${text}: expected ${ARCHES.join(" or ")}`);
  return found;
}
