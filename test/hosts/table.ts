/** The table of hosts: a row for each that was tried. */
import { SUBJECTS } from "./subjects.ts";
import type { Row } from "./trial.ts";

const HEAD = [
  "| host | version | machine | MiB | on `out`, of `replay`'s | the same bytes | out of `in` | on `log` | two NICs | SIGTERM | hypervisor killed |",
  "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
];

/** Whether it did all that an image has to do on a host. */
export const isGood = (row: Row): boolean =>
  row.out === row.expected &&
  row.isSame &&
  row.fromIn === 0 &&
  row.log > 0 &&
  row.refusal === "DEVICES" &&
  row.refusals === 1 &&
  row.ended === 0 &&
  row.killed === 1 &&
  row.left.length === 0;

export function rowText(row: Row): string {
  const { subject, version, memory, out, expected, isSame, fromIn, log, refusal, refusals, ended, killed, left } = row;
  const cells = [
    ...[subject.host, version, `${subject.shown}, ${subject.accelerator === "kvm" ? "KVM" : "TCG"}`, memory],
    ...[`${out} of ${expected}`, isSame ? "yes" : "NO", fromIn, log],
    `${refusals === 1 ? "refused" : `refused ${refusals} times`}, ${refusal}`,
    `exit ${ended}${left.length ? `, LEFT: ${left.join(", ")}` : ""}`,
    `exit ${killed}`,
  ];
  return `| ${cells.join(" | ")} |`;
}

/** The old table with these rows in it: a host's row is known by its name and machine. */
export function tableOf(rows: readonly Row[], old: string): string {
  const keyOf = (line: string) => {
    const cells = line.split("|").map((cell) => cell.trim());
    return `${cells[1]}: ${cells[3]}`;
  };
  const known = new Map(
    old
      .split("\n")
      .filter((line) => line.startsWith("| ") && !HEAD.includes(line))
      .map((line) => [keyOf(line), line] as const),
  );
  for (const row of rows) known.set(keyOf(rowText(row)), rowText(row));
  const order = SUBJECTS.map(({ host, shown, accelerator }) => `${host}: ${shown}, ${accelerator.toUpperCase()}`);
  const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  const sorted = [...known].sort(([a], [b]) => rank(a) - rank(b));
  return [...HEAD, ...sorted.map(([, line]) => line)].join("\n");
}
