/** The page: loads what it begins with, shows it, takes what is dropped on it. */
import { Client } from "./client.ts";
import { add, fill, h } from "./dom.ts";
import { liveView } from "./live.ts";
import { kindOf, loadFiles, start as readStart, workerScript } from "./start.ts";
import { Tuning } from "./tuning.ts";

const start = readStart();
const root = document.getElementById("weir")!;
const client = new Client(workerScript());
const texts = new Map<string, Blob>(); // policies, for the export
const state = {
  captures: [...start.captures],
  policy: start.policies[0]!,
  baseline: start.baseline,
  labels: [...start.labels],
};
const title = h("span", { class: "note" });
const actions = h("span", {});
const body = h("div", {});

function header(): HTMLElement {
  const input = h("input", {
    type: "file",
    multiple: true,
    class: "hidden-input",
    id: "files",
    onchange: () => void take([...input.files!]),
  });
  return h(
    "header",
    {},
    h("h1", {}, "Weir"),
    title,
    h("span", { class: "grow" }),
    actions,
    start.live === undefined && h("span", {}, input, h("label", { class: "button", for: "files" }, "Open files")),
    h("button", { type: "button", onclick: turn }, "Light or dark"),
  );
}

/** The other theme; charts take their colours when they are drawn. */
function turn(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = document.documentElement.dataset.theme ?? (dark ? "dark" : "light");
  document.documentElement.dataset.theme = now === "dark" ? "light" : "dark";
  dispatchEvent(new Event("theme"));
}

const wrong = (error: unknown) =>
  fill(body, h("p", { class: "wrong", role: "alert" }, error instanceof Error ? error.message : String(error)));

let shown: Tuning | undefined;

async function analyse(): Promise<void> {
  shown?.close();
  shown = undefined;
  fill(actions);
  if (!state.captures.length) return ask();
  const says = h("p", { class: "wait", role: "status" }, "reading");
  fill(body, says);
  title.textContent = `${state.captures.join(", ")} under ${state.policy}`;
  try {
    const job = {
      captures: state.captures,
      policy: state.policy,
      sets: start.sets,
      ignoreChecksums: start.ignoreChecksums,
      ...(state.baseline !== undefined && { baseline: state.baseline }),
      ...(start.thresholds !== undefined && { thresholds: start.thresholds }),
    };
    const began = performance.now();
    const view = await client.open(job, state.labels, (packets) => {
      says.textContent = `${Math.round(packets).toLocaleString("en")} packets`;
    });
    const policyText = await (texts.get(state.policy) ?? new Blob()).text();
    shown = new Tuning(client, view, { name: state.policy, text: policyText }, start.version);
    fill(body, shown.element);
    fill(actions, ...shown.actions);
    shown.draw();
    document.documentElement.dataset.ready = String(Math.round(performance.now() - began));
  } catch (error) {
    wrong(error);
  }
}

function ask(): void {
  fill(
    body,
    h(
      "div",
      { class: "drop" },
      h("h2", {}, "Drop captures here"),
      h(
        "p",
        {},
        "pcap, pcapng, Chapter 10, each also as .gz, .zst; a policy (.yaml), a baseline (.baseline), labels (.csv).",
      ),
      h("p", { class: "note" }, "Captures stay in this browser: the page sends nothing."),
    ),
  );
}

/** Files that were dropped or chosen: new captures take the place of those there are. */
async function take(files: readonly File[]): Promise<void> {
  const added = await Promise.all(files.map(async (file) => ({ file, kind: await kindOf(file) })));
  await client.add(files.map((file) => ({ name: file.name, content: file })));
  const named = (kind: string) => added.filter((a) => a.kind === kind).map(({ file }) => file.name);
  for (const { file, kind } of added) if (kind === "policy") texts.set(file.name, file);
  const [captures, policies, baselines, labels] = ["capture", "policy", "baseline", "labels"].map(named);
  if (captures!.length) {
    state.captures = captures!;
    state.labels = [];
  }
  if (policies!.length) state.policy = policies![0]!;
  if (baselines!.length) state.baseline = baselines![0]!;
  if (labels!.length) state.labels = labels!;
  await analyse();
}

addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dragging");
});
addEventListener("dragleave", () => document.body.classList.remove("dragging"));
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dragging");
  const files = [...(event.dataTransfer?.files ?? [])];
  if (files.length && start.live === undefined) void take(files);
});
addEventListener("theme", () => shown?.draw());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => shown?.draw());

async function begin(): Promise<void> {
  fill(root);
  add(root, header(), body);
  try {
    if (start.live !== undefined) {
      title.textContent = "the log of a running appliance; the page sends nothing to it";
      fill(body, liveView(start.live));
    } else {
      const files = await loadFiles(start.files);
      for (const { name, content } of files) if (start.policies.includes(name)) texts.set(name, content);
      await client.add(files);
      await analyse();
    }
  } catch (error) {
    wrong(error);
  }
}

void begin();
