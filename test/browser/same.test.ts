// The same bytes in a browser: the compartments, the embedded host and a capture's records in a real Chromium give the very
// events, and so the very scores, that they give in this process. (In the booted image: test/replay.test.ts.)
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { COMPARTMENTS } from "../../appliance/build/compartments.ts";
import { embed } from "../../appliance/hosts/node.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { recordStream } from "../../captures/records.ts";
import { writeBaseline } from "../../detectors/baseline/file.ts";
import { baselineOf } from "../../detectors/baseline/merge.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { compileOnboard, ROOT } from "../../lib/asc.ts";
import { learnCapture } from "../../tuning/learn/learn.ts";

const browser = ["chromium", "chromium-browser", "google-chrome"].find((name) => {
  try {
    execFileSync("sh", ["-c", `command -v ${name}`], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
});
if (!browser) console.log("skipped: the same bytes in a browser: no chromium");

const PAGE = `<!doctype html><body>running<script type="module">
import { Appliance } from "/appliance/hosts/embedded/appliance.js";
const get = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
const each = async (of) => Object.fromEntries(await Promise.all(["inspect", "guard", "journal"].map(async (name) => [name, await of(name)])));
const say = (text) => fetch("/result", { method: "POST", body: text });
try {
  const modules = await each(async (name) => WebAssembly.compile(await get("/" + name + ".wasm")));
  const appliance = new Appliance(modules, await each((name) => get("/" + name + ".part")));
  const records = await get("/records");
  const lengths = new Uint32Array((await get("/lengths")).buffer);
  const lines = [];
  let at = 0;
  for (const length of lengths) {
    appliance.input.set(records.subarray(at, at + length));
    appliance.run(length, { forwarded: (f) => lines.push(f.slice()), record: (json) => lines.push(json.slice()) });
    at += length;
  }
  const all = new Uint8Array(await new Blob(lines).arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  await say("digest " + [...digest].map((b) => b.toString(16).padStart(2, "0")).join("") + " of " + all.length);
} catch (error) {
  await say("failed " + error.stack);
}
</script>`;

// REQ-DETECT-010
it.skipIf(!browser)("every event and every frame, of a capture under a baseline", async () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-browser-"));
  // A baseline, so that every packet has a score
  const learning = compilePolicy("fixtures/watch.yaml", { learn: true });
  const { capture, entries } = await learnCapture("fixtures/normal.pcap", learning, () => ({ stop: () => undefined }));
  const baseline = join(folder, "site.baseline");
  writeBaseline(baseline, baselineOf([capture], entries, { rate: 0.1 }));
  const { parts } = compilePolicy("fixtures/policy.yaml", { baseline });

  const appliance = await embed(parts);
  const reader = await CaptureReader.open(["fixtures/site.pcap", "fixtures/mil1553/stream.pcap"]);
  const chunks: Buffer[] = [];
  const lines: Buffer[] = [];
  const keep = (bytes: Uint8Array) => void lines.push(Buffer.from(bytes));
  for await (const chunk of recordStream(reader, appliance.input)) {
    chunks.push(Buffer.from(chunk));
    appliance.run(chunk.length, { forwarded: keep, record: keep });
  }
  const all = Buffer.concat(lines);
  expect(all.toString("latin1")).toMatch(/"scores":[1-9]\d+,"scores_digest":"(?!0{16})[0-9a-f]{16}"/);

  const files = new Map<string, [string, Uint8Array]>([
    ["/", ["text/html", Buffer.from(PAGE)]],
    ["/records", ["application/octet-stream", Buffer.concat(chunks)]],
    ["/lengths", ["application/octet-stream", Buffer.from(Uint32Array.from(chunks, (c) => c.length).buffer)]],
  ]);
  for (const { name, entry, pages } of COMPARTMENTS) {
    files.set(`/${name}.wasm`, ["application/wasm", readFileSync(await compileOnboard(entry, { pages }))]);
    files.set(`/${name}.part`, ["application/octet-stream", parts[name as keyof typeof parts]]);
  }
  // The embedded host as it was compiled for Node: it imports the contract, and the types of exports, and nothing else
  const host = "appliance/hosts/embedded/appliance.js";
  const contract = readdirSync(join(ROOT, "dist/appliance/contract"), { recursive: true, encoding: "utf8" });
  for (const path of [host, "lib/exports.js", ...contract.map((name) => `appliance/contract/${name}`)])
    if (path.endsWith(".js")) files.set(`/${path}`, ["text/javascript", readFileSync(join(ROOT, "dist", path))]);
  let told: (text: string) => void;
  const result = new Promise<string>((resolve) => {
    told = resolve;
  });
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    if (url === "/result") {
      request.setEncoding("utf8").on("data", told);
      response.end();
      return;
    }
    const [type, bytes] = files.get(url) ?? ["text/plain", Buffer.from("not here")];
    response.writeHead(files.has(url) ? 200 : 404, { "content-type": type }).end(bytes);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  const options = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--remote-debugging-port=0",
    `--user-data-dir=${folder}/profile`,
  ];
  const chromium = spawn(browser!, [...options, `http://127.0.0.1:${port}/`], { stdio: "ignore", detached: true });
  try {
    const gone = new Promise<string>((resolve) => chromium.on("close", () => resolve("the browser ended early")));
    const digest = createHash("sha256").update(all).digest("hex");
    expect(await Promise.race([result, gone])).toBe(`digest ${digest} of ${all.length}`);
  } finally {
    process.kill(-chromium.pid!, "SIGKILL");
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
