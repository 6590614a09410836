// What the page's ground says of what it cannot do: in a browser there are no files to write, and a report has its size.
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { createHash } from "./browser/crypto.ts";
import { MOST, writeReport } from "./inputs.ts";
import { judge } from "./judge.ts";

it("a browser has no files to write, and one digest", async () => {
  vi.stubGlobal("FileReaderSync", class {});
  const [fs, text] = await Promise.all([import("./browser/fs.ts"), import("./browser/text.ts")]);
  vi.unstubAllGlobals();
  for (const write of [fs.writeFileSync, fs.openSync, text.writeWhole, text.openOwn])
    expect(write).toThrow(new Error("the page writes no files"));
  expect(() => createHash("md5")).toThrow(new Error("md5: only sha256 is available in the browser"));
});

it("captures that are too long for a report, and labels that it cannot use", async () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-page-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const capture = join(folder, "long.pcap");
  writeFileSync(capture, "");
  truncateSync(capture, MOST + 1); // nothing of it is on the disk
  const inputs = { captures: [capture], policies: [], labels: [], sets: [], ignoreChecksums: false };
  await expect(writeReport(join(folder, "report.html"), inputs)).rejects.toThrow(
    new Error(
      `${MOST + 1} bytes of captures, at most ${MOST} go into one report: cut them, or look at them with weir page -r`,
    ),
  );
  const labels = join(folder, "flows.csv");
  writeFileSync(labels, "src_ip,dst_ip,label\n10.0.0.1,10.0.0.2,x\n");
  const nothing = undefined as never;
  expect(() => judge([labels], nothing, nothing, nothing, undefined)).toThrow(
    new Error(`${labels}: labels by flow, expected of packets: weir evaluate takes these`),
  );
});
