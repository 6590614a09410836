import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { clock, kvm } from "./doctor.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-doctor-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the host", () => {
  it("has KVM, or it is said why not and what to do", () => {
    const none = join(folder, "none");
    expect(kvm(none, "flags\t\t: fpu vmx sse")).toEqual({
      state: "bad",
      what: `there is no ${none}: the image runs without KVM, ten to thirty times slower`,
      todo: "load the module: modprobe kvm_intel, or kvm_amd",
    });
    expect(kvm(none, "flags\t\t: fpu sse")).toEqual({
      state: "bad",
      what: `there is no ${none}, and the CPU says nothing of virtualization: the image runs without KVM, ten to thirty times slower`,
      todo: "turn it on in the firmware (VT-x, SVM); in a virtual machine, let its host nest",
    });
    const there = join(folder, "there");
    writeFileSync(there, "");
    expect(kvm(there, "")).toEqual({ state: "good", what: `${there} can be opened` });
  });

  it("has a clock that is right, is wrong, or of which nothing is known", () => {
    expect(clock(true)).toEqual({ state: "good", what: "the clock is synchronized" });
    expect(clock(false)).toEqual({
      state: "bad",
      what: "the clock is not synchronized: events have wrong times, and the number of a start may come twice",
      todo: "systemctl enable --now systemd-timesyncd, or chrony",
    });
  });
});
