// What of the one-way argument is the compartments' own matter: that nothing known of `out` and `log` reaches them, that
// frames are made anew, that both checkers are asked, that records have listed fields only; and that these tests can fail.
import { beforeAll, describe, expect, it } from "vitest";
import type { Modules } from "../../appliance/contract/abi.ts";
import { loadModules } from "../../appliance/hosts/node.ts";
import { bothCheck, madeAnew, pairs, undeclaredOf } from "./compartments.ts";
import { spoiltModule } from "./spoilt.ts";

let modules: Modules;
beforeAll(async () => {
  modules = await loadModules();
});

describe("the compartments", () => {
  // REQ-DIODE-009
  it("C5: give the same, to the last byte of inspect's and guard's memory, whatever is lost: 10,000 pairs of runs", () => {
    const seen = pairs(modules, 10_000, 2026);
    console.log(
      `10,000 pairs: ${seen.frames} frames on out, ${seen.records} records, ${seen.told} times told of losses`,
    );
    expect(seen.different).toBeUndefined();
    expect(seen.frames).toBeGreaterThan(3000);
    expect(seen.records).toBeGreaterThan(10_000);
    expect(seen.told).toBeGreaterThan(1000);
  });

  it("C5: have one way in for it, into the journal", () => {
    const exported = (module: WebAssembly.Module) => WebAssembly.Module.exports(module).map(({ name }) => name);
    for (const name of ["inspect", "guard", "journal"] as const) {
      expect(WebAssembly.Module.imports(modules[name])).toEqual([]);
      expect(exported(modules[name]).includes("countersAt")).toBe(name === "journal");
    }
  });

  it("make anew what they send: identification, time to live, flags, padding and addresses below leave no trace", () => {
    expect(madeAnew(modules)).toBeUndefined();
  });

  it("ask both checkers", () => {
    expect(bothCheck(modules)).toBeUndefined();
  });

  // REQ-DIODE-017
  it("C8: write records with listed fields only", () => {
    expect(undeclaredOf(modules)).toBeUndefined();
  });
});

describe("a spoilt one", () => {
  it("a host that stamps records after it has sent others is seen", () => {
    expect(pairs(modules, 500, 2026, (lost) => BigInt(lost & 1) * 1000n).different).toMatch(/pair \d+: /);
  });

  it("a guard that copies the identification is seen", async () => {
    const guard = await spoiltModule("guard", {
      name: "copies the IP identification",
      ...{ file: "diode/onboard/remake.ts", from: "put16(p + 4, identification);" },
      to: "store<u16>(p, load<u16>(f.payload - 24), 4);", // behind 8 bytes of UDP and 16 of IP
    });
    expect(madeAnew({ ...modules, guard })).toMatch(/variant 0 /);
  });

  it("a guard that skips the second checker is seen", async () => {
    const guard = await spoiltModule("guard", {
      name: "skips the second checker",
      file: "appliance/compartments/guard/onboard/index.ts",
      from: "return second(changetype<usize>(r) + RECORD_HEADER, r.captured) == matched ? Reason.NONE : Reason.CHECKERS;",
      to: "return Reason.NONE;",
    });
    expect(bothCheck({ ...modules, guard })).toMatch(/the second checker is broken/);
  });

  it("a guard that does not ask the first is seen", async () => {
    const guard = await spoiltModule("guard", {
      name: "skips the first checker's action",
      file: "appliance/compartments/guard/onboard/index.ts",
      from: "RuleAction.ALLOW",
      to: "RuleAction.DENY",
    });
    expect(bothCheck({ ...modules, guard })).toBeTruthy();
  });

  it("a journal that tells more than is listed is seen", async () => {
    const journal = await spoiltModule("journal", {
      name: "tells more",
      ...{
        file: "appliance/compartments/journal/onboard/index.ts",
        from: `',"lost":{"in":'`,
        to: `',"more":1,"lost":{"in":'`,
      },
    });
    expect(undeclaredOf({ ...modules, journal })).toMatch(/heartbeat/);
  });
});
