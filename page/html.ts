// REQ-GROUND-008, REQ-GROUND-009
/** The page as one HTML file: scripts, styles, the .wasm that flies, and the files it is about or where they are served. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { COMPARTMENTS } from "../appliance/build/compartments.ts";
import { packageVersion } from "../appliance/build/version.ts";
import { compileOnboard } from "../lib/asc.ts";
import { scripts } from "./bundle.ts";

/** What the page begins with; page/app/start.ts reads it. */
export interface Start {
  version: string;
  /** Names of files below. Without captures the page asks for some. */
  captures: string[];
  policies: string[];
  baseline?: string;
  thresholds?: string;
  labels: string[];
  sets: string[];
  ignoreChecksums: boolean;
  /** Embedded, gzip and base64; or served at `url`. */
  files: ({ name: string; gzip: string } | { name: string; url: string })[];
  /** Where the log of a running appliance comes from (server-sent events). */
  live?: string;
}

/** Onboard code beside the compartments that the worker runs. */
const ENTRIES = [
  "captures/onboard/lay.ts",
  "ip/decode/onboard/index.ts",
  "captures/mil1553/onboard/index.ts",
  "detectors/shape/ground/onboard/index.ts",
];

/** What the worker runs, by the name that lib/asc.ts would be asked for. */
export async function modules(): Promise<{ name: string; bytes: Uint8Array }[]> {
  const entries = [...COMPARTMENTS, ...ENTRIES.map((entry) => ({ entry }))];
  return Promise.all(
    entries.map(async (of) => {
      const path = await compileOnboard(of.entry, "pages" in of ? { pages: of.pages as number } : {});
      return { name: `${of.entry}.wasm`, bytes: readFileSync(path) };
    }),
  );
}

/** gzip and base64; the same bytes give the same text on every host. */
export function packed(bytes: Uint8Array): string {
  const gzip = gzipSync(bytes, { level: 9 });
  gzip[9] = 255; // RFC 1952: the system it was made on; not said
  return gzip.toString("base64");
}

/** JSON that can stand in a script element whatever it holds. */
const inScript = (value: unknown) => JSON.stringify(value).replaceAll("<", "\\u003c");

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

export interface Page {
  html: string;
  /** Content-Security-Policy: only these scripts and styles, no other host, nothing evaluated but WebAssembly. */
  policy: string;
}

export async function pageHtml(start: Omit<Start, "version">): Promise<Page> {
  const { app, worker, css } = await scripts();
  const onboard = (await modules()).map(({ name, bytes }) => ({ name, gzip: packed(bytes) }));
  const data: Start = { version: packageVersion(), ...start, files: [...onboard, ...start.files] };
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(app)} 'wasm-unsafe-eval'`,
    `style-src ${hashOf(css)}`,
    "worker-src blob:",
    "connect-src 'self' data:", // of itself: zstddec fetches its WebAssembly so
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Weir</title>
<style>${css}</style>
<body>
<main id="weir"><p class="wait">Loading</p></main>
<script type="application/json" id="start">${inScript(data)}</script>
<script type="application/json" id="worker">${inScript(worker)}</script>
<script>${app}</script>
`;
  return { html, policy };
}
