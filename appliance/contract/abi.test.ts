import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { instantiateOnboard } from "../../lib/asc.ts";
import * as abi from "./abi.ts";

it("the ground's constants are the onboard ones", async () => {
  const e = (await instantiateOnboard("appliance/contract/onboard/abi.probe.ts")).exports as Record<
    string,
    () => number
  >;
  expect([e.abiVersion!(), e.recordHeader!(), e.recordHeaderSize!(), e.verdictOffset!(), e.maxCaptured!()]).toEqual([
    abi.ABI_VERSION,
    abi.RECORD_HEADER,
    abi.RECORD_HEADER,
    28,
    abi.MAX_CAPTURED,
  ]);
  expect([e.inputSize!(), e.eventHeader!(), e.frameHeader!(), e.verdicts!(), e.end!()]).toEqual([
    abi.INPUT_SIZE,
    abi.EVENT_HEADER,
    abi.FRAME_HEADER,
    abi.VERDICTS,
    abi.RecordKind.END,
  ]);
});

it.runIf(existsSync("appliance/contract/abi.h"))("the runtime's constants are the onboard ones", () => {
  const header = readFileSync("appliance/contract/abi.h", "utf8");
  for (const name of [
    "ABI_VERSION",
    "RECORD_HEADER",
    "MAX_CAPTURED",
    "INPUT_SIZE",
    "EVENT_HEADER",
    "FRAME_HEADER",
  ] as const)
    expect(Number(new RegExp(`${name}\\s+(0x[0-9a-f]+|\\d+)`, "i").exec(header)?.[1]), name).toBe({ ...abi }[name]);
});
