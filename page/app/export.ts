/** The policy with the thresholds of the page in it; comments and all else stay as they were. */
import { tunedPolicy } from "../../tuning/tune/write.ts";
import type { Client } from "./client.ts";
import { h } from "./dom.ts";

/** @param thresholds by detector, those that were moved */
export async function exportPolicy(
  client: Client,
  policy: { name: string; text: string },
  thresholds: Record<string, number>,
  version: string,
): Promise<void> {
  const provenance = {
    tool: `weir page ${version}`,
    rule: "set by hand, looking at scores",
    ...(await client.provenance()),
  };
  const text = tunedPolicy(policy.text, { thresholds, provenance });
  const name = policy.name
    .split("/")
    .at(-1)!
    .replace(/(\.ya?ml)?$/, ".tuned.yaml");
  const link = h("a", { download: name, href: URL.createObjectURL(new Blob([text])) });
  link.click();
  URL.revokeObjectURL(link.href);
}
