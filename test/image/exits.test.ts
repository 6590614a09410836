import { expect, it } from "vitest";
import { ExitCode } from "../../appliance/contract/generated/image.ts";
import { decodeExit } from "../../appliance/hosts/exits.ts";

it("knows each code as the hypervisor gives it, with words", () => {
  for (const [name, code] of Object.entries(ExitCode)) {
    const exit = decodeExit(2 * code + 1, null);
    expect(exit.name).toBe(name);
    expect(exit.text).not.toBe("");
    expect(decodeExit(0, null, code)).toEqual(exit);
  }
});

it("tells the image's end from the hypervisor's", () => {
  expect(decodeExit(3, null).name).toBe("DONE");
  expect(decodeExit(27, null).name).toBe("DEVICES");
  expect(decodeExit(0, null).name).toBe("STOPPED");
  expect(decodeExit(1, null).name).toBe("HYPERVISOR");
  expect(decodeExit(null, "SIGSEGV")).toEqual({ name: "HYPERVISOR", text: "the hypervisor ended with SIGSEGV" });
});
