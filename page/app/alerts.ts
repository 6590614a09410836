/** The alerts as a table, and behind each what it says and the records around it. */

import type { AlertRow } from "../alert.ts";
import type { Around } from "../around.ts";
import { clock, count, figure, fill, h, table } from "./dom.ts";

const SHOWN = 500;

export interface AlertsView {
  element: HTMLElement;
  show(alerts: readonly AlertRow[]): void;
}

/**
 * @param around reads the records about an alert
 * @param choose is told which alert the user opened
 */
export function alertsView(
  around: (alert: AlertRow) => Promise<Around[]>,
  choose: (alert: AlertRow) => void = () => {},
): AlertsView {
  const list = h("div", { class: "list" });
  const detail = h("section", { class: "detail", "aria-live": "polite" });
  const search = h("input", {
    type: "search",
    placeholder: "find in alerts",
    "aria-label": "find in alerts",
    oninput: () => draw(),
  });
  let all: readonly AlertRow[] = [];

  function draw(): void {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = all.filter((a) => {
      const text = `${a.detector} ${a.signature} ${a.who} ${a.expected} ${a.seen}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    fill(
      list,
      table(
        [
          { name: "time (UTC)", cell: (a) => clock(a.time) },
          { name: "detector", cell: (a) => a.detector },
          { name: "who", cell: (a) => a.who },
          { name: "seen", cell: (a) => a.seen },
          { name: "ratio", number: true, cell: (a) => figure(a.score / a.threshold, 3) },
          { name: "times", number: true, cell: (a) => count(a.count) },
        ],
        rows.slice(0, SHOWN),
        (alert, line) => {
          for (const other of list.querySelectorAll(".chosen")) other.classList.remove("chosen");
          line.classList.add("chosen");
          choose(alert);
          void explain(alert);
        },
      ),
      rows.length > SHOWN && h("p", { class: "note" }, `${count(rows.length - SHOWN)} more: narrow the search.`),
      rows.length === 0 && h("p", { class: "note" }, "No alerts."),
    );
  }

  async function explain(alert: AlertRow): Promise<void> {
    const frames = h("div", {}, h("p", { class: "wait" }, "reading the records around it"));
    fill(
      detail,
      h("h3", {}, alert.signature),
      h(
        "dl",
        {},
        ...pair("expected", alert.expected),
        ...pair("seen", alert.seen),
        ...pair("score", `${figure(alert.score, 6)}, threshold ${figure(alert.threshold, 6)}`),
        ...pair("when", new Date(alert.time * 1000).toISOString()),
        ...(alert.number ? pair("record", count(alert.number)) : []),
      ),
      frames,
      h(
        "details",
        {},
        h("summary", {}, "the event as the appliance wrote it"),
        h("pre", {}, JSON.stringify(alert.event, null, 2)),
      ),
    );
    detail.scrollIntoView({ block: "nearest" });
    if (!alert.number) return fill(frames, h("p", { class: "note" }, "This alert is about a time without records."));
    try {
      fill(frames, ...recordsView(await around(alert), alert.number));
    } catch (error) {
      fill(frames, h("p", { class: "wrong" }, (error as Error).message));
    }
  }

  return {
    element: h("section", { class: "alerts" }, search, list, detail),
    show(alerts) {
      all = alerts;
      draw();
    },
  };
}

const pair = (name: string, value: string) => [h("dt", {}, name), h("dd", {}, value)];

/** Records one under another, the one at hand marked and open. */
export function recordsView(records: readonly Around[], at: number): HTMLElement[] {
  return records.map(({ number, decoded, bytes }) =>
    h(
      "details",
      { class: number === at ? "record hand" : "record", open: number === at },
      h("summary", {}, `${number}  ${lineOf(decoded)}`),
      h(
        "pre",
        {},
        Object.entries(flat(decoded))
          .map(([key, value]) => `${key.padEnd(22)} ${value}`)
          .join("\n"),
      ),
      bytes && h("pre", { class: "hex" }, hexOf(bytes)),
    ),
  );
}

function lineOf(d: Record<string, unknown>): string {
  const bus = d.mil1553 as Record<string, unknown> | undefined;
  if (bus)
    return `${String(d.timestamp ?? bus.rtc).slice(11, 27)} channel ${bus.channel} ${bus.format} RT ${bus.rt} SA ${bus.sa} ${bus.direction} ${bus.anomalies ?? ""}`;
  const ports = d.sport === undefined ? "" : ` ${d.sport} > ${d.dport}`;
  return `${String(d.time).slice(11, 26)} ${d.src ?? d.eth_src ?? d.arp_src_ip ?? ""} > ${d.dst ?? d.eth_dst ?? d.arp_dst_ip ?? ""}${ports} ${d.protocols} ${d.tcp_flags ?? ""} ${d.captured} bytes ${d.anomalies ?? ""}`;
}

function flat(of: Record<string, unknown>, before = ""): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [key, value] of Object.entries(of))
    if (value && typeof value === "object" && !Array.isArray(value))
      Object.assign(all, flat(value as Record<string, unknown>, `${before}${key}.`));
    else all[before + key] = String(value);
  return all;
}

/** As hexdump -C shows it. */
function hexOf(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, 2048); at += 16) {
    const part = [...bytes.subarray(at, at + 16)];
    const hex = part.map((b) => b.toString(16).padStart(2, "0")).join(" ");
    const text = part.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : ".")).join("");
    lines.push(`${at.toString(16).padStart(4, "0")}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.join("\n");
}
