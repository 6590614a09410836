// REQ-GROUND-001
/** The registry of commands. One file per command; each exports command(), loaded only when it is asked for. */
import type { Command } from "commander";

/** In the order --help shows them. */
export const COMMANDS: Record<string, { summary: string; load: () => Promise<{ command(): Command }> }> = {
  replay: { summary: "replay captures through the appliance and report", load: () => import("./replay.ts") },
  decode: { summary: "decode captures, a line for each packet or 1553 message", load: () => import("./decode.ts") },
  simulate: { summary: "simulate a MIL-STD-1553 bus, with attacks", load: () => import("./simulate.ts") },
  learn: { summary: "learn what is normal from clean captures", load: () => import("./learn.ts") },
  evaluate: { summary: "measure detection on labelled captures", load: () => import("./evaluate.ts") },
  page: { summary: "tune thresholds by looking, in a browser", load: () => import("./page.ts") },
  tune: { summary: "set all thresholds for a budget of false alarms", load: () => import("./tune.ts") },
  baseline: { summary: "show and merge baselines, make new thresholds", load: () => import("./baseline.ts") },
  inventory: { summary: "list hosts, services and terminals, compare", load: () => import("./inventory.ts") },
  accept: { summary: "say that alerts were right: the baseline learns just that", load: () => import("./accept.ts") },
  policy: { summary: "check, show and derive policies", load: () => import("./policy.ts") },
  build: { summary: "build the unikernel image for a policy", load: () => import("./build.ts") },
  inspect: { summary: "list everything that is in an image", load: () => import("./inspect.ts") },
  send: { summary: "send files and streams through the diode", load: () => import("./send.ts") },
  receive: { summary: "receive files and streams behind the diode", load: () => import("./receive.ts") },
  run: { summary: "start an image on network interfaces", load: () => import("./run.ts") },
  host: { summary: "join an appliance to this host's ports", load: () => import("./host.ts") },
  doctor: { summary: "say what is wrong with this host, and what to do", load: () => import("./doctor.ts") },
  deploy: {
    summary: "give a running service another image, go back when it is no good",
    load: () => import("./deploy.ts"),
  },
  debug: { summary: "turn an image's crash record into lines of source, replay it", load: () => import("./debug.ts") },
  collect: { summary: "receive an appliance's log, verify it, keep it", load: () => import("./collect.ts") },
  events: { summary: "look up events that weir collect has kept", load: () => import("./events.ts") },
};
