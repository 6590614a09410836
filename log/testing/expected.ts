/** What a verifier must find in a sequence of datagrams of which the truth is known. Written apart from log/verify.ts. */
import type { Class, Report } from "../reports.ts";
import type { Sent } from "./impair.ts";

/** Each finding as text that can be compared: class, boot, record, datagram. */
export type Finding = string;

const finding = (name: Class, datagram: number, boot?: number, sequence?: number) =>
  [name, boot ?? "-", sequence ?? "-", `datagram ${datagram}`].join(" ");

export interface Expected {
  findings: Finding[];
  /** `boot sequence`, of all that never came whole and genuine, up to the last of each boot that did. */
  missing: string[];
  /** How many genuine records came, each counted once. */
  genuine: number;
}

/** Claims of forged and cut datagrams are whatever their text says: they are not compared. */
export function findingsOf(reports: readonly Report[]): Finding[] {
  const late = new Set(reports.filter((r) => r.class === "tampered" && r.late).map(({ datagram }) => datagram));
  return reports
    .filter(({ class: name, datagram }) => name === "tampered" || !late.has(datagram))
    .filter(({ class: name }) => !["started", "restart", "missing", "silent", "heard"].includes(name))
    .map(({ class: name, datagram, boot, first }) =>
      ["duplicate", "reordered", "tampered", "replayed"].includes(name)
        ? finding(name, datagram!, boot, first)
        : finding(name, datagram!),
    );
}

/** Records that were called missing and did not come afterwards. */
export function missingOf(reports: readonly Report[]): string[] {
  const missing = new Set<string>();
  for (const { class: name, boot, first, last } of reports)
    if (name === "missing") for (let n = first!; n <= last!; n++) missing.add(`${boot} ${n}`);
    else if (name === "reordered") missing.delete(`${boot} ${first}`);
  return [...missing].sort();
}

export function expectedOf(sent: readonly Sent[]): Expected {
  const came = new Map<number, Map<number, number>>(); // boot, sequence -> datagram
  const findings: Finding[] = [];
  let current = -1;
  const highest = new Map<number, number>();
  for (const [n, { truth }] of sent.entries()) {
    if (truth.kind !== "genuine") continue;
    const { boot, sequence } = truth;
    const of = came.get(boot) ?? new Map<number, number>();
    came.set(boot, of);
    if (boot > current) current = boot;
    const most = highest.get(boot) ?? 0;
    if (of.has(sequence)) findings.push(finding(boot === current ? "duplicate" : "replayed", n + 1, boot, sequence));
    else {
      if (sequence < most || boot < current) findings.push(finding("reordered", n + 1, boot, sequence));
      of.set(sequence, n);
      highest.set(boot, Math.max(most, sequence));
    }
  }
  for (const [n, { truth }] of sent.entries()) {
    if (truth.kind === "altered") {
      const { boot, sequence, marked } = truth;
      // Its code is known when the record itself has come, or its successor
      const known = came.get(boot)?.has(sequence) || came.get(boot)?.has(sequence + 1);
      if (known) findings.push(finding("tampered", n + 1, boot, sequence));
      else findings.push(finding(marked ? "forged" : "not_ours", n + 1));
    } else if (truth.kind === "cut") findings.push(finding(truth.marked ? "truncated" : "not_ours", n + 1));
    else if (truth.kind === "foreign") findings.push(finding("not_ours", n + 1));
    else if (truth.kind !== "genuine") findings.push(finding(truth.kind, n + 1));
  }
  const missing: string[] = [];
  let genuine = 0;
  for (const [boot, of] of came) {
    genuine += of.size;
    for (let n = 1; n <= highest.get(boot)!; n++) if (!of.has(n)) missing.push(`${boot} ${n}`);
  }
  return { findings, missing: missing.sort(), genuine };
}
