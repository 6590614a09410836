// REQ-LOG-017
/**
 * What a collector knows of its appliances, as Prometheus reads it. Counters of an appliance are those of its last heartbeat: they begin
 * at 0 with each start, as Prometheus expects of a counter whose process restarted.
 */
import { createServer, type Server } from "node:http";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Collector } from "./collector.ts";
import { CLASSES, type Class } from "./reports.ts";
import type { Endpoint } from "./sources.ts";

interface Heartbeat {
  inspect?: Record<string, number> & { policy?: string };
  guard?: Record<string, number> & { policy?: string };
  journal?: { records: number; lost: Record<"in" | "out" | "log", number> };
}

/** One value for each combination of labels beside `host`. */
type Values = [labels: Record<string, string>, value: number | undefined][];
interface Metric {
  kind: typeof Counter | typeof Gauge;
  name: string;
  help: string;
  labels?: string[];
  of(collector: Collector, beat: Heartbeat, now: number): Values;
}

const counted = (name: string, help: string, of: (beat: Heartbeat) => number | undefined): Metric => ({
  ...{ kind: Counter, name, help },
  of: (_, beat) => [[{}, of(beat)]],
});
const known = (name: string, help: string, of: (collector: Collector, now: number) => number | undefined): Metric => ({
  ...{ kind: Gauge, name, help },
  of: (collector, _, now) => [[{}, of(collector, now)]],
});

const METRICS: readonly Metric[] = [
  known("weir_up", "1: heartbeats come", ({ heartbeat, isSilent }) => (heartbeat && !isSilent ? 1 : 0)),
  known(
    "weir_heartbeat_age_seconds",
    "Since the last heartbeat came",
    ({ heartbeat }, now) => heartbeat && (now - heartbeat.heard) / 1000,
  ),
  known("weir_boot", "The number of the start", ({ heartbeat }) => heartbeat?.boot),
  {
    ...{ kind: Gauge, name: "weir_policy", help: "1: this policy runs, by its name (weir policy show)" },
    labels: ["policy"],
    of: (_, { inspect, guard }) => (inspect && guard ? [[{ policy: `${inspect.policy}-${guard.policy}` }, 1]] : []),
  },
  counted("weir_frames_total", "Frames that came in", ({ inspect }) => inspect?.frames),
  counted("weir_bytes_total", "Bytes of frames that came in", ({ inspect }) => inspect?.bytes),
  counted("weir_alerts_total", "Alerts", ({ inspect }) => inspect?.alerts),
  counted("weir_alerts_unreported_total", "Alerts that were only counted", ({ inspect }) => inspect?.alerts_unreported),
  counted("weir_anomalies_total", "Anomalies", ({ inspect }) => inspect?.anomalies),
  counted("weir_messages_1553_total", "MIL-STD-1553 messages", ({ inspect }) => inspect?.messages_1553),
  counted("weir_evictions_total", "Records of full tables that made room", ({ inspect }) => inspect?.evictions),
  counted("weir_forwarded_frames_total", "Frames that the policy let out", ({ guard }) => guard?.forwarded),
  counted("weir_dropped_frames_total", "Frames that the policy kept", ({ guard }) => guard?.dropped),
  counted("weir_quarantined_frames_total", "Frames of who is shut out", ({ guard }) => guard?.quarantined),
  {
    ...{ kind: Counter, name: "weir_lost_total", help: "What an interface could not take or give" },
    labels: ["interface"],
    of: (_, { journal }) => Object.entries(journal?.lost ?? {}).map(([name, lost]) => [{ interface: name }, lost]),
  },
  known("weir_records", "Genuine records that came to this collector", ({ verifier }) => verifier.records),
  known("weir_records_missing", "Records that did not come", ({ verifier }) => verifier.missing),
  {
    ...{ kind: Gauge, name: "weir_log_reports", help: "What was found in the log, by class (weir collect --help)" },
    labels: ["class"],
    of: ({ verifier }) =>
      (Object.keys(CLASSES) as Class[]).map((name) => [{ class: name }, verifier.counts.get(name) ?? 0]),
  },
];

/** @param collectors by the appliances' names @param now ms, as collectors are told it */
export function metricsOf(collectors: ReadonlyMap<string, Collector>, now: () => number): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "weir_collector_" });
  for (const { kind: Kind, name, help, labels = [], of } of METRICS) {
    new Kind({
      ...{ name, help, registers: [registry], labelNames: ["host", ...labels] },
      collect() {
        this.reset();
        for (const [host, collector] of collectors)
          for (const [more, value] of of(collector, beatOf(collector), now()))
            if (typeof value === "number" && value >= 0) this.inc({ host, ...more }, value);
      },
    });
  }
  return registry;
}

function beatOf({ heartbeat }: Collector): Heartbeat {
  try {
    return JSON.parse(heartbeat?.json.toString("latin1") ?? "{}") as Heartbeat;
  } catch {
    return {}; // without a key anybody can send what looks like one
  }
}

/** Serves them at /metrics. It reads nothing of a request but its path. @throws Error when the address cannot be had */
export function serveMetrics({ address, port }: Endpoint, registry: Registry): Promise<Server> {
  // Who connects and says nothing is gone after seconds
  const patience = {
    headersTimeout: 2000,
    requestTimeout: 2000,
    keepAliveTimeout: 1000,
    connectionsCheckingInterval: 500,
  };
  const server = createServer(patience, (request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end("GET /metrics\n");
      return;
    }
    void registry.metrics().then((text) => response.writeHead(200, { "content-type": registry.contentType }).end(text));
  });
  server.maxConnections = 256;
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(new Error(`--metrics ${address}:${port}: ${error.message}`)));
    server.listen(port, address || "127.0.0.1", () => resolve(server));
  });
}
