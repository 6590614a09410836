/** A running appliance, from its log alone: heartbeat, rates, alerts, quarantine, missing records. */
import uPlot from "uplot";
import type { Heartbeat, Quarantine } from "../../appliance/contract/generated/events.ts";
import { type AlertRow, alertOf } from "../alert.ts";
import { axisColours, clock, colour, count, figure, fill, h, table } from "./dom.ts";

const SHOWN = 200;
/** Heartbeats in the chart: ten minutes. */
const BEATS = 600;

interface Beat {
  time: number;
  /** Per second since the one before. */
  frames: number;
  forwarded: number;
  dropped: number;
  messages: number;
}

export function liveView(url: string): HTMLElement {
  const tiles = h("div", { class: "tiles", role: "status" });
  const chartPlace = h("div", {});
  const [alertPlace, quarantinePlace, logPlace] = [
    h("div", { class: "list" }),
    h("div", {}),
    h("div", { class: "list" }),
  ];
  const beats: Beat[] = [];
  const alerts: AlertRow[] = [];
  const quarantine: { time: string; who: string; until: string; detector: string }[] = [];
  const findings: { time: string; text: string }[] = [];
  let last: Partial<Heartbeat> = {};
  let before: { time: number; beat: Partial<Heartbeat> } | undefined;
  let heard = 0;
  let missing = 0;
  let alertCount = 0;
  let changed = true;

  function beat(event: Heartbeat): void {
    last = { ...last, ...event }; // a long one comes in two
    if (!event.inspect) return;
    const time = Date.parse(`${event.timestamp.slice(0, 23)}Z`) / 1000;
    heard = performance.now();
    if (before && time > before.time) {
      const per = (of: (b: Partial<Heartbeat>) => number | undefined) =>
        Math.max(0, ((of(last) ?? 0) - (of(before!.beat) ?? 0)) / (time - before!.time));
      beats.push({
        time,
        frames: per((b) => b.inspect?.frames),
        forwarded: per((b) => b.guard?.forwarded),
        dropped: per((b) => b.guard?.dropped),
        messages: per((b) => b.inspect?.messages_1553),
      });
      if (beats.length > BEATS) beats.shift();
    }
    before = { time, beat: { ...last } };
  }

  function take(event: Record<string, never>): void {
    const type = event.event_type as string;
    if (type === "heartbeat") beat(event as unknown as Heartbeat);
    else if (type === "alert") {
      alertCount++;
      alerts.unshift(alertOf(event as never));
      alerts.length = Math.min(alerts.length, SHOWN);
    } else if (type === "weir_quarantine") {
      const { timestamp, src_ip, quarantine: entry } = event as unknown as Quarantine;
      const { of, until, detector } = entry;
      quarantine.unshift({ time: timestamp, who: `${of} ${src_ip}`, until, detector });
      quarantine.length = Math.min(quarantine.length, SHOWN);
    } else if (type === "weir_log") {
      const {
        class: name,
        boot,
        first,
        last: to,
        count: n = 1,
        late,
      } = event.weir_log as Record<string, number> & { class: string };
      if (name === "missing") missing += n;
      if (name === "reordered" && late) missing = Math.max(0, missing - n);
      const which = first === undefined ? "" : ` record ${first}${to !== undefined && to !== first ? `-${to}` : ""}`;
      findings.unshift({
        time: (event.arrived ?? event.timestamp) as string,
        text: `${name.replace("_", " ")}${boot === undefined ? "" : ` boot ${boot}`}${which}`,
      });
      findings.length = Math.min(findings.length, SHOWN);
    }
    changed = true;
  }

  const tile = (name: string, value: string, bad = false) =>
    h("div", { class: bad ? "tile bad" : "tile" }, name, h("b", {}, value));

  function draw(): void {
    const silent = heard ? (performance.now() - heard) / 1000 : Infinity;
    const now = beats.at(-1);
    const { journal, guard, inspect } = last;
    fill(
      tiles,
      tile("heartbeat", heard ? (silent < 3 ? "here" : `silent for ${Math.floor(silent)} s`) : "none yet", silent >= 3),
      tile("policy", inspect && guard ? `${inspect.policy}-${guard.policy}` : "-"),
      tile("frames in", now ? `${figure(now.frames, 3)}/s` : "-"),
      tile("forwarded", now ? `${figure(now.forwarded, 3)}/s` : "-"),
      tile("dropped", now ? `${figure(now.dropped, 3)}/s` : "-"),
      tile("1553 messages", now ? `${figure(now.messages, 3)}/s` : "-"),
      tile("alerts", count(alertCount), alertCount > 0),
      tile("in quarantine", count(guard?.quarantined ?? 0), (guard?.quarantined ?? 0) > 0),
      tile("missing records", count(missing), missing > 0),
      tile("lost in, out, log", journal ? `${journal.lost.in}, ${journal.lost.out}, ${journal.lost.log}` : "-"),
    );
    if (!changed) return;
    changed = false;
    fill(
      chartPlace,
      beats.length > 1
        ? rates(beats, chartPlace.clientWidth || 800)
        : h("p", { class: "note" }, "Rates appear after two heartbeats."),
    );
    fill(
      alertPlace,
      table(
        [
          { name: "time (UTC)", cell: (a) => clock(a.time) },
          { name: "detector", cell: (a) => a.detector },
          { name: "who", cell: (a) => a.who },
          { name: "expected", cell: (a) => a.expected },
          { name: "seen", cell: (a) => a.seen },
          { name: "times", number: true, cell: (a) => count(a.count) },
        ],
        alerts,
      ),
    );
    fill(
      quarantinePlace,
      table(
        [
          { name: "time", cell: (q) => q.time.slice(11, 19) },
          { name: "who", cell: (q) => q.who },
          { name: "by", cell: (q) => q.detector },
          { name: "until", cell: (q) => q.until.slice(11, 19) },
        ],
        quarantine,
      ),
    );
    fill(
      logPlace,
      table(
        [
          { name: "time", cell: (f) => f.time.slice(11, 19) },
          { name: "what the collector found", cell: (f) => f.text },
        ],
        findings,
      ),
    );
  }

  const source = new EventSource(url);
  source.onmessage = ({ data }) => {
    try {
      take(JSON.parse(data as string) as Record<string, never>);
    } catch {
      // not a record
    }
  };
  source.addEventListener("now", () => {
    draw();
    document.documentElement.dataset.ready = "0";
  });
  source.onopen = () => {
    // It begins again with what was lately.
    for (const list of [beats, alerts, quarantine, findings]) list.length = 0;
    missing = alertCount = 0;
    before = undefined;
  };
  setInterval(draw, 500);
  addEventListener("theme", () => {
    changed = true;
  });
  draw();
  return h(
    "div",
    { class: "live" },
    tiles,
    h("h2", {}, "Per second"),
    chartPlace,
    h("h2", {}, "Alerts"),
    alertPlace,
    h("h2", {}, "Quarantine"),
    quarantinePlace,
    h("h2", {}, "The log itself"),
    logPlace,
  );
}

function rates(beats: readonly Beat[], width: number): HTMLElement {
  const element = h("div", { class: "chart" });
  const axis = axisColours();
  new uPlot(
    {
      width,
      height: 220,
      series: [
        {},
        { label: "frames in", stroke: colour("point"), width: 2 },
        { label: "forwarded", stroke: colour("fit"), width: 2 },
        { label: "dropped", stroke: colour("alarm"), width: 2 },
      ],
      axes: [
        { ...axis, values: (_u, splits) => splits.map((s) => clock(s).slice(0, 8)) },
        { ...axis, size: 60 },
      ],
    },
    [beats.map((b) => b.time), beats.map((b) => b.frames), beats.map((b) => b.forwarded), beats.map((b) => b.dropped)],
    element,
  );
  return element;
}
