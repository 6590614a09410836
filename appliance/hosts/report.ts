/** What a replay came to: gathers events as they come, prints the closing summary. */
import { inAscii } from "../../lib/printable.ts";
import type { Alert, Heartbeat, Mil1553Message, Rules, Thresholds } from "../contract/generated/events.ts";

const decoder = new TextDecoder();
const FLOW = Buffer.from(',"event_type":"flow"');
/** Only alerts have it, and nothing from a packet is written as text before it. */
const DETECTOR = Buffer.from(',"context":{"detector":"');
const KEPT = 1000; // alert lines
const DIGITS = '{"timestamp":"2026-03-02T09:00:00.000000+0000","flow_id":'.length;

/** Most events are flows, which are only counted: what they are stands behind the timestamp and the flow's number. */
function isFlow(json: Uint8Array): boolean {
  let at = DIGITS;
  while (json[at]! >= 48 && json[at]! <= 57) at++;
  for (let i = 0; i < FLOW.length; i++) if (json[at + i] !== FLOW[i]) return false;
  return at > DIGITS;
}

export class Report {
  readonly alerts: string[] = [];
  readonly byDetector = new Map<string, number>();
  readonly byAnomaly = new Map<string, number>();
  readonly messageRules = new Map<string, { action: string; frames: number }>();
  readonly rules = new Map<string, { action: string; frames: number }>();
  /** Lines of the threshold.config that matched no alert. */
  readonly idle: number[] = [];
  events = 0;
  flows = 0;
  forwarded = 0;
  /** The last, joined where it came in two. */
  heartbeat: Required<Heartbeat> | undefined;

  /** Takes one event as its JSON bytes; keeps at most 1,000 alert lines. */
  take(json: Uint8Array): void {
    if (isFlow(json)) {
      this.events++;
      this.flows++;
      return;
    }
    if (this.alerts.length === KEPT && this.#counted(json)) return;
    const event = JSON.parse(decoder.decode(json)) as { event_type: string };
    this.events++;
    if (event.event_type === "alert") this.#alert(event as unknown as Alert);
    else if (event.event_type === "anomaly") {
      const { anomaly } = event as unknown as { anomaly: { event: string } };
      this.byAnomaly.set(anomaly.event, (this.byAnomaly.get(anomaly.event) ?? 0) + 1);
    } else if (event.event_type === "heartbeat")
      this.heartbeat = { ...this.heartbeat, ...(event as Required<Heartbeat>) };
    else if (event.event_type === "weir_thresholds") {
      for (const { line, matched } of (event as unknown as Thresholds).lines) if (!matched) this.idle.push(line);
    } else if (event.event_type === "weir_rules")
      for (const { rule, action, frames, messages } of (event as unknown as Rules).rules)
        if (messages === undefined) this.rules.set(rule, { action, frames: frames! });
        else this.messageRules.set(rule, { action, frames: messages });
  }

  #alert(event: Alert): void {
    const detector = event.alert.context.detector;
    this.byDetector.set(detector, (this.byDetector.get(detector) ?? 0) + 1);
    if (this.alerts.length < KEPT) this.alerts.push(alertLine(event));
  }

  /** Counts an alert beyond those that are kept by its detector's name alone; false when it is none. */
  #counted(json: Uint8Array): boolean {
    const text = Buffer.from(json.buffer, json.byteOffset, json.length);
    const at = text.indexOf(DETECTOR);
    if (at < 0) return false;
    const from = at + DETECTOR.length;
    const name = text.toString("latin1", from, text.indexOf(34, from));
    this.byDetector.set(name, (this.byDetector.get(name) ?? 0) + 1);
    this.events++;
    return true;
  }
}

/** One line: when, who, what, what was expected and what was seen. */
function alertLine(event: Alert): string {
  const { signature, context } = event.alert;
  const target = event.dest_ip ? ` -> ${event.dest_ip}${event.dest_port ? `:${event.dest_port}` : ""}` : "";
  const who = event.src_ip ? ` ${event.src_ip}${target}${event.proto ? ` ${event.proto}` : ""}` : "";
  const bus = event.mil1553 ? ` ${busText(event.mil1553)}` : "";
  const why = `: expected ${context.expected}; seen ${context.seen}`;
  const times = context.count ? `, ${context.count} times` : "";
  return `${event.timestamp.slice(0, 23)}${who}${bus} ${signature}${why}${times}`;
}

/** `channel 3 STORES RT 9 SA 3`: as much of it as the alert names. A name is text from the recording: printable ASCII only. */
function busText({ channel, name, rt, sa }: Mil1553Message): string {
  const called = name ? ` ${inAscii(name)}` : "";
  const command = rt === undefined ? "" : ` RT ${rt} SA ${sa}`;
  return `channel ${channel}${called}${command}`;
}

/** `name count` pairs, most frequent first, then by name. */
export function counts(map: Map<string, number>): string {
  const sorted = [...map].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return sorted.map(([name, count]) => `${name} ${count}`).join(", ") || "none";
}
