// Hosts with the image on real taps: `weir run`, a capture through it, a refusal, the end, a kill. What others test already is not
// booted again: QEMU's machines are in test/image and test/live.
import { describe, expect, it } from "vitest";
import { tryHosts, whyNoTrials } from "./outside.ts";
import { nameOf, SUBJECTS, whyNot } from "./subjects.ts";
import { isGood, rowText, tableOf } from "./table.ts";
import type { Row } from "./trial.ts";

const reason = whyNoTrials();
if (reason) console.log(`skipped: hosts on taps: ${reason}`);
/** What can be tried here; libvirt without KVM, which interprets firmware where it has no hardware. */
const possible = SUBJECTS.filter((subject) => {
  const missing = whyNot(subject);
  if (missing) console.log(`skipped: ${nameOf(subject)}: ${missing}`);
  return !missing && !(subject.host === "libvirt" && subject.accelerator === "kvm");
});
/** The first of each host; QEMU's shows `weir run` itself. */
const here = possible.filter(({ host }, n) => possible.findIndex((other) => other.host === host) === n);

describe.skipIf(reason)("on three taps", () => {
  // REQ-IMAGE-022, REQ-IMAGE-023
  it.each(here.map((subject) => [nameOf(subject), subject] as const))(
    "%s: the same bytes as replay, none out of `in`; it refuses, ends and is missed",
    async (_, subject) => {
      const [row] = await tryHosts([subject]);
      expect(row).toMatchObject({ out: row!.expected, isSame: true, fromIn: 0, refusal: "DEVICES", refusals: 1 });
      expect(row).toMatchObject({ ended: 0, killed: 1, left: [] });
      expect(row!.expected).toBeGreaterThan(100);
      expect(isGood(row!)).toBe(true);
    },
  );
});

describe("the table of hosts", () => {
  const row: Row = {
    ...{
      subject: SUBJECTS[3]!,
      version: "7.2",
      memory: 4,
      sent: 1089,
      expected: 620,
      out: 620,
      isSame: true,
      fromIn: 0,
      log: 33,
    },
    ...{ ended: 0, refusal: "DEVICES", refusals: 1, killed: 1, left: [], lines: [] },
  };

  it("has a row for each host and machine, in order; a new trial takes the old one's place, others stay", () => {
    const first = tableOf([{ ...row, subject: SUBJECTS.at(-1)! }, row], "");
    const second = tableOf([{ ...row, version: "10.0" }], first);
    const rows = second.split("\n").slice(2);
    expect(rows.map((line) => line.split(" | ").slice(0, 3).join(", "))).toEqual([
      "| qemu, 10.0, q35, TCG",
      "| alioth, 7.2, virtio-pci, KVM",
    ]);
  });

  it.each<[Partial<Row>, string]>([
    [{ out: 619 }, "| 619 of 620 |"],
    [{ isSame: false }, "| NO |"],
    [{ fromIn: 1 }, "| 1 |"],
    [{ log: 0 }, "| 0 |"],
    [{ refusals: 20 }, "| refused 20 times, DEVICES |"],
    [{ refusal: "TIMEOUT" }, "| refused, TIMEOUT |"],
    [{ ended: 1 }, "| exit 1 | exit 1 |"],
    [{ killed: 0 }, "| exit 0 |\n"],
    [{ left: ["process 7"] }, "LEFT: process 7"],
  ])("shows what went wrong: %j", (change, shown) => {
    expect(isGood(row)).toBe(true);
    expect(isGood({ ...row, ...change })).toBe(false);
    expect(`${rowText({ ...row, ...change })}\n`).toContain(shown);
  });
});
